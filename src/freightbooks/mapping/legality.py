"""What QuickBooks would refuse of an account, said before it is asked. Pure.

Only what Intuit or a recorded answer says is refused; a bill line may go to equity or a loan, odd as that is.
"""

from __future__ import annotations

from typing import Protocol

RECEIVABLE = "Accounts Receivable"
PAYABLE = "Accounts Payable"
BANK = "Bank"
NON_POSTING = "Non-Posting"

_DOCUMENT_OF = {
    "carrier cost": "a bill line",
    "customer cost": "a product or service",
    "advance": "a line of a check",
    "fee": "a line of a check",
}


class AccountLike(Protocol):
    """An account as the snapshot or as the list has it."""

    @property
    def type(self) -> str: ...

    @property
    def active(self) -> bool: ...


def why_not(purpose: str, account: AccountLike) -> str | None:
    """Return why QuickBooks would refuse an account for a purpose, in a sentence, or None where it would take it.

    `purpose` is "carrier cost", "customer cost", "bank", "advance" or "fee"; raises KeyError for another.
    """
    document = "" if purpose == BANK.lower() else _DOCUMENT_OF[purpose]
    if not account.active:
        return "It is inactive in QuickBooks."
    if not document:
        return None if account.type == BANK else "QuickBooks draws a check on a Bank account only."
    if account.type == PAYABLE:
        # Bill: 6000 "You can't use an Accounts Payable account on the detail portion of a Bill." Item: 6430.
        return f"QuickBooks does not take an Accounts Payable account on {document}."
    if account.type == RECEIVABLE:
        # Bill, Purchase: 6000 "When you use Accounts Receivable, you must choose a customer". Item: 6430.
        return f"QuickBooks does not take an Accounts Receivable account on {document}."
    if account.type == NON_POSTING:
        return "Nothing can be posted to a Non-Posting account."
    return None
