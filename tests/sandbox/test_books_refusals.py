"""What QuickBooks refuses, the sandbox refuses in the same words; what it takes, the sandbox takes."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from qbo_sandbox.books import json_text
from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import FaultError, Refusal
from sandbox.builders import Body, Books, account_line, ref, sales_line


def refused(books: Books, entity: str, body: Body, operation: str = "create") -> tuple[FaultError, ...]:
    """Return the errors the company answers with."""
    with pytest.raises(Refusal) as caught:
        getattr(books.company, operation)(entity, body)
    return caught.value.errors


def test_payable_account_on_a_bill_line_is_6000() -> None:
    books = Books()
    lines = [account_line(books.account("2000"), "10.00")]
    (error,) = refused(books, "Bill", {"VendorRef": ref(books.vendor()), "Line": lines})
    assert error.code == "6000"
    assert error.message == "A business validation error has occurred while processing your request"
    assert error.detail == (
        "Business Validation Error: You can't use an Accounts Payable account on the detail portion of a Bill."
    )
    assert error.element == ""


def test_receivable_account_on_a_bill_line_needs_a_customer() -> None:
    books = Books()
    vendor, receivable = ref(books.vendor()), books.account("1100")
    (error,) = refused(books, "Bill", {"VendorRef": vendor, "Line": [account_line(receivable, "10.00")]})
    assert error.detail.endswith("When you use Accounts Receivable, you must choose a customer in the Name field.")
    customer = books.customer()
    line = account_line(receivable, "10.00", CustomerRef=ref(customer))
    books.create("Bill", {"VendorRef": vendor, "Line": [line]})
    assert books.shown(customer)["Balance"] == Decimal("10.00")


def test_every_missing_field_is_told_at_once() -> None:
    books = Books()
    errors = refused(books, "Bill", {"Line": [{"DetailType": "AccountBasedExpenseLineDetail", "Amount": 1}]})
    assert [(error.code, error.element) for error in errors] == [("2020", "VendorRef"), ("2020", "AccountRef")]
    assert errors[0].detail == "Required parameter VendorRef is missing in the request"
    (error,) = refused(books, "Bill", {"VendorRef": ref(books.vendor()), "Line": []})
    assert (error.code, error.element) == ("2020", "Line")


def test_account_beside_the_detail_instead_of_in_it_is_missing() -> None:
    books = Books()
    line = {"DetailType": "AccountBasedExpenseLineDetail", "Amount": 1, "AccountBasedExpenseLineDetail": {}}
    (error,) = refused(books, "Bill", {"VendorRef": ref(books.vendor()), "Line": [line]})
    assert (error.code, error.element) == ("2020", "AccountRef")


def test_unknown_field_is_2010_and_names_the_field() -> None:
    (error,) = refused(Books(), "Invoice", {"BadJson": True})
    assert error.code == "2010"
    assert error.detail.startswith(
        'Property Name:Unrecognized field "BadJson" (class com.intuit.schema.finance.v3.Invoice), '
        "not marked as ignorable"
    )
    assert error.element is None


@pytest.mark.parametrize(
    ("entity", "field", "longest"),
    [("Invoice", "DocNumber", 21), ("Bill", "PrivateNote", 4000), ("Vendor", "DisplayName", 500)],
)
def test_text_beyond_its_length_is_2050(entity: str, field: str, longest: int) -> None:
    books = Books()
    body: Body = {"DisplayName": "x"} if entity == "Vendor" else {"Line": [], "CustomerRef": {"value": "1"}}
    if entity == "Bill":
        body = {"VendorRef": {"value": "1"}, "Line": []}
    (error,) = refused(books, entity, body | {field: "a" * (longest + 1)})
    assert (error.code, error.element) == ("2050", field)
    assert error.detail == (
        f"String length specified does not match the supported length. Min:0 Max:{longest:,} supported. "
        f"Supplied length:{longest + 1:,}"
    )


def test_message_to_the_customer_has_an_element_of_its_own() -> None:
    books = Books()
    body = {"CustomerRef": ref(books.customer()), "Line": [], "CustomerMemo": {"value": "m" * 1016}}
    (error,) = refused(books, "Invoice", body)
    assert error.element == "Customer Memo"
    assert "Max:1,000 supported. Supplied length:1,016" in error.detail


def test_quantity_times_price_must_be_the_amount() -> None:
    books = Books()
    customer, item = ref(books.customer()), books.item().qbo_id
    line = sales_line(item, "1861.07", Qty=931, UnitPrice=Decimal("1.99999"))
    (error,) = refused(books, "Invoice", {"CustomerRef": customer, "Line": [line]})
    assert (error.code, error.detail) == ("6070", "Amount is not equal to UnitPrice * Qty. Supplied value:1,861.07")
    line["Amount"] = Decimal("1861.99")
    books.create("Invoice", {"CustomerRef": customer, "Line": [line]})


@pytest.mark.parametrize("counts", [True, False])
def test_no_quantity_at_no_price_counts_as_neither_being_sent(counts: bool) -> None:
    books = Books(quirks=Quirks(zero_quantity_is_none=counts))
    customer, item = ref(books.customer()), books.item().qbo_id
    body = {"CustomerRef": customer, "Line": [sales_line(item, "100.00", Qty=0, UnitPrice=0)]}
    if counts:
        assert books.create("Invoice", body).body["TotalAmt"] == Decimal(100)
    else:
        assert refused(books, "Invoice", body)[0].code == "6070"


def test_reference_to_nothing_is_2500_in_quickbooks_own_plural() -> None:
    books = Books()
    (error,) = refused(books, "Bill", {"VendorRef": {"value": "77"}, "Line": [account_line("7", "1")]})
    assert error.detail == "Invalid Reference Id : Names element id 77 not found"
    (error,) = refused(books, "Bill", {"VendorRef": ref(books.vendor()), "Line": [account_line("777", "1")]})
    assert error.detail == "Invalid Reference Id : Accounts element id 777 not found"
    (error,) = refused(books, "Invoice", {"CustomerRef": ref(books.vendor("V2")), "Line": [sales_line("1", "1")]})
    assert error.code == "2500"


def test_inactive_account_is_refused_on_new_lines_only() -> None:
    books = Books()
    vendor, account = ref(books.vendor()), books.account("5015")
    bill = books.create("Bill", {"VendorRef": vendor, "Line": [account_line(account, "20.00")]})
    books.company.update("Account", {"Id": account, "SyncToken": "0", "sparse": True, "Active": False})
    (error,) = refused(books, "Bill", {"VendorRef": vendor, "Line": [account_line(account, "20.00")]})
    assert error.code == "2500"
    assert error.detail.startswith("Invalid Reference Id : Something you're trying to use has been made inactive.")
    change = {"Id": bill.qbo_id, "SyncToken": "0", "sparse": True, "Line": [account_line(account, "25.00")]}
    assert books.company.update("Bill", change).sync_token == 1


def test_names_are_one_space_for_customers_vendors_and_employees() -> None:
    books = Books()
    books.vendor("Fast  Carrier LLC")
    (error,) = refused(books, "Customer", {"DisplayName": " fast carrier llc"})
    assert error.code == "6240"
    assert error.detail == (
        "The name supplied already exists. : Another customer, vendor or employee is already using this name. "
        "Please use a different name. "
    )
    assert error.element is None
    books.customer("Shipper")
    (error,) = refused(books, "Customer", {"DisplayName": "SHIPPER"})
    assert "Another customer is already using this name." in error.detail
    refused(books, "Employee", {"DisplayName": "Shipper"})


def test_deactivation_renames_and_frees_the_name() -> None:
    books = Books()
    vendor = books.vendor("Old Road")
    change = {"Id": vendor.qbo_id, "SyncToken": "0", "sparse": True, "Active": False}
    assert books.shown(books.company.update("Vendor", change))["DisplayName"] == "Old Road (deleted)"
    books.customer("Old Road")
    change = {"Id": vendor.qbo_id, "SyncToken": "1", "sparse": True, "Active": True}
    (error,) = refused(books, "Vendor", change, "update")
    assert error.code == "6240"


@pytest.mark.parametrize("name", ["A:B", "A\tB", "A\nB", "A\x01B"])
def test_characters_a_name_may_not_hold_are_2040(name: str) -> None:
    (error,) = refused(Books(), "Customer", {"DisplayName": name})
    assert (error.code, error.element) == ("2040", "DisplayName")


@pytest.mark.parametrize("address", ["nobody", "a@b", "two words@x.com"])
def test_address_that_is_no_address_is_2210(address: str) -> None:
    body = {"DisplayName": "X", "PrimaryEmailAddr": {"Address": address}}
    (error,) = refused(Books(), "Customer", body)
    assert error.code == "2210"


def test_invoice_number_used_twice_is_6140_and_names_the_holder() -> None:
    books = Books()
    customer = books.customer()
    first = books.invoice(customer, "1.00", DocNumber="L-100")
    item = books.item().qbo_id
    body = {"CustomerRef": ref(customer), "DocNumber": "L-100", "Line": [sales_line(item, "1.00")]}
    (error,) = refused(books, "Invoice", body)
    assert error.code == "6140"
    assert error.detail == (
        "Duplicate Document Number Error : You must specify a different number. This number has already been used. "
        f"DocNumber=L-100 is assigned to TxnType=Invoice with TxnId={first.qbo_id}"
    )
    books.company.create("Invoice", body, include=frozenset({"allowduplicatedocnum"}))
    books.create("CreditMemo", body)


@pytest.mark.parametrize("warned", [True, False])
def test_bill_number_is_compared_within_one_vendor_where_the_company_warns(warned: bool) -> None:
    books = Books()
    pairs = [{"Name": "WarnDuplicateBillNumber", "Value": "true" if warned else "false"}]
    books.company.update("Preferences", {"SyncToken": "0", "sparse": True, "OtherPrefs": {"NameValue": pairs}})
    vendor, other = books.vendor(), books.vendor("Other")
    books.bill(vendor, "1.00", DocNumber="77")
    books.bill(other, "1.00", DocNumber="77")
    if warned:
        with pytest.raises(Refusal, match="6140"):
            books.bill(vendor, "2.00", DocNumber="77")
    else:
        books.bill(vendor, "2.00", DocNumber="77")


def test_books_closed_to_a_day_refuse_that_day_and_before() -> None:
    books = Books()
    vendor = books.vendor()
    bill = books.bill(vendor, "1.00", TxnDate="2026-01-31")
    books.company.close_books(date(2026, 1, 31))
    with pytest.raises(Refusal, match="6210"):
        books.bill(vendor, "1.00", TxnDate="2026-01-31")
    books.bill(vendor, "1.00", TxnDate="2026-02-01")
    move = {"Id": bill.qbo_id, "SyncToken": "0", "sparse": True, "TxnDate": "2026-02-02"}
    (error,) = refused(books, "Bill", move, "update")
    assert "through through the QBO Services API" in error.detail
    (error,) = refused(books, "Bill", {"Id": bill.qbo_id, "SyncToken": "0"}, "delete")
    assert error.code == "6210"
    books.company.close_books(None)
    books.company.delete("Bill", {"Id": bill.qbo_id, "SyncToken": "0"})


def test_change_needs_the_latest_sync_token() -> None:
    books = Books()
    vendor = books.vendor()
    change: dict[str, Any] = {"Id": vendor.qbo_id, "sparse": True, "Notes": "night only"}
    (error,) = refused(books, "Vendor", change, "update")
    assert (error.code, error.element) == ("2020", "SyncToken")
    books.company.update("Vendor", change | {"SyncToken": "0"})
    (error,) = refused(books, "Vendor", change | {"SyncToken": "0", "Notes": "x"}, "update")
    assert (error.code, error.element) == ("5010", "")
    assert error.detail.startswith("Stale Object Error : You and ")


def test_what_is_gone_is_610_and_what_is_no_number_2030() -> None:
    books = Books()
    bill = books.bill(books.vendor(), "1.00")
    books.company.delete("Bill", {"Id": bill.qbo_id, "SyncToken": "0"})
    (error,) = refused(books, "Bill", {"Id": bill.qbo_id, "SyncToken": "0"}, "delete")
    assert (error.code, error.message, error.element) == ("610", "Object Not Found", "")
    with pytest.raises(Refusal, match="2030 Id should be a valid number"):
        books.company.read("Bill", "1.5")


def test_lists_are_deactivated_never_deleted() -> None:
    books = Books()
    vendor = books.vendor()
    (error,) = refused(books, "Vendor", {"Id": vendor.qbo_id, "SyncToken": "0"}, "delete")
    assert error.code == "500"
    books.bill(vendor, "1.00")
    change = {"Id": vendor.qbo_id, "SyncToken": "0", "sparse": True, "Active": False}
    (error,) = refused(books, "Vendor", change, "update")
    assert error.code == "6220"


def test_another_currency_is_refused_while_multicurrency_is_off() -> None:
    books = Books()
    (error,) = refused(books, "Vendor", {"DisplayName": "Maple", "CurrencyRef": {"value": "CAD"}})
    assert error.code == "6000"
    body = {
        "VendorRef": ref(books.vendor()),
        "CurrencyRef": {"value": "CAD"},
        "Line": [account_line(books.account("5000"), "1.00")],
    }
    (error,) = refused(books, "Bill", body)
    assert "The currency of the transaction is invalid" in error.detail


@pytest.mark.parametrize(("choice", "kept"), [("question mark", "Caf\u00e9 ? ?"), ("keep", "Caf\u00e9 \u2014 \u6f22")])
def test_text_beyond_latin_1_becomes_what_the_quirk_says(choice: str, kept: str) -> None:
    books = Books(quirks=Quirks(beyond_latin_1=choice))
    assert books.shown(books.vendor("Caf\u00e9 \u2014 \u6f22"))["DisplayName"] == kept


def test_text_beyond_latin_1_is_refused_where_the_quirk_says_so() -> None:
    (error,) = refused(Books(quirks=Quirks(beyond_latin_1="refuse")), "Vendor", {"DisplayName": "\u6f22"})
    assert error.code == "2040"


def test_item_cannot_post_to_receivable_or_payable() -> None:
    books = Books()
    for number in ("1100", "2000"):
        body = {"Name": "Bad", "Type": "Service", "IncomeAccountRef": {"value": books.account(number)}}
        (error,) = refused(books, "Item", body)
        assert error.code == "6430"
        assert error.detail.startswith("Invalid account type: You need to select a different type of account")


def test_sales_line_without_an_item_is_6440_where_the_company_has_no_default() -> None:
    books = Books()
    line = {"DetailType": "SalesItemLineDetail", "Amount": Decimal("5.00"), "SalesItemLineDetail": {}}
    (error,) = refused(books, "Invoice", {"CustomerRef": ref(books.customer()), "Line": [line]})
    assert error.code == "6440"


def test_check_must_come_from_a_bank_and_a_card_charge_from_a_card() -> None:
    books = Books()
    body = {
        "PaymentType": "Check",
        "AccountRef": {"value": books.account("5000")},
        "Line": [account_line(books.account("5000"), "1.00")],
    }
    (error,) = refused(books, "Purchase", body)
    assert "You need to select a different type of account for this transaction." in error.detail
    refused(books, "Purchase", body | {"PaymentType": "CreditCard", "AccountRef": {"value": books.account("1010")}})
    (error,) = refused(books, "Purchase", {"AccountRef": {"value": "1"}, "Line": []})
    assert (error.code, error.element) == ("2020", "PaymentType")


def test_amount_is_exact_to_the_cent_through_json() -> None:
    books = Books()
    raw = json_text.loads('{"DisplayName":"N","CreditLimit":0.1}')
    customer = books.create("Customer", raw)
    assert '"CreditLimit":0.1' in books.company.text(customer)
    lines = json_text.loads("[" + ",".join(["0.1"] * 3) + "]")
    invoice = books.invoice(customer, *[str(each) for each in lines])
    assert '"TotalAmt":0.30' in books.company.text(invoice)


@pytest.mark.parametrize("dropped", [True, False])
def test_class_on_a_line_is_dropped_or_refused_where_classes_are_not_tracked(dropped: bool) -> None:
    books = Books(seed="sample", quirks=Quirks(untracked_reference_is_dropped=dropped))
    office = ref(books.create("Class", {"Name": "Asheville office"}))
    vendor = ref(books.vendor())
    body = {"VendorRef": vendor, "Line": [account_line("58", "1.00", ClassRef=office)]}
    bill = books.shown(books.create("Bill", body))
    assert bill["Line"][0]["AccountBasedExpenseLineDetail"]["ClassRef"]["name"] == "Asheville office"
    sections = {"AccountingInfoPrefs": {"ClassTrackingPerTxnLine": False}}
    books.company.update("Preferences", {"SyncToken": "0", "sparse": True, **sections})
    if dropped:
        bill = books.shown(books.create("Bill", body))
        assert "ClassRef" not in bill["Line"][0]["AccountBasedExpenseLineDetail"]
    else:
        (error,) = refused(books, "Bill", body)
        assert error.code == "5020"


def test_renaming_a_parent_renames_what_is_below_it() -> None:
    books = Books(seed="sample")
    books.company.update("Account", {"Id": "45", "SyncToken": "0", "sparse": True, "Name": "Gardens"})
    assert books.company.name_of("Account", "47") == "Gardens:Job Materials:Decks and Patios"
    child = books.company.find("Account", "47")
    assert child is not None
    assert child.sync_token == 0
    assert books.replayed().name_of("Account", "47") == "Gardens:Job Materials:Decks and Patios"
