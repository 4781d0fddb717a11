"""How each code of QuickBooks, and each sentence of code 6000, is provoked in the sample company: one row each."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from typing import Any

import pytest

from qbo_sandbox.books.fault_codes import FAULT_CODES, TEXTS_OF_6000, Met
from qbo_sandbox.wire import uploads
from sandbox.fault_stage import (
    AP,
    AR,
    CHECKING,
    CUSTOMER,
    DAY,
    EXPENSE,
    VENDOR,
    VISA,
    Body,
    Stage,
    a_bill,
    a_bill_payment,
    a_check,
    a_journal,
    an_invoice,
    expense,
    ref,
    sale,
    settles,
    side,
)

Provoke = Callable[[Stage], Any]


@dataclass(frozen=True)
class Row:
    """One code (with the sentence, for 6000), how it is provoked, and what the answer must be."""

    code: str
    provoke: Provoke
    status: int = 400
    says: str = ""  # a part of the Detail
    element: str | None = None  # None: whatever it is
    kind: str = "ValidationFault"
    text: str = field(default="")  # of 6000: how the sentence begins


def _closed(stage: Stage, *, with_password: bool) -> Any:
    stage.client.company.close_books(date(2026, 6, 30), "secret" if with_password else "")
    stage.quirk(closed_with_warning_only_is_6200=True)
    return stage.write("Bill", a_bill())


def _stale(stage: Stage) -> Any:
    bill = stage.bill()
    body = {"Id": bill["Id"], "SyncToken": bill["SyncToken"], "sparse": True, "PrivateNote": "one"}
    assert stage.write("Bill", body).status_code == 200
    return stage.write("Bill", body | {"PrivateNote": "two"})


def _throttled(stage: Stage) -> Any:
    stage.control("POST", "/limits", {"limits": "intuit"})
    for _ in range(15):
        answer = stage.get("preferences")
        if answer.status_code != 200:
            return answer
    raise AssertionError("fifteen requests at once were all let in")


def _demoted(stage: Stage) -> Any:
    user = stage.client.sandbox.grants.grants[next(iter(stage.client.sandbox.grants.grants))].user
    stage.people(f"users/{user}", {"role": "standard"})
    return stage.get("preferences")


def _other_company(stage: Stage) -> Any:
    company = stage.client.sandbox.add_company("empty")
    headers = {"Authorization": f"Bearer {stage.client.ready['access_token']}", "Accept": "application/json"}
    return stage.client.http.get(f"/v3/company/{company.realm_id}/preferences", headers=headers)


def _other_company_in_the_books_words(stage: Stage) -> Any:
    stage.client.sandbox.door.quirks.other_company_answer = "100"
    return _other_company(stage)


def _no_token(stage: Stage) -> Any:
    url = f"/v3/company/{stage.client.realm_id}/preferences"
    return stage.client.http.get(url, headers={"Authorization": "Bearer nonsense", "Accept": "application/json"})


def _another_body(stage: Stage) -> Any:
    stage.quirk(other_body_gets_first_answer=False)
    stage.made("Vendor", {"DisplayName": "First"}, requestid="r-1")
    return stage.write("Vendor", {"DisplayName": "Second"}, requestid="r-1")


def _deposited(stage: Stage) -> Any:
    payment = stage.pay(50).json()["Payment"]
    line = {"Amount": 50, "LinkedTxn": [{"TxnId": payment["Id"], "TxnType": "Payment", "TxnLineId": "0"}]}
    stage.made("Deposit", {"DepositToAccountRef": ref(CHECKING), "Line": [line], "CurrencyRef": ref("USD")})
    return stage.write("Payment", {"Id": payment["Id"], "SyncToken": payment["SyncToken"]}, operation="delete")


def _with_balance(stage: Stage) -> Any:
    vendor = stage.made("Vendor", {"DisplayName": "Owed"})
    stage.made("Bill", a_bill(VendorRef=ref(vendor["Id"])))
    body = {"Id": vendor["Id"], "SyncToken": "0", "sparse": True, "Active": False}
    return stage.write("Vendor", body)


def _six_levels(stage: Stage) -> Any:
    parent: Body | None = None
    for level in range(5):
        more = {"ParentRef": ref(parent["Id"]), "SubClass": True} if parent else {}
        parent = stage.made("Class", {"Name": f"Level {level}", **more})
    assert parent is not None
    return stage.write("Class", {"Name": "Level 6", "ParentRef": ref(parent["Id"]), "SubClass": True})


def _unknown_code(code: str) -> Provoke:
    def provoke(stage: Stage) -> Any:
        stage.control("POST", "/faults", {"action": "refuse", "code": code, "entity": "Bill"})
        return stage.write("Bill", a_bill())

    return provoke


def _says(text: str) -> Provoke:
    """A fault rule that says a sentence of 6000."""

    def provoke(stage: Stage) -> Any:
        message = FAULT_CODES["6000"].message
        detail = f"Business Validation Error: {text}"
        rule = {"action": "refuse", "code": "6000", "message": message, "detail": detail, "entity": "Bill"}
        stage.control("POST", "/faults", rule)
        return stage.write("Bill", a_bill())

    return provoke


def _plan(stage: Stage) -> Any:
    stage.client.company.subscribe(plan="QuickBooks Online Simple Start")
    return stage.write("Bill", a_bill())


def _ended(stage: Stage) -> Any:
    stage.client.company.subscribe(status="EXPIRED")
    return stage.write("Bill", a_bill())


def _feature_off(stage: Stage) -> Any:
    stage.client.company.subscribe(plan="QuickBooks Online Essentials")
    stage.quirk(plan_refusal_code="5020")
    return stage.write("Class", {"Name": "Reefer"})


def _wrong_type(stage: Stage) -> Any:
    stage.quirk(wrong_content_type_is_1050=True)
    return stage.raw("bill", "VendorRef=1", "application/x-www-form-urlencoded")


def _moved_before_counted(stage: Stage) -> Any:
    item = stage.made("Item", _stock("Pallet wrap"))
    return stage.write(
        "Invoice", an_invoice(sale(10, ItemRef=ref(item["Id"]), Qty=1, UnitPrice=10), TxnDate="2025-01-01")
    )


def _stock(name: str, **more: Any) -> Body:
    return {
        "Name": name,
        "Type": "Inventory",
        "TrackQtyOnHand": True,
        "QtyOnHand": 10,
        "InvStartDate": "2026-01-01",
        "IncomeAccountRef": ref("79"),
        "ExpenseAccountRef": ref("80"),
        "AssetAccountRef": ref("81"),
        **more,
    }


def _without_quantity(stage: Stage) -> Any:
    body = _stock("Straps")
    del body["QtyOnHand"]
    return stage.write("Item", body)


def _billable(stage: Stage) -> Any:
    section = stage.client.company.preferences["VendorAndPurchasesPrefs"] | {"BillableExpenseTracking": True}
    body = {
        "SyncToken": str(stage.client.company.find("Preferences", "1").sync_token),
        "VendorAndPurchasesPrefs": section,
    }
    found = stage.write("Preferences", body)
    assert found.status_code == 200, found.text


def _unbilled(stage: Stage) -> Any:
    _billable(stage)
    customer = stage.made("Customer", {"DisplayName": "Billed later"})
    line = expense(BillableStatus="Billable", CustomerRef=ref(customer["Id"]))
    stage.made("Bill", a_bill(line))
    body = {"Id": customer["Id"], "SyncToken": customer["SyncToken"], "sparse": True, "Active": False}
    return stage.write("Customer", body)


def _billable_without_customer(stage: Stage) -> Any:
    _billable(stage)
    return stage.write("Bill", a_bill(expense(BillableStatus="Billable")))


def _has_been_billed(stage: Stage) -> Any:
    _billable(stage)
    line = expense(BillableStatus="HasBeenBilled", CustomerRef=ref(CUSTOMER))
    return stage.write("Bill", a_bill(line))


def _billable_without_income(stage: Stage) -> Any:
    _billable(stage)
    stage.quirk(billable_accounts_lack_income_accounts=True)
    return stage.write("Bill", a_bill(expense(BillableStatus="Billable", CustomerRef=ref(CUSTOMER))))


def _billable_to_a_bank(stage: Stage) -> Any:
    _billable(stage)
    return stage.write("Bill", a_bill(expense(account=CHECKING, BillableStatus="Billable", CustomerRef=ref(CUSTOMER))))


def _merged(stage: Stage) -> Any:
    kept, gone = (stage.made("Vendor", {"DisplayName": name}) for name in ("Kept", "Gone"))
    stage.client.company.merge("Vendor", kept["Id"], gone["Id"])
    return stage.write("Vendor", {"Id": gone["Id"], "SyncToken": gone["SyncToken"], "sparse": True, "Notes": "x"})


def _deleted_meanwhile(stage: Stage) -> Any:
    invoice = stage.invoice()
    body = {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]}
    assert stage.write("Invoice", body, operation="delete").status_code == 200
    return stage.pay(100, settles("Invoice", invoice["Id"], 100))


def _credits_short(stage: Stage) -> Any:
    bill = stage.bill()
    credit = stage.made("VendorCredit", a_bill(expense(20)))
    body = a_bill_payment(10, settles("Bill", bill["Id"], 100), settles("VendorCredit", credit["Id"], 20))
    return stage.write("BillPayment", body)


def _without_income(stage: Stage) -> Any:
    item = stage.made("Item", {"Name": "Bought only", "Type": "Service", "ExpenseAccountRef": ref(EXPENSE)})
    return stage.write("Invoice", an_invoice(sale(ItemRef=ref(item["Id"]))))


def _inactive_stock(stage: Stage) -> Any:
    item = stage.made("Item", _stock("Dunnage", QtyOnHand=0))
    body = {"Id": item["Id"], "SyncToken": item["SyncToken"], "sparse": True, "Active": False}
    off = stage.write("Item", body)
    assert off.status_code == 200, off.text
    now = off.json()["Item"]["SyncToken"]
    return stage.write("Item", {"Id": item["Id"], "SyncToken": now, "sparse": True, "QtyOnHand": 5})


def _paid_and_voided(stage: Stage) -> Any:
    invoice = stage.invoice()
    assert stage.pay(100, settles("Invoice", invoice["Id"], 100)).status_code == 200
    return stage.write("Invoice", {"Id": invoice["Id"], "SyncToken": invoice["SyncToken"]}, operation="void")


def _duplicate_number(stage: Stage) -> Any:
    stage.people("preferences", {"custom_txn_numbers": True})
    stage.invoice(DocNumber="A-1")
    return stage.write("Invoice", an_invoice(DocNumber="A-1"))


_METADATA = (
    '{"AttachableRef":[{"EntityRef":{"type":"%s","value":"%s"}}],"FileName":"pod.pdf","ContentType":"application/pdf"}'
)


def _attach(kind: str, qbo_id: str, content_type: str = "application/pdf") -> Provoke:
    def provoke(stage: Stage) -> Any:
        return stage.upload(
            {
                "file_metadata_01": (None, _METADATA % (kind, qbo_id), "application/json"),
                "file_content_01": ("pod.pdf", b"%PDF-1.4 a proof of delivery", content_type),
            }
        )

    return provoke


_POD = {"file_content_01": ("pod.pdf", b"%PDF-1.4 a proof of delivery", "application/pdf")}


def _too_large(stage: Stage) -> Any:
    """An upload of more than 100 MB, without sending one: the limit is what the rule reads."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(uploads, "LARGEST_FILE", 20)
        return _attach("Bill", "13")(stage)


def _tax_without_amount(stage: Stage) -> Any:
    line = {"DetailType": "TaxLineDetail", "TaxLineDetail": {"TaxRateRef": ref("1"), "PercentBased": True}}
    detail = {"TxnTaxCodeRef": ref("2"), "TotalTax": 5, "TaxLine": [line]}
    return stage.write("Invoice", an_invoice(TxnTaxDetail=detail))


def _settled_charge(stage: Stage) -> Any:
    card = {"CreditChargeInfo": {"Number": "xxxxxxxxxxxx1111"}, "CreditChargeResponse": {"Status": "Completed"}}
    payment = stage.pay(5, ProcessPayment=True, CreditCardPayment=card).json()["Payment"]
    body = {"Id": payment["Id"], "SyncToken": payment["SyncToken"], "sparse": True}
    return stage.write("Payment", body, operation="update", include="void")


def _billing(name: str) -> Body:
    return {"DisplayName": name}


ROWS: tuple[Row, ...] = (
    Row("3200", _no_token, 401, kind="AUTHENTICATION"),
    Row("3100", _other_company, 403, kind="SERVICE"),
    Row("3001", _throttled, 429, kind="SERVICE"),
    Row("100", _other_company_in_the_books_words, 401, kind="AuthenticationFault"),
    Row("120", _demoted, 400, "You do not have access to use QuickBooks Online Plus", kind="AuthorizationFault"),
    Row("500", lambda s: s.get("customer/1/5"), 400, "Could not find resource for relative"),
    Row("600", _another_body),
    Row("610", lambda s: s.get("bill/999999"), 400, "made inactive", ""),
    Row(
        "620",
        lambda s: s.pay(100, settles("Bill", s.bill()["Id"], 100)),
    ),
    Row(
        "1040",
        lambda s: s.write(
            "batch",
            {
                "BatchItemRequest": [
                    {"bId": str(n), "operation": "create", "Vendor": _billing(f"V{n}")} for n in range(31)
                ]
            },
        ),
        says="30",
    ),
    Row("1050", _wrong_type),
    Row("2000", lambda s: s.write("carrier", {"Name": "x"})),
    Row("2010", lambda s: s.write("Invoice", {"BadJson": True}), 400, 'Unrecognized field "BadJson"'),
    Row("2020", lambda s: s.write("Bill", {"Line": [expense()]}), 400, "VendorRef is missing", "VendorRef"),
    Row("2030", lambda s: s.get("customer/1.5"), 400, "Supplied value:1.5", "Id"),
    Row("2040", lambda s: s.write("Vendor", _billing("Fast:Carrier"))),
    Row(
        "2050",
        lambda s: s.write("Bill", a_bill(DocNumber="9" * 45)),
        400,
        "Min:0 Max:21 supported. Supplied length:45",
        "DocNumber",
    ),
    Row("2060", lambda s: s.write("Bill", a_bill(TxnDate="15.06.2026")), says="15.06.2026"),
    Row("2070", lambda s: s.write("Bill", a_bill(TxnDate="2026-02-30")), says="2026-02-30"),
    Row("2130", lambda s: s.write("Vendor", _billing("V"), requestid="r" * 51)),
    Row("2140", lambda s: s.write("Bill", a_bill(expense(10**12)))),
    Row(
        "2170",
        lambda s: s.write("Account", {"Name": "A", "AccountType": "Bank", "AccountSubType": "Travel"}),
        says="Invalid Account.AccountType && Account.SubType",
    ),
    Row("2200", lambda s: s.write("Vendor", _billing("V") | {"WebAddr": {"URI": "nowhere"}})),
    Row(
        "2210", lambda s: s.write("Vendor", _billing("V") | {"PrimaryEmailAddr": {"Address": "nobody"}}), says="nobody"
    ),
    Row("2220", lambda s: s.write("Bill", a_bill(CurrencyRef=ref("US"))), says="Supplied value: US."),
    Row("2240", lambda s: s.write("Term", {"Name": "Net forever", "DueDays": 1000}), says="1000"),
    Row("2290", lambda s: s.write("JournalEntry", a_journal(side("Debit", -5), side("Credit", -5)))),
    Row("2300", lambda s: s.write("JournalEntry", a_journal(side("Debit", 5), side("Credit", 6)))),
    Row(
        "2500",
        lambda s: s.write("Bill", a_bill(expense(account="99999"))),
        says="Invalid Reference Id : Accounts element id 99999 not found",
    ),
    Row(
        "3000",
        lambda s: s.write(
            "Invoice", an_invoice(CustomField=[{"DefinitionId": "9", "Type": "StringType", "StringValue": "x"}])
        ),
    ),
    Row("4000", lambda s: s.query("select * from Bill where TotalAmt > 300"), says="QueryParserError: Encountered"),
    Row("4001", lambda s: s.query("select * from Custmoer"), says="invalid context declaration: Custmoer"),
    Row("5010", _stale, says="You and", element=""),
    Row("5020", _feature_off, says="sign in again or contact an administrator"),
    Row("5030", _plan),
    Row("6010", lambda s: s.write("Account", {"Name": "A"})),
    Row(
        "6020",
        lambda s: s.upload({"file_metadata_01": (None, _METADATA % ("Bill", "1"), "application/json")}),
        status=200,
    ),
    Row("6060", lambda s: s.write("Account", {"Name": "A", "AccountType": "Bank", "OpeningBalance": 5})),
    Row(
        "6070",
        lambda s: s.write("Invoice", an_invoice(sale(1861.07, Qty=931, UnitPrice=1.99999))),
        says="Amount is not equal to UnitPrice * Qty. Supplied value:1,861.07",
    ),
    Row("6080", lambda s: s.write("Vendor", {"CompanyName": "Nobody Inc"})),
    Row("6100", lambda s: s.write("Invoice", an_invoice(sale(TaxCodeRef=ref("7")))), says="specify TAX or NON"),
    Row("6140", _duplicate_number, says="DocNumber=A-1 is assigned to TxnType=Invoice with TxnId="),
    Row("6150", lambda s: s.write("Customer", {"DisplayName": "Job", "Job": True})),
    Row("6180", _six_levels),
    Row("6190", _ended, says="You can't add data to QuickBooks Online Plus"),
    Row("6210", lambda s: _closed(s, with_password=True), says="through through the QBO Services API"),
    Row("6220", _with_balance),
    Row(
        "6240",
        lambda s: s.write("Vendor", _billing("AMY'S  bird sanctuary")),
        says="Another customer, vendor or employee is already using this name.",
    ),
    Row("6270", _moved_before_counted),
    Row("6280", _unbilled),
    Row("6310", _billable_without_customer),
    Row("6320", _has_been_billed),
    Row("6420", lambda s: s.write("Invoice", an_invoice(EmailStatus="NeedToSend"))),
    Row(
        "6430",
        lambda s: s.write("Item", {"Name": "Owed", "Type": "Service", "IncomeAccountRef": ref(AP)}),
    ),
    Row("6440", lambda stage: _no_default(stage)),  # noqa: PLW0108 - it is defined below
    Row("6520", _without_quantity),
    Row("6530", lambda s: s.pay(5, CreditCardPayment={"CreditChargeInfo": {"Number": "4111111111111111"}})),
    Row("6030", _too_large, 200),
    Row("6040", lambda s: s.upload({"file_metadata_01": (None, "[1, 2]", "application/json"), **_POD}), 200),
    Row("6041", _attach("Bill", "13", "application/octet-stream"), 200),
    Row("6050", _attach("Term", "1"), 200),
    Row("6090", lambda s: s.write("Invoice", an_invoice(sale(), {"DetailType": "DiscountLineDetail"}))),
    Row("6160", lambda s: s.write("Invoice", an_invoice(TxnTaxDetail={"TxnTaxCodeRef": ref("99"), "TotalTax": 5}))),
    Row("6170", lambda s: s.write("Invoice", an_invoice(TxnTaxDetail={"TotalTax": 5}))),
    Row("6200", lambda s: _closed(s, with_password=False)),
    Row("6290", lambda s: s.write("TimeActivity", {"NameOf": "Employee", "Hours": 1, "TxnDate": DAY})),
    Row("2280", _tax_without_amount),
    Row("6450", _settled_charge),
    Row("6540", _deposited, says="This transaction has been deposited."),
)


def _no_default(stage: Stage) -> Any:
    preferences = stage.client.company.preferences
    pairs = [each for each in preferences["OtherPrefs"]["NameValue"] if each["Name"] != "SalesFormsPrefs.DefaultItem"]
    token = str(stage.client.company.find("Preferences", "1").sync_token)
    found = stage.write("Preferences", {"SyncToken": token, "OtherPrefs": {"NameValue": pairs}})
    assert found.status_code == 200, found.text
    line = {"DetailType": "SalesItemLineDetail", "Amount": 5, "SalesItemLineDetail": {}}
    return stage.write("Invoice", an_invoice(line))


_SENTENCES: dict[str, Provoke] = {
    "You can't use an Accounts Payable": lambda s: s.write("Bill", a_bill(expense(account=AP))),
    "When you use Accounts Receivable": lambda s: s.write(
        "JournalEntry", a_journal(side("Debit", 5, AR), side("Credit", 5))
    ),
    "When you use Accounts Payable": lambda s: s.write(
        "JournalEntry", a_journal(side("Debit", 5, AP), side("Credit", 5))
    ),
    "The type of name assigned": lambda s: s.write(
        "JournalEntry",
        a_journal(side("Debit", 5, AR, Entity={"Type": "Vendor", "EntityRef": ref(VENDOR)}), side("Credit", 5)),
    ),
    "Something this action required": _deleted_meanwhile,
    "You must set a transaction amount.": lambda s: s.write("Payment", {"CustomerRef": ref(CUSTOMER)}),
    "You must specify a transaction amount": lambda s: s.write("Invoice", an_invoice(sale(-5))),
    "You must select a customer": lambda s: s.write("Invoice", an_invoice(CustomerRef=ref(""))),
    "Fill out at least two detail lines": lambda s: s.write("JournalEntry", a_journal(side("Debit", 5))),
    "You need to select a different type": lambda s: s.write("Purchase", a_check(VISA)),
    "The currency of the transaction": lambda s: s.write("Bill", a_bill(CurrencyRef=ref("CAD"), ExchangeRate=0.7)),
    "An account you chose for a billable": _billable_without_income,
    "For billable expenses, you must use": _billable_to_a_bank,
    "The payments you entered add up": lambda s: s.pay(50, settles("Invoice", s.invoice()["Id"], 100)),
    "The Amount Paid plus credits": _credits_short,
    "Please specify the account on this": _without_income,
    "You cannot modify a list element": _merged,
    "Unexpected Internal Error. (-30000)": lambda s: s.client.http.get(
        "/v3/company/undefined/preferences",
        headers={"Authorization": f"Bearer {s.client.ready['access_token']}", "Accept": "application/json"},
    ),
    "The discount amount can't be greater": lambda s: s.write(
        "Invoice",
        an_invoice(
            sale(),
            {"DetailType": "DiscountLineDetail", "Amount": 150, "DiscountLineDetail": {"PercentBased": False}},
        ),
    ),
    "Accounts with detail type Opening": lambda s: s.write(
        "Account",
        {
            "Name": "Under",
            "AccountType": "Equity",
            "AccountSubType": "PartnersEquity",
            "ParentRef": ref("34"),
            "SubAccount": True,
        },
    ),
    "you need to activate this item": _inactive_stock,
    "The entity Estimate 75": _attach("Estimate", "75"),
    "You cannot void this invoice": _paid_and_voided,
}


def rows() -> list[Row]:
    """Return a row for each code and each sentence; what only fault rules bring is provoked by one."""
    found = list(ROWS)
    given = {row.code for row in found}
    for code in FAULT_CODES.values():
        if code.met is Met.BY_RULE and code.code not in given:
            found.append(Row(code.code, _unknown_code(code.code), *((500,) if code.code == "10000" else ()), kind=""))
    for text, _source, met in TEXTS_OF_6000:
        beginning = next((each for each in _SENTENCES if text.startswith(each)), None)
        provoke = _says(text) if beginning is None and met is Met.BY_RULE else _SENTENCES.get(beginning or "")
        if provoke is not None:
            status = 200 if text.startswith("The entity Estimate") else 400
            found.append(Row("6000", provoke, status, text, "", text=text))
    return found
