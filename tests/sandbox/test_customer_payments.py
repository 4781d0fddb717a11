"""What a customer's payment settles: invoices, credits, entries in receivables; for itself or for its jobs."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.store import Record
from sandbox.builders import Body, Books, account_line, everything, journal_line, ref, sales_line, settling


def _entry(books: Books, customer: Record, side: str, amount: str) -> Record:
    named = {"Type": "Customer", "EntityRef": ref(customer)}
    other = {"Debit": "Credit", "Credit": "Debit"}[side]
    lines = [
        journal_line(books.account("1100"), side, amount, Entity=named),
        journal_line(books.account("4020"), other, amount),
    ]
    return books.create("JournalEntry", {"Line": lines})


def _credit(books: Books, customer: Record, amount: str) -> Record:
    return books.create("CreditMemo", {"CustomerRef": ref(customer), "Line": [sales_line(books.item().qbo_id, amount)]})


def _change(books: Books, record: Record, **change: Any) -> Body:
    current = books.company.find(record.entity, record.qbo_id)
    assert current is not None
    return {"Id": record.qbo_id, "SyncToken": str(current.sync_token), "sparse": True, **change}


def test_unapplied_payment_has_no_lines_and_all_of_it_unapplied() -> None:
    books = Books()
    shown = books.shown(books.receive(books.customer(), "80.00"))
    assert shown["Line"] == []
    assert "LinkedTxn" not in shown  # recorded: only a payment in a deposit has it
    assert shown["UnappliedAmt"] == Decimal("80.00")
    assert list(shown) == [
        *("CustomerRef", "DepositToAccountRef", "TotalAmt", "UnappliedAmt", "ProcessPayment"),
        *("domain", "sparse", "Id", "SyncToken", "MetaData", "TxnDate", "CurrencyRef", "Line"),
    ]


def test_payment_line_tells_what_was_open_in_line_ex() -> None:
    books = Books()
    customer = books.customer()
    invoice = books.invoice(customer, "100.00", DocNumber="L-9")
    (line,) = books.shown(books.receive(customer, "40.00", (invoice, "40.00")))["Line"]
    assert [each["value"] for each in line["LineEx"]["any"]] == [
        {"Name": "txnId", "Value": invoice.qbo_id},
        {"Name": "txnOpenBalance", "Value": "100.00"},
        {"Name": "txnReferenceNumber", "Value": "L-9"},
    ]


def test_payment_of_nothing_applies_a_credit_to_an_invoice() -> None:
    books = Books()
    customer = books.customer()
    invoice, memo = books.invoice(customer, "100.00"), _credit(books, customer, "30.00")
    payment = books.receive(customer, "0", (invoice, "30.00"), (memo, "30.00"))
    assert books.shown(payment)["UnappliedAmt"] == 0
    assert books.shown(invoice)["Balance"] == Decimal("70.00")
    assert books.shown(memo)["RemainingCredit"] == 0
    assert books.shown(memo)["LinkedTxn"] == [{"TxnId": payment.qbo_id, "TxnType": "Payment"}]


def test_payment_settles_debits_and_uses_credits_of_journal_entries() -> None:
    books = Books()
    customer = books.customer()
    owed, credit = _entry(books, customer, "Debit", "50.00"), _entry(books, customer, "Credit", "20.00")
    payment = books.receive(customer, "30.00", (owed, "50.00"), (credit, "20.00"))
    assert books.shown(payment)["UnappliedAmt"] == 0
    assert books.shown(customer)["Balance"] == 0
    with pytest.raises(Refusal, match="add up to more"):
        books.receive(customer, "60.00", (_entry(books, customer, "Debit", "50.00"), "60.00"))
    books.company.delete("JournalEntry", _change(books, credit))
    assert books.shown(payment)["Line"] == []  # without the credit the money does not reach


def test_payment_takes_up_a_customers_money_in_a_deposit_and_pays_a_check_to_it() -> None:
    books = Books()
    customer = books.customer()
    named = {"type": "Customer", **ref(customer)}
    line = {
        "Amount": Decimal(25),
        "DetailType": "DepositLineDetail",
        "DepositLineDetail": {"AccountRef": {"value": books.account("1100")}, "Entity": named},
    }
    prepaid = books.create("Deposit", {"DepositToAccountRef": {"value": books.account("1010")}, "Line": [line]})
    check = books.create(
        "Purchase",
        {
            "PaymentType": "Check",
            "AccountRef": {"value": books.account("1010")},
            "Line": [account_line(books.account("1100"), "10.00", CustomerRef=ref(customer))],
        },
    )
    lines = [
        settling(prepaid, "25.00"),
        {"Amount": Decimal(10), "LinkedTxn": [{"TxnId": check.qbo_id, "TxnType": "Check"}]},
        settling(books.invoice(customer, "15.00"), "15.00"),
    ]
    payment = books.create("Payment", {"CustomerRef": ref(customer), "TotalAmt": 0, "Line": lines})
    assert books.shown(payment)["UnappliedAmt"] == 0
    assert [each["LinkedTxn"][0]["TxnType"] for each in books.shown(payment)["Line"]] == ["Deposit", "Check", "Invoice"]
    assert books.shown(customer)["Balance"] == 0
    assert everything(books.replayed()) == everything(books.company)


@pytest.mark.parametrize(("billed_with_parent", "settles"), [(True, True), (False, False)])
def test_parent_pays_its_jobs_invoices_only_when_they_bill_with_it(billed_with_parent: bool, settles: bool) -> None:
    books = Books()
    parent = books.customer("Parent")
    job = books.customer("Job", ParentRef=ref(parent), Job=True, BillWithParent=billed_with_parent)
    invoice = books.invoice(job, "60.00")
    if not settles:
        with pytest.raises(Refusal, match="620"):
            books.receive(parent, "60.00", (invoice, "60.00"))
        return
    books.receive(parent, "100.00", (invoice, "60.00"))
    assert books.shown(invoice)["Balance"] == 0
    assert books.shown(job)["Balance"] == 0
    assert books.shown(parent)["Balance"] == Decimal("-40.00")


def test_one_payment_settles_several_invoices_and_one_twice_no_further_than_open() -> None:
    books = Books()
    customer = books.customer()
    one, two = books.invoice(customer, "10.00"), books.invoice(customer, "20.00")
    books.receive(customer, "30.00", (one, "10.00"), (two, "15.00"), (two, "5.00"))
    assert books.shown(two)["Balance"] == 0
    three = books.invoice(customer, "20.00")
    with pytest.raises(Refusal, match="add up to more"):
        books.receive(customer, "30.00", (three, "15.00"), (three, "6.00"))


def test_paying_more_than_is_open_is_refused_or_leaves_the_rest_unapplied() -> None:
    for quirks, unapplied in ((Quirks(), None), (Quirks(overpaid_link_is_refused=False), "25.00")):
        books = Books(quirks=quirks)
        customer = books.customer()
        invoice = books.invoice(customer, "75.00")
        if unapplied is None:
            with pytest.raises(Refusal, match="add up to more"):
                books.receive(customer, "100.00", (invoice, "100.00"))
        else:
            payment = books.receive(customer, "100.00", (invoice, "100.00"))
            assert books.shown(payment)["UnappliedAmt"] == Decimal(unapplied)
            assert books.shown(invoice)["Balance"] == 0


def test_payment_is_moved_to_another_amount_and_invoice() -> None:
    books = Books()
    customer = books.customer()
    one, two = books.invoice(customer, "50.00"), books.invoice(customer, "70.00")
    payment = books.receive(customer, "50.00", (one, "50.00"))
    books.company.update("Payment", _change(books, payment, TotalAmt=Decimal("60.00"), Line=[settling(two, "60.00")]))
    assert books.shown(one)["Balance"] == Decimal("50.00")
    assert books.shown(one)["LinkedTxn"] == []
    assert books.shown(two)["Balance"] == Decimal("10.00")
    books.company.update("Payment", _change(books, payment, Line=[]))
    assert books.shown(payment)["UnappliedAmt"] == Decimal("60.00")
    assert books.shown(two)["Balance"] == Decimal("70.00")


def test_payment_goes_to_the_receivable_account_it_names() -> None:
    books = Books()
    second = books.create("Account", {"Name": "A/R claims", "AccountType": "Accounts Receivable"})
    books.receive(books.customer(), "5.00", ARAccountRef=ref(second))
    assert books.company.ledger.account_balance(second.qbo_id) == Decimal("-5.00")
    with pytest.raises(Refusal, match="6430"):
        books.receive(books.customer("B"), "5.00", ARAccountRef={"value": books.account("4000")})


def test_card_charge_that_went_through_is_not_voided_and_no_card_number_is_taken() -> None:
    books = Books()
    charge = {"CreditChargeInfo": {"Type": "Visa"}, "CreditChargeResponse": {"Status": "Completed"}}
    payment = books.receive(books.customer(), "5.00", ProcessPayment=True, CreditCardPayment=charge)
    with pytest.raises(Refusal, match="6450"):
        books.company.void("Payment", _change(books, payment))
    raw = {"CreditChargeInfo": {"Number": "4111 1111 1111 1111"}}
    with pytest.raises(Refusal, match="6530"):
        books.receive(books.customer("B"), "5.00", CreditCardPayment=raw)


@pytest.mark.parametrize(
    ("link", "message"),
    [
        ({"TxnId": "1", "TxnType": "Bill"}, "cannot be linked to Bill"),
        ({"TxnId": "999", "TxnType": "Invoice"}, "no longer available"),
        ({}, "cannot be linked"),
    ],
)
def test_payment_refuses_a_link_that_leads_nowhere(link: Body, message: str) -> None:
    books = Books()
    body = {"CustomerRef": ref(books.customer()), "TotalAmt": 5, "Line": [{"Amount": 5, "LinkedTxn": [link]}]}
    with pytest.raises(Refusal, match=message):
        books.create("Payment", body)


def test_entry_without_receivables_cannot_be_paid() -> None:
    books = Books()
    lines = [journal_line(books.account("1010"), "Debit", "5"), journal_line(books.account("4020"), "Credit", "5")]
    entry = books.create("JournalEntry", {"Line": lines})
    with pytest.raises(Refusal, match="nothing in Accounts Receivable"):
        books.receive(books.customer(), "5.00", (entry, "5.00"))
