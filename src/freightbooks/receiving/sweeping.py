"""Sweeps the change feed of a company: all that changed since the cursor, whatever was told of it. The truth.

A full answer may lack some, so it is asked for less and less: first without what fills it, then that alone, at last
page by page in the order of change. What was deleted is not on those pages: known ids are compared. The same is done
for everything when the cursor lies further back than the feed goes.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from django.db import transaction
from django.utils import timezone

from freightbooks import jobs
from freightbooks.connections.client import open_client
from freightbooks.connections.models import Connection
from freightbooks.in_database import in_database
from freightbooks.quickbooks.client import MOST_CHANGED, Changed, Client
from freightbooks.quickbooks.errors import QuickBooksError, ReconnectNeeded, Refused
from freightbooks.receiving import company_facts, comparing, feeds, hints, reading, taking
from freightbooks.receiving.entities import FED
from freightbooks.receiving.models import Feed
from freightbooks.receiving.taking import Arrival, arrival

AGAIN_AFTER = timedelta(seconds=30)
TOLD_BY_NOW = timedelta(minutes=1)
"""A change older than this that no notification told of was not told in time."""

log = logging.getLogger(__name__)


@dataclass
class Swept:
    """What one sweep came to."""

    connection_id: int
    since: datetime
    begun_at: datetime
    entities: tuple[str, ...] = FED
    how: str = "change feed"  # or "comparison"
    rows: int = 0
    news: int = 0
    untold: int = 0
    reads: int = 0
    cursor: datetime | None = None
    facts_due: bool = False
    narrowed: list[str] = field(default_factory=list)

    async def take(self, arrivals: Sequence[Arrival]) -> None:
        """Have some of what was read applied."""
        self.rows += len(arrivals)
        news = await in_database(taking.take, self.connection_id, arrivals)
        self.news += len(news)
        self.untold += sum(1 for one in news if one.at < self.begun_at - TOLD_BY_NOW)

    def answered(self, at: datetime | None) -> None:
        """Note QuickBooks' own time of the first answer: what comes later is the next sweep's."""
        if self.cursor is None:
            self.cursor = at or datetime.now(UTC)


async def sweep(connection_id: int) -> Swept | None:
    """Look for everything that changed since the last sweep, and have it applied. None: it could not be asked now."""
    swept = await in_database(_begin, connection_id)
    if swept is None:
        return None
    try:
        async with open_client(connection_id, "receiving") as client:
            if timezone.now() - swept.since > feeds.LOOK_BACK:
                await _compare_all(client, swept)
            else:
                await _follow(client, swept)
            if swept.facts_due:
                await company_facts.read(client, connection_id)
                swept.reads += 2
    except ReconnectNeeded as error:
        log.warning("connection %s needs a person: %s", connection_id, error)
        await in_database(feeds.note_trouble, connection_id, str(error))
        return None
    except QuickBooksError as error:
        log.warning("connection %s: %s; sweeping again later", connection_id, error)
        await in_database(feeds.note_trouble, connection_id, str(error))
        await in_database(jobs.request_sweep, connection_id, at=timezone.now() + AGAIN_AFTER)
        return None
    await in_database(_end, swept)
    return swept


async def _follow(client: Client, swept: Swept) -> None:
    try:
        await _changes(client, swept, swept.entities)
    except Refused as error:
        if error.fault.type != "ValidationFault":
            raise
        log.warning("connection %s: the change feed refused the question; comparing", swept.connection_id)
        await _compare_all(client, swept)


async def _changes(client: Client, swept: Swept, entities: Sequence[str]) -> None:
    """Take what the change feed has of these entities, narrowing where an answer is full."""
    changed: Changed = await reading.patiently(lambda: client.changes(entities, swept.since))
    swept.reads += 1
    swept.answered(changed.at)
    as_of = changed.at or datetime.now(UTC)
    if not changed.full:
        await swept.take([arrival(entity, row, as_of) for entity in entities for row in changed.rows.get(entity, ())])
        return
    heaviest = max(entities, key=lambda entity: len(changed.rows.get(entity, ())))
    others = [entity for entity in entities if entity != heaviest]
    swept.narrowed.append(heaviest)
    if others and len(changed.rows.get(heaviest, ())) < MOST_CHANGED:
        await _changes(client, swept, [heaviest])
    else:
        await comparing.compare(client, swept.connection_id, heaviest, swept.since, swept)
    if others:
        await _changes(client, swept, others)


async def _compare_all(client: Client, swept: Swept) -> None:
    swept.how = "comparison"
    for entity in swept.entities:
        await comparing.compare(client, swept.connection_id, entity, swept.since, swept)


def _begin(connection_id: int) -> Swept | None:
    connection = Connection.objects.filter(pk=connection_id).first()
    if connection is None or not connection.healthy:
        return None
    now = timezone.now()
    feed = feeds.feed_of(connection_id)
    feed.sweep_begun_at = now
    feed.save(update_fields=["sweep_begun_at"])
    facts_read_at = feed.facts_read_at or connection.connected_at
    return Swept(
        connection_id,
        feeds.begins_at(connection, feed, now),
        now,
        _asked_for(connection),
        facts_due=facts_read_at is None or now - facts_read_at >= feeds.FACTS_AFTER,
    )


def _asked_for(connection: Connection) -> tuple[str, ...]:
    """Return the entities to ask for. A company without classes or locations may refuse a question about them."""
    tracked = {"Class": bool(connection.class_tracking), "Department": connection.location_tracking}
    return tuple(entity for entity in FED if tracked.get(entity, True))


def _end(swept: Swept) -> None:
    with transaction.atomic():
        feed = Feed.objects.select_for_update().get(connection_id=swept.connection_id)
        if swept.cursor is not None and (feed.cursor is None or swept.cursor > feed.cursor):
            feed.cursor = swept.cursor
        feed.swept_at, feed.sweep_how = timezone.now(), swept.how
        feed.sweep_rows, feed.sweep_news, feed.sweep_reads = swept.rows, swept.news, swept.reads
        feed.untold, feed.trouble, feed.trouble_since = swept.untold, "", None
        feed.save(
            update_fields=[
                "cursor", "swept_at", "sweep_how", "sweep_rows", "sweep_news", "sweep_reads", "untold", "trouble",
                "trouble_since",
            ]
        )  # fmt: skip
        if swept.cursor is not None:
            hints.drop_swept(swept.connection_id, swept.begun_at, swept.cursor)
    log.info(
        "connection %s: swept by %s, %d rows, %d news, %d reads",
        swept.connection_id, swept.how, swept.rows, swept.news, swept.reads,
    )  # fmt: skip
