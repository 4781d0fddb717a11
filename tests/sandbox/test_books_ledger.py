"""The sandbox's books balance: every transaction has two sides, and what is settled is told on both ends."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import Refusal
from sandbox.builders import Books, account_line, everything, journal_line, ref, sales_line, settling


def test_invoice_raises_receivable_and_income_and_customer_balance() -> None:
    books = Books()
    customer = books.customer()
    invoice = books.invoice(customer, "1200.00", "180.50")
    assert books.shown(invoice)["TotalAmt"] == Decimal("1380.50")
    assert books.balance_of("1100") == Decimal("1380.50")
    assert books.balance_of("4000") == Decimal("-1380.50")
    assert books.shown(customer)["Balance"] == Decimal("1380.50")
    assert books.shown(customer)["SyncToken"] == "0"


def test_bill_raises_payable_and_cost_and_vendor_balance() -> None:
    books = Books()
    vendor = books.vendor()
    books.bill(vendor, "900.00", "75.25")
    assert books.balance_of("2000") == Decimal("-975.25")
    assert books.balance_of("5000") == Decimal("975.25")
    assert books.shown(vendor)["Balance"] == Decimal("975.25")


def test_negative_lines_are_taken_while_the_total_is_not_negative() -> None:
    books = Books()
    vendor = books.vendor()
    assert books.shown(books.bill(vendor, "900.00", "-100.00"))["TotalAmt"] == Decimal("800.00")
    with pytest.raises(Refusal, match="transaction amount that is 0 or greater"):
        books.bill(vendor, "100.00", "-100.01")


def test_credit_memo_and_vendor_credit_post_the_other_way() -> None:
    books = Books()
    customer, vendor = books.customer(), books.vendor()
    lines = [sales_line(books.item().qbo_id, "50.00")]
    memo = books.create("CreditMemo", {"CustomerRef": ref(customer), "Line": lines})
    lines = [account_line(books.account("5090"), "70.00")]
    credit = books.create("VendorCredit", {"VendorRef": ref(vendor), "Line": lines})
    assert books.balance_of("1100") == Decimal("-50.00")
    assert books.balance_of("2000") == Decimal("70.00")
    assert books.shown(memo)["RemainingCredit"] == Decimal("50.00")
    assert books.shown(credit)["Balance"] == Decimal("70.00")


def test_check_leaves_the_bank_and_lands_on_its_lines() -> None:
    books = Books()
    check = books.create(
        "Purchase",
        {
            "PaymentType": "Check",
            "AccountRef": {"value": books.account("1015")},
            "EntityRef": {"value": books.vendor().qbo_id, "type": "Vendor"},
            "Line": [
                account_line(books.account("1310"), "300.00"),
                account_line(books.account("6100"), "4.50"),
            ],
        },
    )
    assert books.balance_of("1015") == Decimal("-304.50")
    assert books.balance_of("1310") == Decimal("300.00")
    shown = books.shown(check)
    assert shown["PurchaseEx"]["any"][0]["value"] == {"Name": "TxnType", "Value": "3"}
    assert shown["EntityRef"] == {"value": "1", "name": "Fast Carrier LLC", "type": "Vendor"}


def test_payment_settles_its_invoice_and_both_ends_say_so() -> None:
    books = Books()
    customer = books.customer()
    invoice = books.invoice(customer, "1000.00", DocNumber="L-1")
    payment = books.receive(customer, "1200.00", (invoice, "1000.00"))
    assert books.shown(payment)["UnappliedAmt"] == Decimal("200.00")
    assert books.shown(invoice)["Balance"] == 0
    assert books.shown(invoice)["LinkedTxn"] == [{"TxnId": payment.qbo_id, "TxnType": "Payment"}]
    assert books.shown(invoice)["SyncToken"] == "0"
    assert books.shown(customer)["Balance"] == Decimal("-200.00")
    names = [pair["value"]["Name"] for pair in books.shown(payment)["Line"][0]["LineEx"]["any"]]
    assert names == ["txnId", "txnOpenBalance", "txnReferenceNumber"]


def test_credit_memo_settles_an_invoice_through_a_payment_of_nothing() -> None:
    books = Books()
    customer = books.customer()
    invoice = books.invoice(customer, "100.00")
    lines = [sales_line(books.item().qbo_id, "40.00")]
    memo = books.create("CreditMemo", {"CustomerRef": ref(customer), "Line": lines})
    books.receive(customer, "0", (invoice, "40.00"), (memo, "40.00"))
    assert books.shown(invoice)["Balance"] == Decimal("60.00")
    assert books.shown(memo)["RemainingCredit"] == 0
    assert books.shown(customer)["Balance"] == Decimal("60.00")


def test_bill_payment_settles_bill_less_vendor_credit() -> None:
    books = Books()
    vendor = books.vendor()
    bill = books.bill(vendor, "500.00")
    lines = [account_line(books.account("5090"), "120.00")]
    credit = books.create("VendorCredit", {"VendorRef": ref(vendor), "Line": lines})
    with pytest.raises(Refusal, match="Amount Paid plus credits can't be less"):
        books.pay_bill(vendor, "379.99", (bill, "500.00"), (credit, "120.00"))
    payment = books.pay_bill(vendor, "380.00", (bill, "500.00"), (credit, "120.00"))
    assert books.shown(bill)["Balance"] == 0
    assert books.shown(bill)["LinkedTxn"] == [{"TxnId": payment.qbo_id, "TxnType": "BillPaymentCheck"}]
    assert books.shown(vendor)["Balance"] == 0


def test_more_than_is_open_cannot_be_paid() -> None:
    books = Books()
    vendor = books.vendor()
    bill = books.bill(vendor, "500.00")
    with pytest.raises(Refusal, match="add up to more"):
        books.pay_bill(vendor, "600.00", (bill, "600.00"))
    with pytest.raises(Refusal, match="set a transaction amount"):
        books.create("Payment", {"CustomerRef": ref(books.customer())})


def test_paying_a_paid_bill_drops_the_link_or_is_refused_by_quirk() -> None:
    for dropped in (True, False):
        books = Books(quirks=Quirks(paid_bill_link_is_dropped=dropped))
        vendor = books.vendor()
        bill = books.bill(vendor, "500.00")
        books.pay_bill(vendor, "500.00", (bill, "500.00"))
        if dropped:
            again = books.pay_bill(vendor, "500.00", (bill, "500.00"))
            assert books.shown(again)["Line"] == []
            assert books.shown(vendor)["Balance"] == Decimal("-500.00")
        else:
            with pytest.raises(Refusal, match="add up to more"):
                books.pay_bill(vendor, "500.00", (bill, "500.00"))


def test_payment_of_another_customers_invoice_cannot_be_linked() -> None:
    books = Books()
    invoice = books.invoice(books.customer(), "100.00")
    with pytest.raises(Refusal, match="620"):
        books.receive(books.customer("Somebody Else"), "100.00", (invoice, "100.00"))


def test_deleting_a_paid_bill_leaves_its_payment_unapplied() -> None:
    books = Books()
    vendor = books.vendor()
    bill = books.bill(vendor, "500.00")
    payment = books.pay_bill(vendor, "500.00", (bill, "500.00"))
    books.company.delete("Bill", {"Id": bill.qbo_id, "SyncToken": "0"})
    assert books.shown(payment)["Line"] == []
    assert books.shown(payment)["SyncToken"] == "1"
    assert books.shown(vendor)["Balance"] == Decimal("-500.00")
    assert books.company.trial_balance() == 0


def test_lowering_a_paid_invoice_leaves_the_rest_of_the_payment_unapplied() -> None:
    books = Books()
    customer = books.customer()
    invoice = books.invoice(customer, "500.00")
    payment = books.receive(customer, "500.00", (invoice, "500.00"))
    lines = [sales_line(books.item().qbo_id, "420.00")]
    change = {"Id": invoice.qbo_id, "SyncToken": "0", "sparse": True, "Line": lines}
    books.company.update("Invoice", change)
    assert books.shown(invoice)["Balance"] == 0
    assert books.shown(payment)["UnappliedAmt"] == Decimal("80.00")


def test_voided_invoice_keeps_its_lines_at_nothing() -> None:
    books = Books()
    customer = books.customer()
    invoice = books.invoice(customer, "500.00", PrivateNote="Load 77")
    voided = books.shown(books.company.void("Invoice", {"Id": invoice.qbo_id, "SyncToken": "0"}))
    assert (voided["TotalAmt"], voided["Balance"], voided["SyncToken"]) == (0, 0, "1")
    assert voided["PrivateNote"] == "Voided - Load 77"
    assert [line["Amount"] for line in voided["Line"]] == [0, 0]
    assert books.shown(customer)["Balance"] == 0
    again = books.company.void("Invoice", {"Id": invoice.qbo_id, "SyncToken": "1"})
    assert again.sync_token == 1


def test_voiding_a_payment_reopens_the_invoice() -> None:
    books = Books()
    customer = books.customer()
    invoice = books.invoice(customer, "500.00")
    payment = books.receive(customer, "500.00", (invoice, "500.00"))
    with pytest.raises(Refusal, match="cannot void this invoice"):
        books.company.void("Invoice", {"Id": invoice.qbo_id, "SyncToken": "0"})
    books.company.void("Payment", {"Id": payment.qbo_id, "SyncToken": "0"})
    assert books.shown(invoice)["Balance"] == Decimal("500.00")
    assert books.shown(invoice)["LinkedTxn"] == []


def test_journal_entry_balances_or_is_refused() -> None:
    books = Books()
    customer = books.customer()
    debit = journal_line(books.account("1010"), "Debit", "25.00")
    with pytest.raises(Refusal, match="2300"):
        books.create("JournalEntry", {"Line": [debit, journal_line(books.account("4000"), "Credit", "24.00")]})
    with pytest.raises(Refusal, match="at least two detail lines"):
        books.create("JournalEntry", {"Line": [debit]})
    receivable = journal_line(books.account("1100"), "Credit", "25.00")
    with pytest.raises(Refusal, match="must choose a customer"):
        books.create("JournalEntry", {"Line": [debit, receivable]})
    named = {"Type": "Customer", "EntityRef": {"value": customer.qbo_id}}
    receivable["JournalEntryLineDetail"]["Entity"] = named
    entry = books.shown(books.create("JournalEntry", {"Line": [debit, receivable]}))
    assert [line["Id"] for line in entry["Line"]] == ["0", "1"]
    assert entry["Line"][1]["JournalEntryLineDetail"]["Entity"]["EntityRef"]["name"] == "Piedmont Textiles"
    assert books.shown(customer)["Balance"] == Decimal("-25.00")


def test_discount_line_lowers_the_total_and_falls_to_discounts_given() -> None:
    books = Books()
    lines = [
        sales_line(books.item().qbo_id, "200.00"),
        {"DetailType": "DiscountLineDetail", "DiscountLineDetail": {"PercentBased": True, "DiscountPercent": 10}},
    ]
    invoice = books.create("Invoice", {"CustomerRef": ref(books.customer()), "Line": lines})
    assert books.shown(invoice)["TotalAmt"] == Decimal("180.00")
    assert books.balance_of("4090") == Decimal("20.00")
    subtotal, discount = books.shown(invoice)["Line"][-2:]
    assert subtotal == {
        "Amount": Decimal("200.00"),
        "DetailType": "SubTotalLineDetail",
        "SubTotalLineDetail": {},
    }
    assert discount == {
        "Amount": Decimal("20.00"),
        "DetailType": "DiscountLineDetail",
        "DiscountLineDetail": {
            "PercentBased": True,
            "DiscountPercent": 10,
            "DiscountAccountRef": {"value": books.account("4090"), "name": "Discounts given"},
        },
    }


def test_refused_change_leaves_everything_as_it_was() -> None:
    books = Books()
    vendor = books.vendor()
    bill = books.bill(vendor, "500.00")
    before, written = everything(books.company), len(books.journal)
    refused = [
        {"Id": bill.qbo_id, "SyncToken": "0", "sparse": True, "Line": [account_line(books.account("2000"), "1.00")]},
        {"Id": bill.qbo_id, "SyncToken": "3", "sparse": True, "PrivateNote": "late"},
        {"Id": bill.qbo_id, "SyncToken": "0", "sparse": True, "Line": [settling(bill, "1.00")]},
    ]
    for body in refused:
        with pytest.raises(Refusal):
            books.company.update("Bill", body)
    assert everything(books.company) == before
    assert len(books.journal) == written
