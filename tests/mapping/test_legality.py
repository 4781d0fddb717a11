"""What QuickBooks would refuse is said before it is asked."""

from __future__ import annotations

import pytest

from freightbooks.mapping.legality import why_not
from freightbooks.mapping.snapshot import Account


def an_account(kind: str, *, active: bool = True) -> Account:
    return Account("1", "Some account", "1000", kind, "", active, "USD")


@pytest.mark.parametrize("purpose", ["carrier cost", "customer cost", "advance", "fee"])
@pytest.mark.parametrize("kind", ["Accounts Payable", "Accounts Receivable", "Non-Posting"])
def test_a_line_never_posts_to_payables_or_receivables(purpose: str, kind: str) -> None:
    objection = why_not(purpose, an_account(kind))
    assert objection is not None
    assert kind in objection
    assert objection.endswith(".")


@pytest.mark.parametrize(
    ("purpose", "kind"),
    [
        ("carrier cost", "Cost of Goods Sold"),
        ("carrier cost", "Equity"),  # recorded on real bills
        ("customer cost", "Income"),
        ("advance", "Other Current Asset"),
        ("fee", "Expense"),
        ("bank", "Bank"),
    ],
)
def test_what_quickbooks_takes_may_be_chosen(purpose: str, kind: str) -> None:
    assert why_not(purpose, an_account(kind)) is None


def test_a_check_is_drawn_on_a_bank_account_only() -> None:
    assert why_not("bank", an_account("Credit Card")) == "QuickBooks draws a check on a Bank account only."


@pytest.mark.parametrize("purpose", ["carrier cost", "customer cost", "bank", "advance", "fee"])
def test_an_inactive_account_may_not_be_chosen(purpose: str) -> None:
    assert why_not(purpose, an_account("Bank", active=False)) == "It is inactive in QuickBooks."


def test_a_purpose_nobody_has_is_our_own_mistake() -> None:
    with pytest.raises(KeyError):
        why_not("dreams", an_account("Bank"))
