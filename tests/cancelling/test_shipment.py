"""A shipment is canceled in the right order, waits where it must, goes on by itself, and can be called back in time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from main_job.test_removal import in_books, pay

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage


def a_shipment(brokerage: Brokerage) -> Any:
    """A load with both sides in the books."""
    from freightbooks.freight.models import Shipment
    from freightbooks.posting.models import Posting

    for shipment in Shipment.objects.filter(organization=brokerage.organization).order_by("pk"):
        entities = Posting.objects.filter(invoice__shipment=shipment, state="posted").values_list("entity", flat=True)
        if set(entities) == {"Invoice", "Bill"}:
            return shipment
    raise AssertionError("no load of the month has both sides in the books")


def postings(shipment: Any) -> dict[str, Any]:
    from freightbooks.posting.models import Posting

    return {one.entity: one for one in Posting.objects.filter(invoice__shipment=shipment)}


def carry_on(brokerage: Brokerage, cancellation: Any) -> None:
    """What a worker does: take it on, post, take it on again."""
    from freightbooks.cancelling.shipment import go_on

    for _ in range(2):
        go_on(cancellation.pk)
        brokerage.post()
    go_on(cancellation.pk)
    cancellation.refresh_from_db()


def unpay(brokerage: Brokerage, kind: str, qbo_id: str) -> None:
    company = brokerage.sandbox.company
    with company.acting("Carl Controller"):
        token = in_books(brokerage, kind, qbo_id).sync_token
        company.delete(kind, {"Id": qbo_id, "SyncToken": str(token)})


def test_an_unpaid_shipment_is_canceled_to_the_end(brokerage: Brokerage) -> None:
    from freightbooks.cancelling.shipment import ask
    from freightbooks.cancelling.situation import situation_of
    from freightbooks.cancelling.steps import StepState, steps

    shipment = a_shipment(brokerage)
    before = postings(shipment)
    cancellation = ask(shipment, "Dana Whitlow")
    carry_on(brokerage, cancellation)
    shipment.refresh_from_db()
    assert (shipment.status, cancellation.finished_at is not None) == ("Canceled", True)
    assert {step.state for step in steps(situation_of(shipment))} == {StepState.DONE}
    assert in_books(brokerage, "Bill", before["Bill"].qbo_id) is None
    assert in_books(brokerage, "Invoice", before["Invoice"].qbo_id).body["TotalAmt"] == 0
    assert set(shipment.invoices.values_list("status", flat=True)) == {"Approved"}
    assert brokerage.sandbox.company.trial_balance() == 0


def test_a_paid_bill_holds_it_and_it_finishes_when_the_payment_is_gone(brokerage: Brokerage) -> None:
    from freightbooks.cancelling.shipment import ask, go_on_all
    from freightbooks.cancelling.situation import situation_of
    from freightbooks.cancelling.steps import StepState, steps

    shipment = a_shipment(brokerage)
    payment = pay(brokerage, postings(shipment)["Bill"], "50.00")
    cancellation = ask(shipment, "Dana Whitlow")
    carry_on(brokerage, cancellation)
    shipment.refresh_from_db()
    assert shipment.status != "Canceled"
    waiting = [step for step in steps(situation_of(shipment)) if step.state == StepState.WAITING]
    assert len(waiting) == 1
    assert "50.00" in " ".join(waiting[0].waits_for)
    unpay(brokerage, "BillPayment", payment)
    go_on_all()
    carry_on(brokerage, cancellation)
    shipment.refresh_from_db()
    assert shipment.status == "Canceled"


def test_what_has_not_posted_yet_never_does_once_it_is_asked(brokerage: Brokerage) -> None:
    from freightbooks.cancelling.shipment import ask
    from freightbooks.posting.models import Posting

    shipment = a_shipment(brokerage)
    bill = postings(shipment)["Bill"]
    Posting.objects.filter(pk=bill.pk).delete()
    fresh = Posting.objects.create(connection=brokerage.connection, invoice=bill.invoice)
    books = brokerage.books()["Bill"]
    ask(shipment, "Dana Whitlow")
    brokerage.post()
    fresh.refresh_from_db()
    assert (fresh.state, fresh.gate) == ("waiting", "archived")
    assert brokerage.books()["Bill"] == books


def test_it_can_be_called_back_until_it_reaches_the_books(brokerage: Brokerage) -> None:
    from freightbooks.cancelling.shipment import NotAllowed, ask, call_back

    shipment = a_shipment(brokerage)
    before = brokerage.books()
    call_back(ask(shipment, "Dana Whitlow"), "Dana Whitlow")
    brokerage.post()
    assert brokerage.books() == before
    assert not shipment.invoices.exclude(archived_by="").exists()
    again = ask(shipment, "Dana Whitlow")
    carry_on(brokerage, again)
    with pytest.raises(NotAllowed, match="not under way"):
        call_back(again, "Dana Whitlow")


def test_it_is_asked_once_and_not_of_a_canceled_one(brokerage: Brokerage) -> None:
    from freightbooks.cancelling.shipment import NotAllowed, ask

    shipment = a_shipment(brokerage)
    cancellation = ask(shipment, "Dana Whitlow")
    with pytest.raises(NotAllowed, match="already"):
        ask(shipment, "Marco")
    carry_on(brokerage, cancellation)
    shipment.refresh_from_db()
    with pytest.raises(NotAllowed, match="Canceled already"):
        ask(shipment, "Marco")


def test_payments_we_know_of_are_named_and_nothing_is_touched_meanwhile(brokerage: Brokerage) -> None:
    from datetime import timedelta

    from django.utils import timezone

    from freightbooks.cancelling.shipment import ask
    from freightbooks.cancelling.situation import situation_of
    from freightbooks.cancelling.steps import StepState, steps
    from freightbooks.settlement.apply import take
    from freightbooks.settlement.changes import Change

    shipment = a_shipment(brokerage)
    bill = postings(shipment)["Bill"]
    payment = pay(brokerage, bill, "50.00")
    body = {**in_books(brokerage, "BillPayment", payment).body, "Id": payment, "SyncToken": "0"}
    take(brokerage.connection.pk, [Change("BillPayment", payment, body, timezone.now())])
    cancellation = ask(shipment, "Dana Whitlow")
    carry_on(brokerage, cancellation)
    first, _, third, *_ = steps(situation_of(shipment))
    assert (first.state, third.state) == (StepState.WAITING, StepState.TO_COME)
    assert "50.00" in first.waits_for[0]
    assert cancellation.archived_at is None
    unpay(brokerage, "BillPayment", payment)
    gone = Change("BillPayment", payment, None, timezone.now() + timedelta(minutes=1))
    take(brokerage.connection.pk, [gone])
    carry_on(brokerage, cancellation)
    shipment.refresh_from_db()
    assert shipment.status == "Canceled"
