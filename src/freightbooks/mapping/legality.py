"""What QuickBooks would refuse of an account, said before it is asked: one table, purpose by account type. Pure.

Only what Intuit or a recorded answer says is refused, and the few things we refuse ourselves are marked as ours; a bill
line may go to equity or a loan, odd as that is. A test tries every cell of the table in the sandbox.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

RECEIVABLE = "Accounts Receivable"
PAYABLE = "Accounts Payable"
BANK = "Bank"
NON_POSTING = "Non-Posting"

ACCOUNT_TYPES = (
    BANK,
    RECEIVABLE,
    "Other Current Asset",
    "Fixed Asset",
    "Other Asset",
    PAYABLE,
    "Credit Card",
    "Other Current Liability",
    "Long Term Liability",
    "Equity",
    "Income",
    "Cost of Goods Sold",
    "Expense",
    "Other Income",
    "Other Expense",
    NON_POSTING,
)
"""Every AccountType of QuickBooks."""
PURPOSES = ("carrier cost", "customer cost", "bank", "advance", "fee")
"""What a mapping uses an account for: a bill's line, an item, where a check is drawn, and the two lines of a check."""
INACTIVE = "It is inactive in QuickBooks."
ITEM_TYPES = ("Service", "NonInventory", "Inventory")
"""The items that can be sold on a line; a Category and a Group post nothing themselves."""


@dataclass(frozen=True)
class Refusal:
    """Why an account of a type cannot serve a purpose. `ours`: QuickBooks would take it, and we know better."""

    sentence: str
    ours: bool = False


def _no(kind: str, document: str) -> Refusal:
    return Refusal(f"QuickBooks does not take an {kind} account on {document}.")


_NOTHING_POSTS = Refusal("Nothing can be posted to a Non-Posting account.", ours=True)
_NO_BANK = Refusal("QuickBooks draws a check on a Bank account only.")

TABLE: Mapping[str, Mapping[str, Refusal]] = {
    # Bill: 6000 "You can't use an Accounts Payable account on the detail portion of a Bill."
    # Bill, Purchase: 6000 "When you use Accounts Receivable, you must choose a customer in the Name field."
    "carrier cost": {
        PAYABLE: _no(PAYABLE, "a bill line"),
        RECEIVABLE: _no(RECEIVABLE, "a bill line"),
        NON_POSTING: _NOTHING_POSTS,
    },
    # Item: 6430 "Invalid account type used".
    "customer cost": {
        PAYABLE: _no(PAYABLE, "a product or service"),
        RECEIVABLE: _no(RECEIVABLE, "a product or service"),
        NON_POSTING: _NOTHING_POSTS,
    },
    # Purchase: 6000 "You need to select a different type of account for this transaction."
    "bank": {kind: _NO_BANK for kind in ACCOUNT_TYPES if kind != BANK},
    "advance": {
        PAYABLE: Refusal(
            "An advance in Accounts Payable would lower what the carrier is owed before its bill is there.", ours=True
        ),
        RECEIVABLE: _no(RECEIVABLE, "a line of a check"),
        NON_POSTING: _NOTHING_POSTS,
    },
    "fee": {
        PAYABLE: Refusal("A fee in Accounts Payable would lower what the carrier is owed.", ours=True),
        RECEIVABLE: _no(RECEIVABLE, "a line of a check"),
        NON_POSTING: _NOTHING_POSTS,
    },
}
"""By purpose and account type; what is not here may be chosen."""


class AccountLike(Protocol):
    """An account as the snapshot or as the list has it."""

    @property
    def type(self) -> str: ...

    @property
    def active(self) -> bool: ...

    @property
    def currency(self) -> str: ...


class ItemLike(Protocol):
    """An item as the list has it."""

    @property
    def type(self) -> str: ...

    @property
    def active(self) -> bool: ...

    @property
    def income_account_id(self) -> str: ...


def why_not(purpose: str, account: AccountLike, *, home_currency: str = "", currency: str = "") -> str | None:
    """Return why an account cannot serve a purpose, in a sentence, or None where it can.

    `purpose` is one of PURPOSES; raises KeyError for another. `currency` is a document's; without it the account has to
    serve whatever comes. An account in a foreign currency takes only transactions in that currency (6000, "The currency
    of the transaction is invalid for customer/vendor/account."); one in the home currency takes every one.
    """
    of_purpose = TABLE[purpose]
    if not account.active:
        return INACTIVE
    if refusal := of_purpose.get(account.type):
        return refusal.sentence
    if home_currency and account.currency not in ("", home_currency, currency):
        return f"It is kept in {account.currency}; QuickBooks takes it on transactions in {account.currency} only."
    return None


def why_not_item(item: ItemLike) -> str | None:
    """Return why an item cannot be sold on an invoice line, in a sentence, or None where it can."""
    if not item.active:
        return INACTIVE
    if item.type not in ITEM_TYPES:
        return f"A {item.type or 'record'} of this kind cannot be sold by itself."
    if not item.income_account_id:
        return "It has no income account in QuickBooks."
    return None
