"""The money columns of a summary: one in all, one for each month or week, or one for each customer, class or item."""

from __future__ import annotations

from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from qbo_sandbox.books.company import Company
from qbo_sandbox.reports.asking import BY_OBJECT, BY_TIME, Asked
from qbo_sandbox.reports.periods import Slice, slices
from qbo_sandbox.reports.postings import Posting
from qbo_sandbox.reports.shape import MONEY, Column

ACCOUNT_COLUMN = Column("", "Account", "account")
_TOTAL = Column("Total", MONEY, "total")
_TOTAL_OF_ALL = Column("TOTAL", MONEY, "total")  # behind customers, classes, items (recorded)
_NOWHERE = ""  # the key of what belongs to no customer, class or item


@dataclass(frozen=True)
class Spread:
    """Amounts of accounts (debit positive) spread over columns; the last of several is the total."""

    columns: tuple[Column, ...]
    amounts: dict[str, list[Decimal]]  # account id -> one amount for each column

    def of(self, account_id: str) -> list[Decimal]:
        """Return the amounts of an account, zeros if it has none."""
        return self.amounts.get(account_id) or [Decimal(0)] * len(self.columns)


def needs_origin(asked: Asked) -> bool:
    """Whether the columns depend on whose a posting is."""
    return asked.columns_by in BY_OBJECT


def spread_activity(company: Company, asked: Asked, found: Iterable[Posting]) -> Spread:
    """Spread what was posted in each column's days, or of each column's customer; with a total."""
    parts = _parts(asked)
    starts = [part.since for part in parts]
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for posting in found:
        key = parts[bisect_right(starts, posting.day) - 1].since if parts else _object_key(asked, posting)
        sums[posting.line.account_id][key] += posting.amount
    return _spread(company, asked, parts, sums, with_total=True)


def spread_balances(company: Company, asked: Asked, found: Iterable[Posting]) -> Spread:
    """Spread the balances at the end of each column's days, or of each column's customer."""
    parts = _parts(asked)
    starts = [part.since for part in parts]
    sums: dict[str, dict[str, Decimal]] = defaultdict(lambda: defaultdict(Decimal))
    for posting in found:
        key = parts[max(bisect_right(starts, posting.day) - 1, 0)].since if parts else _object_key(asked, posting)
        sums[posting.line.account_id][key] += posting.amount
    for by_key in sums.values():
        running = Decimal(0)
        for part in parts:
            running += by_key[part.since]
            by_key[part.since] = running
    return _spread(company, asked, parts, sums, with_total=not parts)


def _parts(asked: Asked) -> tuple[Slice, ...]:
    return slices(asked.period, asked.columns_by, asked.first_month) if asked.columns_by in BY_TIME else ()


def _object_key(asked: Asked, posting: Posting) -> str:
    entity = BY_OBJECT.get(asked.columns_by)
    return posting.origin.get(entity) if entity and posting.origin else _NOWHERE


def _spread(
    company: Company,
    asked: Asked,
    parts: tuple[Slice, ...],
    sums: dict[str, dict[str, Decimal]],
    *,
    with_total: bool,
) -> Spread:
    if parts:
        keys = [part.since for part in parts]
        columns = [Column(part.title, MONEY, part.title, part.since, part.until) for part in parts]
    elif asked.columns_by in BY_OBJECT:
        keys, columns = _objects(company, asked, {key for by_key in sums.values() for key in by_key})
    else:
        keys, columns = [_NOWHERE], [_TOTAL]
        with_total = False
    amounts = {
        account: [by_key.get(key, Decimal(0)) for key in keys]
        + ([sum(by_key.values(), Decimal(0))] if with_total else [])
        for account, by_key in sums.items()
    }
    if with_total:
        columns.append(_TOTAL if parts else _TOTAL_OF_ALL)
    return Spread(tuple(columns), amounts)


def _objects(company: Company, asked: Asked, found: set[str]) -> tuple[list[str], list[Column]]:
    entity = BY_OBJECT[asked.columns_by]
    named = sorted((str(company.name_of(entity, key)), key) for key in found if key != _NOWHERE)
    columns = [Column(name, MONEY, key) for name, key in named]
    keys = [key for _, key in named]
    if _NOWHERE in found:
        columns.append(Column("Not Specified", MONEY, "0"))
        keys.append(_NOWHERE)
    return keys, columns
