"""Buying: orders and the bills that take them over, billable lines, numbers, transfers, hours, payments."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.store import Record
from sandbox.builders import Body, Books, account_line, everything, journal_line, ref, settling


def _order(books: Books, vendor: Record, amount: str = "100.00", **more: Any) -> Record:
    lines = [account_line(books.account("5000"), amount)]
    return books.create("PurchaseOrder", {"VendorRef": ref(vendor), "Line": lines, **more})


def _of(order: Record) -> Body:
    return {"LinkedTxn": [{"TxnId": order.qbo_id, "TxnType": "PurchaseOrder"}]}


def _code(books: Books, entity: str, body: Body, operation: str = "create", **more: Any) -> tuple[str, str]:
    with pytest.raises(Refusal) as caught:
        getattr(books.company, operation)(entity, body, **more)
    (error,) = caught.value.errors
    return error.code, error.detail


def _token(record: Record, **more: Any) -> Body:
    return {"Id": record.qbo_id, "SyncToken": str(record.sync_token), **more}


def _item_line(item: Record, amount: str, **detail: Any) -> Body:
    return {
        "DetailType": "ItemBasedExpenseLineDetail",
        "Amount": Decimal(amount),
        "ItemBasedExpenseLineDetail": {"ItemRef": ref(item), **detail},
    }


def test_an_order_posts_nothing_numbers_itself_and_is_open() -> None:
    books = Books()
    vendor = books.vendor(BillAddr={"Line1": "1 Dock St"})
    shown = books.shown(_order(books, vendor))
    assert (shown["POStatus"], shown["TotalAmt"], shown["DocNumber"]) == ("Open", 100, "1001")
    assert shown["APAccountRef"]["value"] == books.account("2000")
    assert shown["VendorAddr"] == {"Line1": "1 Dock St"}
    assert "LinkedTxn" not in shown
    assert books.company.ledger.trial_balance() == {}


def test_a_bill_closes_its_order_and_both_show_the_link() -> None:
    books = Books()
    vendor = books.vendor()
    order = _order(books, vendor)
    bill = books.bill(vendor, "100.00", **_of(order))
    payment = books.pay_bill(vendor, "40.00", (bill, "40.00"))
    assert books.shown(bill)["LinkedTxn"] == [
        {"TxnId": order.qbo_id, "TxnType": "PurchaseOrder"},
        {"TxnId": payment.qbo_id, "TxnType": "BillPaymentCheck"},
    ]
    assert books.shown(order)["LinkedTxn"] == [{"TxnId": bill.qbo_id, "TxnType": "Bill"}]
    assert books.shown(order)["POStatus"] == "Closed"
    sent_back = books.shown(bill) | {"PrivateNote": "seen"}
    books.company.update("Bill", sent_back)
    assert len(books.shown(bill)["LinkedTxn"]) == 2
    books.company.delete("Bill", _token(bill) | {"SyncToken": "1"})
    assert books.shown(order)["POStatus"] == "Open"
    assert "LinkedTxn" not in books.shown(order)
    assert everything(books.replayed()) == everything(books.company)


def test_a_line_may_link_the_order_and_a_check_too() -> None:
    books = Books()
    vendor = books.vendor()
    order = _order(books, vendor)
    line = account_line(books.account("5000"), "100.00") | _of(order)
    check = {
        "PaymentType": "Check",
        "AccountRef": {"value": books.account("1010")},
        "EntityRef": {"value": vendor.qbo_id, "type": "Vendor"},
        "Line": [line],
    }
    purchase = books.create("Purchase", check)
    assert books.shown(order)["POStatus"] == "Closed"
    books.company.delete("PurchaseOrder", _token(order) | {"SyncToken": "1"})
    shown = books.shown(purchase)
    assert "LinkedTxn" not in shown
    assert "LinkedTxn" not in shown["Line"][0]
    assert everything(books.replayed()) == everything(books.company)


def test_an_order_of_another_vendor_or_none_cannot_be_linked() -> None:
    books = Books()
    order = _order(books, books.vendor())
    other = books.vendor("Other")
    body = {"VendorRef": ref(other), "Line": [account_line(books.account("5000"), "1.00")]}
    assert _code(books, "Bill", body | _of(order))[0] == "620"
    gone = {"LinkedTxn": [{"TxnId": "999", "TxnType": "PurchaseOrder"}]}
    assert "no longer available" in _code(books, "Bill", body | gone)[1]


def test_billable_lines_name_a_customer_and_an_account_that_can_be_billed() -> None:
    books = Books()
    vendor, customer = ref(books.vendor()), ref(books.customer())

    def body(account: str, **detail: Any) -> Body:
        return {"VendorRef": vendor, "Line": [account_line(books.account(account), "5.00", **detail)]}

    assert _code(books, "Bill", body("5000", BillableStatus="Billable"))[0] == "6310"
    wrong = body("1010", BillableStatus="Billable", CustomerRef=customer)
    assert "For billable expenses, you must use an account of one of" in _code(books, "Bill", wrong)[1]
    assert _code(books, "Bill", body("5000", BillableStatus="HasBeenBilled", CustomerRef=customer))[0] == "6320"
    right = body("5000", BillableStatus="Billable", CustomerRef=customer)
    detail = books.shown(books.create("Bill", right))["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["BillableStatus"] == "NotBillable"
    tracking = {"BillableExpenseTracking": True, "TrackingByCustomer": True}
    books.company.update("Preferences", {"SyncToken": "0", "VendorAndPurchasesPrefs": tracking})
    detail = books.shown(books.create("Bill", right))["Line"][0]["AccountBasedExpenseLineDetail"]
    assert detail["BillableStatus"] == "Billable"
    books.company.quirks.billable_accounts_lack_income_accounts = True
    assert "doesn't have an income account associated with it" in _code(books, "Bill", right)[1]


def test_an_item_without_an_expense_account_cannot_be_bought() -> None:
    books = Books()
    vendor = books.vendor()
    body = {"VendorRef": ref(vendor), "Line": [_item_line(books.item(), "5.00")]}
    assert "Please specify the account on this item" in _code(books, "Bill", body)[1]
    fuel = books.create(
        "Item", {"Name": "Fuel", "Type": "NonInventory", "ExpenseAccountRef": {"value": books.account("5015")}}
    )
    books.create("Bill", {"VendorRef": ref(vendor), "Line": [_item_line(fuel, "6.00", Qty=2, UnitPrice=3)]})
    assert books.balance_of("5015") == 6
    assert books.create("PurchaseOrder", body).body["TotalAmt"] == 5


def test_payable_line_of_a_check_needs_its_vendor() -> None:
    books = Books()
    vendor = books.vendor()
    check = {
        "PaymentType": "Check",
        "AccountRef": {"value": books.account("1010")},
        "Line": [account_line(books.account("2000"), "30.00")],
    }
    assert "you must choose a vendor in the Name field" in _code(books, "Purchase", check)[1]
    books.create("Purchase", check | {"EntityRef": {"value": vendor.qbo_id, "type": "Vendor"}})
    assert books.shown(vendor)["Balance"] == Decimal("-30.00")


@pytest.mark.parametrize(
    ("given", "wanted"),
    [
        ("2026-03-02", "2026-03-10"),
        ("2026-03-06", "2026-04-10"),
        ("2026-03-20", "2026-04-10"),
        ("2026-02-10", "2026-03-10"),
    ],
)
def test_a_date_driven_term_is_due_on_its_day_of_the_month(given: str, wanted: str) -> None:
    books = Books()
    term = books.create("Term", {"Name": "10th", "DayOfMonthDue": 10, "DueNextMonthDays": 5})
    assert books.shown(term)["Type"] == "DATE_DRIVEN"
    bill = books.bill(books.vendor(TermRef=ref(term)), "1.00", TxnDate=given)
    assert books.shown(bill)["DueDate"] == wanted


def test_a_term_for_the_31st_falls_on_the_last_day_of_a_short_month() -> None:
    books = Books()
    term = books.create("Term", {"Name": "Month end", "DayOfMonthDue": 31})
    assert (
        books.shown(books.bill(books.vendor(TermRef=ref(term)), "1.00", TxnDate="2026-02-03"))["DueDate"]
        == "2026-02-28"
    )


def test_a_payment_settles_a_journal_entry_of_its_vendor_and_uses_its_credits() -> None:
    books = Books()
    vendor = books.vendor()
    named = {"Entity": {"Type": "Vendor", "EntityRef": ref(vendor)}}
    owed, credit = (
        books.create(
            "JournalEntry",
            {
                "Line": [
                    journal_line(books.account("6100"), ours, amount),
                    journal_line(books.account("2000"), theirs, amount, **named),
                ]
            },
        )
        for ours, theirs, amount in (("Debit", "Credit", "50.00"), ("Credit", "Debit", "20.00"))
    )
    payment = books.pay_bill(vendor, "30.00", (owed, "50.00"), (credit, "20.00"))
    assert books.shown(vendor)["Balance"] == 0
    assert [line["Amount"] for line in books.shown(payment)["Line"]] == [50, 20]
    with pytest.raises(Refusal, match="620"):
        books.pay_bill(books.vendor("Other"), "1.00", (owed, "1.00"))
    books.company.delete("JournalEntry", _token(credit))
    assert books.shown(payment)["Line"] == []
    assert everything(books.replayed()) == everything(books.company)


def test_another_vendors_bill_is_620_or_6000_as_the_quirk_says() -> None:
    for quirk, code in ((True, "620"), (False, "6000")):
        books = Books(quirks=Quirks(other_partys_document_is_620=quirk))
        bill = books.bill(books.vendor(), "10.00")
        with pytest.raises(Refusal, match=code):
            books.pay_bill(books.vendor("Other"), "10.00", (bill, "10.00"))


def test_a_paid_bill_paid_once_more_is_dropped_or_6000_as_the_quirk_says() -> None:
    books = Books()
    vendor = books.vendor()
    bill = books.bill(vendor, "10.00")
    books.pay_bill(vendor, "10.00", (bill, "10.00"))
    assert books.shown(books.pay_bill(vendor, "10.00", (bill, "10.00")))["Line"] == []
    books.company.quirks.paid_bill_link_is_dropped = False
    with pytest.raises(Refusal, match="The payments you entered add up to more"):
        books.pay_bill(vendor, "10.00", (bill, "10.00"))


def test_the_same_bill_twice_in_one_payment_is_settled_only_once() -> None:
    books = Books()
    vendor = books.vendor()
    bill = books.bill(vendor, "10.00")
    with pytest.raises(Refusal, match="add up to more"):
        books.pay_bill(vendor, "20.00", (bill, "6.00"), (bill, "6.00"))


def test_check_numbers_are_compared_across_checks_and_bill_payments_of_one_bank() -> None:
    books = Books(seed="sample")
    vendor = books.vendor()
    check = {"PaymentType": "Check", "AccountRef": {"value": "35"}, "Line": [account_line("58", "1.00")]}
    first = books.create("Purchase", check | {"DocNumber": "77"})
    payment = {
        "VendorRef": ref(vendor),
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": "35"}},
        "TotalAmt": 1,
        "DocNumber": "77",
        "Line": [],
    }
    code, detail = _code(books, "BillPayment", payment)
    assert (code, detail.rpartition("DocNumber=")[2]) == (
        "6140",
        f"77 is assigned to TxnType=Check with TxnId={first.qbo_id}",
    )
    books.company.create("BillPayment", payment, include=frozenset({"allowduplicatedocnum"}))
    assert _code(books, "Purchase", check | {"DocNumber": "77"})[0] == "6140"
    books.create("Purchase", check | {"DocNumber": "77", "AccountRef": {"value": "36"}})


def test_a_journal_entry_asks_for_the_next_number() -> None:
    books = Books(seed="sample")
    lines = [journal_line("58", "Debit", "1.00"), journal_line("35", "Credit", "1.00")]
    first = books.create("JournalEntry", {"DocNumber": "7000", "Line": lines})
    assert "DocNumber" not in books.create("JournalEntry", {"Line": lines}).body
    asked = books.company.create("JournalEntry", {"Line": lines}, include=frozenset({"allowautodocnum"}))
    assert asked.body["DocNumber"] == "7001"
    assert (
        f"TxnType=Journal Entry with TxnId={first.qbo_id}"
        in _code(books, "JournalEntry", {"DocNumber": "7000", "Line": lines})[1]
    )


def test_a_transfer_moves_money_between_two_accounts_that_hold_it() -> None:
    books = Books()
    ends = {"FromAccountRef": {"value": books.account("1010")}, "ToAccountRef": {"value": books.account("1015")}}
    transfer = books.create("Transfer", {**ends, "Amount": Decimal("250.00")})
    assert (books.balance_of("1010"), books.balance_of("1015")) == (-250, 250)
    assert books.shown(transfer)["ToAccountRef"]["name"] == "Comcheck clearing"
    books.company.update("Transfer", _token(transfer, sparse=True, Amount=Decimal("50.00")))
    assert books.balance_of("1015") == 50
    for wrong in (
        {"ToAccountRef": ends["FromAccountRef"]},
        {"ToAccountRef": {"value": books.account("2000")}},
        {"Amount": 0},
    ):
        assert _code(books, "Transfer", {**ends, "Amount": 1, **wrong})[0] == "6000"
    assert _code(books, "Transfer", ends)[0] == "2020"
    books.company.delete("Transfer", _token(transfer) | {"SyncToken": "1"})
    assert books.company.ledger.trial_balance() == {}
    assert everything(books.replayed()) == everything(books.company)


def test_a_transfer_to_a_foreign_account_is_in_its_currency() -> None:
    books = Books(seed="sample")
    euro = books.create("Account", {"Name": "Sparkasse", "AccountType": "Bank", "CurrencyRef": {"value": "EUR"}})
    body = {"FromAccountRef": {"value": "35"}, "ToAccountRef": ref(euro), "Amount": Decimal("100.00")}
    assert _code(books, "Transfer", body)[0] == "2020"
    books.create("Transfer", body | {"CurrencyRef": {"value": "EUR"}, "ExchangeRate": Decimal("1.25")})
    assert books.shown(euro)["CurrentBalance"] == 100
    assert books.company.ledger.account_balance(euro.qbo_id) == 125


def test_hours_are_told_by_length_or_by_start_and_end_and_by_whom() -> None:
    books = Books()
    employee = books.create("Employee", {"GivenName": "Emily", "FamilyName": "Platt"})
    named = {"NameOf": "Employee", "EmployeeRef": ref(employee)}
    worked = books.shown(books.create("TimeActivity", {**named, "Hours": 3, "Minutes": 30, "HourlyRate": 15}))
    assert (worked["BillableStatus"], worked["Hours"], worked["TxnDate"]) == ("NotBillable", 3, "2026-03-02")
    assert worked["EmployeeRef"]["name"] == "Emily Platt"
    span = {"StartTime": "2026-03-02T08:00:00-08:00", "EndTime": "2026-03-02T10:00:00-08:00"}
    books.create("TimeActivity", {**named, **span})
    backwards = {"StartTime": span["EndTime"], "EndTime": span["StartTime"]}
    for wrong, code in (
        (named, "2020"),
        ({"NameOf": "Vendor", "Hours": 1}, "6290"),
        ({"Hours": 1}, "2020"),
        ({**named, "Hours": 1, "BillableStatus": "Billable"}, "6310"),
        ({**named, "Hours": 1, "Minutes": 60}, "2240"),
        ({**named, **backwards}, "6000"),
        ({**named, "StartTime": "eight", "EndTime": "ten"}, None),
    ):
        with pytest.raises(Refusal, match=code or "2060"):
            books.create("TimeActivity", wrong)
    assert everything(books.replayed()) == everything(books.company)


def test_lists_that_people_keep_are_there_to_ask_for() -> None:
    books = Books()
    assert len(books.company.table("Budget")) == 0
    with pytest.raises(Refusal, match="500"):
        books.create("Budget", {"Name": "2026"})
    assert books.shown(books.create("JournalCode", {"Name": "VT", "Type": "Sales"}))["Active"] is True


def test_settled_lines_of_an_edited_payment_follow() -> None:
    books = Books()
    vendor = books.vendor()
    bill, other = books.bill(vendor, "10.00"), books.bill(vendor, "5.00")
    payment = books.pay_bill(vendor, "15.00", (bill, "10.00"), (other, "5.00"))
    change = _token(payment, sparse=True, TotalAmt=5, Line=[settling(other, "5.00")])
    books.company.update("BillPayment", change)
    assert (books.shown(bill)["Balance"], books.shown(other)["Balance"]) == (10, 0)
