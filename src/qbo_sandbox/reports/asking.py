"""What a client may ask of a report, read from its query parameters; a bad value is refused as QuickBooks does.

A parameter it does not know is ignored, as QuickBooks ignores it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.refusals import Refusal, refuse
from qbo_sandbox.reports.periods import FOREVER, Period, fiscal_year_of, month_number, named_period

BY_TIME = ("Days", "Week", "Month", "Quarter", "Year")
BY_OBJECT = {
    "Customers": "Customer",
    "Vendors": "Vendor",
    "Classes": "Class",
    "Departments": "Department",
    "ProductsAndServices": "Item",
    "Employees": "Employee",
}
_TRANSACTIONS = tuple(entity.name for entity in ENTITIES.values() if entity.is_transaction)
_COLUMNS_BY = ("Total", *BY_TIME, *BY_OBJECT)
_FILTERS = {
    "customer": "Customer",
    "vendor": "Vendor",
    "employee": "Employee",
    "item": "Item",
    "class": "Class",
    "department": "Department",
}
_MOST_COLUMNS = 400
_LENGTHS = {"Days": 1, "Week": 7, "Month": 30}  # days in a column, at least
_YEARS = range(1900, 2200)


@dataclass(frozen=True)
class Asked:
    """One request for a report, whole: every default has been filled in."""

    period: Period
    macro: str  # as the head of the report shows it; empty where days were given
    report_date: date
    basis: str
    columns_by: str
    first_month: int
    filters: Mapping[str, frozenset[str]]  # entity -> the ids wanted
    told_filters: tuple[tuple[str, str], ...]
    accounts: frozenset[str]
    account_types: frozenset[str]
    columns: tuple[str, ...]
    sort_by: str
    descending: bool
    group_by: str
    aging_days: int
    aging_periods: int
    aging_method: str
    transaction_types: frozenset[str]
    words: Mapping[str, str]  # every parameter as it came

    @property
    def since(self) -> str:
        """The first day, as transactions write theirs."""
        return self.period.since.isoformat()

    @property
    def until(self) -> str:
        """The last day."""
        return self.period.until.isoformat()


def read_asked(company: Company, parameters: Mapping[str, str], report: str = "") -> Asked:
    """Read the query parameters of a report, whose name decides what is meant by none. Raises Refusal."""
    words = {name.lower(): value.strip() for name, value in parameters.items() if value.strip()}
    month = company.preference("AccountingInfoPrefs", "FirstMonthOfFiscalYear", "January")
    first_month = month_number(str(month))
    period, macro = _period(words, company.today(), first_month, _default_macro(company, report))
    if period.since == FOREVER:
        period = replace(period, since=_first_day(company, period))
    columns_by = _one_of(words, "summarize_column_by", _COLUMNS_BY, "Total")
    if (period.until - period.since).days > _MOST_COLUMNS * _LENGTHS.get(columns_by, 400):
        text = f"{columns_by} would be more than {_MOST_COLUMNS} columns"
        raise refuse("2240", "Invalid Number Range", text, "summarize_column_by")
    basis = str(company.preference("ReportPrefs", "ReportBasis", "Accrual"))
    return Asked(
        period=period,
        macro=macro,
        report_date=_day(words, "report_date") or (period.until if "date_macro" in words else company.today()),
        basis=_one_of(words, "accounting_method", ("Accrual", "Cash"), basis),
        columns_by=columns_by,
        first_month=first_month,
        filters={entity: _ids(words[name]) for name, entity in _FILTERS.items() if name in words},
        told_filters=tuple((entity, words[name]) for name, entity in _FILTERS.items() if name in words),
        accounts=_ids(words.get("account", "")) | _ids(words.get("source_account", "")),
        account_types=_ids(words.get("account_type", "")) | _ids(words.get("source_account_type", "")),
        columns=tuple(each.strip() for each in words.get("columns", "").split(",") if each.strip()),
        sort_by=words.get("sort_by", ""),
        descending=_one_of(words, "sort_order", ("ascend", "descend"), "ascend") == "descend",
        group_by=words.get("group_by", ""),
        aging_days=_count(words, "aging_period", 30, 366),
        aging_periods=_count(words, "num_periods", 4, 24),
        aging_method=_one_of(words, "aging_method", ("Report_Date", "Current"), "Report_Date"),
        transaction_types=frozenset(each.casefold() for each in _ids(words.get("transaction_type", ""))),
        words=words,
    )


def _default_macro(company: Company, report: str) -> str:
    of_the_month = company.quirks.ledgers_are_of_the_month and report in ("GeneralLedger", "TrialBalance")
    return "This Month-to-date" if of_the_month else "This Fiscal Year-to-date"


def _period(words: Mapping[str, str], today: date, first_month: int, usual: str) -> tuple[Period, str]:
    since, until = _day(words, "start_date"), _day(words, "end_date")
    if since is None and until is None:
        name = words.get("date_macro", usual)
        found = named_period(name, today, first_month)
        if found is None:
            raise _not_one_of("date_macro", name)
        # As recorded: lower case, and a fiscal year that is the calendar's is called so.
        return found, name.lower().replace("fiscal", "calendar" if first_month == 1 else "fiscal")
    until = until or today
    since = since or min(until, fiscal_year_of(until, first_month).since)
    if since > until:
        raise refuse("2070", "Invalid Date", f"Supplied value: {since.isoformat()}", "start_date")
    return Period(since, until), ""


def _first_day(company: Company, period: Period) -> date:
    """Return the day of the first transaction there is, for a period without a beginning."""
    days = (record.body.get("TxnDate") for name in _TRANSACTIONS for record in company.table(name))
    first = min((day for day in days if day), default=period.until.isoformat())
    return min(date.fromisoformat(first), period.until)


def _day(words: Mapping[str, str], name: str) -> date | None:
    text = words.get(name)
    if text is None:
        return None
    try:
        if len(text) != 10:
            raise ValueError(text)
        day = date.fromisoformat(text)
    except ValueError:
        raise refuse("2060", "Invalid Date Format", f"Supplied value: {text}", name) from None
    if day.year not in _YEARS:
        raise refuse("2070", "Invalid Date", f"Supplied value: {text}", name)
    return day


def _one_of(words: Mapping[str, str], name: str, known: tuple[str, ...], default: str) -> str:
    given = words.get(name, default)
    for each in known:
        if given.casefold() in (each.casefold(), f"{each}s".casefold()):
            return each
    raise _not_one_of(name, given)


def _not_one_of(name: str, given: str) -> Refusal:
    return refuse("2170", "Invalid Enumeration", f"Invalid Enumeration : {given}", name)


def _ids(text: str) -> frozenset[str]:
    return frozenset(each.strip() for each in text.split(",") if each.strip())


def _count(words: Mapping[str, str], name: str, default: int, most: int) -> int:
    text = words.get(name)
    if text is None:
        return default
    if not (text.isascii() and text.isdecimal() and len(text) < 6 and 1 <= int(text) <= most):
        raise refuse("2240", "Invalid Number Range", f"Supplied value: {text}", name)
    return int(text)
