"""Takes what was read of QuickBooks: leaves out what is known, hands the rest on, remembers it.

Lists go first, in a transaction of their own: documents are then judged by names as they are. What comes late, twice or
out of order passes here; what is handed on is newer than all before it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import OperationalError, transaction
from django.db import connection as database
from django.db.models import F
from psycopg.errors import DeadlockDetected

from freightbooks.quickbooks.change_feed import is_deleted, updated_at
from freightbooks.receiving import company_lists, known
from freightbooks.receiving.entities import LISTS, PAYMENTS
from freightbooks.receiving.known import SECOND, Sight
from freightbooks.receiving.models import Feed
from freightbooks.settlement import apply
from freightbooks.settlement.changes import Change

_LOCK_CLASS = 0x46425243  # "FBRC": our receiving among the advisory locks of the database
_MOST_DEADLOCKS = 3


@dataclass(frozen=True)
class Arrival:
    """One object as it was read, or its tombstone. `as_of`: when, by QuickBooks' clock."""

    entity: str
    qbo_id: str
    row: Mapping[str, Any] | None  # None: it is gone
    as_of: datetime
    own: bool = False  # QuickBooks' answer to a write of ours

    @property
    def at(self) -> datetime:
        """When it happened, as far as the object tells."""
        return (updated_at(self.row) if self.row is not None else None) or self.as_of


def arrival(entity: str, row: Mapping[str, Any], as_of: datetime) -> Arrival:
    """Return the arrival of a row of an answer, tombstones told apart."""
    if is_deleted(row):
        return Arrival(entity, str(row["Id"]), None, updated_at(row) or as_of)
    return Arrival(entity, str(row["Id"]), row, as_of)


def take(connection_id: int, arrivals: Sequence[Arrival]) -> list[Arrival]:
    """Apply what is news among these, and return it. One that finds itself in another's way begins again."""
    lists = [one for one in arrivals if one.entity in LISTS]
    others = [one for one in arrivals if one.entity not in LISTS]
    return [news for some in (lists, others) if some for news in _patiently(connection_id, some)]


def _patiently(connection_id: int, arrivals: Sequence[Arrival]) -> list[Arrival]:
    for _ in range(_MOST_DEADLOCKS):
        try:
            return _take(connection_id, arrivals)
        except OperationalError as error:
            if not isinstance(error.__cause__, DeadlockDetected):
                raise
    return _take(connection_id, arrivals)


def _take(connection_id: int, arrivals: Sequence[Arrival]) -> list[Arrival]:
    with transaction.atomic():
        _only_one(connection_id)
        before = known.look_up(connection_id, ((one.entity, one.qbo_id) for one in arrivals))
        news: list[Arrival] = []
        sights: dict[known.Key, Sight] = {}
        for one in arrivals:
            sight = sight_of(one)
            known_as = sights.get(sight.key) or before.get(sight.key)
            if _is_news(one, sight, known_as):
                news.append(one)
                sights[sight.key] = sight
            elif known_as is not None and known_as.digest == sight.digest and sight.through > known_as.through:
                sights[sight.key] = sight
        company_lists.take(connection_id, [one for one in news if one.entity in LISTS])
        changes = [Change(one.entity, one.qbo_id, one.row, one.at) for one in news if one.entity not in LISTS]
        if changes:
            apply.take(connection_id, changes)
        known.remember(connection_id, sights.values())
        read = [(one.entity, one.row) for one in news if one.row is not None and one.entity in PAYMENTS]
        known.note_echoes(connection_id, known.echoes_of(read))
        if news:
            Feed.objects.filter(connection_id=connection_id).update(changes=F("changes") + len(news))
    return news


def sight_of(one: Arrival) -> Sight:
    """Return what is to be kept of an arrival. All of the second of our own write is taken for our own."""
    if one.row is None:
        return Sight(one.entity, one.qbo_id, "", one.at, "", one.as_of, one.as_of, gone=True)
    through = one.at + SECOND if one.own else one.as_of
    return Sight(
        one.entity,
        one.qbo_id,
        str(one.row.get("SyncToken", "")),
        one.at,
        known.digest_of(one.row),
        one.as_of,
        through,
    )


def _is_news(one: Arrival, sight: Sight, before: Sight | None) -> bool:
    if before is None or before.updated_at is None:
        return True
    if before.gone:
        return False
    if sight.gone:
        return True
    if sight.digest == before.digest:
        return False
    assert sight.updated_at is not None
    if sight.updated_at != before.updated_at:
        return sight.updated_at > before.updated_at
    return before.as_of is None or one.as_of >= before.as_of


def _only_one(connection_id: int) -> None:
    """Wait for any other transaction that takes for this connection; the lock goes with the transaction."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (_LOCK_CLASS, connection_id))
