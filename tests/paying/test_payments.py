"""Payments recorded on the freight side stand in the books once, change with their rows, and go with them."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

from main_job.proxy import LossyProxy

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage


def bills(brokerage: Brokerage, entity: str = "Bill") -> list[Any]:
    from freightbooks.posting.models import Posting

    rows = Posting.objects.filter(connection=brokerage.connection, entity=entity, state="posted")
    return list(rows.select_related("invoice__party").order_by("pk"))


def record(brokerage: Brokerage, *rows: tuple[str, Any, str], method: str = "ACH", reference: str = "7001") -> None:
    """Record (id, posting, amount) as a source does."""
    from datetime import date

    from freightbooks.freight import intake

    taken = [
        {
            "external_id": external_id,
            "invoice_id": posting.invoice_id,
            "method": method,
            "reference": reference,
            "date": date(2026, 11, 10),
            "amount": Decimal(amount),
            "note": "",
        }
        for external_id, posting, amount in rows
    ]
    assert not intake.take_payments(brokerage.organization, taken).refused


def pay(brokerage: Brokerage) -> None:
    from freightbooks.paying.sending import pay as send

    asyncio.run(send(brokerage.connection.pk))


def in_books(brokerage: Brokerage, entity: str) -> list[Any]:
    bodies = [record.body for record in brokerage.sandbox.company.table(entity)]
    return [body for body in bodies if body["TotalAmt"]]  # an advance is applied by a payment of 0.00


def entry() -> Any:
    from freightbooks.paying.models import Entry

    return Entry.objects.get(kind="payment")


def standing(posting: Any) -> Any:
    from freightbooks.settlement.models import Standing

    return Standing.objects.get(pk=posting.pk)


def test_a_carriers_payment_is_a_bill_payment_and_the_bill_is_paid_at_once(brokerage: Brokerage) -> None:
    bill = bills(brokerage)[0]
    record(brokerage, ("PAY1", bill, str(bill.posted_amount)))
    pay(brokerage)
    (paid,) = in_books(brokerage, "BillPayment")
    assert (paid["TotalAmt"], paid["DocNumber"], paid["TxnDate"]) == (bill.posted_amount, "7001", "2026-11-10")
    assert entry().state == "posted"
    assert (standing(bill).state, standing(bill).balance) == ("paid", 0)
    assert brokerage.sandbox.company.trial_balance() == 0


def another_of_the_same_carrier(brokerage: Brokerage, bill: Any) -> Any:
    """A second invoice of the carrier, in the books."""
    from freightbooks.freight import intake
    from freightbooks.freight.models import Cost, Invoice
    from freightbooks.posting.models import Posting

    first = bill.invoice
    cost = first.costs.first()
    second = Invoice.objects.get(pk=first.pk)
    second.pk, second.external_id, second.number, second.amount = None, "AP-SECOND", "SECOND", Decimal(500)
    second.to_announce, second.announced_revision, second._state.adding = True, 0, True
    second.save()
    line = Cost.objects.get(pk=cost.pk)
    line.pk, line.external_id, line.invoice, line.amount, line.price = None, "SECOND-1", second, 500, 500
    line.qty, line._state.adding = Decimal(1), True
    line.save()
    intake.announce_pending(brokerage.organization)
    brokerage.post()
    return Posting.objects.get(invoice=second, state="posted")


def test_one_check_over_two_bills_of_one_payee_is_one_payment(brokerage: Brokerage) -> None:
    two = [bills(brokerage)[0], another_of_the_same_carrier(brokerage, bills(brokerage)[0])]
    record(brokerage, ("PAY1", two[0], "10.00"), ("PAY2", two[1], "20.00"))
    pay(brokerage)
    (paid,) = in_books(brokerage, "BillPayment")
    assert (paid["TotalAmt"], len(paid["Line"])) == (30, 2)


def test_a_customers_payment_is_a_payment_on_its_invoice(brokerage: Brokerage) -> None:
    invoice = bills(brokerage, "Invoice")[0]
    record(brokerage, ("RCV1", invoice, "100.00"))
    pay(brokerage)
    (paid,) = in_books(brokerage, "Payment")
    assert (paid["TotalAmt"], paid["PaymentRefNum"]) == (100, "7001")
    assert standing(invoice).state == "partly"


def test_a_changed_amount_changes_it_and_nothing_takes_it_back(brokerage: Brokerage) -> None:
    bill = bills(brokerage)[0]
    record(brokerage, ("PAY1", bill, "100.00"))
    pay(brokerage)
    record(brokerage, ("PAY1", bill, "60.00"))
    pay(brokerage)
    (paid,) = in_books(brokerage, "BillPayment")
    assert paid["TotalAmt"] == 60
    assert standing(bill).settled == 60
    record(brokerage, ("PAY1", bill, "0.00"))
    pay(brokerage)
    assert in_books(brokerage, "BillPayment") == []
    assert (entry().state, standing(bill).state) == ("removed", "open")


def test_recording_the_same_again_changes_nothing(brokerage: Brokerage) -> None:
    bill = bills(brokerage)[0]
    for _ in range(2):
        record(brokerage, ("PAY1", bill, "100.00"))
        pay(brokerage)
    (paid,) = [row for row in brokerage.sandbox.company.table("BillPayment") if row.body["TotalAmt"]]
    assert int(paid.sync_token) == 0


def test_more_than_is_open_waits_and_says_so(brokerage: Brokerage) -> None:
    bill = bills(brokerage)[0]
    record(brokerage, ("PAY1", bill, str(bill.posted_amount + 1)))
    pay(brokerage)
    assert entry().state == "waiting"
    assert "more than is open" in entry().reason
    assert in_books(brokerage, "BillPayment") == []


def test_an_invoice_that_is_not_in_the_books_comes_first(brokerage: Brokerage) -> None:
    bill = bills(brokerage)[0]
    bill.state = "due"
    bill.save()
    record(brokerage, ("PAY1", bill, "100.00"))
    pay(brokerage)
    assert entry().state == "waiting"
    brokerage.post()
    pay(brokerage)
    assert entry().state == "posted"


def test_while_bookkeepers_write_them_a_recorded_payment_is_kept_here_only(brokerage: Brokerage) -> None:
    from freightbooks.paying import entries
    from freightbooks.paying.models import Entry, Writer

    bill = bills(brokerage)[0]
    record(brokerage, ("PAY1", bill, str(bill.posted_amount + 1)))
    pay(brokerage)
    entries.switch(brokerage.connection, Writer.QUICKBOOKS, "Dana Whitlow")
    assert entry().state == "kept"
    record(brokerage, ("PAY2", bill, "5.00"), reference="7002")
    pay(brokerage)
    assert Entry.objects.filter(kind="payment").count() == 1
    assert in_books(brokerage, "BillPayment") == []
    assert entries.before_switching(brokerage.connection).count == 2
    record(brokerage, ("PAY1", bill, "7.00"))
    entries.switch(brokerage.connection, Writer.FREIGHT, "Dana Whitlow", include_open=True)
    pay(brokerage)
    assert sorted(paid["TotalAmt"] for paid in in_books(brokerage, "BillPayment")) == [5, 7]


@pytest.mark.parametrize("honoured", [True, False])
@pytest.mark.parametrize(("lose_answers", "lose_requests"), [(1, 0), (0, 1), (3, 0)])
def test_a_lost_answer_pays_once(
    brokerage: Brokerage, proxy: LossyProxy, lose_answers: int, lose_requests: int, honoured: bool
) -> None:
    company = brokerage.sandbox.company
    company.quirks = replace(company.quirks, requestid_is_honoured=honoured)
    brokerage.connection.api_base = proxy.base_url
    brokerage.connection.save()
    bill = bills(brokerage)[0]
    record(brokerage, ("PAY1", bill, "100.00"))
    proxy.lose_answers, proxy.lose_requests = lose_answers, lose_requests
    for _ in range(5):
        pay(brokerage)
    assert entry().state == "posted"
    assert [paid["TotalAmt"] for paid in in_books(brokerage, "BillPayment")] == [100]


@pytest.fixture
def proxy(brokerage: Brokerage) -> Any:
    proxy = LossyProxy(brokerage.sandbox.base_url)
    yield proxy
    proxy.close()


def test_an_advance_is_taken_off_its_bill_when_that_comes(brokerage: Brokerage) -> None:
    from freightbooks.freight.models import Advance
    from freightbooks.posting.models import Posting

    pay(brokerage)
    advances = Advance.objects.filter(organization=brokerage.organization, invoice__isnull=False)
    both = [
        (advance, Posting.objects.get(invoice=advance.invoice))
        for advance in advances
        if Posting.objects.filter(invoice=advance.invoice, state="posted", entity="Bill").exists()
        and Posting.objects.filter(advance=advance, state="posted").exists()
    ]
    assert both
    for advance, bill in both:
        assert standing(bill).settled == min(advance.amount, bill.posted_amount)
    credits = [row for row in in_books(brokerage, "VendorCredit") if "[FB paid" in row["PrivateNote"]]
    assert len(credits) == len(both)
    assert brokerage.sandbox.company.trial_balance() == 0
