"""Whatever is sent, QuickBooks answers with an object or a fault, and the books stay whole."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbo_sandbox.books import json_text
from qbo_sandbox.books.entities import ENTITIES
from sandbox.api_client import Api, a_bill, an_invoice
from sandbox.builders import account_line, everything, journal_line

_VOCABULARY = """select * count(*) count ( ) , from Bill Vendor Account where and or in like = != < >= 'A%' '1' 1 true
Id Active TxnDate Balance TotalAmt VendorRef MetaData.LastUpdatedTime '2026-01-01' orderby order by asc desc
startposition maxresults 0 -1 99999999999999999999 ' \\' é"""
_WORDS = st.sampled_from(_VOCABULARY.split())
_PLAIN = st.one_of(
    st.none(),
    st.booleans(),
    st.integers(-(10**20), 10**20),
    st.decimals(allow_nan=False, allow_infinity=False),
    st.text(max_size=30),
    st.sampled_from(["1e999999", "-1e999999", "1e-999999", "NaN", "Infinity", 10**30, Decimal("1e30")]),
    st.sampled_from(["1", "0", "2", "", "2026-02-30", "2026-01-05", "USD", "Bank", "Debit", "Check", "Vendor"]),
)
_ANY = st.recursive(
    _PLAIN, lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3)
)


def _valid(api: Api) -> dict[str, dict[str, Any]]:
    """Return a body QuickBooks takes for each entity that can be made in a brokerage's company."""
    books = api.books
    customer, vendor, item = books.customer().qbo_id, books.vendor().qbo_id, books.item().qbo_id
    cost, bank = books.account("5000"), books.account("1010")
    invoice, bill = an_invoice(customer, item, "90.00", DocNumber="I1"), a_bill(vendor, cost, "70.00", DocNumber="B1")
    owed, owing = api.post("invoice", invoice).body["Invoice"], api.post("bill", bill).body["Bill"]
    settles = [{"Amount": 40, "LinkedTxn": [{"TxnId": owed["Id"], "TxnType": "Invoice"}]}]
    pays = [{"Amount": 30, "LinkedTxn": [{"TxnId": owing["Id"], "TxnType": "Bill"}]}]
    received = api.post("payment", {"CustomerRef": {"value": customer}, "TotalAmt": 9}).body["Payment"]
    deposited = [{"Amount": 9, "LinkedTxn": [{"TxnId": received["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}]
    sides = [journal_line(cost, "Debit", "5.00"), journal_line(bank, "Credit", "5.00")]
    check = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": bank}}}
    card = api.post("account", {"Name": "Fuel card", "AccountType": "Credit Card"}).body["Account"]["Id"]
    monthly = {"Name": "Yard", "ScheduleInfo": {"StartDate": "2026-04-01", "IntervalType": "Monthly", "NumInterval": 1}}
    return {
        "Attachable": {
            "Note": "proof of delivery",
            "AttachableRef": [{"EntityRef": {"type": "Bill", "value": owing["Id"]}, "IncludeOnSend": True}],
        },
        "Account": {"Name": "Tires", "AccountType": "Expense", "AcctNum": "6400"},
        "Bill": bill | {"TxnDate": "2026-03-01", "SalesTermRef": {"value": "3"}},
        "BillPayment": {"VendorRef": {"value": vendor}, "TotalAmt": 30, "Line": pays, **check},
        "CompanyCurrency": {"Code": "CAD", "sparse": True},
        "CompanyInfo": {"CompanyName": "Blue Ridge", "sparse": True},
        "CreditMemo": invoice | {"DocNumber": "C1"},
        "Customer": {"DisplayName": "Acme", "PrimaryEmailAddr": {"Address": "a@acme.example"}, "Job": False},
        "Deposit": {"DepositToAccountRef": {"value": bank}, "Line": deposited},
        "ExchangeRate": {
            "SourceCurrencyCode": "CAD",
            "Rate": Decimal("0.75"),
            "AsOfDate": "2026-03-02",
            "sparse": True,
        },
        "Employee": {"GivenName": "Dana", "FamilyName": "Whitlow"},
        "Estimate": invoice | {"DocNumber": "E1", "ExpirationDate": "2026-04-01", "TxnStatus": "Accepted"},
        "InventoryAdjustment": {
            "AdjustAccountRef": {"value": books.account("5090")},
            "Line": [{"DetailType": "ItemAdjustmentLineDetail", "ItemAdjustmentLineDetail": {"QtyDiff": 2}}],
            "sparse": True,
        },
        "Invoice": invoice | {"DocNumber": "I2", "DueDate": "2026-04-01", "PrivateNote": "load 7"},
        "Item": {"Name": "Fuel", "Type": "Service", "IncomeAccountRef": {"value": books.account("4010")}},
        "JournalEntry": {"Line": sides},
        "Payment": {"CustomerRef": {"value": customer}, "TotalAmt": 50, "Line": settles},
        "Preferences": {"sparse": True, "SalesFormsPrefs": {"CustomTxnNumbers": False}},
        "Purchase": {
            "PaymentType": "Check",
            "AccountRef": {"value": bank},
            "EntityRef": {"value": vendor, "type": "Vendor"},
            "Line": [account_line(cost, "12.00")],
        },
        "Budget": {"Name": "2026", "sparse": True},
        "CustomerType": {"Name": "Shippers", "sparse": True},
        "JournalCode": {"Name": "VT"},
        "PurchaseOrder": a_bill(vendor, cost, "80.00"),
        "CreditCardPaymentTxn": {
            "BankAccountRef": {"value": bank},
            "CreditCardAccountRef": {"value": card},
            "Amount": Decimal("20.00"),
        },
        "RecurringTransaction": {"Bill": a_bill(vendor, cost, "80.00", RecurringInfo=monthly)},
        "ReimburseCharge": {"Amount": 5, "CustomerRef": {"value": customer}},
        "TaxPayment": {"PaymentAmount": 5, "Refund": False},
        "PaymentMethod": {"Name": "Comcheck", "Type": "NON_CREDIT_CARD"},
        "RefundReceipt": invoice | {"DocNumber": "R1", "DepositToAccountRef": {"value": bank}},
        "SalesReceipt": invoice | {"DocNumber": "S1", "PaymentMethodRef": {"value": "2"}},
        "TaxAgency": {"DisplayName": "State of Oregon"},
        "TaxCode": {"Name": "Oregon"},
        "TaxRate": {"Name": "Oregon"},
        "Term": {"Name": "Net 45", "DueDays": 45},
        "TimeActivity": {"NameOf": "Vendor", "VendorRef": {"value": vendor}, "Hours": 2, "HourlyRate": 15},
        "Transfer": {
            "FromAccountRef": {"value": bank},
            "ToAccountRef": {"value": books.account("1015")},
            "Amount": Decimal("20.00"),
        },
        "Vendor": {"DisplayName": "Roadway", "TermRef": {"value": "2"}, "AcctNum": "MC-1"},
        "VendorCredit": a_bill(vendor, cost, "7.00"),
    }


def _twisted(data: st.DataObject, body: Any) -> Any:
    """Return a body with something in it replaced, added or left out, at any depth."""
    if isinstance(body, dict) and body and data.draw(st.integers(0, 3)):
        key = data.draw(st.sampled_from(sorted(body)))
        return body | {key: _twisted(data, body[key])}
    if isinstance(body, list) and body and data.draw(st.integers(0, 3)):
        return [_twisted(data, body[0]), *body[1:]]
    if isinstance(body, dict) and body and data.draw(st.booleans()):
        gone = data.draw(st.sampled_from(sorted(body)))
        return {key: value for key, value in body.items() if key != gone}
    return data.draw(_ANY)


@settings(max_examples=200, deadline=None)
@given(st.one_of(st.text(max_size=60), st.lists(_WORDS, max_size=14).map(" ".join)))
def test_any_text_as_a_query_is_answered_or_refused_as_a_query(text: str) -> None:
    found = _EMPTY.query(text)
    assert found.status == 200 or found.code in ("4000", "4001")


@pytest.mark.parametrize("entity", sorted(set(ENTITIES) - {"Class", "Department"}))
@settings(max_examples=25, deadline=None)
@given(data=st.data())
def test_any_body_for_an_entity_is_answered_or_refused(entity: str, data: st.DataObject) -> None:
    api = Api()
    body = _valid(api)[entity]
    if "sparse" not in body and "create" in ENTITIES[entity].operations:
        made = api.post(entity, body)
        assert made.status == 200, made.text
    for _ in range(data.draw(st.integers(1, 4))):
        operation = data.draw(st.sampled_from(["", "", "", "update", "delete", "void"]))
        held = data.draw(st.sampled_from([{}, {}, {"Id": "1", "SyncToken": "0"}, {"Id": "3", "sparse": True}]))
        answer = api.post(entity, _twisted(data, body | held), operation=operation)
        assert answer.status == 200 or answer.body["Fault"]["Error"]
        assert api.books.company.trial_balance() == 0
    assert everything(api.books.replayed()) == everything(api.books.company)


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=80) | _ANY.map(lambda value: json_text.dumps(value).encode()))
def test_any_bytes_as_a_batch_are_answered_or_refused(content: bytes) -> None:
    answer = _EMPTY.send("POST", "batch", content)
    assert answer.status in (200, 400)


_EMPTY = Api()
