"""The head of a report: its name, its period, its basis and the filters asked for."""

from __future__ import annotations

from qbo_sandbox.books.company import Company
from qbo_sandbox.reports.asking import Asked
from qbo_sandbox.reports.shape import Heading

_GAAP = (("AccountingStandard", "GAAP"),)


def heading(
    company: Company,
    asked: Asked,
    name: str,
    *,
    with_basis: bool = True,
    with_columns: bool = False,
    options: tuple[tuple[str, str], ...] = (),
) -> Heading:
    """Return the head of a report over the period asked for."""
    return Heading(
        name=name,
        since=asked.since,
        until=asked.until,
        currency=company.home_currency,
        macro=asked.macro,
        basis=asked.basis if with_basis else "",
        columns_by=asked.columns_by if with_columns else "",
        filters=asked.told_filters,
        options=(*(_GAAP if with_columns else ()), *options),
    )
