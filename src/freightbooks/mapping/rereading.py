"""Reads a few entries of the QuickBooks lists again: those a refused document refers to. One read for each list."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime

from freightbooks.in_database import in_database
from freightbooks.mapping.lists import forget, learn
from freightbooks.mapping.models import ListedObject, ListKind
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.query import EVEN_INACTIVE, where_in


def seen_lately(
    connection_id: int, wanted: Mapping[ListKind, Collection[str]], since: datetime
) -> dict[ListKind, set[str]]:
    """Return which of these entries were read since a moment: nothing newer is to be had of them."""
    return {
        kind: set(
            ListedObject.objects.filter(
                connection_id=connection_id, kind=kind, qbo_id__in=list(ids), seen_at__gte=since
            ).values_list("qbo_id", flat=True)
        )
        for kind, ids in wanted.items()
    }


async def reread(client: Client, connection_id: int, wanted: Mapping[ListKind, Collection[str]]) -> None:
    """Read these entries, the inactive too, and learn what differs from what we had. Raises QuickBooksError."""
    for kind, ids in wanted.items():
        if not ids:
            continue
        found = [
            row
            async for rows in client.query_all(kind, where=f"{where_in('Id', sorted(ids))} and {EVEN_INACTIVE}")
            for row in rows
        ]
        gone = set(ids) - {str(row["Id"]) for row in found}
        await in_database(learn, connection_id, kind, found)
        await in_database(forget, connection_id, kind, gone)
