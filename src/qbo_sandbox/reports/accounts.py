"""The chart of accounts as reports show it: names with numbers, types in order, sub-accounts below their parents."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities.account_types import CLASSIFICATIONS
from qbo_sandbox.books.store import Record
from qbo_sandbox.reports.shape import Cell, Data, Row, Section, amount, blanks, labelled, total

TYPE_ORDER = {
    name: at
    for at, name in enumerate(
        (
            "Bank",
            "Accounts Receivable",
            "Other Current Asset",
            "Fixed Asset",
            "Other Asset",
            "Accounts Payable",
            "Credit Card",
            "Other Current Liability",
            "Long Term Liability",
            "Equity",
            "Income",
            "Cost of Goods Sold",
            "Expense",
            "Other Income",
            "Other Expense",
        )
    )
}
INCOME_TYPES = frozenset(name for name, kind in CLASSIFICATIONS.items() if kind in ("Revenue", "Expense"))
_CREDIT_POSITIVE = frozenset({"Liability", "Equity", "Revenue"})

Amounts = Sequence[Decimal]


def is_nominal(account: Record) -> bool:
    """Whether an account is of the profit and loss, and so begins each year at nothing."""
    return account.body["AccountType"] in INCOME_TYPES


def natural_sign(account: Record) -> int:
    """Return 1 where a debit adds to an account, -1 where a credit does."""
    return -1 if account.body["Classification"] in _CREDIT_POSITIVE else 1


def label_of(company: Company, account: Record) -> str:
    """Return an account's name, after its number where the company uses numbers."""
    number = account.body.get("AcctNum")
    if number and company.preference("AccountingInfoPrefs", "UseAccountNumbers"):
        return f"{number} {account.body['Name']}"
    return str(account.body["Name"])


def full_label_of(company: Company, account: Record) -> str:
    """Return an account's name with those of its parents: `Truck:Original Cost`."""
    return ":".join(label_of(company, each) for each in _path(company, account))


def in_order(company: Company) -> list[Record]:
    """Return every account by type, then by number or name, each before what is below it."""
    return sorted(company.table("Account"), key=lambda each: _place(company, each))


def _place(company: Company, account: Record) -> tuple[int, list[str]]:
    labels = [label_of(company, each).casefold() for each in _path(company, account)]
    return TYPE_ORDER[account.body["AccountType"]], labels


def _path(company: Company, account: Record) -> list[Record]:
    """Return an account after all its parents."""
    path = [account]
    while "ParentRef" in path[0].body:
        parent = company.find("Account", path[0].body["ParentRef"]["value"])
        assert parent is not None  # a parent is never deleted
        path.insert(0, parent)
    return path


def children_of(chosen: Sequence[Record]) -> tuple[list[Record], Callable[[Record], list[Record]]]:
    """Return the accounts of `chosen` that stand at the top, and the function that gives those below one."""
    ids = {account.qbo_id for account in chosen}
    below: dict[str, list[Record]] = {}
    top: list[Record] = []
    for account in chosen:
        parent = account.body.get("ParentRef", {}).get("value", "")
        (below.setdefault(parent, []) if parent in ids else top).append(account)
    return top, lambda account: below.get(account.qbo_id, [])


def account_rows(
    company: Company, chosen: Sequence[Record], own: Callable[[Record], Amounts], width: int
) -> tuple[tuple[Row, ...], list[Decimal]]:
    """Return a row for each account with an amount, sub-accounts in a section of their parent's, and the totals."""
    top, below = children_of(chosen)
    rows: list[Row] = []
    totals = [Decimal(0)] * width
    for account in top:
        row, sums = _account_row(company, account, own, below)
        if row is not None:
            rows.append(row)
        totals = [before + more for before, more in zip(totals, sums, strict=True)]
    return tuple(rows), totals


def _account_row(
    company: Company,
    account: Record,
    own: Callable[[Record], Amounts],
    below: Callable[[Record], list[Record]],
) -> tuple[Row | None, list[Decimal]]:
    sums = list(own(account))
    mine = labelled(label_of(company, account), [amount(each) for each in sums], account.qbo_id)
    has_own = any(sums)
    rows: list[Row] = []
    for child in below(account):
        row, more = _account_row(company, child, own, below)
        if row is not None:
            rows.append(row)
            sums = [before + each for before, each in zip(sums, more, strict=True)]
    if not rows:
        return (Data(mine) if has_own else None), sums
    summary = labelled(f"Total {label_of(company, account)}", [total(each) for each in sums])
    return Section(header=mine, rows=tuple(rows), summary=summary), sums


def heading_row(label: str, width: int) -> tuple[Cell, ...]:
    """Return the heading of a section of accounts."""
    return labelled(label, blanks(width))
