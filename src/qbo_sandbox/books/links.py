"""Which transaction settles which: payments against invoices, bill payments and vendor credits against bills.

Knows ids and amounts. A source (a payment) holds its links; a target's open balance follows from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Link(NamedTuple):
    """One application of a source to a target; the amount is in the currency of the transaction.

    An amount of zero settles nothing: the source only refers to the target (an invoice to the estimate it bills).
    """

    target_type: str
    target_id: str
    amount: Decimal


class Source(NamedTuple):
    """A source as its target shows it: `{"TxnId": ..., "TxnType": "BillPaymentCheck"}`."""

    qbo_id: str
    shown_type: str
    amount: Decimal


class Links:
    """All links of the company, found from either end."""

    def __init__(self) -> None:
        self._by_source: dict[str, tuple[Link, ...]] = {}
        self._by_target: dict[str, dict[str, Source]] = {}

    def connect(self, source_id: str, shown_type: str, links: Sequence[Link]) -> None:
        """Hold the links of a source that has none."""
        if not links:
            return
        self._by_source[source_id] = tuple(links)
        for link in links:
            sources = self._by_target.setdefault(link.target_id, {})
            already = sources[source_id].amount if source_id in sources else ZERO
            sources[source_id] = Source(source_id, shown_type, already + link.amount)

    def release(self, source_id: str) -> tuple[Link, ...]:
        """Drop the links of a source, and return them."""
        links = self._by_source.pop(source_id, ())
        for link in links:
            self._by_target.get(link.target_id, {}).pop(source_id, None)
        return links

    def of_source(self, source_id: str) -> tuple[Link, ...]:
        """Return what a source settles."""
        return self._by_source.get(source_id, ())

    def of_target(self, target_id: str) -> list[Source]:
        """Return what settles a target, in the order it came."""
        return list(self._by_target.get(target_id, {}).values())

    def settled(self, target_id: str, *, besides: str = "") -> Decimal:
        """Return how much of a target is settled, leaving out one source."""
        sources = self._by_target.get(target_id)
        if not sources:
            return ZERO
        return sum((source.amount for source in sources.values() if source.qbo_id != besides), ZERO)
