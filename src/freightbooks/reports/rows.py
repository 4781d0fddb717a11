"""The rows of the report: one page after another by place, or all of them as a stream; with what is shown of each.

A page begins after, or ends before, a row by its key, never at a number of rows: the hundredth page costs what the
first one does. Errors come first and the newest first among them, or the newest of all first, or the largest amounts.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import connection as database
from django.db import transaction

from freightbooks.connections.models import Connection
from freightbooks.problems.catalogue import of_code
from freightbooks.reports.figures import Figures, candidates
from freightbooks.reports.filters import Filters
from freightbooks.reports.finding import MOST, Finder, Sql, join
from freightbooks.reports.standing import (
    IN_BOOKS,
    KIND_SHIFT,
    KINDS,
    STANDING_SHIFT,
    STANDINGS,
    WITHOUT_KIND,
    WITHOUT_STANDING,
    Kind,
    Standing,
    Stretch,
)

PAGE = 50


@dataclass(frozen=True)
class Row:
    """One document as the report shows it. Times are UTC; `key` is its place in the order asked for."""

    posting_id: int
    invoice_id: int | None
    advance_id: int | None
    shipment: str
    number: str
    kind: Kind
    party_id: int
    party: str
    amount: Decimal
    currency: str
    day: date
    standing: Standing
    cause: str
    problem_id: int
    description: str
    remedy: str
    first_seen: datetime
    last_try: datetime | None
    tries: int
    entity: str
    doc_number: str
    qbo_id: str
    office: str
    key: str = ""

    @property
    def code(self) -> str:
        """QuickBooks' code, or the gate's words without what is in brackets, as the page shows it."""
        words = self.cause.partition(" (")[0]
        return words[:1].upper() + words[1:]


@dataclass(frozen=True)
class Page:
    """Some rows in order, and the keys to go on from; empty where there is nothing further."""

    rows: tuple[Row, ...]
    before: str = ""
    after: str = ""


def page_of(connection: Connection, filters: Filters, figures: Figures) -> Page:
    """Return the page the filters name. `figures` are those of the same filters: they tell where rows are."""
    finder = Finder(connection, filters)
    backwards = bool(filters.before)
    with transaction.atomic(), database.cursor() as cursor:
        for setting in ("jit", "enable_seqscan"):
            cursor.execute(f"SET LOCAL {setting} = off")
        if filters.sort == "amount":
            keys = _by_amount(cursor, finder, figures, backwards=backwards)
        elif not filters.tallied and not figures.beyond:
            keys = _by_place_of_few(cursor, finder, figures, backwards=backwards)
        else:
            keys = _by_place(cursor, finder, figures, backwards=backwards)
        more = len(keys) > PAGE
        keys = keys[:PAGE]
        if backwards:
            keys.reverse()
        if not keys:
            return Page(())
        found = details(cursor, [posting_id for posting_id, _ in keys], dict(keys))
    goes_back = more if backwards else bool(filters.after)
    goes_on = True if backwards else more
    return Page(tuple(found), keys[0][1] if goes_back else "", keys[-1][1] if goes_on else "")


def details(cursor: Any, posting_ids: Sequence[int], keys: Mapping[int, str]) -> list[Row]:
    """Read what is shown of these postings, in their order. `cursor` is any cursor on the database."""
    cursor.execute(_DETAILS, [list(posting_ids)])
    by_id = {row[0]: row for row in cursor.fetchall()}
    return [_row(by_id[pk], keys.get(pk, "")) for pk in posting_ids if pk in by_id]


_OF_LINE = (
    "posting_id", "shipment", "number", "kind", "party_id", "amount", "currency", "day", "standing", "cause",
    "problem_id", "first_seen", "last_try", "tries", "office",
)  # fmt: skip
_OF_POSTING = ("invoice_id", "advance_id", "reason", "remedy", "warnings", "entity", "doc_number", "qbo_id")
_NAMES = (*_OF_LINE, *_OF_POSTING, "party")
_DETAILS = f"""
SELECT {", ".join(f"l.{name}" for name in _OF_LINE)}, {", ".join(f"p.{name}" for name in _OF_POSTING)}, y.name
FROM reports_line l JOIN posting_posting p ON p.id = l.posting_id LEFT JOIN freight_party y ON y.id = l.party_id
WHERE l.posting_id = ANY(%s)
"""  # noqa: S608 - this module's own words


def _row(values: tuple[Any, ...], key: str) -> Row:
    named = dict(zip(_NAMES, values, strict=True))
    standing = Standing(named["standing"])
    warnings, reason = named.pop("warnings"), named.pop("reason")
    if isinstance(warnings, str):  # Django's cursors hand JSON over as text
        warnings = json.loads(warnings)
    named |= {
        "standing": standing,
        "kind": Kind(named["kind"]),
        "party": named["party"] or "",
        "description": describe(standing, named["cause"], reason, warnings),
        "remedy": "" if standing in IN_BOOKS else named["remedy"],
    }
    return Row(**named, key=key)


def describe(standing: Standing, cause: str, reason: str, warnings: Sequence[str]) -> str:
    """Say in a sentence why a document stands where it does. Pure."""
    if standing == Standing.HEALED:
        return f"QuickBooks had refused it ({cause_title(cause)}); it is posted now."
    if standing in IN_BOOKS:
        return " ".join(warnings)
    if standing == Standing.UNCERTAIN:
        return "It was sent, and QuickBooks' answer was lost. We are finding out whether it is in the books."
    if standing == Standing.QUEUE:
        return "It posts in its turn."
    return reason or cause_title(cause)


def cause_title(cause: str) -> str:
    """Return what a code of QuickBooks means, or a gate's words. Pure."""
    if not cause:
        return "No reason was told"
    return of_code(cause).title if cause.isdigit() else cause[:1].upper() + cause[1:]


def _sorts(figures: Figures, finder: Finder) -> list[tuple[Kind, Standing]]:
    """Return the kinds and standings that have rows, as far as that is known."""
    known = [
        (kind, standing)
        for standing in finder.filters.standings
        for kind in finder.filters.kinds
        if standing not in figures.known or (kind, standing) in figures.sorts
    ]
    return known


def _by_place(cursor: Any, finder: Finder, figures: Figures, *, backwards: bool) -> list[tuple[int, str]]:
    """Walk the index of places. Errors first: one standing after the other; newest first: all of them merged."""
    sorts = _sorts(figures, finder)
    if finder.filters.sort == "newest":
        return _merged(cursor, finder, [finder.stretches(*each) for each in sorts], WITHOUT_STANDING, PAGE + 1,
                       backwards=backwards)  # fmt: skip
    found: list[tuple[int, str]] = []
    standings = sorted({standing for _, standing in sorts}, key=STANDINGS.index, reverse=backwards)
    for standing in standings:
        some = [finder.stretches(*each) for each in sorts if each[1] == standing]
        found += _merged(cursor, finder, some, WITHOUT_KIND, PAGE + 1 - len(found), backwards=backwards)
        if len(found) > PAGE:
            break
    return found


def _merged(
    cursor: Any, finder: Finder, stretches: Iterable[Stretch], mask: int, most: int, *, backwards: bool
) -> list[tuple[int, str]]:
    way = "DESC" if backwards else "ASC"
    each = []
    for one in stretches:
        cut = cut_off(one, finder.filters, mask)
        if cut.first <= cut.last:
            each.append(
                Sql("(SELECT posting_id, place FROM reports_line WHERE ")
                + finder.line
                + Sql(f" AND place BETWEEN %s AND %s ORDER BY place {way} LIMIT %s)", (cut.first, cut.last, most))
            )
    if not each:
        return []
    lines = join(each, " UNION ALL ")
    cursor.execute(
        f"SELECT posting_id, place & %s AS key FROM ({lines.text}) AS found ORDER BY key {way} LIMIT %s",  # noqa: S608
        [mask, *lines.params, most],
    )
    return [(posting_id, str(key)) for posting_id, key in cursor.fetchall()]


def cut_off(one: Stretch, filters: Filters, mask: int) -> Stretch:
    """Cut a stretch to what lies after, or before, the key a page goes on from. Pure."""
    base = KINDS.index(one.kind) << KIND_SHIFT
    if mask == WITHOUT_STANDING:
        base += STANDINGS.index(one.standing) << STANDING_SHIFT
    first, last = one.first, one.last
    if filters.after.isdigit():
        first = max(first, base + int(filters.after) + 1)
    if filters.before.isdigit():
        last = min(last, base + int(filters.before) - 1)
    return Stretch(one.kind, one.standing, first, last)


def _by_place_of_few(cursor: Any, finder: Finder, figures: Figures, *, backwards: bool) -> list[tuple[int, str]]:
    """Put the few lines that match in order."""
    mask = WITHOUT_STANDING if finder.filters.sort == "newest" else WITHOUT_KIND
    lines = candidates(finder, _stretches(finder, figures), "posting_id, place")
    bound = Sql("")
    for key, sign in ((finder.filters.after, ">"), (finder.filters.before, "<")):
        if key.isdigit():
            bound = Sql(f" WHERE (place & %s) {sign} %s", (mask, int(key)))
    way = "DESC" if backwards else "ASC"
    cursor.execute(
        f"WITH few AS MATERIALIZED ({lines.text}) SELECT posting_id, place & %s AS key FROM few{bound.text} "  # noqa: S608
        f"ORDER BY key {way} LIMIT %s",
        [*lines.params, mask, *bound.params, PAGE + 1],
    )
    return [(posting_id, str(key)) for posting_id, key in cursor.fetchall()]


def _stretches(finder: Finder, figures: Figures) -> Collection[Stretch]:
    return [finder.stretches(*each) for each in _sorts(figures, finder)]


def _by_amount(cursor: Any, finder: Finder, figures: Figures, *, backwards: bool) -> list[tuple[int, str]]:
    """The largest amounts first: of few lines by putting them in order, of many by the index of amounts."""
    lines = candidates(finder, _stretches(finder, figures), "posting_id, amount")
    key = finder.filters.before or finder.filters.after
    bound = Sql("")
    amount, _, posting_id = key.partition("_")
    if posting_id.isdigit() and _is_amount(amount):
        sign = ">" if backwards else "<"
        bound = Sql(f" AND (amount, posting_id) {sign} (%s, %s)", (Decimal(amount), int(posting_id)))
    way = "ASC" if backwards else "DESC"
    order = f" ORDER BY amount {way}, posting_id {way} LIMIT %s"
    if figures.documents > MOST or figures.beyond:
        standing = Sql(
            " AND standing = ANY(%s) AND kind = ANY(%s)",
            ([each.value for each in finder.filters.standings], [each.value for each in finder.filters.kinds]),
        )
        days = join(
            [
                Sql(f" AND day {sign} %s", (day,))
                for sign, day in ((">=", finder.filters.since), ("<=", finder.filters.until))
                if day
            ],
            "",
        )
        question = Sql("SELECT posting_id, amount FROM reports_line WHERE ") + finder.line + standing + days + bound
    else:
        question = Sql(
            f"WITH few AS MATERIALIZED ({lines.text}) SELECT posting_id, amount FROM few WHERE true",  # noqa: S608
            lines.params,
        )
        question += bound
    question += Sql(order, (PAGE + 1,))
    cursor.execute(question.text, question.params)
    return [(pk, f"{found}_{pk}") for pk, found in cursor.fetchall()]


def _is_amount(text: str) -> bool:
    return text.removeprefix("-").replace(".", "", 1).isdigit() and len(text) < 24
