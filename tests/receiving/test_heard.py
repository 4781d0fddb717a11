"""A change made in QuickBooks is told, read and applied within moments, whatever becomes of the telling."""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from main_job.brokerage import start_worker, wait_until

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage
    from receiving.bookkeeper import Bookkeeper


@pytest.fixture
def worker(brokerage: Brokerage) -> Iterator[subprocess.Popen[bytes]]:
    """A real worker, that has looked at the change feed once."""
    process = start_worker()
    wait_until(lambda: feed(brokerage).swept_at is not None, "the first sweep", 60)
    yield process
    process.terminate()
    assert process.wait(30) == 0


def feed(brokerage: Brokerage) -> Any:
    from freightbooks.receiving.models import Feed

    return Feed.objects.get(connection=brokerage.connection)


def reads(brokerage: Brokerage) -> int:
    return int(brokerage.sandbox.sandbox.counts[brokerage.sandbox.realm_id]["read"])


def invoices(brokerage: Brokerage) -> list[str]:
    return [record.qbo_id for record in brokerage.sandbox.company.table("Invoice")]


def paid(brokerage: Brokerage, *qbo_ids: str) -> bool:
    """Whether these invoices are shown as paid here."""
    from freightbooks.settlement.models import PaidState, Standing

    found = Standing.objects.filter(posting__connection=brokerage.connection, posting__entity="Invoice")
    return found.filter(posting__qbo_id__in=qbo_ids, state=PaidState.PAID).count() == len(qbo_ids)


@pytest.mark.parametrize("form", ["legacy", "cloudevents"])
def test_a_payment_in_quickbooks_is_paid_here_in_two_reads(
    brokerage: Brokerage, bookkeeper: Bookkeeper, told: Callable[..., str], worker: object, form: str
) -> None:
    told(format=form)
    first, second = invoices(brokerage)[:2]
    bookkeeper.pay(first)  # the company's first payment makes an account, which is read once
    wait_until(lambda: paid(brokerage, first), "the first payment", 30)
    wait_until(lambda: not waiting(), "the rest of what was told", 30)
    before = reads(brokerage)
    bookkeeper.pay(second)
    wait_until(lambda: paid(brokerage, second), "the second payment", 30)
    wait_until(lambda: not waiting(), "the rest of what was told", 30)
    assert reads(brokerage) - before <= 2


def waiting() -> bool:
    from freightbooks.receiving.models import Hint

    return Hint.objects.exists()


def test_notifications_twice_late_and_out_of_order_come_to_the_same(
    brokerage: Brokerage, bookkeeper: Bookkeeper, told: Callable[..., str], worker: object
) -> None:
    told(format="both")
    bookkeeper.control("/webhooks/tricks", {"trick": "duplicate"})
    bookkeeper.control("/webhooks/tricks", {"trick": "disorder", "share": 0.5})
    bookkeeper.control("/webhooks/tricks", {"trick": "wrong_signature", "times": 2})
    mine = invoices(brokerage)[:6]
    payments = [bookkeeper.pay(each) for each in mine]
    bookkeeper.delete("Payment", payments[0]["Id"])
    bookkeeper.control("/webhooks/tricks", method="DELETE")
    bookkeeper.control("/webhooks/flush", {"timeout_seconds": 30})
    wait_until(lambda: paid(brokerage, *mine[1:]) and not paid(brokerage, mine[0]), "all but the deleted payment", 60)


def test_what_no_notification_told_is_found_by_the_next_sweep(
    brokerage: Brokerage, bookkeeper: Bookkeeper, told: Callable[..., str], worker: object
) -> None:
    from freightbooks import jobs

    told()
    bookkeeper.control("/webhooks/tricks", {"trick": "drop"})
    mine = invoices(brokerage)[:3]
    payments = [bookkeeper.pay(each) for each in mine]
    bookkeeper.delete("Payment", payments[0]["Id"])
    jobs.request_sweep(brokerage.connection.pk)
    wait_until(lambda: paid(brokerage, *mine[1:]), "the payments", 30)
    assert not paid(brokerage, mine[0])
    assert feed(brokerage).notifications == 0


def test_documents_of_our_own_cost_no_read_and_are_no_change(
    brokerage: Brokerage, told: Callable[..., str], worker: object, tmp_path: Any
) -> None:
    from freightbooks.settlement.models import Drift
    from main_job.brokerage import first_loads

    told()
    before = reads(brokerage)
    brokerage.take_in(first_loads(tmp_path / "more", 40))
    wait_until(lambda: brokerage.counts().at_rest, "the end of posting", 60)
    wait_until(lambda: feed(brokerage).notifications > 0 and not waiting(), "the end of what was told", 90)
    assert reads(brokerage) - before <= 2
    assert not Drift.objects.exists()
