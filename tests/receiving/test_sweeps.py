"""The change feed: after every outage all is found, in few reads, also what was deleted and what is too much for it."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from freightbooks.receiving.sweeping import Swept
    from main_job.brokerage import Brokerage
    from receiving.bookkeeper import Bookkeeper


def sweep(brokerage: Brokerage) -> Swept:
    from freightbooks.receiving import sweeping

    swept = asyncio.run(sweeping.sweep(brokerage.connection.pk))
    assert swept is not None
    return swept


def feed(brokerage: Brokerage) -> Any:
    from freightbooks.receiving.models import Feed

    return Feed.objects.get(connection=brokerage.connection)


def largest_invoices(brokerage: Brokerage, bookkeeper: Bookkeeper, count: int) -> list[dict[str, Any]]:
    found = [bookkeeper.seen("Invoice", record.qbo_id) for record in brokerage.sandbox.company.table("Invoice")]
    return sorted(found, key=lambda each: each["Balance"], reverse=True)[:count]


def settled(brokerage: Brokerage, qbo_id: str) -> Decimal:
    from freightbooks.settlement.models import Standing

    return Standing.objects.get(
        posting__connection=brokerage.connection, posting__qbo_id=qbo_id, posting__entity="Invoice"
    ).settled


def in_dollars(invoice: dict[str, Any], count: int) -> list[dict[str, Any]]:
    line = {"Amount": Decimal("1.00"), "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
    body = {"CustomerRef": invoice["CustomerRef"], "TotalAmt": Decimal("1.00"), "Line": [line]}
    return [body] * count


def test_a_sweep_after_nothing_happened_is_one_read_and_no_change(brokerage: Brokerage) -> None:
    sweep(brokerage)
    again = sweep(brokerage)
    assert (again.reads, again.news) == (1, 0)
    assert again.rows > 0, "what lies in the overlap is looked at again"


def test_fifteen_hundred_payments_of_an_outage_are_found_in_few_reads(
    brokerage: Brokerage, bookkeeper: Bookkeeper
) -> None:
    sweep(brokerage)
    before = feed(brokerage).cursor
    invoices = largest_invoices(brokerage, bookkeeper, 5)
    bookkeeper.write_all("Payment", [each for invoice in invoices for each in in_dollars(invoice, 300)])
    swept = sweep(brokerage)
    assert swept.narrowed[0] == "Payment"
    assert swept.reads <= 6
    assert [settled(brokerage, each["Id"]) for each in invoices] == [Decimal("300.00")] * 5
    assert feed(brokerage).cursor > before
    assert sweep(brokerage).news == 0


def test_what_was_deleted_behind_a_full_feed_is_missed_and_found(brokerage: Brokerage, bookkeeper: Bookkeeper) -> None:
    sweep(brokerage)
    first, second = largest_invoices(brokerage, bookkeeper, 2)
    payment = bookkeeper.pay(first["Id"])
    sweep(brokerage)
    assert settled(brokerage, first["Id"]) == first["Balance"]
    bookkeeper.delete("Payment", payment["Id"])
    bookkeeper.write_all("Payment", in_dollars(second, 1010))
    sweep(brokerage)
    assert settled(brokerage, first["Id"]) == 0
    assert settled(brokerage, second["Id"]) == Decimal("1010.00")


def test_after_more_than_thirty_days_everything_is_compared(brokerage: Brokerage, bookkeeper: Bookkeeper) -> None:
    from freightbooks.receiving.models import Feed
    from freightbooks.settlement.models import Drift, DriftKind

    sweep(brokerage)
    first, second, third = largest_invoices(brokerage, bookkeeper, 3)
    payment = bookkeeper.pay(first["Id"])
    sweep(brokerage)
    bookkeeper.delete("Payment", payment["Id"])
    bookkeeper.delete("Invoice", third["Id"])
    bookkeeper.pay(second["Id"])
    Feed.objects.update(cursor=datetime.now(UTC) - timedelta(days=45))
    swept = sweep(brokerage)
    assert swept.how == "comparison"
    assert settled(brokerage, first["Id"]) == 0
    assert settled(brokerage, second["Id"]) == second["Balance"]
    assert Drift.objects.get().kind == DriftKind.DELETED
    assert sweep(brokerage).how == "change feed", "the cursor is now again"


def test_a_sweep_that_fails_is_done_again_from_the_same_cursor(brokerage: Brokerage, bookkeeper: Bookkeeper) -> None:
    from procrastinate.contrib.django.models import ProcrastinateJob

    from freightbooks.receiving import sweeping

    sweep(brokerage)
    before = feed(brokerage).cursor
    (invoice,) = largest_invoices(brokerage, bookkeeper, 1)
    bookkeeper.pay(invoice["Id"])
    brokerage.sandbox.fault("cut", times=1)
    assert asyncio.run(sweeping.sweep(brokerage.connection.pk)) is None
    assert (feed(brokerage).cursor, feed(brokerage).trouble != "") == (before, True)
    assert ProcrastinateJob.objects.filter(task_name="freightbooks.sweep", scheduled_at__isnull=False).exists()
    sweep(brokerage)
    assert settled(brokerage, invoice["Id"]) == invoice["Balance"]
    assert feed(brokerage).trouble == ""


def test_a_company_connected_anew_is_swept(brokerage: Brokerage, bookkeeper: Bookkeeper) -> None:
    from freightbooks import jobs
    from freightbooks.connections import health
    from freightbooks.connections.models import Connection
    from freightbooks.connections.states import Attention

    sweep(brokerage)
    company = Connection.objects.get(pk=brokerage.connection.pk)
    health.needs_attention(company.pk, Attention.GRANT_DEAD, connected_at=company.connected_at)
    (invoice,) = largest_invoices(brokerage, bookkeeper, 1)
    bookkeeper.pay(invoice["Id"])
    health.worked(company.pk, wrote=True)
    asyncio.run(jobs.run_worker(until_idle=True))
    assert settled(brokerage, invoice["Id"]) == invoice["Balance"]


@pytest.mark.parametrize("latest_first", [True, False])
def test_whatever_the_order_of_the_feed(brokerage: Brokerage, bookkeeper: Bookkeeper, latest_first: bool) -> None:
    brokerage.sandbox.company.quirks.latest_change_first = latest_first
    sweep(brokerage)
    (invoice,) = largest_invoices(brokerage, bookkeeper, 1)
    bookkeeper.write_all("Payment", in_dollars(invoice, 1001))
    sweep(brokerage)
    assert settled(brokerage, invoice["Id"]) == Decimal("1001.00")
