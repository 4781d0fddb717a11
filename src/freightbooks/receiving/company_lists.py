"""Tells the mapping what became of accounts, items, customers and the other lists in QuickBooks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from freightbooks.mapping import lists
from freightbooks.mapping.events import mapping_changed
from freightbooks.mapping.models import ListedObject, ListKind
from freightbooks.mapping.one_at_a_time import only_one
from freightbooks.mapping.parties import reconsider

if TYPE_CHECKING:
    from freightbooks.receiving.taking import Arrival

_KEPT = frozenset(ListKind.values)


def take(connection_id: int, arrivals: Sequence[Arrival]) -> None:
    """Have the mapping learn and forget list entries, as part of the transaction under way."""
    there: dict[str, list[dict[str, Any]]] = defaultdict(list)
    gone: dict[str, list[str]] = defaultdict(list)
    for one in arrivals:
        if one.entity in _KEPT and one.row is not None:
            there[one.entity].append(dict(one.row))
        elif one.entity in _KEPT:
            gone[one.entity].append(one.qbo_id)
    changed = False
    for kind, objects in there.items():
        changed |= _learn(connection_id, ListKind(kind), objects)
    for kind, ids in gone.items():
        rows = ListedObject.objects.filter(connection_id=connection_id, kind=kind, qbo_id__in=ids)
        changed |= bool(rows.delete()[0])
    if changed:
        reconsider(connection_id)
        mapping_changed.send(sender=None, connection_id=connection_id)


def _learn(connection_id: int, kind: ListKind, objects: list[dict[str, Any]]) -> bool:
    only_one(connection_id)
    rows = ListedObject.objects.filter(connection_id=connection_id, kind=kind)
    known = {row.qbo_id: row for row in rows.filter(qbo_id__in=[str(each["Id"]) for each in objects])}
    learned = lists.remember_all([lists.as_listed(connection_id, kind, each) for each in objects])
    return any(_differs(one, known.get(one.qbo_id)) for one in learned)


def _differs(one: ListedObject, before: ListedObject | None) -> bool:
    fields = ("name", "active", "currency", "number", "type", "subtype", "income_account_id", "due_days", "mark")
    return before is None or any(getattr(one, field) != getattr(before, field) for field in fields)
