"""Cash basis: what was sold or bought on account counts on the days it is settled, and as far as it is.

An invoice of 100 paid 40 in March gives 40 % of its lines in March; what is never paid never counts. A payment stands
as it is, so that what it does not settle stays in A/R or A/P. (QuickBooks' own account for unapplied payments is not
used: older companies do not have it.)
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import NamedTuple

from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.store import Record

_CENT = Decimal("0.01")
_ON_ACCOUNT = frozenset({"Invoice", "CreditMemo", "Bill", "VendorCredit"})

Entry = tuple[str, Record, tuple[LedgerLine, ...]]


class Settled(NamedTuple):
    """A part of a transaction's total that was settled on a day, in the transaction's currency."""

    day: str
    amount: Decimal


def by_cash(
    entries: Iterable[Entry],
    held: Collection[str],
    settled: Callable[[Record], list[Settled]],
) -> Iterator[Entry]:
    """Return the entries as cash basis has them. `held` are the ids of the A/R and A/P accounts."""
    for day, record, lines in entries:
        total: Decimal = record.body.get("TotalAmt", Decimal(0))
        on_credit = record.entity in _ON_ACCOUNT and any(line.account_id in held for line in lines)
        if not on_credit or not total:
            yield day, record, lines
            continue
        done, shares = Decimal(0), [Decimal(0)] * len(lines)
        for part in sorted(settled(record)):
            done += part.amount
            piece = _piece(lines, shares, min(done / total, Decimal(1)), held)
            if piece:
                yield part.day, record, piece


def _piece(
    lines: tuple[LedgerLine, ...], shares: list[Decimal], reached: Decimal, held: Collection[str]
) -> tuple[LedgerLine, ...]:
    """Return what comes on top of the shares already told, and note it; the cents left over fall to A/R or A/P."""
    piece: list[LedgerLine] = []
    balance = Decimal(0)
    last_held = max(at for at, line in enumerate(lines) if line.account_id in held)
    for at, line in enumerate(lines):
        if at == last_held:
            continue
        now = (line.amount * reached).quantize(_CENT, ROUND_HALF_UP)
        more, shares[at] = now - shares[at], now
        balance += more
        if more:
            piece.append(line._replace(amount=more))
    if balance:
        piece.append(lines[last_held]._replace(amount=-balance))
    return tuple(piece)
