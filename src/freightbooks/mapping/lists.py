"""Our copy of the QuickBooks lists: read whole when connecting or when asked, kept by the answers of our own writes."""

from __future__ import annotations

import asyncio
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from freightbooks.connections.client import open_client
from freightbooks.connections.models import Connection
from freightbooks.in_database import in_database
from freightbooks.mapping.bodies import mark_of
from freightbooks.mapping.events import mapping_changed
from freightbooks.mapping.models import ListedObject, ListKind
from freightbooks.mapping.names import fold
from freightbooks.mapping.one_at_a_time import only_one
from freightbooks.mapping.parties import reconsider
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.query import EVEN_INACTIVE

NAME_FIELD = {
    # A sub-account or a category's item is unique under its parent only; the full name is unique.
    ListKind.ACCOUNT: "FullyQualifiedName",
    ListKind.ITEM: "FullyQualifiedName",
    ListKind.TERM: "Name",
    ListKind.CUSTOMER: "DisplayName",
    ListKind.VENDOR: "DisplayName",
    ListKind.EMPLOYEE: "DisplayName",
}
_CHUNK = 1000
_KEPT = (
    "name",
    "folded_name",
    "active",
    "currency",
    "number",
    "type",
    "subtype",
    "income_account_id",
    "due_days",
    "mark",
    "sync_token",
    "seen_at",
)


async def read_lists(client: Client, connection_id: int) -> None:
    """Read accounts, items, terms and names, inactive ones too, and put them in the place of what we had."""
    begun = timezone.now()
    found: list[ListedObject] = []
    for kind in ListKind:
        async for rows in client.query_all(kind, where=EVEN_INACTIVE):
            found += [as_listed(connection_id, kind, row) for row in rows]
    await in_database(_replace, connection_id, found, begun)


def refresh(connection: Connection) -> None:
    """Read the lists now. Raises QuickBooksError."""

    async def read() -> None:
        async with open_client(connection.pk, "connecting") as client:
            await read_lists(client, connection.pk)

    asyncio.run(read())


def accounts(connection: Connection) -> list[ListedObject]:
    """Return the chart of accounts as last read, by number and name."""
    rows = ListedObject.objects.filter(connection=connection, kind=ListKind.ACCOUNT)
    return sorted(rows, key=lambda row: (row.number or "~", row.name))


def remember(connection_id: int, kind: ListKind, found: dict[str, Any]) -> ListedObject:
    """Keep one object as QuickBooks answered it."""
    return remember_all([as_listed(connection_id, kind, found)])[0]


def remember_all(objects: Sequence[ListedObject]) -> Sequence[ListedObject]:
    """Keep objects as QuickBooks answered them, in the place of what we knew of each."""
    ListedObject.objects.bulk_create(
        objects,
        update_conflicts=True,
        unique_fields=["connection", "kind", "qbo_id"],
        update_fields=_KEPT,
        batch_size=_CHUNK,
    )
    return objects


def as_listed(connection_id: int, kind: ListKind, found: dict[str, Any]) -> ListedObject:
    """Return what we keep of an object of a QuickBooks list. Touches no table."""
    name = str(found.get(NAME_FIELD[kind]) or found.get("Name") or "")
    days = found.get("DueDays")
    return ListedObject(
        connection_id=connection_id,
        kind=kind,
        qbo_id=str(found["Id"]),
        name=name[:1000],
        folded_name=fold(name)[:1000],
        active=found.get("Active") is not False,
        currency=str(found.get("CurrencyRef", {}).get("value", "")),
        number=str(found.get("AcctNum") or "")[:20] if kind == ListKind.ACCOUNT else "",
        type=str(found.get("AccountType", found.get("Type", ""))),
        subtype=str(found.get("AccountSubType", "")),
        income_account_id=str(found.get("IncomeAccountRef", {}).get("value", "")),
        due_days=int(days) if days is not None else None,
        mark=mark_of(kind, found),
        sync_token=str(found.get("SyncToken", "")),
    )


def _replace(connection_id: int, found: Iterable[ListedObject], begun: datetime) -> None:
    """Put what was read in the place of what was there. What was learned while it was read is newer, and stays."""
    with transaction.atomic():
        only_one(connection_id)
        known = ListedObject.objects.filter(connection_id=connection_id)
        newer = set(known.filter(seen_at__gte=begun).values_list("kind", "qbo_id"))
        known.filter(seen_at__lt=begun).delete()
        remember_all([one for one in found if (one.kind, one.qbo_id) not in newer])
        Connection.objects.filter(pk=connection_id).update(lists_read_at=timezone.now())
        reconsider(connection_id)
        mapping_changed.send(sender=None, connection_id=connection_id)
