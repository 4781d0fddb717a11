"""Reads back from QuickBooks what carries our mark. Knows nothing of why it is there."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from freightbooks.money import ZERO, to_cents
from freightbooks.posting.doc_numbers import read_marker
from freightbooks.quickbooks.client import Client

ENTITIES = ("Invoice", "CreditMemo", "Bill", "VendorCredit", "Purchase")


@dataclass(frozen=True)
class Entry:
    """One transaction in the books that carries our mark."""

    marker: str
    entity: str
    qbo_id: str
    amount: Decimal


@dataclass(frozen=True)
class Total:
    """How many of one entity, and what they come to."""

    count: int
    amount: Decimal


async def read_books(client: Client) -> list[Entry]:
    """Return every transaction with our mark: a thousand to a read. Raises QuickBooksError."""
    entries: list[Entry] = []
    for entity in ENTITIES:
        async for rows in client.query_all(entity):
            for row in rows:
                marker = read_marker(str(row.get("PrivateNote", "")))
                if marker:
                    amount = to_cents(Decimal(row.get("TotalAmt", ZERO)))
                    entries.append(Entry(marker, entity, str(row["Id"]), amount))
    return entries


def totals(entries: Iterable[tuple[str, Decimal]]) -> dict[str, Total]:
    """Add up (entity, amount) pairs by entity; an entity without any is there with zero."""
    counted: dict[str, int] = defaultdict(int)
    added: dict[str, Decimal] = defaultdict(lambda: ZERO)
    for entity, amount in entries:
        counted[entity] += 1
        added[entity] += amount
    return {entity: Total(counted[entity], added[entity]) for entity in ENTITIES}


def twice(entries: Iterable[Entry]) -> list[str]:
    """Return the marks that stand in the books more than once."""
    seen: dict[str, int] = defaultdict(int)
    for entry in entries:
        seen[entry.marker] += 1
    return sorted(marker for marker, count in seen.items() if count > 1)
