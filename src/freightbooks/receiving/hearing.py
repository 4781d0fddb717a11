"""Reads what the hints of a company ask for, as few reads as there are kinds of objects, and has it applied."""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from freightbooks import jobs
from freightbooks.connections.client import open_client
from freightbooks.connections.models import Connection
from freightbooks.in_database import in_database
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.errors import QuickBooksError, ReconnectNeeded
from freightbooks.receiving import company_facts, feeds, hints, reading, taking
from freightbooks.receiving.entities import SETTINGS
from freightbooks.receiving.models import Hint
from freightbooks.receiving.taking import Arrival

AGAIN_AFTER = timedelta(seconds=20)

log = logging.getLogger(__name__)


async def hear(connection_id: int) -> int:
    """Act on the hints that are due, and return how many changes that brought.

    When QuickBooks cannot be asked they stay; they are asked for again, or after the company was connected anew.
    """
    if not await in_database(_may_read, connection_id):
        return 0
    waiting = await in_database(hints.due, connection_id)
    news: list[Arrival] = []
    try:
        news = await _act_on(connection_id, waiting)
    except ReconnectNeeded as error:
        log.warning("connection %s needs a person: %s", connection_id, error)
        return 0
    except QuickBooksError as error:
        log.warning("connection %s: %s; what was told is read later", connection_id, error)
        await in_database(feeds.note_trouble, connection_id, str(error))
        await in_database(jobs.request_hearing, connection_id, at=timezone.now() + AGAIN_AFTER)
        return 0
    await in_database(_come_back, connection_id)
    return len(news)


async def _act_on(connection_id: int, waiting: Sequence[Hint]) -> list[Arrival]:
    gone = [hint for hint in waiting if hint.deleted]
    to_read = [hint for hint in waiting if not hint.deleted]
    arrivals = [Arrival(hint.entity, hint.qbo_id, None, hint.at) for hint in gone]
    missing: list[Hint] = []
    if to_read:
        async with open_client(connection_id, "receiving") as client:
            if any(hint.entity in SETTINGS for hint in to_read):
                await company_facts.read(client, connection_id)
            read = await _read(client, [hint for hint in to_read if hint.entity not in SETTINGS])
        arrivals += read
        found = {(one.entity, one.qbo_id) for one in read}
        missing = [hint for hint in to_read if hint.entity not in SETTINGS and (hint.entity, hint.qbo_id) not in found]
    news = await in_database(taking.take, connection_id, arrivals)
    unfound = {hint.pk for hint in missing}
    await in_database(hints.drop, [hint for hint in waiting if hint.pk not in unfound])
    await in_database(hints.try_again, missing)
    return news


async def _read(client: Client, waiting: Sequence[Hint]) -> list[Arrival]:
    ids: dict[str, set[str]] = defaultdict(set)
    for hint in waiting:
        ids[hint.entity].add(hint.qbo_id)
    read = await asyncio.gather(*(reading.by_ids(client, entity, each) for entity, each in ids.items()))
    return [one for some in read for one in some]


def _may_read(connection_id: int) -> bool:
    connection = Connection.objects.filter(pk=connection_id).first()
    return connection is not None and connection.healthy


def _come_back(connection_id: int) -> None:
    """Ask for the next look, if hints were put off or are more than were taken at once."""
    following: datetime | None = hints.next_look(connection_id)
    if following is not None:
        now = timezone.now()
        jobs.request_hearing(connection_id, at=following if following > now else None)
