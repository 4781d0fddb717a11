"""Tells the mapping what became of accounts, items, customers and the other lists in QuickBooks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from freightbooks.mapping import lists
from freightbooks.mapping.models import ListKind

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
    for kind, objects in there.items():
        lists.learn(connection_id, kind, objects)
    for kind, ids in gone.items():
        lists.forget(connection_id, kind, ids)
