"""Turns filters into SQL over the lines and the tallies. Pure but for looking up parties by name; runs nothing else.

A question that names only what the tallies know is answered by them, exactly, however many documents there are. One
that names a party, an amount or a text is answered from the lines, of which at most `MOST` are looked at.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Party
from freightbooks.reports.filters import Filters
from freightbooks.reports.models import Span
from freightbooks.reports.standing import Kind, Standing, Stretch, month_of, next_month, stretch

MOST = 10_000
"""How many lines are looked at for a question the tallies cannot answer; beyond, it is said that there are more."""
MOST_PARTIES = 300
SHORTEST_NAME = 3
"""A text this long, or longer, is also looked for within parties' names."""


@dataclass(frozen=True)
class Sql:
    """A piece of SQL and its parameters. Pieces of this room's own words; what comes from outside is a parameter."""

    text: str
    params: tuple[Any, ...] = ()

    def __add__(self, other: Sql) -> Sql:
        return Sql(self.text + other.text, self.params + other.params)


def join(pieces: Iterable[Sql], between: str) -> Sql:
    """Put pieces together, with a word between them."""
    pieces = list(pieces)
    return Sql(between.join(each.text for each in pieces), tuple(value for each in pieces for value in each.params))


@dataclass(frozen=True)
class Window:
    """Days of one span of the tallies: from `first` up to but not `end`. None leaves an end open."""

    span: Span
    first: date | None
    end: date | None

    def sql(self) -> Sql:
        """Return the condition on a tally."""
        parts = [Sql("span = %s", (self.span.value,))]
        if self.first:
            parts.append(Sql("day >= %s", (self.first,)))
        if self.end:
            parts.append(Sql("day < %s", (self.end,)))
        return Sql("(") + join(parts, " AND ") + Sql(")")


def windows(since: date | None, until: date | None) -> list[Window]:
    """Cover a period with whole months where it has them and single days at its ends: few tallies for any."""
    end = until + timedelta(days=1) if until else None
    first_month = None if since is None else since if since.day == 1 else next_month(since)
    end_month = None if end is None else month_of(end)
    if first_month and end_month and first_month >= end_month:
        return [Window(Span.DAY, since, end)]
    found = [Window(Span.MONTH, first_month, end_month)]
    if since and first_month and since < first_month:
        found.insert(0, Window(Span.DAY, since, first_month))
    if end and end_month and end_month < end:
        found.append(Window(Span.DAY, end_month, end))
    return found


class Finder:
    """The conditions of one question about one company."""

    def __init__(self, connection: Connection, filters: Filters) -> None:
        """`connection` has been checked to be the person's own."""
        self.connection = connection
        self.filters = filters
        self._same = self._same_in_both()
        self.line = self._line()

    def tally(self, spans: Iterable[Window], standings: Collection[Standing] = ()) -> Sql:
        """Return the condition on tallies; `standings` narrows to some of those asked for."""
        asked = [each.value for each in self.filters.standings if not standings or each in standings]
        kinds = [each.value for each in self.filters.kinds]
        wait = self.filters.wait
        parts = [
            Sql("connection_id = %s", (self.connection.pk,)),
            Sql("(") + join((each.sql() for each in spans), " OR ") + Sql(")"),
            Sql("standing = ANY(%s)", (asked,)),
            Sql("kind = ANY(%s)", (kinds,)),
            *self._same,
        ]
        if wait is not None:
            parts.append(Sql("wait = %s", (wait,)))
        return join(parts, " AND ")

    def stretches(self, kind: Kind, standing: Standing) -> Stretch:
        """Return the places of a kind and a standing within the period."""
        return stretch(kind, standing, self.filters.since, self.filters.until)

    def within(self, stretches: Collection[Stretch]) -> Sql:
        """Return the condition that a line is in one of these stretches; nothing when they are all there is."""
        everything = len(self.filters.standings) == len(Standing) and len(self.filters.kinds) == len(Kind)
        if everything and not self.filters.since and not self.filters.until:
            return Sql("")
        if not stretches:
            return Sql(" AND false")
        ranges = join((Sql("place BETWEEN %s AND %s", (each.first, each.last)) for each in stretches), " OR ")
        return Sql(" AND (") + ranges + Sql(")")

    def _same_in_both(self) -> list[Sql]:
        """Conditions that lines and tallies share."""
        filters = self.filters
        parts = []
        if filters.code:
            parts.append(Sql("cause = %s AND cause <> ''", (filters.code,)))
        if filters.problem is not None:
            parts.append(Sql("problem_id = %s AND problem_id <> 0", (filters.problem,)))
        if filters.office is not None:
            parts.append(Sql("office = %s", (filters.office,)))
        if filters.currency:
            parts.append(Sql("currency = %s", (filters.currency,)))
        return parts

    def _line(self) -> Sql:
        filters = self.filters
        parts = [Sql("connection_id = %s", (self.connection.pk,)), *self._same]
        if filters.wait is not None:
            parts.append(Sql("wait = %s", (filters.wait,)))
        if filters.party is not None:
            parts.append(Sql("party_id = %s", (filters.party,)))
        if filters.low is not None:
            parts.append(Sql("amount >= %s", (filters.low,)))
        if filters.high is not None:
            parts.append(Sql("amount <= %s", (filters.high,)))
        if filters.q:
            parts.append(self._text(filters.q))
        return join(parts, " AND ")

    def _text(self, text: str) -> Sql:
        begins = text.upper().replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        ways = [Sql("upper(number) LIKE %s", (begins,)), Sql("upper(shipment) LIKE %s", (begins,))]
        if len(text) >= SHORTEST_NAME:
            named = Party.objects.filter(organization_id=self.connection.organization_id, name__icontains=text)
            ids = list(named.order_by("pk").values_list("pk", flat=True)[:MOST_PARTIES])
            if ids:
                ways.append(Sql("party_id = ANY(%s)", (ids,)))
        return Sql("(") + join(ways, " OR ") + Sql(")")
