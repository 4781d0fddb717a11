"""Our copy of the QuickBooks lists: read whole when connecting or when asked, then kept up by what is heard of changes.

What is heard comes from the answers of our own writes and from whoever follows the change feed (`learn`, `forget`).
"""

from __future__ import annotations

import asyncio
from collections.abc import Collection, Iterable, Sequence
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils import timezone

from freightbooks.connections import company
from freightbooks.connections.client import open_client
from freightbooks.connections.models import Connection
from freightbooks.in_database import in_database
from freightbooks.mapping import likeness
from freightbooks.mapping.bodies import mark_of
from freightbooks.mapping.events import Touched, mapping_changed
from freightbooks.mapping.models import (
    SIDES,
    CostMapping,
    ListedObject,
    ListKind,
    PaymentTypeMapping,
    Section,
    TrackingMapping,
)
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
    ListKind.CLASS: "FullyQualifiedName",
    ListKind.DEPARTMENT: "FullyQualifiedName",
}
NAMES = (ListKind.CUSTOMER, ListKind.VENDOR, ListKind.EMPLOYEE)
"""They share one name space."""
_CHUNK = 1000
_MATERIAL = (
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
    "loose_name",
    "email",
    "mc_number",
    "street",
)
_KEPT = (*_MATERIAL, "sync_token", "seen_at")


async def read_lists(client: Client, connection_id: int) -> None:
    """Read accounts, items, terms and names, inactive ones too, and put them in the place of what we had.

    Classes and locations are read where the company keeps them; a plan without them may refuse the question.
    """
    begun = timezone.now()
    found: list[ListedObject] = []
    for kind in await in_database(_kinds, connection_id):
        async for rows in client.query_all(kind, where=EVEN_INACTIVE):
            found += [as_listed(connection_id, kind, row) for row in rows]
    await in_database(_replace, connection_id, found, begun)


def refresh(connection: Connection) -> None:
    """Read the company's preferences and its lists now. Raises QuickBooksError."""

    async def read() -> None:
        async with open_client(connection.pk, "connecting") as client:
            facts = company.facts_of(await client.company_info(), await client.preferences())
            await in_database(_take_facts, connection.pk, facts)
            await read_lists(client, connection.pk)

    asyncio.run(read())


def learn(connection_id: int, kind: ListKind | str, objects: Collection[dict[str, Any]]) -> bool:
    """Take over objects of a list as QuickBooks just told them; return whether any was not known so already.

    What an older answer told is not taken over. Where a mapping uses what changed, it is announced.
    """
    of_kind = ListKind(kind)
    with transaction.atomic():
        only_one(connection_id)
        rows = ListedObject.objects.filter(connection_id=connection_id, kind=of_kind)
        known = {row.qbo_id: row for row in rows.filter(qbo_id__in=[str(each["Id"]) for each in objects])}
        found = {str(each["Id"]): as_listed(connection_id, of_kind, each) for each in objects}
        newer = [one for one in found.values() if not _older(one, known.get(one.qbo_id))]
        remember_all(newer)
        changed = {one.qbo_id for one in newer if _differs(one, known.get(one.qbo_id))}
        _announce(connection_id, of_kind, changed)
    return bool(changed)


def forget(connection_id: int, kind: ListKind | str, qbo_ids: Collection[str]) -> bool:
    """Drop objects QuickBooks no longer has (deleted, or merged into another); return whether any was there."""
    of_kind = ListKind(kind)
    with transaction.atomic():
        only_one(connection_id)
        rows = ListedObject.objects.filter(connection_id=connection_id, kind=of_kind, qbo_id__in=list(qbo_ids))
        gone = set(rows.values_list("qbo_id", flat=True))
        rows.delete()
        _announce(connection_id, of_kind, gone)
    return bool(gone)


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
    like = likeness.of_record(found) if kind in (ListKind.CUSTOMER, ListKind.VENDOR) else likeness.Likeness()
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
        loose_name=like.loose_name,
        email=like.email,
        mc_number=like.mc_number,
        street=like.street,
        sync_token=str(found.get("SyncToken", "")),
    )


def _kinds(connection_id: int) -> list[ListKind]:
    connection = Connection.objects.get(pk=connection_id)
    tracked = {ListKind.CLASS: bool(connection.class_tracking), ListKind.DEPARTMENT: connection.location_tracking}
    return [kind for kind in ListKind if tracked.get(kind, True)]


def _take_facts(connection_id: int, facts: company.Facts) -> None:
    connection = Connection.objects.get(pk=connection_id)
    company.fill(connection, facts)
    connection.save(update_fields=company.FILLED)


def _older(told: ListedObject, known: ListedObject | None) -> bool:
    """Whether what is told is from before what we know. SyncToken counts the edits of an object."""
    tokens = (told.sync_token, known.sync_token if known else "")
    return all(token.isdigit() for token in tokens) and int(tokens[0]) < int(tokens[1])


def _differs(told: ListedObject, known: ListedObject | None) -> bool:
    return known is None or any(getattr(told, field) != getattr(known, field) for field in _MATERIAL)


def _announce(connection_id: int, kind: ListKind, changed: Collection[str]) -> None:
    """Tell whoever waits for it that the mapping stands differently, if it uses any of the objects that changed."""
    if not changed:
        return
    touched = Touched()
    if kind in NAMES:
        touched = Touched(party_ids=frozenset(reconsider(connection_id, [(kind, each) for each in changed])))
    elif kind in (ListKind.ACCOUNT, ListKind.ITEM):
        touched = _uses(connection_id, kind, changed)
    elif kind in (ListKind.CLASS, ListKind.DEPARTMENT):
        rows = TrackingMapping.objects.filter(connection_id=connection_id, qbo_id__in=changed)
        touched = Touched(tracked=rows.exists())
    if touched != Touched():
        mapping_changed.send(sender=None, connection_id=connection_id, touched=touched)


def _uses(connection_id: int, kind: ListKind, changed: Collection[str]) -> Touched:
    """Return the costs and methods that land on any of these accounts, or post through any of these items."""
    costs = CostMapping.objects.filter(connection_id=connection_id)
    costs = costs.filter(item_id__in=changed) if kind == ListKind.ITEM else costs.filter(account_id__in=changed)
    methods: set[str] = set()
    if kind == ListKind.ACCOUNT:
        for row in PaymentTypeMapping.objects.filter(connection_id=connection_id):
            if {row.bank_account_id, row.advance_account_id, row.fee_account_id} & set(changed):
                methods.add(row.method)
    return Touched(
        costs=frozenset((SIDES[Section(section)], code) for section, code in costs.values_list("section", "cost_code")),
        methods=frozenset(methods),
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
