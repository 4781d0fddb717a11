"""Our copy of the QuickBooks lists: read whole when connecting or asked, kept by the answers of our own writes."""

from __future__ import annotations

import asyncio
from typing import Any

from django.db import transaction
from django.utils import timezone

from freightbooks.connections.client import open_client
from freightbooks.connections.models import Connection
from freightbooks.in_database import in_database
from freightbooks.mapping.events import mapping_changed
from freightbooks.mapping.models import ListedObject, ListKind
from freightbooks.mapping.names import fold
from freightbooks.quickbooks.client import Client

_WITH_ACTIVE = "Active in (true, false)"
_NAME_FIELDS = {ListKind.CUSTOMER: "DisplayName", ListKind.VENDOR: "DisplayName", ListKind.EMPLOYEE: "DisplayName"}
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
    "sync_token",
    "seen_at",
)


async def read_lists(client: Client, connection_id: int) -> None:
    """Read accounts, items, terms and names, inactive ones too, and put them in the place of what we had."""
    objects: list[ListedObject] = []
    for kind in ListKind:
        async for rows in client.query_all(kind.value, where=_WITH_ACTIVE):
            objects += [_listed(connection_id, kind, row) for row in rows]
    await in_database(_replace, connection_id, objects)


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
    return remember_all(connection_id, [(kind, found)])[0]


def remember_all(connection_id: int, found: list[tuple[ListKind, dict[str, Any]]]) -> list[ListedObject]:
    """Keep objects as QuickBooks answered them."""
    objects = [_listed(connection_id, kind, each) for kind, each in found]
    ListedObject.objects.bulk_create(
        objects, update_conflicts=True, unique_fields=["connection", "kind", "qbo_id"], update_fields=_KEPT
    )
    return objects


def _replace(connection_id: int, objects: list[ListedObject]) -> None:
    with transaction.atomic():
        ListedObject.objects.filter(connection_id=connection_id).delete()
        ListedObject.objects.bulk_create(objects, batch_size=2000)
        Connection.objects.filter(pk=connection_id).update(lists_read_at=timezone.now())
        mapping_changed.send(sender=None, connection_id=connection_id)


def _listed(connection_id: int, kind: ListKind, row: dict[str, Any]) -> ListedObject:
    name = str(row.get(_NAME_FIELDS.get(kind, "Name"), ""))
    days = row.get("DueDays")
    return ListedObject(
        connection_id=connection_id,
        kind=kind,
        qbo_id=str(row["Id"]),
        name=name,
        folded_name=fold(name),
        active=row.get("Active") is not False,
        currency=str(row.get("CurrencyRef", {}).get("value", "")),
        number=str(row.get("AcctNum", "") if kind == ListKind.ACCOUNT else "")[:20],
        type=str(row.get("AccountType", row.get("Type", ""))),
        subtype=str(row.get("AccountSubType", "")),
        income_account_id=str(row.get("IncomeAccountRef", {}).get("value", "")),
        due_days=int(days) if days is not None else None,
        sync_token=str(row.get("SyncToken", "")),
        seen_at=timezone.now(),
    )
