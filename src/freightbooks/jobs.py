"""Asks for background work and runs it: drains, deliveries, what is due by the clock, work whose worker died.

Knows Procrastinate, and the tasks by their names only, so that every room may ask for one.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import signal
import threading
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from functools import partial

import psycopg
from django.db import DatabaseError, transaction
from django.db import connection as database
from django.utils import timezone
from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued, ConnectorException, UniqueViolation
from procrastinate.jobs import Job, Status
from psycopg_pool import PoolTimeout

from freightbooks.clockwork import keep_time
from freightbooks.in_database import in_database

DRAIN = "freightbooks.drain"
TAKE_UP = "freightbooks.take_up"
TRY_HELD = "freightbooks.try_held"
KEEP_TOKENS = "freightbooks.keep_tokens"
LOOK_AGAIN = "freightbooks.look_again"
LOOK_AT = "freightbooks.look_at"
CANCEL = "freightbooks.cancel"
GO_ON_CANCELLING = "freightbooks.go_on_cancelling"
CERTIFY = "freightbooks.certify"
PAY = "freightbooks.pay"
TELL_TMS = "freightbooks.tell_tms"
DELIVER = "freightbooks.deliver"
DELIVER_AGAIN = "freightbooks.deliver_again"
TELL_LIMITS = "freightbooks.tell_limits"
SETTLE = "freightbooks.settle"
FOLD_REPORTS = "freightbooks.fold_reports"
MAIL_REPORTS = "freightbooks.mail_reports"
TELL_AGAIN = timedelta(seconds=2)
HEAR = "freightbooks.hear"
SWEEP = "freightbooks.sweep"
SWEEP_DUE = "freightbooks.sweep_due"
HEARTBEAT_SECONDS = 2.0
STALLED_AFTER_SECONDS = 10.0
RESCUE_EVERY_SECONDS = 5.0
BEGIN_AGAIN_SECONDS = 1.0
AGAIN_AFTER = timedelta(seconds=10)
AT_ONCE = 10
"""Jobs a worker has under way at once: most of them wait for QuickBooks, or for their turn there."""
_URGENT_PRIORITY = 10
_DATABASE_AWAY = (ConnectorException, psycopg.Error, DatabaseError, PoolTimeout)
"""What a worker meets when PostgreSQL is restarted or cut off."""

stopping = threading.Event()
"""Set once this worker was asked to stop: what goes on for long then comes to an end by itself."""

logger = logging.getLogger(__name__)


def register(app: App) -> None:
    """Called by Procrastinate's Django app when it is ready: name the tasks."""
    _name_those_of_posting(app)
    from freightbooks.connections import keeping

    @app.task(name=KEEP_TOKENS, queueing_lock=KEEP_TOKENS)
    def keep_tokens(timestamp: int) -> None:  # noqa: ARG001 - when it was due
        keeping.refresh_idle()

    @app.task(name=LOOK_AGAIN, queueing_lock=LOOK_AGAIN)
    def look_again(timestamp: int) -> None:  # noqa: ARG001 - when it was due
        keeping.look_again()

    @app.task(name=LOOK_AT)
    def look_at(connection_id: int) -> None:
        keeping.look_now(connection_id)

    from freightbooks.settlement import settling

    @app.task(name=SETTLE)
    async def settle(connection_id: int) -> None:
        await settling.settle(connection_id)

    from freightbooks.notifying import delivering, of_connections

    @app.task(name=DELIVER)
    async def deliver(lane: str) -> None:
        await in_database(delivering.deliver_due, lane, timezone.now())

    @app.task(name=DELIVER_AGAIN, queueing_lock=DELIVER_AGAIN)
    async def deliver_again(timestamp: int) -> None:  # noqa: ARG001 - when it was due
        await in_database(delivering.ask_for_due, timezone.now())

    @app.task(name=TELL_LIMITS, queueing_lock=TELL_LIMITS)
    async def tell_limits(timestamp: int) -> None:  # noqa: ARG001 - when it was due
        await in_database(of_connections.tell_limits, timezone.now())

    _register_way_back(app)


def _register_way_back(app: App) -> None:
    """Name the tasks of what follows posting: payments, the TMS, cancelling, reports and what is heard."""
    from freightbooks.certifying import run

    @app.task(name=CERTIFY)
    async def certify(certificate_id: int) -> None:
        await run.run(certificate_id)

    from freightbooks.paying import sending

    @app.task(name=PAY)
    async def pay(connection_id: int) -> None:
        await sending.pay(connection_id)

    from freightbooks.outbound import telling

    @app.task(name=TELL_TMS)
    async def tell_tms(organization_id: int) -> None:
        await in_database(telling.tell, organization_id)

    from freightbooks.cancelling import shipment

    @app.task(name=CANCEL)
    async def cancel(cancellation_id: int) -> None:
        await in_database(shipment.go_on, cancellation_id)

    @app.task(name=GO_ON_CANCELLING, queueing_lock=GO_ON_CANCELLING)
    async def go_on_cancelling(timestamp: int) -> None:  # noqa: ARG001 - when it was due
        await in_database(shipment.go_on_all)

    from freightbooks.reports import daily, folding

    @app.task(name=FOLD_REPORTS, queueing_lock=FOLD_REPORTS)
    async def fold_reports(timestamp: int) -> None:  # noqa: ARG001 - when it was due
        await in_database(folding.fold_all)

    from freightbooks.receiving import feeds, hearing, sweeping

    @app.task(name=HEAR)
    async def hear(connection_id: int) -> None:
        await hearing.hear(connection_id)

    @app.task(name=SWEEP)
    async def sweep(connection_id: int) -> None:
        await _or_again(sweeping.sweep, connection_id, request_sweep)

    @app.task(name=SWEEP_DUE, queueing_lock=SWEEP_DUE)
    async def sweep_due(timestamp: int) -> None:  # noqa: ARG001 - when it was due
        await in_database(feeds.ask_for_due, timezone.now())

    @app.task(name=MAIL_REPORTS, queueing_lock=MAIL_REPORTS)
    async def mail_reports(timestamp: int) -> None:  # noqa: ARG001 - when it was due
        await in_database(daily.send_due, timezone.now())


def _name_those_of_posting(app: App) -> None:
    from freightbooks.posting import due, probing
    from freightbooks.posting.drain import SLICE_OF_TIME_SECONDS, drain

    @app.task(name=DRAIN)
    async def drain_connection(connection_id: int) -> None:
        await _or_again(partial(drain, slice_of_time=SLICE_OF_TIME_SECONDS), connection_id, request_drain)

    @app.task(name=TRY_HELD, queueing_lock=TRY_HELD)
    async def try_held(timestamp: int) -> None:  # noqa: ARG001 - when it was due
        await in_database(probing.try_held)

    @app.task(name=TAKE_UP, queueing_lock=TAKE_UP)
    async def take_up(timestamp: int) -> None:  # noqa: ARG001 - when it was due
        await in_database(due.take_up)


async def _or_again(work: Callable[[int], Awaitable[object]], connection_id: int, request: Callable[..., None]) -> None:
    """Do a connection's work. When it fails by a fault of ours or of the database's, ask for it again a little later.

    Nobody would come back for a job that has failed: not at once, and not when the cause is mended.
    """
    try:
        await work(connection_id)
    except Exception:
        logger.exception("connection %s: a job ended too early; it is tried again", connection_id)
        with contextlib.suppress(*_DATABASE_AWAY):  # then the clock asks for it
            await in_database(request, connection_id, at=timezone.now() + AGAIN_AFTER)


def request_drain(connection_id: int, *, at: datetime | None = None, urgent: bool = False) -> None:
    """Ask a worker to send what is due, now or `at` a later moment. Part of the transaction under way.

    One waiting request is enough for a connection (and ten seconds of later): asking again while it waits does
    nothing. An `urgent` one, for what a person waits for, goes before those of other companies.
    """
    from procrastinate.contrib.django import app

    when = f"later:{int(at.timestamp()) // 10}" if at else "urgent" if urgent else "now"
    task = app.configure_task(
        DRAIN,
        lock=f"drain:{connection_id}",
        queueing_lock=f"drain:{connection_id}:{when}",
        schedule_at=at,
        priority=_URGENT_PRIORITY if urgent else 0,
    )
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(connection_id=connection_id)


def request_look(connection_id: int) -> None:
    """Ask a worker to try a connection at Intuit now. One waiting request is enough."""
    from procrastinate.contrib.django import app

    task = app.configure_task(LOOK_AT, queueing_lock=f"look:{connection_id}")
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(connection_id=connection_id)


def request_certificate(certificate_id: int) -> None:
    """Ask a worker to run a certificate. Part of the transaction under way."""
    from procrastinate.contrib.django import app

    app.configure_task(CERTIFY, lock=f"certify:{certificate_id}").defer(certificate_id=certificate_id)


def request_paying(connection_id: int, *, at: datetime | None = None) -> None:
    """Ask a worker to write the payments that are due, now or `at` a later moment. Part of the transaction."""
    from procrastinate.contrib.django import app

    when = "later" if at else "now"
    name = f"pay:{connection_id}"
    task = app.configure_task(PAY, lock=name, queueing_lock=f"{name}:{when}", schedule_at=at)
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(connection_id=connection_id)


def request_telling(organization_id: int, *, soon: bool = False) -> None:
    """Ask a worker to tell an organization's TMS what moved, now or `soon`. Part of the transaction under way."""
    from procrastinate.contrib.django import app

    name = f"tell:{organization_id}"
    later = timezone.now() + TELL_AGAIN if soon else None
    task = app.configure_task(
        TELL_TMS, lock=name, queueing_lock=f"{name}:{'soon' if soon else 'now'}", schedule_at=later
    )
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(organization_id=organization_id)


def request_cancelling(cancellation_id: int) -> None:
    """Ask a worker to take a cancellation as far as it goes. Part of the transaction under way."""
    from procrastinate.contrib.django import app

    name = f"cancel:{cancellation_id}"
    task = app.configure_task(CANCEL, lock=name, queueing_lock=name)
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(cancellation_id=cancellation_id)


def request_settling(connection_id: int) -> None:
    """Ask a worker to hold what QuickBooks answered for to the payments heard of. Part of the transaction under way."""
    from procrastinate.contrib.django import app

    task = app.configure_task(SETTLE, lock=f"settle:{connection_id}", queueing_lock=f"settle:{connection_id}")
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(connection_id=connection_id)


def request_hearing(connection_id: int, *, at: datetime | None = None) -> None:
    """Ask a worker to read what a company's notifications told of, now or later. Part of the transaction under way.

    The reading sees to it itself that it is done once at a time: a job that waits for another is found late.
    """
    _ask_once(HEAR, f"hear:{connection_id}", connection_id, at, None)


def request_sweep(connection_id: int, *, at: datetime | None = None) -> None:
    """Ask a worker to look for all that changed in a company, now or later. Part of the transaction under way."""
    _ask_once(SWEEP, f"sweep:{connection_id}", connection_id, at, f"sweep:{connection_id}")


def _ask_once(task: str, what: str, connection_id: int, at: datetime | None, lock: str | None) -> None:
    """Ask for a job about a connection, unless one waits already; one for later waits beside it."""
    from procrastinate.contrib.django import app

    when = "later" if at else "now"
    asked = app.configure_task(task, lock=lock, queueing_lock=f"{what}:{when}", schedule_at=at)
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        asked.defer(connection_id=connection_id)


def request_delivery(lane: str) -> None:
    """Ask a worker to deliver what is due in a lane, now. Part of the transaction under way.

    One job at a time in a lane: a mail server or an endpoint that is slow never keeps a worker from its drains.
    """
    from procrastinate.contrib.django import app

    task = app.configure_task(DELIVER, lock=f"deliver:{lane}", queueing_lock=f"deliver:{lane}")
    with contextlib.suppress(AlreadyEnqueued), transaction.atomic():
        task.defer(lane=lane)


def workers_alive() -> int:
    """Return how many workers have shown a sign of life in the last half minute, on any machine."""
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_workers WHERE last_heartbeat > now() - interval '30 seconds'"
        )
        return int(cursor.fetchone()[0])


async def run_worker(*, until_idle: bool = False, at_once: int = AT_ONCE) -> None:
    """Work until a signal asks to stop, or (`until_idle`) until nothing is left to do now; `at_once` jobs together.

    A worker whose database goes away begins again when it is back; with `until_idle` it raises.
    """
    if until_idle:
        await _work(until_idle=True, at_once=at_once)
        return
    stopping.clear()
    asked_to_stop = _on_a_signal()
    while not asked_to_stop.is_set():
        working = asyncio.create_task(_work(until_idle=False, at_once=at_once))
        told = asyncio.create_task(asked_to_stop.wait())
        await asyncio.wait({working, told}, return_when=asyncio.FIRST_COMPLETED)
        told.cancel()
        if asked_to_stop.is_set():
            stopping.set()
            working.cancel()  # it finishes what it is doing first
        try:
            await working
        except asyncio.CancelledError:
            if not asked_to_stop.is_set():
                raise
        except _DATABASE_AWAY:
            logger.warning("the worker lost the database; it begins again", exc_info=True)
        if not asked_to_stop.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(asked_to_stop.wait(), BEGIN_AGAIN_SECONDS)


def _on_a_signal() -> asyncio.Event:
    """Return what is set when SIGINT or SIGTERM comes; only the main thread hears of them."""
    asked = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        with contextlib.suppress(ValueError, RuntimeError):
            asyncio.get_running_loop().add_signal_handler(number, asked.set)
    return asked


async def _work(*, until_idle: bool, at_once: int) -> None:
    from procrastinate.contrib.django import app as django_app

    app = django_app.with_connector(django_app.connector.get_worker_connector())  # type: ignore[attr-defined]
    async with app.open_async():
        await rescue(app, seconds=STALLED_AFTER_SECONDS)
        beside = [asyncio.create_task(_keep_rescuing(app))]
        if not until_idle:
            beside.append(asyncio.create_task(keep_time(app)))
        try:
            await app.run_worker_async(
                concurrency=at_once,
                wait=not until_idle,
                fetch_job_polling_interval=2.0,
                update_heartbeat_interval=HEARTBEAT_SECONDS,
                stalled_worker_timeout=STALLED_AFTER_SECONDS,
                shutdown_graceful_timeout=20.0,
                delete_jobs="successful",
                install_signal_handlers=until_idle,
            )
        finally:
            for task in beside:
                task.cancel()
            await asyncio.gather(*beside, return_exceptions=True)


async def rescue(app: App, *, seconds: float) -> int:
    """Put jobs back in the queue whose worker has not been heard of for `seconds`; return how many."""
    stalled = list(await app.job_manager.get_stalled_jobs(seconds_since_heartbeat=seconds))
    for job in stalled:
        logger.warning("job %s: its worker died; its work is taken up again", job.id)
        try:
            await _take_up_again(app, job)
        except ConnectorException as error:
            if not isinstance(error.__cause__, psycopg.errors.RaiseException):
                raise
            logger.info("job %s: another worker was quicker", job.id)
    return len(stalled)


async def _take_up_again(app: App, job: Job) -> None:
    try:
        await app.job_manager.retry_job(job)
    except UniqueViolation:  # the same request waits in the queue already: that one does the work
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=True)


async def _keep_rescuing(app: App) -> None:
    while True:
        await asyncio.sleep(RESCUE_EVERY_SECONDS)
        try:
            await rescue(app, seconds=STALLED_AFTER_SECONDS)
        except Exception:
            logger.warning("could not look for stalled jobs; trying again", exc_info=True)
