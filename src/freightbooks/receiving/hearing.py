"""Reads what the hints of a company ask for, as few reads as there are kinds of objects, and has it applied.

One process at a time does so for a company, and goes on while more is told; what comes meanwhile is read together.
"""

from __future__ import annotations

import asyncio
import logging
from collections import defaultdict
from collections.abc import Sequence
from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from freightbooks import jobs
from freightbooks.connections.client import open_client
from freightbooks.connections.models import Connection
from freightbooks.in_database import in_database
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.errors import QuickBooksError, ReconnectNeeded
from freightbooks.receiving import company_facts, feeds, hints, reading, taking
from freightbooks.receiving.entities import SETTINGS
from freightbooks.receiving.models import Feed, Hint
from freightbooks.receiving.taking import Arrival

AGAIN_AFTER = timedelta(seconds=20)
CLAIMED_FOR = timedelta(seconds=30)
"""How long nobody else reads for a company. A worker that dies leaves its claim behind for that long."""

log = logging.getLogger(__name__)


async def hear(connection_id: int) -> int:
    """Act on the hints that are due until none is, and return how many changes that brought.

    When QuickBooks cannot be asked they stay; they are asked for again, or after the company was connected anew. If
    another process is at it, that one goes on with what was told since.
    """
    changes = 0
    waiting = await in_database(_begin, connection_id)
    while waiting:
        try:
            changes += len(await _act_on(connection_id, waiting))
        except ReconnectNeeded as error:
            log.warning("connection %s needs a person: %s", connection_id, error)
            await in_database(_give_back, connection_id)
            return changes
        except QuickBooksError as error:
            log.warning("connection %s: %s; what was told is read later", connection_id, error)
            await in_database(_put_off, connection_id, str(error))
            return changes
        waiting = await in_database(_go_on, connection_id)
    return changes


async def _act_on(connection_id: int, waiting: Sequence[Hint]) -> list[Arrival]:
    gone = [Arrival(hint.entity, hint.qbo_id, None, hint.at) for hint in waiting if hint.deleted]
    to_read = [hint for hint in waiting if not hint.deleted]
    if not to_read:
        return await in_database(_settle, connection_id, waiting, gone)
    async with open_client(connection_id, "receiving") as client:
        if any(hint.entity in SETTINGS for hint in to_read):
            await company_facts.read(client, connection_id)
        read = await _read(client, [hint for hint in to_read if hint.entity not in SETTINGS])
        return await in_database(_settle, connection_id, waiting, [*gone, *read])


async def _read(client: Client, waiting: Sequence[Hint]) -> list[Arrival]:
    ids: dict[str, set[str]] = defaultdict(set)
    for hint in waiting:
        ids[hint.entity].add(hint.qbo_id)
    read = await asyncio.gather(*(reading.by_ids(client, entity, each) for entity, each in ids.items()))
    return [one for some in read for one in some]


def _settle(connection_id: int, waiting: Sequence[Hint], arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Have what was read applied, and be done with its hints; what no query found is looked for again."""
    news = taking.take(connection_id, arrivals)
    found = {(one.entity, one.qbo_id) for one in arrivals}
    missing = [hint for hint in waiting if hint.entity not in SETTINGS and (hint.entity, hint.qbo_id) not in found]
    unfound = {hint.pk for hint in missing}
    hints.drop([hint for hint in waiting if hint.pk not in unfound])
    if missing:
        hints.try_again(missing)
    return news


def _begin(connection_id: int) -> list[Hint]:
    """Claim the reading for a company, and return what is due. Nothing: it may not be read, or another is at it."""
    connection = Connection.objects.filter(pk=connection_id).first()
    if connection is None or not connection.healthy or not _claim(connection_id):
        return []
    return _go_on(connection_id)


def _go_on(connection_id: int) -> list[Hint]:
    """Return what is due by now. When nothing is, give the claim back, unless something came just then."""
    while True:
        Feed.objects.filter(connection_id=connection_id).update(hearing_until=timezone.now() + CLAIMED_FOR)
        found = hints.due(connection_id)
        if found:
            return found
        _give_back(connection_id)
        following = hints.next_look(connection_id)
        if following is None:
            return []
        if following > timezone.now():
            jobs.request_hearing(connection_id, at=following)
            return []
        if not _claim(connection_id):
            return []


def _claim(connection_id: int) -> bool:
    feeds.feed_of(connection_id)
    now = timezone.now()
    free = Q(hearing_until=None) | Q(hearing_until__lt=now)
    return bool(Feed.objects.filter(free, connection_id=connection_id).update(hearing_until=now + CLAIMED_FOR))


def _give_back(connection_id: int) -> None:
    Feed.objects.filter(connection_id=connection_id).update(hearing_until=None)


def _put_off(connection_id: int, why: str) -> None:
    _give_back(connection_id)
    feeds.note_trouble(connection_id, why)
    jobs.request_hearing(connection_id, at=timezone.now() + AGAIN_AFTER)
