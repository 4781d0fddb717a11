"""What the report's documents come to: counts and money by standing, by day, by cause, and how long posting took.

Exact for every question the tallies can answer, and for the others up to `MOST` documents. Beyond, `beyond` is set, and
only what is at stake is added up, if that is few enough; a figure that is not known is never shown as one that is.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db import connection as database
from django.db import transaction

from freightbooks.connections.models import Connection
from freightbooks.money import ZERO
from freightbooks.reports.filters import Filters
from freightbooks.reports.finding import MOST, Finder, Sql, Window, join, windows
from freightbooks.reports.models import Span
from freightbooks.reports.standing import AT_STAKE, STANDINGS, Kind, Standing, Stretch, month_of

DAYS_SHOWN = 45
"""How many days a chart shows when no period is chosen: the last ones that have documents."""
MOST_DAYS = 92
MOST_CAUSES = 12
WITH_CAUSE = (Standing.FAILED, Standing.HELD, Standing.HEALED)


@dataclass
class Sums:
    """How many documents, and what they come to by currency; currencies are never added up."""

    documents: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)

    def add(self, documents: int, currency: str, amount: Decimal) -> None:
        """Add some documents of one currency."""
        self.documents += documents
        self.amounts[currency] = self.amounts.get(currency, ZERO) + amount


@dataclass
class Cause:
    """What one cause holds back, or has held back (healed). `code` is QuickBooks', or the words of a gate."""

    standing: Standing
    code: str
    problem_id: int
    sums: Sums = field(default_factory=Sums)


@dataclass
class Figures:
    """The sums of one question.

    `beyond` tells that more than `MOST` documents match and only `known` standings were added up. `days` are counts by
    standing, by day or (`by_month`) by month. `shipments` are those of `subject`, what the summary is about;
    `more_shipments` tells that there are more than were counted.
    """

    subject: tuple[Standing, ...]
    sorts: dict[tuple[Kind, Standing], Sums] = field(default_factory=dict)
    waits: dict[int, int] = field(default_factory=dict)
    days: dict[date, dict[Standing, int]] = field(default_factory=dict)
    by_month: bool = False
    first_day: date | None = None
    last_day: date | None = None
    causes: list[Cause] = field(default_factory=list)
    beyond: bool = False
    known: frozenset[Standing] = frozenset(STANDINGS)
    shipments: int = 0
    more_shipments: bool = False

    def sums(self, standings: Collection[Standing]) -> Sums:
        """Add up some standings."""
        total = Sums()
        for (_, standing), each in self.sorts.items():
            if standing in standings:
                total.documents += each.documents
                for currency, amount in each.amounts.items():
                    total.amounts[currency] = total.amounts.get(currency, ZERO) + amount
        return total

    def of_kind(self, kind: Kind, standings: Collection[Standing]) -> int:
        """Count the documents of one kind in some standings."""
        return sum(each.documents for (k, s), each in self.sorts.items() if k == kind and s in standings)

    @property
    def documents(self) -> int:
        """How many documents match; when `beyond`, more than this."""
        return MOST if self.beyond else self.sums(STANDINGS).documents

    @property
    def about(self) -> Sums:
        """What the summary card is about."""
        return self.sums(self.subject)

    @property
    def about_known(self) -> bool:
        """Whether that is exact."""
        return set(self.subject) <= self.known


def figures(connection: Connection, filters: Filters) -> Figures:
    """Add up everything the filters let through."""
    finder = Finder(connection, filters)
    found = Figures(subject=filters.standings if filters.standing else AT_STAKE)
    with transaction.atomic(), database.cursor() as cursor:
        for setting in ("jit", "enable_seqscan"):
            cursor.execute(f"SET LOCAL {setting} = off")  # a report of few rows: no plan over the whole table
        tallied = _totals(cursor, finder)
        if filters.tallied:
            _add_totals(found, tallied)
            _days(cursor, finder, found)
            _causes(cursor, finder, found)
            _shipments(cursor, finder, found)
        else:
            stretches = [finder.stretches(Kind(row[0]), Standing(row[1])) for row in _sorts_of(tallied)]
            _bounded(cursor, finder, found, stretches)
    return found


def candidates(finder: Finder, stretches: Collection[Stretch], columns: str) -> Sql:
    """Return a SELECT of at most MOST + 1 of the lines that match, in no order: whatever index finds them soonest."""
    return (
        Sql(f"SELECT {columns} FROM reports_line WHERE ")  # noqa: S608 - this module's own words
        + finder.line
        + finder.within(stretches)
        + Sql(" LIMIT %s", (MOST + 1,))
    )


def _totals(cursor: Any, finder: Finder) -> list[tuple[Any, ...]]:
    where = finder.tally(windows(finder.filters.since, finder.filters.until))
    cursor.execute(
        "SELECT kind, standing, currency, wait, sum(documents)::bigint, sum(amount) FROM reports_tally "  # noqa: S608
        f"WHERE {where.text} GROUP BY 1, 2, 3, 4 HAVING sum(documents) <> 0",
        where.params,
    )
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _sorts_of(tallied: Iterable[tuple[Any, ...]]) -> list[tuple[str, str]]:
    return sorted({(row[0], row[1]) for row in tallied})


def _add_totals(found: Figures, rows: Iterable[tuple[Any, ...]]) -> None:
    for kind, standing, currency, wait, documents, amount in rows:
        found.sorts.setdefault((Kind(kind), Standing(standing)), Sums()).add(documents, currency, amount)
        if wait is not None and wait >= 0:
            found.waits[wait] = found.waits.get(wait, 0) + documents


def _period(cursor: Any, finder: Finder, found: Figures) -> None:
    """Choose the days of the chart: the period asked for, else the last days that have documents."""
    since, until = finder.filters.since, finder.filters.until
    if not (since and until):
        where = finder.tally([Window(Span.DAY, since, until + timedelta(days=1) if until else None)])
        cursor.execute(f"SELECT min(day), max(day) FROM reports_tally WHERE {where.text}", where.params)  # noqa: S608
        first, last = cursor.fetchone()
        if last is None:
            return
        until = until or last
        since = since or max(first, until - timedelta(days=DAYS_SHOWN - 1))
    found.first_day, found.last_day = since, until
    found.by_month = (until - since).days >= MOST_DAYS


def _days(cursor: Any, finder: Finder, found: Figures) -> None:
    _period(cursor, finder, found)
    if found.first_day is None or found.last_day is None:
        return
    spans = [Window(Span.DAY, found.first_day, found.last_day + timedelta(days=1))]
    if found.by_month:
        spans = windows(found.first_day, found.last_day)
    where = finder.tally(spans)
    bucket = "date_trunc('month', day)::date" if found.by_month else "day"
    cursor.execute(
        f"SELECT {bucket}, standing, sum(documents)::bigint FROM reports_tally WHERE {where.text} GROUP BY 1, 2",  # noqa: S608
        where.params,
    )
    for day, standing, documents in cursor.fetchall():
        found.days.setdefault(day, {})[Standing(standing)] = documents


def _causes(cursor: Any, finder: Finder, found: Figures) -> None:
    standings = [each for each in WITH_CAUSE if each in finder.filters.standings] or list(finder.filters.standings)
    where = finder.tally(windows(finder.filters.since, finder.filters.until), standings)
    cursor.execute(
        "SELECT standing, cause, problem_id, sum(documents)::bigint, json_object_agg(currency, amount::text) FROM ("  # noqa: S608
        "SELECT standing, cause, problem_id, currency, sum(documents) AS documents, sum(amount) AS amount "
        f"FROM reports_tally WHERE {where.text} AND (cause <> '' OR problem_id <> 0) GROUP BY 1, 2, 3, 4 "
        "HAVING sum(documents) <> 0) AS by_currency "
        "GROUP BY 1, 2, 3 ORDER BY max(abs(amount)) DESC, 2, 3 LIMIT %s",
        [*where.params, MOST_CAUSES],
    )
    for standing, code, problem_id, documents, amounts in cursor.fetchall():
        sums = Sums(documents, {currency: Decimal(amount) for currency, amount in amounts.items()})
        found.causes.append(Cause(Standing(standing), code, problem_id, sums))


def _shipments(cursor: Any, finder: Finder, found: Figures) -> None:
    """Count the shipments behind the subject: they cannot be tallied, as one shipment has several documents."""
    sorts = [key for key, sums in found.sorts.items() if key[1] in found.subject and sums.documents]
    if not sorts:
        return
    each = [
        Sql("(SELECT shipment_id FROM reports_line WHERE ")
        + finder.line
        + Sql(" AND place BETWEEN %s AND %s LIMIT %s)", (stretch.first, stretch.last, MOST + 1))
        for stretch in (finder.stretches(kind, standing) for kind, standing in sorts)
    ]
    _count_shipments(cursor, found, join(each, " UNION ALL "))


def _count_shipments(cursor: Any, found: Figures, lines: Sql) -> None:
    cursor.execute(
        "SELECT count(*), count(DISTINCT nullif(shipment_id, 0)) FROM "  # noqa: S608
        f"(SELECT shipment_id FROM ({lines.text}) AS found LIMIT %s) AS looked_at",
        [*lines.params, MOST + 1],
    )
    looked_at, found.shipments = cursor.fetchone()
    found.more_shipments = looked_at > MOST


def _bounded(cursor: Any, finder: Finder, found: Figures, stretches: list[Stretch]) -> None:
    """Answer from the lines themselves: all of them if they are few, else at least those at stake."""
    rows = _fetch(cursor, finder, stretches)
    if len(rows) > MOST:
        found.beyond = True
        at_stake = [each for each in stretches if each.standing in AT_STAKE]
        known = [each for each in AT_STAKE if each in finder.filters.standings]
        rows = _fetch(cursor, _narrowed(finder), at_stake) if at_stake and known else []
        found.known = frozenset(known) if len(rows) <= MOST else frozenset()
        if len(rows) > MOST:
            rows = []
    shipments: set[int] = set()
    causes: dict[tuple[str, str, int], Cause] = {}
    for kind, standing_word, cause, problem_id, currency, amount, day, wait, shipment_id in rows:
        standing = Standing(standing_word)
        found.sorts.setdefault((Kind(kind), standing), Sums()).add(1, currency, amount)
        if wait is not None:
            found.waits[wait] = found.waits.get(wait, 0) + 1
        by_standing = found.days.setdefault(day, {})
        by_standing[standing] = by_standing.get(standing, 0) + 1
        if standing in found.subject and shipment_id:
            shipments.add(shipment_id)
        if (cause or problem_id) and (standing in WITH_CAUSE or finder.filters.standing):
            key = (standing_word, cause, problem_id)
            causes.setdefault(key, Cause(standing, cause, problem_id)).sums.add(1, currency, amount)
    found.shipments, found.more_shipments = len(shipments), not found.about_known
    found.causes = sorted(causes.values(), key=lambda one: -max(map(abs, one.sums.amounts.values())))[:MOST_CAUSES]
    _trim_days(found, finder.filters)


def _fetch(cursor: Any, finder: Finder, stretches: list[Stretch]) -> list[tuple[Any, ...]]:
    lines = candidates(finder, stretches, "kind, standing, cause, problem_id, currency, amount, day, wait, shipment_id")
    cursor.execute(lines.text, lines.params)
    rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows


def _narrowed(finder: Finder) -> Finder:
    """Return the same question about what is at stake only."""
    standing = finder.filters.standing or "at-stake"
    return Finder(finder.connection, replace(finder.filters, standing=standing))


def _trim_days(found: Figures, filters: Filters) -> None:
    """Keep the days a chart shows, or put them together by month when they are many."""
    if not found.days:
        return
    last = filters.until or max(found.days)
    first = filters.since or max(min(found.days), last - timedelta(days=DAYS_SHOWN - 1))
    found.first_day, found.last_day, found.by_month = first, last, (last - first).days >= MOST_DAYS
    kept: dict[date, dict[Standing, int]] = {}
    for day, counts in found.days.items():
        if first <= day <= last:
            bucket = kept.setdefault(month_of(day) if found.by_month else day, {})
            for standing, count in counts.items():
                bucket[standing] = bucket.get(standing, 0) + count
    found.days = kept
