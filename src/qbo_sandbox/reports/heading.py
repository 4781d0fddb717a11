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


def heading_on_a_day(company: Company, asked: Asked, name: str, day: str) -> Heading:
    """Return the head of a report of what is open on a day, which tells no period unless one was asked for [DOC]."""
    of_a_period = "date_macro" in asked.words
    return Heading(
        name=name,
        since=asked.since if of_a_period else "",
        until=asked.until if of_a_period else "",
        currency=company.home_currency,
        macro=asked.macro if of_a_period else "all",
        filters=asked.told_filters,
        options=(("report_date", day),),
    )


def heading_of_a_list(company: Company, name: str) -> Heading:
    """Return the head of a list, which knows neither period nor basis [DOC]."""
    return Heading(name=name, since="", until="", currency=company.home_currency)
