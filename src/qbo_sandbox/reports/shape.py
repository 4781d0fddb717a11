"""What a report is: columns, and rows that are data or sections of further rows. Nothing is computed here.

Cells hold text as an answer shows it. An amount of zero shows as nothing in a row of data, and as 0.00 in a total.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from decimal import Decimal

MONEY = "Money"


@dataclass(frozen=True, slots=True)
class Cell:
    """One value of a row; `qbo_id` is the object it names (an account, a customer, a transaction), if any."""

    value: str
    qbo_id: str | None = None


@dataclass(frozen=True, slots=True)
class Column:
    """One column: its title, what kind of value it holds, its key, and the days it covers where it covers some."""

    title: str
    kind: str
    key: str
    since: str = ""
    until: str = ""


@dataclass(frozen=True, slots=True)
class Data:
    """A row of figures."""

    cells: tuple[Cell, ...]
    group: str = ""


@dataclass(frozen=True, slots=True)
class Section:
    """Rows under a heading with their total; each of the three may be absent."""

    header: tuple[Cell, ...] = ()
    rows: tuple[Row, ...] = ()
    summary: tuple[Cell, ...] = ()
    group: str = ""


Row = Data | Section


@dataclass(frozen=True, slots=True)
class Heading:
    """What the head of a report tells of how it was asked for; what is empty is left out."""

    name: str
    since: str
    until: str
    currency: str
    macro: str = ""
    basis: str = ""
    columns_by: str = ""
    filters: tuple[tuple[str, str], ...] = ()
    options: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True)
class Report:
    """A whole report."""

    heading: Heading
    columns: tuple[Column, ...]
    rows: tuple[Row, ...] = field(default=())
    rows_are_typed: bool = True  # whether its rows of data say that they are; those of names and of totals do not [DOC]

    @property
    def is_empty(self) -> bool:
        """Whether there is not one row of figures in it."""
        return not any(_has_data(row) for row in self.rows)


def _has_data(row: Row) -> bool:
    return isinstance(row, Data) or any(_has_data(each) for each in row.rows)


def amount(value: Decimal) -> Cell:
    """Return the cell of an amount in a row of data; nothing for zero."""
    return Cell(f"{value:.2f}") if value else Cell("")


def total(value: Decimal) -> Cell:
    """Return the cell of an amount in a total; a zero is told."""
    return Cell(f"{value:.2f}" if value else "0.00")


def labelled(label: str, cells: Sequence[Cell], qbo_id: str | None = None) -> tuple[Cell, ...]:
    """Return a row that begins with its name."""
    return (Cell(label, qbo_id), *cells)


def blanks(count: int) -> tuple[Cell, ...]:
    """Return that many empty cells."""
    return (Cell(""),) * count
