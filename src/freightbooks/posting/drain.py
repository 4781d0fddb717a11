"""Drains one connection: sends everything due, in order, and records what came of it.

One drain per connection at a time, held by a lock in the database, whatever the number of workers. Batches of one slice
go out a few at a time; the next slice starts when all of this one are recorded: a crash leaves at most one slice open.
"""

from __future__ import annotations

import asyncio
import logging
import os
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import timedelta

import psycopg
from django.utils import timezone

from freightbooks import jobs
from freightbooks.connections.client import open_client
from freightbooks.connections.models import Connection
from freightbooks.connections.states import Attention
from freightbooks.in_database import in_database
from freightbooks.mapping.making import make_missing
from freightbooks.posting import looking, outcome, removal, settle
from freightbooks.posting.models import Posting
from freightbooks.posting.outcome import NotDone, RefusedByQuickBooks
from freightbooks.posting.outgoing import OutgoingBatch
from freightbooks.posting.slices import commit_intents, next_slice
from freightbooks.posting.states import PostingState
from freightbooks.problems.record import close_solved
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.errors import NotSent, OutcomeUnknown, QuickBooksError, ReconnectNeeded, Refused, Throttled

BATCHES_AT_ONCE = 3
"""Of QuickBooks' ten requests at a time; the rest is left to people and to other work."""
MOST_THROTTLE_WAITS = 20
RETRY_UNREACHABLE = timedelta(seconds=20)
SETTLE_AFTER_SECONDS = 1.0
_LOCK_CLASS = 0x46424452  # "FBDR": our drains among the advisory locks of the database

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Drained:
    """What one drain did."""

    looked_at: int = 0
    sent: int = 0


async def drain(connection_id: int) -> Drained:
    """Send what is due for a connection until nothing is, and return how much that was.

    When QuickBooks cannot be reached, or asks for a person, what is left stays due; a later drain is asked for where
    waiting may help. Raises only for faults of our own.
    """
    if not await in_database(_may_send, connection_id):
        return Drained()
    async with _only_one(connection_id) as still_ours:
        looked_at = sent = 0
        try:
            async with open_client(connection_id, "posting") as client:
                for batch in await in_database(settle.unsettled, connection_id):
                    await settle.settle(client, batch)
                await looking.look_before_sending(client, connection_id)
                while (part := await in_database(next_slice, connection_id)) is not None:
                    await still_ours()
                    looked_at += part.taken
                    if part.removals:  # first: what takes their place may have their numbers
                        await _send_all(client, await removal.prepare(client, connection_id, part.removals))
                    if part.missing:
                        await make_missing(
                            client,
                            connection_id,
                            link_ids=part.missing.link_ids,
                            terms=part.missing.terms,
                            cost_codes=part.missing.cost_codes,
                        )
                    batches = await in_database(commit_intents, connection_id, part)
                    await _send_all(client, batches)
                    sent += sum(len(batch.items) for batch in batches)
        except ReconnectNeeded as error:
            logger.warning("connection %s needs a person: %s", connection_id, error)
        except QuickBooksError as error:
            logger.warning("connection %s: %s; trying again later", connection_id, error)
            await in_database(jobs.request_drain, connection_id, at=timezone.now() + RETRY_UNREACHABLE)
    await in_database(_afterwards, connection_id)
    return Drained(looked_at, sent)


async def _send_all(client: Client, batches: Iterable[OutgoingBatch]) -> None:
    """Send batches a few at a time. When one meets a wall, those under way finish and the rest go back in the queue."""
    places = asyncio.Semaphore(BATCHES_AT_ONCE)
    wall: list[QuickBooksError] = []

    async def one(batch: OutgoingBatch) -> None:
        async with places:
            if wall:
                await _back_in_the_queue(batch)
                return
            try:
                await _send_one(client, batch)
            except QuickBooksError as error:
                wall.append(error)

    async with asyncio.TaskGroup() as group:
        for batch in batches:
            group.create_task(one(batch))
    if wall:
        raise wall[0]


async def _send_one(client: Client, batch: OutgoingBatch) -> None:
    for _ in range(MOST_THROTTLE_WAITS):
        try:
            result = await settle.send(client, batch)
        except Throttled as error:  # nothing was written: wait as told, and send the same again
            await asyncio.sleep(error.retry_after_seconds)
            continue
        except (NotSent, ReconnectNeeded):
            await _back_in_the_queue(batch)
            raise
        except Refused as error:
            outcomes = {item.posting_id: RefusedByQuickBooks(error.fault) for item in batch.items}
            await in_database(outcome.record, batch.batch_id, outcomes, error.exchange)
            return
        except OutcomeUnknown as error:
            await in_database(outcome.mark_uncertain, batch.batch_id, error.exchange)
            await asyncio.sleep(SETTLE_AFTER_SECONDS)
            await settle.settle(client, batch)
            return
        outcomes_read = await settle.outcomes_of(client, batch, result)
        await in_database(outcome.record, batch.batch_id, outcomes_read, result.exchange)
        if any(answer.fault and answer.fault.code == settle.SUBSCRIPTION_ENDED for answer in result.answers):
            raise ReconnectNeeded(Attention.SUBSCRIPTION_ENDED, result.exchange)
        return
    await _back_in_the_queue(batch, later=True)


async def _back_in_the_queue(batch: OutgoingBatch, *, later: bool = False) -> None:
    outcomes = {item.posting_id: NotDone(later=later) for item in batch.items}
    await in_database(outcome.record, batch.batch_id, outcomes, None)


def _may_send(connection_id: int) -> bool:
    connection = Connection.objects.select_related("organization").filter(pk=connection_id).first()
    return connection is not None and connection.healthy and not connection.organization.paused


def _afterwards(connection_id: int) -> None:
    """Close what is solved, and come back for what is to be tried later."""
    close_solved(connection_id)
    later = Posting.objects.filter(connection_id=connection_id, state=PostingState.DUE, not_before__gt=timezone.now())
    first = later.order_by("not_before").values_list("not_before", flat=True).first()
    if first is not None:
        jobs.request_drain(connection_id, at=first)


class LostTheLock(RuntimeError):
    """The database forgot that this drain is the only one; another may have begun."""


@asynccontextmanager
async def _only_one(connection_id: int) -> AsyncIterator[Callable[[], Awaitable[None]]]:
    """Hold the lock of a connection's drain; wait for a drain that still runs. Yields a check that it is still held."""
    async with await psycopg.AsyncConnection.connect(os.environ["DATABASE_URL"], autocommit=True) as lock:
        await lock.execute("SELECT pg_advisory_lock(%s, %s)", (_LOCK_CLASS, connection_id))

        async def still_ours() -> None:
            try:
                await lock.execute("SELECT 1")
            except psycopg.Error as error:
                raise LostTheLock(f"the lock on connection {connection_id} is gone") from error

        yield still_ours
