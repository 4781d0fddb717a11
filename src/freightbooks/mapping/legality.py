"""Which account may be used for what, in a sentence why not. Pure; the rules are QuickBooks' refusals 6000 and 6430."""

from __future__ import annotations

from typing import Protocol


class AccountLike(Protocol):
    """An account as the lists hold it, or as a snapshot does."""

    @property
    def type(self) -> str: ...

    @property
    def active(self) -> bool: ...


_NEVER_ON_LINES = {
    "Accounts Payable": "it is an accounts payable account, and QuickBooks does not take one on a line (error 6000).",
    "Accounts Receivable": "it is an accounts receivable account, and QuickBooks takes one on a line only with a customer.",
}
_ITEMS_TAKE = ("Income", "Other Income", "Other Current Liability")


def why_not(purpose: str, account: AccountLike) -> str | None:
    """Return why an account cannot be used for `purpose`, or None when it can.

    Purposes: carrier cost, customer cost, bank, advance, fee.
    """
    if not account.active:
        return "it is inactive in QuickBooks."
    if purpose == "bank":
        return None if account.type == "Bank" else "checks are paid from a bank account."
    if account.type in _NEVER_ON_LINES:
        return _NEVER_ON_LINES[account.type]
    if purpose == "customer cost":
        return None if account.type in _ITEMS_TAKE else "what is sold to customers needs an income account."
    if purpose == "advance":
        return None if account.type in ("Other Current Asset", "Bank") else "advances wait in a current asset account."
    if purpose == "fee":
        costs = ("Expense", "Other Expense", "Cost of Goods Sold")
        return None if account.type in costs else "fees are an expense."
    if account.type in ("Income", "Other Income", "Bank", "Credit Card"):
        return f"a carrier's cost does not belong in an account of type {account.type}."
    return None
