"""How far a document is paid, from what it comes to and what settles it. Pure.

What is open is worked out from the payments, each of which is kept in the order of its versions; the balance a document
itself shows moves without a new version (Balance and LinkedTxn are no edit), so an older word about it may come last.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from freightbooks.money import ZERO
from freightbooks.settlement.models import PaidState


@dataclass(frozen=True)
class Paid:
    """What a document's standing comes to. Amounts are in the document's currency."""

    state: PaidState
    settled: Decimal
    balance: Decimal


def paid(entity: str, total: Decimal, settled: Decimal, *, deposit: Decimal = ZERO, voided: bool, gone: bool) -> Paid:
    """Decide how a document stands. `deposit` is what an invoice was paid when it was made out."""
    if gone:
        return Paid(PaidState.GONE, ZERO, ZERO)
    if voided:
        return Paid(PaidState.VOIDED, settled, ZERO)
    if entity == "Purchase":
        return Paid(PaidState.NONE, settled, ZERO)
    balance = total - settled - deposit
    if balance <= ZERO:
        state = PaidState.PAID
    else:
        state = PaidState.PARTLY if settled + deposit > ZERO else PaidState.OPEN
    return Paid(state, settled + deposit, balance)
