"""Sales receipts and refund receipts: paid at once, out of or into a bank account; payment methods name the way."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import Refusal
from sandbox.api_client import Api
from sandbox.builders import Books, ref, sales_line


def test_sales_receipt_has_the_fields_and_order_of_a_recorded_one() -> None:
    """Recorded from Intuit's sample company: no customer, so no addresses; the money waits in Undeposited Funds."""
    api = Api(Books(seed="sample", quirks=Quirks(home_amounts_always_shown=False)))
    line = sales_line("4", "337.50", UnitPrice=75, Qty=Decimal("4.5"), TaxCodeRef={"value": "NON"})
    shown = api.post("salesreceipt", {"Line": [line | {"Description": "Custom Design"}]}).body["SalesReceipt"]
    assert list(shown) == [
        *("domain", "sparse", "Id", "SyncToken", "MetaData", "CustomField", "DocNumber", "TxnDate", "CurrencyRef"),
        *("Line", "TxnTaxDetail", "TotalAmt", "ApplyTaxAfterDiscount", "PrintStatus", "EmailStatus", "Balance"),
        "DepositToAccountRef",
    ]
    assert shown["CustomField"] == [{"DefinitionId": "1", "Name": "Crew #", "Type": "StringType"}]
    assert shown["DepositToAccountRef"] == {"value": "4", "name": "Undeposited Funds"}
    assert shown["Balance"] == 0
    assert list(shown["Line"][0]) == ["Id", "LineNum", "Description", "Amount", "DetailType", "SalesItemLineDetail"]


def test_sales_receipt_posts_to_income_and_bank_and_owes_nothing() -> None:
    books = Books()
    customer = books.customer()
    line = sales_line(books.item().qbo_id, "250.00")
    bank = {"value": books.account("1010")}
    body = {"CustomerRef": ref(customer), "Line": [line], "DepositToAccountRef": bank, "PaymentRefNum": "10264"}
    receipt = books.create("SalesReceipt", body | {"PaymentMethodRef": {"value": "2"}})
    assert books.balance_of("1010") == Decimal("250.00")
    assert books.balance_of("4000") == Decimal("-250.00")
    assert books.shown(customer)["Balance"] == 0
    assert books.shown(receipt)["PaymentMethodRef"] == {"value": "2", "name": "Check"}


def test_voided_sales_receipt_keeps_its_lines_at_zero() -> None:
    books = Books()
    receipt = books.create("SalesReceipt", {"Line": [sales_line(books.item().qbo_id, "250.00")]})
    books.company.void("SalesReceipt", {"Id": receipt.qbo_id, "SyncToken": "0"})
    shown = books.shown(receipt)
    assert (shown["TotalAmt"], shown["PrivateNote"], shown["SyncToken"]) == (0, "Voided", "1")
    assert [line["Amount"] for line in shown["Line"]] == [0, 0]
    assert books.balance_of("4000") == 0


@pytest.mark.parametrize("dialect", [{"operation": "void"}, {"operation": "update", "include": "void"}])
def test_receipt_and_payment_are_voided_in_both_dialects(dialect: dict[str, str]) -> None:
    api = Api()
    item, customer = api.books.item().qbo_id, api.books.customer().qbo_id
    for path, entity, body in (
        ("salesreceipt", "SalesReceipt", {"Line": [sales_line(item, "5.00")]}),
        ("payment", "Payment", {"CustomerRef": {"value": customer}, "TotalAmt": 5}),
    ):
        made = api.post(path, body).body[entity]
        voided = api.post(path, {"Id": made["Id"], "SyncToken": "0", "sparse": True}, **dialect)
        assert voided.body[entity]["TotalAmt"] == 0
        assert voided.body[entity]["PrivateNote"] == "Voided"


def test_refund_receipt_pays_out_and_takes_income_back() -> None:
    books = Books()
    line = sales_line(books.item().qbo_id, "40.00")
    with pytest.raises(Refusal, match="DepositToAccountRef is missing"):
        books.create("RefundReceipt", {"Line": [line]})
    bank = {"value": books.account("1010")}
    refund = books.create("RefundReceipt", {"Line": [line], "DepositToAccountRef": bank})
    assert books.balance_of("1010") == Decimal("-40.00")
    assert books.balance_of("4000") == Decimal("40.00")
    assert "EmailStatus" not in books.shown(refund)
    with pytest.raises(Refusal, match="500"):
        books.company.void("RefundReceipt", {"Id": refund.qbo_id, "SyncToken": "0"})


def test_sales_forms_share_one_sequence_of_numbers_but_estimates() -> None:
    books = Books(seed="sample")
    body = {"CustomerRef": {"value": "1"}, "Line": [sales_line("1", "5.00")]}
    next_estimate = books.company.last_number("Estimate") + 1
    numbers = [
        books.shown(books.create(entity, body | {"DepositToAccountRef": {"value": "35"}}))["DocNumber"]
        for entity in ("Invoice", "SalesReceipt", "CreditMemo", "RefundReceipt", "Invoice", "Estimate")
    ]
    assert [int(number) - int(numbers[0]) for number in numbers[:5]] == [0, 1, 2, 3, 4]
    assert numbers[5] == str(next_estimate)


def test_number_taken_by_a_client_is_left_out_and_an_edit_starts_no_numbers_anew() -> None:
    books = Books(seed="sample")
    body = {"CustomerRef": {"value": "1"}, "Line": [sales_line("1", "5.00")]}
    first = books.create("Invoice", body)
    number = int(first.body["DocNumber"])
    books.create("Invoice", body | {"DocNumber": str(number + 2)})
    books.create("Invoice", body | {"DocNumber": str(number + 1)})
    books.company.update("Invoice", {"Id": first.qbo_id, "SyncToken": "0", "sparse": True, "PrivateNote": "x"})
    assert books.shown(books.create("Invoice", body))["DocNumber"] == str(number + 3)


def test_payment_methods_are_a_list_that_is_deactivated() -> None:
    api = Api()
    assert [row["Name"] for row in api.rows("select * from PaymentMethod where Type = 'NON_CREDIT_CARD'")] == [
        "Cash",
        "Check",
    ]
    made = api.post("paymentmethod", {"Name": "Comcheck"}).body["PaymentMethod"]
    assert list(made) == ["Name", "Active", "Type", "domain", "sparse", "Id", "SyncToken", "MetaData"]
    assert made["Type"] == "NON_CREDIT_CARD"
    assert api.post("paymentmethod", {"Name": "comcheck"}).code == "6240"
    assert api.post("paymentmethod", {"Name": "x" * 32}).code == "2050"
    gone = api.post("paymentmethod", {"Id": made["Id"], "SyncToken": "0", "sparse": True, "Active": False})
    assert gone.body["PaymentMethod"]["Name"] == "Comcheck (deleted)"
    body = {"CustomerRef": ref(api.books.customer()), "TotalAmt": 5, "PaymentMethodRef": {"value": made["Id"]}}
    assert api.post("payment", body).code == "2500"
    assert api.post("payment", body | {"PaymentMethodRef": {"value": "99"}}).code == "2500"
