"""What is on hand of the items whose quantity is tracked, and what it is worth, by the transactions that moved it.

The ledger's entry and the moves of a transaction are posted and taken back together, so the worth of what is on hand
is the balance of the inventory asset account.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class Move(NamedTuple):
    """A quantity of an item that came (positive) or went, and its worth in home currency."""

    item_id: str
    quantity: Decimal
    worth: Decimal


class Stock:
    """The quantities and worths of all tracked items of a company."""

    def __init__(self) -> None:
        self.tracked: dict[str, None] = {}
        self._moves: dict[str, tuple[Move, ...]] = {}
        self._quantities: dict[str, Decimal] = defaultdict(Decimal)
        self._worths: dict[str, Decimal] = defaultdict(Decimal)

    def post(self, transaction_id: str, moves: Sequence[Move]) -> None:
        """Hold the moves of a transaction that has none."""
        if moves:
            self._moves[transaction_id] = tuple(moves)
            self._add(moves, 1)

    def take_back(self, transaction_id: str) -> tuple[Move, ...]:
        """Undo the moves of a transaction, and return them."""
        moves = self._moves.pop(transaction_id, ())
        self._add(moves, -1)
        return moves

    def _add(self, moves: Sequence[Move], sign: int) -> None:
        for move in moves:
            self._quantities[move.item_id] += sign * move.quantity
            self._worths[move.item_id] += sign * move.worth

    def on_hand(self, item_id: str) -> Decimal:
        """Return the quantity on hand, which may be below zero."""
        return self._quantities.get(item_id, ZERO)

    def worth(self, item_id: str) -> Decimal:
        """Return what is on hand is worth, in home currency."""
        return self._worths.get(item_id, ZERO)
