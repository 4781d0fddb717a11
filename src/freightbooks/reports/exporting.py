"""Exports exactly what the report shows, all pages of it, as CSV or XLSX, in one consistent view of the database.

Rows come through server-side cursors over the index of places, one for each side, merged as they come: the first row
is there at once, and memory stays the same however many there are. The view is that of the moment the export began.
"""

from __future__ import annotations

import heapq
import os
from collections.abc import Iterable, Iterator, Sequence
from itertools import islice
from typing import Any

import psycopg
from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.reports.figures import Figures
from freightbooks.reports.filters import Filters
from freightbooks.reports.finding import Finder, Sql, join
from freightbooks.reports.rows import Row, details
from freightbooks.reports.standing import (
    STANDINGS,
    WITHOUT_KIND,
    WITHOUT_STANDING,
    Standing,
    Stretch,
)
from freightbooks.spreadsheets import Cell

HEADINGS = (
    "Shipment", "Invoice #", "Document", "Party", "Amount", "Currency", "Invoice date", "State", "Code or gate",
    "Description", "What to do", "First seen", "Last try", "Tries", "QuickBooks type", "QuickBooks number",
    "QuickBooks ID", "Office",
)  # fmt: skip
_AT_ONCE = 2000


def cells(row: Row) -> tuple[Cell, ...]:
    """Return a row as a spreadsheet shows it; moments in the installation's time zone."""
    return (
        row.shipment, row.number, row.kind.label, row.party, row.amount, row.currency, row.day, row.standing.label,
        row.cause, row.description, row.remedy, timezone.make_naive(row.first_seen),
        timezone.make_naive(row.last_try) if row.last_try else None, row.tries, row.entity, row.doc_number, row.qbo_id,
        row.office,
    )  # fmt: skip


def every_row(connection: Connection, filters: Filters, figures: Figures) -> Iterator[Row]:
    """Stream all rows the filters let through, in their order. `figures` are those of the same filters."""
    finder = Finder(connection, filters)
    with psycopg.connect(os.environ["DATABASE_URL"]) as database:
        database.isolation_level = psycopg.IsolationLevel.REPEATABLE_READ
        database.read_only = True
        with database.cursor() as cursor:
            cursor.execute("SET LOCAL jit = off")
            cursor.execute("SET LOCAL enable_seqscan = off")
            ids = _ids(database, finder, figures)
            while some := list(islice(ids, _AT_ONCE)):
                yield from details(cursor, some, {})


def _ids(database: psycopg.Connection[Any], finder: Finder, figures: Figures) -> Iterator[int]:
    filters = finder.filters
    standings = sorted(filters.standings, key=STANDINGS.index)
    if filters.sort == "amount":
        return _by_amount(database, finder)
    if not filters.tallied and not figures.beyond:
        return _few(database, finder, figures)
    if filters.sort == "newest":
        return _merged(database, finder, _stretches(finder, figures, standings), WITHOUT_STANDING)
    return _one_after_another(database, finder, figures, standings)


def _one_after_another(
    database: psycopg.Connection[Any], finder: Finder, figures: Figures, standings: Sequence[Standing]
) -> Iterator[int]:
    for standing in standings:
        yield from _merged(database, finder, _stretches(finder, figures, [standing]), WITHOUT_KIND)


def _stretches(finder: Finder, figures: Figures, standings: Iterable[Standing]) -> list[Stretch]:
    return [
        finder.stretches(kind, standing)
        for standing in standings
        for kind in finder.filters.kinds
        if standing not in figures.known or (kind, standing) in figures.sorts
    ]


def _merged(
    database: psycopg.Connection[Any], finder: Finder, stretches: Iterable[Stretch], mask: int
) -> Iterator[int]:
    streams = [_places(database, finder, each, mask) for each in stretches]
    for _, posting_id in heapq.merge(*streams):
        yield posting_id


def _places(database: psycopg.Connection[Any], finder: Finder, one: Stretch, mask: int) -> Iterator[tuple[int, int]]:
    question = (
        Sql("SELECT place, posting_id FROM reports_line WHERE ")
        + finder.line
        + Sql(" AND place BETWEEN %s AND %s ORDER BY place", (one.first, one.last))
    )
    name = f"places_{one.kind}_{one.standing}"
    for place, posting_id in _stream(database, name, question):
        yield place & mask, posting_id


def _few(database: psycopg.Connection[Any], finder: Finder, figures: Figures) -> Iterator[int]:
    mask = WITHOUT_STANDING if finder.filters.sort == "newest" else WITHOUT_KIND
    stretches = _stretches(finder, figures, finder.filters.standings)
    question = (
        Sql("WITH few AS MATERIALIZED (SELECT posting_id, place FROM reports_line WHERE ")
        + finder.line
        + finder.within(stretches)
        + Sql(") SELECT posting_id FROM few ORDER BY place & %s", (mask,))
    )
    for (posting_id,) in _stream(database, "few", question):
        yield posting_id


def _by_amount(database: psycopg.Connection[Any], finder: Finder) -> Iterator[int]:
    filters = finder.filters
    days = [Sql(f" AND day {sign} %s", (day,)) for sign, day in ((">=", filters.since), ("<=", filters.until)) if day]
    question = (
        Sql("SELECT posting_id FROM reports_line WHERE ")
        + finder.line
        + Sql(
            " AND standing = ANY(%s) AND kind = ANY(%s)",
            ([each.value for each in filters.standings], [each.value for each in filters.kinds]),
        )
        + join(days, "")
        + Sql(" ORDER BY amount DESC, posting_id DESC")
    )
    for (posting_id,) in _stream(database, "by_amount", question):
        yield posting_id


def _stream(database: psycopg.Connection[Any], name: str, question: Sql) -> Iterator[tuple[Any, ...]]:
    with database.cursor(name=name) as cursor:
        cursor.itersize = _AT_ONCE
        cursor.execute(question.text, question.params)
        yield from cursor
