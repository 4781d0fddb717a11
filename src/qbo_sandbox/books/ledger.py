"""The double entry behind every transaction: what it posts, and the balances that follow. Home currency throughout.

Knows accounts and parties by id only. A transaction posts as a whole and is taken back as a whole.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from decimal import Decimal
from typing import NamedTuple

ZERO = Decimal(0)


class LedgerLine(NamedTuple):
    """One side of an entry. `amount` is positive for a debit, negative for a credit."""

    account_id: str
    amount: Decimal
    party_id: str = ""  # whose receivable or payable this is; only on A/R and A/P lines
    own: Decimal | None = None  # the same in the account's currency, where that is not the home currency

    def times(self, sign: int) -> LedgerLine:
        """Return the line as it is (1), or its opposite (-1)."""
        own = None if self.own is None else sign * self.own
        return self if sign == 1 else self._replace(amount=-self.amount, own=own)


class UnbalancedError(Exception):
    """A transaction would post debits that differ from its credits. It is a fault of the sandbox itself."""


class Ledger:
    """Every entry posted, and the balances of accounts and parties."""

    def __init__(self) -> None:
        self.entries: dict[str, tuple[LedgerLine, ...]] = {}
        self._accounts: dict[str, Decimal] = defaultdict(Decimal)
        self._parties: dict[str, Decimal] = defaultdict(Decimal)
        self._foreign_accounts: dict[str, Decimal] = defaultdict(Decimal)
        self._foreign_parties: dict[str, Decimal] = defaultdict(Decimal)
        self._used_accounts: dict[str, int] = defaultdict(int)

    def post(self, transaction_id: str, lines: Sequence[LedgerLine]) -> None:
        """Post `lines` as the entry of a transaction that has none."""
        kept = tuple(line for line in lines if line.amount or line.own)
        if sum((line.amount for line in kept), ZERO):
            raise UnbalancedError(f"transaction {transaction_id} is out of balance")
        self.entries[transaction_id] = kept
        self._add(kept, 1)

    def take_back(self, transaction_id: str) -> tuple[LedgerLine, ...]:
        """Undo the entry of a transaction, and return it."""
        lines = self.entries.pop(transaction_id, ())
        self._add(lines, -1)
        return lines

    def _add(self, lines: Sequence[LedgerLine], sign: int) -> None:
        for line in lines:
            self._accounts[line.account_id] += sign * line.amount
            self._used_accounts[line.account_id] += sign
            if line.party_id:
                self._parties[line.party_id] += sign * line.amount
            if line.own is not None:
                self._foreign_accounts[line.account_id] += sign * line.own
                if line.party_id:
                    self._foreign_parties[line.party_id] += sign * line.own

    def account_balance(self, account_id: str) -> Decimal:
        """Return the balance of an account, debit positive."""
        return self._accounts.get(account_id, ZERO)

    def party_balance(self, party_id: str) -> Decimal:
        """Return what a customer owes (positive), or what we owe a vendor (negative)."""
        return self._parties.get(party_id, ZERO)

    def account_balance_in_its_currency(self, account_id: str) -> Decimal:
        """Return the balance of an account in the currency it is kept in."""
        return self._foreign_accounts.get(account_id, self._accounts.get(account_id, ZERO))

    def party_balance_in_its_currency(self, party_id: str) -> Decimal:
        """Return a party's balance in the currency it is dealt with in."""
        return self._foreign_parties.get(party_id, self._parties.get(party_id, ZERO))

    def account_is_used(self, account_id: str) -> bool:
        """Return whether any entry touches the account."""
        return self._used_accounts.get(account_id, 0) > 0

    def transactions_of(self, account_id: str) -> frozenset[str]:
        """Return the ids of the transactions that touch an account; looks through all entries."""
        return frozenset(
            transaction_id
            for transaction_id, lines in self.entries.items()
            if any(line.account_id == account_id for line in lines)
        )

    def trial_balance(self) -> dict[str, Decimal]:
        """Return every account with its balance; they come to zero together."""
        return {account_id: balance for account_id, balance in self._accounts.items() if balance}
