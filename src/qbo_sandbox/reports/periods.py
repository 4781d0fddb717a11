"""Periods by their names (`Last Fiscal Quarter-to-date`), and a period cut into the columns of a report."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

_MONTHS = [date(2000, month, 1).strftime("%B").lower() for month in range(1, 13)]
_MACRO = re.compile(
    r"(this|last|next) (week|month|(?:fiscal |calendar )?quarter|(?:fiscal |calendar )?year)(-to-date)?"
)
FOREVER = date(1900, 1, 1)
_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Period:
    """From a day to a day, both in it."""

    since: date
    until: date


def month_number(name: str) -> int:
    """Return the number of a month from its English name; January for a name that is none."""
    return _MONTHS.index(name.lower()) + 1 if name.lower() in _MONTHS else 1


def fiscal_year_of(day: date, first_month: int) -> Period:
    """Return the fiscal year a day lies in."""
    year = day.year if day.month >= first_month else day.year - 1
    return Period(date(year, first_month, 1), date(year + 1, first_month, 1) - _DAY)


def named_period(name: str, today: date, first_month: int) -> Period | None:
    """Return the period a `date_macro` names, or None where it names none."""
    name = " ".join(name.lower().split())
    plain = {
        "today": Period(today, today),
        "yesterday": Period(today - _DAY, today - _DAY),
        "all": Period(FOREVER, today),
        "all dates": Period(FOREVER, today),
    }
    if name in plain:
        return plain[name]
    if name == "next 4 weeks":
        start = _unit("week", today, first_month).until + _DAY
        return Period(start, start + 28 * _DAY - _DAY)
    found = _MACRO.fullmatch(name)
    if found is None:
        return None
    which, unit, to_date = found.groups()
    this = _unit(unit, today, first_month)
    if which == "next":
        return None if to_date else _unit(unit, this.until + _DAY, first_month)
    if which == "last":
        last = _unit(unit, this.since - _DAY, first_month)
        return Period(last.since, min(last.until, _same_place(today, this, last))) if to_date else last
    return Period(this.since, today) if to_date else this


def _unit(unit: str, day: date, first_month: int) -> Period:
    if unit == "week":
        start = day - timedelta(days=(day.weekday() + 1) % 7)  # a week begins on Sunday
        return Period(start, start + timedelta(days=6))
    if unit == "month":
        return Period(day.replace(day=1), _next_month(day) - _DAY)
    first = 1 if unit.startswith("calendar") else first_month
    if unit.endswith("year"):
        return fiscal_year_of(day, first)
    begun = (day.month - first) % 3
    start = day.replace(day=1)
    for _ in range(begun):
        start = (start - _DAY).replace(day=1)
    return Period(start, _next_month(_next_month(_next_month(start))) - _DAY)


def _same_place(today: date, this: Period, last: Period) -> date:
    """Return the day of the last unit that today is in this one."""
    months = (this.since.year - last.since.year) * 12 + this.since.month - last.since.month
    if (this.until - this.since).days < 7 or not months:
        return last.since + (today - this.since)
    year, month = divmod(today.year * 12 + today.month - 1 - months, 12)
    start = date(year, month + 1, 1)
    return min(start.replace(day=1) + timedelta(days=today.day - 1), _next_month(start) - _DAY)


def _next_month(day: date) -> date:
    return date(day.year + day.month // 12, day.month % 12 + 1, 1)


@dataclass(frozen=True, slots=True)
class Slice:
    """One column's share of a period, under the title QuickBooks gives it."""

    since: str
    until: str
    title: str


UNITS = {"days": "day", "week": "week", "month": "month", "quarter": "quarter", "year": "year"}


def slices(period: Period, columns_by: str, first_month: int) -> tuple[Slice, ...]:
    """Cut a period into days, weeks, months, quarters or years; the first and the last may be cut short."""
    return tuple(_cut(period, UNITS[columns_by.lower()], first_month))


def _cut(period: Period, unit: str, first_month: int) -> Iterator[Slice]:
    day = period.since
    while day <= period.until:
        whole = Period(day, day) if unit == "day" else _unit(unit, day, first_month)
        part = Period(max(whole.since, period.since), min(whole.until, period.until))
        yield Slice(part.since.isoformat(), part.until.isoformat(), _title(part, whole, unit))
        day = whole.until + _DAY


def _title(part: Period, whole: Period, unit: str) -> str:
    since, until = part.since, part.until
    if unit == "day":
        return f"{since:%b} {since.day}, {since.year}"
    if unit == "month":
        return f"{since:%b %Y}" if part == whole else f"{since:%b} {since.day} - {until.day}, {until.year}"
    if part == whole and unit != "week":
        joint = "" if unit == "year" else ","
        return f"{since:%b} - {until:%b}{joint} {until.year}"
    return f"{since:%b} {since.day} - {until:%b} {until.day}, {until.year}"
