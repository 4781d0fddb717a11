"""Drains one connection: settles what is in doubt, sends everything due, in order, and comes back for the rest.

One drain per connection at a time, held by a lock in the database, whatever the number of workers. A drain works for a
slice of time and then lets the next company have its turn.
"""

from __future__ import annotations

import asyncio
import logging
import time
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import LiteralString

import psycopg
from django.utils import timezone

from freightbooks import jobs
from freightbooks.connections.client import open_client, pace_of
from freightbooks.connections.models import Connection
from freightbooks.in_database import in_database
from freightbooks.lock_in_database import held
from freightbooks.mapping.making import settle_left
from freightbooks.posting import looking, settle
from freightbooks.posting.lanes import Lanes
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.problems.record import close_solved
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.errors import QuickBooksError, ReconnectNeeded

SLICE_OF_TIME_SECONDS = 3.0
PATIENCE_SECONDS = 5.0
"""How long a drain with nothing else to do waits for a moment to look at what is in doubt."""
RETRY_UNREACHABLE = timedelta(seconds=20)
_LOCK_CLASS = 0x46424452  # "FBDR": our drains among the advisory locks of the database
_URGENT = (
    "SELECT EXISTS (SELECT FROM posting_posting WHERE connection_id = %s AND state = 'due' AND priority < %s"
    " AND not_before <= now())"
)
_OTHERS_WAIT = (
    "SELECT EXISTS (SELECT FROM procrastinate_jobs AS job WHERE job.status = 'todo' AND job.task_name = %s"
    " AND job.lock <> %s AND coalesce(job.scheduled_at, now()) <= now() AND NOT EXISTS (SELECT FROM procrastinate_jobs"
    " AS running WHERE running.lock = job.lock AND running.status = 'doing'))"
)

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Drained:
    """What one drain did."""

    looked_at: int = 0
    sent: int = 0


async def drain(connection_id: int, *, slice_of_time: float | None = None) -> Drained:
    """Send what is due for a connection, and return how much that was.

    With `slice_of_time` (seconds) it ends after about that long where another company waits for a drain, and asks for
    another one for itself; without, it ends when nothing is due. When QuickBooks cannot be reached, or asks for a
    person, what is left stays due; a later drain is asked for where waiting may help. Raises only for faults of our
    own.
    """
    connection = await in_database(_may_send, connection_id)
    if connection is None:
        return Drained()
    begun = time.monotonic()

    async def time_is_up() -> bool:
        if slice_of_time is None:
            return False
        return jobs.stopping.is_set() or (time.monotonic() > begun + slice_of_time and await lock.others_wait())

    looked_at = sent = 0
    async with held(_LOCK_CLASS, connection_id) as held_lock:
        lock = OnlyOne(held_lock, connection_id)
        try:
            async with open_client(connection_id, "posting") as client:
                doubt = settle.doubt_seconds(connection.api_base)
                await settle.settle(client, await in_database(settle.unsettled, connection_id), doubt)
                await settle_left(client, connection_id)
                await looking.look_before_sending(client, connection_id)
                finished = False
                while not finished:
                    lanes = Lanes(
                        client,
                        connection_id,
                        urgent=lock.urgent,
                        time_is_up=time_is_up,
                        paced=pace_of(connection.api_base, connection.realm_id) is not None,
                    )
                    try:
                        finished = await lanes.run()
                    finally:
                        looked_at, sent = looked_at + lanes.looked_at, sent + lanes.sent
                    if not finished:
                        await in_database(jobs.request_drain, connection_id)
                        break
                    finished = not await _settle_soon(client, connection_id, doubt)
        except ReconnectNeeded as error:
            logger.warning("connection %s needs a person: %s", connection_id, error)
        except QuickBooksError as error:
            logger.warning("connection %s: %s; trying again later", connection_id, error)
            await in_database(jobs.request_drain, connection_id, at=timezone.now() + RETRY_UNREACHABLE)
    await in_database(_afterwards, connection_id)
    return Drained(looked_at, sent)


async def _settle_soon(client: Client, connection_id: int, doubt: float) -> bool:
    """Settle what is in doubt, if that is to be looked at soon. Return whether anything was looked at."""
    at = await in_database(settle.next_look, connection_id)
    if at is None:
        return False
    wait = (at - timezone.now()).total_seconds()
    if wait > PATIENCE_SECONDS:
        return False
    await asyncio.sleep(max(0.0, wait))
    await settle.settle(client, await in_database(settle.unsettled, connection_id, doubted=True), doubt)
    return True


def _may_send(connection_id: int) -> Connection | None:
    connection = Connection.objects.select_related("organization").filter(pk=connection_id).first()
    if connection is None or not connection.healthy or connection.organization.paused:
        return None
    return connection


def _afterwards(connection_id: int) -> None:
    """Close what is solved, and come back for what is to be tried, or looked at, later."""
    close_solved(connection_id)
    later = Posting.objects.filter(connection_id=connection_id, state=PostingState.DUE, not_before__gt=timezone.now())
    moments: list[datetime | None] = [
        later.order_by("not_before").values_list("not_before", flat=True).first(),
        settle.next_look(connection_id),
    ]
    for moment in moments:
        if moment is not None:
            jobs.request_drain(connection_id, at=moment)


class LostTheLock(RuntimeError):
    """The database forgot that this drain is the only one; another may have begun."""


class OnlyOne:
    """The lock of a connection's drain, while it is held."""

    def __init__(self, lock: psycopg.AsyncConnection[tuple[bool]], connection_id: int) -> None:
        self._lock, self._connection_id = lock, connection_id

    async def urgent(self, priority: int) -> bool:
        """Return whether something of a sooner priority is due. Raises LostTheLock."""
        return await self._ask(_URGENT, (self._connection_id, priority))

    async def others_wait(self) -> bool:
        """Return whether another company waits for a drain. Raises LostTheLock."""
        return await self._ask(_OTHERS_WAIT, (jobs.DRAIN, f"drain:{self._connection_id}"))

    async def _ask(self, question: LiteralString, values: tuple[object, ...]) -> bool:
        try:
            found = await (await self._lock.execute(question, values)).fetchone()
        except psycopg.Error as error:
            raise LostTheLock(f"the lock on connection {self._connection_id} is gone") from error
        return found is not None and found[0]
