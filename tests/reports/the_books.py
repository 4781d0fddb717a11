"""The report's sums made again the slow way, from the documents themselves, to hold the tallies to."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from typing import Any

from freightbooks.posting.models import Posting
from freightbooks.reports.models import Line, Span, Tally


def tallied(connection: Any, span: str = Span.DAY) -> Counter[tuple[Any, ...]]:
    """Documents and cents by everything a tally tells apart."""
    counted: Counter[tuple[Any, ...]] = Counter()
    for one in Tally.objects.filter(connection=connection, span=span):
        sort = (one.day, one.kind, one.standing, one.cause, one.problem_id, one.office, one.currency, one.wait)
        counted[(*sort, "documents")] += one.documents
        counted[(*sort, "cents")] += int(one.amount * 100)
    return +counted if span == Span.DAY else counted


def summed_from_lines(connection: Any) -> Counter[tuple[Any, ...]]:
    """The same from the lines."""
    counted: Counter[tuple[Any, ...]] = Counter()
    for one in Line.objects.filter(connection=connection):
        wait = -1 if one.wait is None else one.wait
        sort = (one.day, one.kind, one.standing, one.cause, one.problem_id, one.office, one.currency, wait)
        counted[(*sort, "documents")] += 1
        counted[(*sort, "cents")] += int(one.amount * 100)
    return +counted


def by_state(connection: Any) -> dict[str, tuple[int, Decimal]]:
    """How many documents of each state there are, and what they come to, from the postings and documents alone."""
    found: dict[str, tuple[int, Decimal]] = {}
    for posting in Posting.objects.filter(connection=connection).select_related("invoice", "advance"):
        count, amount = found.get(posting.state, (0, Decimal(0)))
        found[posting.state] = (count + 1, amount + posting.document.amount)
    return found
