"""What sales forms carry beside plain lines: groups, notes, discounts, custom fields, deposits, shipping."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.store import Record
from sandbox.api_client import Api, an_invoice
from sandbox.builders import Body, Books, everything, sales_line


def _sell(books: Books, *lines: Body, **more: Any) -> Body:
    customer = books.company.named("Customer", "Piedmont Textiles") or books.customer()
    body = {"CustomerRef": {"value": customer.qbo_id}, "Line": list(lines), **more}
    return books.shown(books.create("Invoice", body))


def _a_group(books: Books) -> Record:
    fuel = books.create(
        "Item",
        {
            "Name": "Fuel",
            "Type": "Service",
            "UnitPrice": Decimal("25"),
            "IncomeAccountRef": {"value": books.account("4010")},
        },
    )
    held = [{"ItemRef": {"value": fuel.qbo_id}, "Qty": 2}, {"ItemRef": {"value": books.item().qbo_id}, "Qty": 1}]
    return books.create("Item", {"Name": "Load", "Type": "Group", "ItemGroupDetail": {"ItemGroupLine": held}})


def _group_line(group: Record, **detail: Any) -> Body:
    detail = {"GroupItemRef": {"value": group.qbo_id}, **detail}
    return {"DetailType": "GroupLineDetail", "GroupLineDetail": detail}


def test_group_opens_into_the_lines_of_its_items() -> None:
    books = Books()
    group = _a_group(books)
    shown = _sell(books, _group_line(group, Quantity=3), sales_line(books.item().qbo_id, "10.00"))
    first, second, subtotal = shown["Line"]
    assert first["GroupLineDetail"]["GroupItemRef"] == {"value": group.qbo_id, "name": "Load"}
    inner = first["GroupLineDetail"]["Line"]
    assert [(line["Id"], line["LineNum"], line["Amount"]) for line in inner] == [("2", 2, Decimal(150)), ("3", 3, 0)]
    assert inner[0]["SalesItemLineDetail"]["ItemRef"]["name"] == "Fuel"
    assert inner[0]["SalesItemLineDetail"]["Qty"] == 6
    assert (first["Id"], first["Amount"], second["Id"]) == ("1", Decimal(150), "4")
    assert subtotal["Amount"] == shown["TotalAmt"] == Decimal("160.00")
    assert books.balance_of("4010") == Decimal("-150.00")
    assert everything(books.replayed()) == everything(books.company)


def test_group_with_lines_of_its_own_keeps_them_when_it_is_sent_back_and_when_voided() -> None:
    books = Books()
    group = _a_group(books)
    own = [sales_line(books.item().qbo_id, "70.00")]
    shown = _sell(books, _group_line(group, Line=own))
    assert shown["TotalAmt"] == Decimal("70.00")
    assert books.company.update("Invoice", shown).sync_token == 0
    books.company.void("Invoice", {"Id": shown["Id"], "SyncToken": "0"})
    assert books.balance_of("4000") == 0


def test_group_line_needs_a_group() -> None:
    books = Books()
    with pytest.raises(Refusal, match="type Group"):
        _sell(books, _group_line(books.item()))


def test_note_between_lines_counts_nothing() -> None:
    books = Books()
    note = {"DetailType": "DescriptionOnly", "Description": "Delivered on time"}
    shown = _sell(books, sales_line(books.item().qbo_id, "10.00"), note)
    assert shown["Line"][1] == {
        "Id": "2",
        "LineNum": 2,
        "Description": "Delivered on time",
        "DetailType": "DescriptionOnly",
        "DescriptionLineDetail": {},
    }
    assert shown["TotalAmt"] == Decimal("10.00")


@pytest.mark.parametrize("detail", [{}, {"PercentBased": True}])
def test_discount_that_does_not_say_how_much_is_refused(detail: Body) -> None:
    books = Books()
    discount = {"DetailType": "DiscountLineDetail", "DiscountLineDetail": detail}
    with pytest.raises(Refusal, match="6090"):
        _sell(books, sales_line(books.item().qbo_id, "10.00"), discount)


def test_custom_fields_are_shown_empty_filled_or_refused() -> None:
    api = Api(Books(seed="sample"))
    body = an_invoice("1", "1", "5.00")
    empty = {"DefinitionId": "1", "Name": "Crew #", "Type": "StringType"}
    made = api.post("invoice", body).body["Invoice"]
    assert made["CustomField"] == [empty]
    filled = empty | {"StringValue": "load 7"}
    changed = api.post("invoice", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "CustomField": [filled]})
    assert changed.body["Invoice"]["CustomField"] == [filled]
    kept = api.post("invoice", {"Id": made["Id"], "SyncToken": "1", "sparse": True, "PrivateNote": "x"})
    assert kept.body["Invoice"]["CustomField"] == [filled]
    assert api.post("invoice", body | {"CustomField": [filled | {"DefinitionId": "2"}]}).code == "3000"
    assert api.post("invoice", body | {"CustomField": [filled | {"StringValue": "x" * 32}]}).code == "2050"


def test_company_without_custom_fields_shows_none_and_takes_none() -> None:
    books = Books()
    line = sales_line(books.item().qbo_id, "5.00")
    assert "CustomField" not in _sell(books, line)
    assert "CustomField" not in _sell(books, line, CustomField=[])
    with pytest.raises(Refusal, match="3000"):
        _sell(books, line, CustomField=[{"DefinitionId": "1", "StringValue": "7"}])


def test_deposit_with_an_invoice_lowers_its_balance_where_the_company_takes_deposits() -> None:
    books = Books()
    line = sales_line(books.item().qbo_id, "100.00")
    bank = {"value": books.account("1010")}
    left_out = _sell(books, line, Deposit=Decimal(30), DepositToAccountRef=bank)
    assert "Deposit" not in left_out
    assert left_out["Balance"] == Decimal("100.00")
    books.company.quirks.deposit_while_off_is_dropped = False
    with pytest.raises(Refusal, match="5020"):
        _sell(books, line, Deposit=Decimal(30))
    books.company.update("Preferences", {"SyncToken": "0", "SalesFormsPrefs": {"AllowDeposit": True}})
    taken = _sell(books, line, Deposit=Decimal(30), DepositToAccountRef=bank)
    assert next(iter(taken)) == "Deposit"
    assert taken["Balance"] == Decimal("70.00")
    assert books.balance_of("1010") == Decimal("30.00")
    customer = books.company.named("Customer", "Piedmont Textiles")
    assert customer is not None
    assert books.shown(customer)["Balance"] == Decimal("170.00")
    with pytest.raises(Refusal, match="deposit can't be greater"):
        _sell(books, line, Deposit=Decimal("100.01"))
    assert _sell(books, line)["Deposit"] == 0


def test_invoice_shows_shipping_terms_and_memo_in_quickbooks_order() -> None:
    books = Books()
    shown = _sell(
        books,
        sales_line(books.item().qbo_id, "10.00"),
        ShipMethodRef={"value": "UPS"},
        TrackingNum="1Z999",
        ShipDate="2026-03-03",
        SalesTermRef={"value": "3"},
        CustomerMemo={"value": "Thank you"},
        FreeFormAddress=True,
        BillEmail={"Address": "ap@piedmont.example"},
        DocNumber="L-1",
    )
    assert shown["ShipMethodRef"] == {"value": "UPS", "name": "UPS"}
    assert list(shown)[:5] == [
        "AllowIPNPayment",
        "AllowOnlinePayment",
        "AllowOnlineCreditCardPayment",
        "AllowOnlineACHPayment",
        "domain",
    ]
    assert list(shown)[list(shown).index("TxnTaxDetail") :] == [
        *("TxnTaxDetail", "CustomerRef", "CustomerMemo", "FreeFormAddress", "SalesTermRef", "DueDate"),
        *("ShipMethodRef", "ShipDate", "TrackingNum", "TotalAmt", "ApplyTaxAfterDiscount", "PrintStatus"),
        *("EmailStatus", "BillEmail", "Balance"),
    ]


@pytest.mark.parametrize(
    ("more", "code", "element"),
    [
        ({"CustomerMemo": {"value": "x" * 1001}}, "2050", "Customer Memo"),
        ({"ShipMethodRef": {"value": "x" * 31}}, "2050", "ShipMethodRef"),
        ({"EmailStatus": "NeedToSend"}, "6420", ""),
        ({"BillEmail": {"Address": "nobody"}}, "2210", "BillEmail"),
        ({"GlobalTaxCalculation": "Sometimes"}, "2170", "GlobalTaxCalculation"),
    ],
)
def test_fields_out_of_bounds_are_refused(more: Body, code: str, element: str) -> None:
    books = Books()
    with pytest.raises(Refusal) as refused:
        _sell(books, sales_line(books.item().qbo_id, "10.00"), **more)
    assert (refused.value.errors[0].code, refused.value.errors[0].element) == (code, element)
