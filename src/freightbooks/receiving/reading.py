"""Reads QuickBooks for the receiving room: objects by id, and all of an entity since a moment, a thousand to a read.

Waits where QuickBooks asks to. Raises QuickBooksError; writes nothing.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable, Collection, Iterator, Sequence
from datetime import UTC, datetime
from typing import TypeVar

from freightbooks.quickbooks.change_feed import updated_at
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.errors import Throttled
from freightbooks.quickbooks.query import EVEN_INACTIVE, literal, where_in
from freightbooks.receiving.entities import HIDES_INACTIVE
from freightbooks.receiving.taking import Arrival, arrival

PAGE = 1000
IDS = 500
"""Ids to a query: its text stays well below what QuickBooks takes."""
_MOST_WAITS = 20

_T = TypeVar("_T")


async def patiently(ask: Callable[[], Awaitable[_T]]) -> _T:
    """Ask, and wait as told while it is too much for QuickBooks. Raises Throttled when that does not end."""
    for _ in range(_MOST_WAITS):
        try:
            return await ask()
        except Throttled as error:
            await asyncio.sleep(error.retry_after_seconds)
    return await ask()


async def by_ids(client: Client, entity: str, qbo_ids: Collection[str]) -> list[Arrival]:
    """Read objects of one entity. Those that are not found are left out."""
    found: list[Arrival] = []
    for ids in _chunks(sorted(qbo_ids), IDS):
        where = f"{where_in('Id', ids)}{f' and {EVEN_INACTIVE}' if entity in HIDES_INACTIVE else ''}"
        statement = f"select * from {entity} where {where} maxresults {PAGE}"  # noqa: S608 - escaped
        rows, at = await patiently(lambda statement=statement: client.query_at(statement))  # type: ignore[misc]
        found += [arrival(entity, row, at) for row in rows]
    return found


async def since(client: Client, entity: str, moment: datetime) -> AsyncIterator[list[Arrival]]:
    """Yield pages of all objects of an entity that changed since a moment, the oldest change first.

    Each page begins at the time the last one ended with, so that what changes meanwhile moves nothing past us; an
    object may come twice. More than a page of one very second is paged by position.
    """
    start = 1
    while True:
        where = f"MetaData.LastUpdatedTime >= {literal(_as_time(moment))}"
        if entity in HIDES_INACTIVE:
            where += f" and {EVEN_INACTIVE}"
        statement = (
            f"select * from {entity} where {where}"  # noqa: S608 - escaped
            f" orderby MetaData.LastUpdatedTime startposition {start} maxresults {PAGE}"
        )
        rows, at = await patiently(lambda statement=statement: client.query_at(statement))  # type: ignore[misc]
        if rows:
            yield [arrival(entity, row, at) for row in rows]
        if len(rows) < PAGE:
            return
        last = updated_at(rows[-1])
        if last is None or last <= moment:
            start += PAGE
        else:
            moment, start = last, 1


async def gone_among(client: Client, entity: str, qbo_ids: Collection[str]) -> list[str]:
    """Return which of these ids no object has any more."""
    there: set[str] = set()
    wanted = sorted(qbo_ids)
    for ids in _chunks(wanted, IDS):
        where = f"{where_in('Id', ids)}{f' and {EVEN_INACTIVE}' if entity in HIDES_INACTIVE else ''}"
        statement = f"select Id from {entity} where {where} maxresults {PAGE}"  # noqa: S608 - escaped
        rows, _ = await patiently(lambda statement=statement: client.query_at(statement))  # type: ignore[misc]
        there |= {str(row["Id"]) for row in rows}
    return [each for each in wanted if each not in there]


def _as_time(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat("T", "seconds")


def _chunks(ids: Sequence[str], size: int) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), size):
        yield ids[start : start + size]
