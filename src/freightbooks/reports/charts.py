"""The report's charts as geometry: bars with size, words and the filters that show what is behind. Pure.

A page draws them as plain SVG and gives the same figures as a table.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from freightbooks.money import ZERO, display
from freightbooks.reports.figures import Cause, Figures
from freightbooks.reports.filters import Filters
from freightbooks.reports.rows import cause_title
from freightbooks.reports.standing import AT_STAKE, IN_BOOKS, ON_THE_WAY, STANDINGS, WAITS, Standing, next_month

WIDTH, HEIGHT = 760.0, 100.0
_PARTS: tuple[tuple[str, str, tuple[Standing, ...]], ...] = (
    ("posted", "in-books", IN_BOOKS),
    ("waiting", "on-the-way", ON_THE_WAY),
    ("failed", "at-stake", AT_STAKE),
)


@dataclass(frozen=True)
class Bar:
    """One part of a bar, in the chart's own units from the top left; `look` names its colour and `query` its rows."""

    x: float
    y: float
    width: float
    height: float
    look: str
    query: str


@dataclass(frozen=True)
class Column:
    """One day or month: its words, its counts by part, the bars that draw it, and the filters behind each count."""

    label: str
    long_label: str
    counts: tuple[tuple[int, str], ...]
    bars: tuple[Bar, ...]
    marked: bool

    @property
    def words(self) -> str:
        """Say what the column shows."""
        posted, waiting, failed = (count for count, _ in self.counts)
        return f"{self.long_label}: {posted:,} posted, {waiting:,} waiting, {failed:,} held back or failed"


@dataclass(frozen=True)
class Days:
    """The chart of days or months. `scale` are the words of its axis, from the top; `totals` those of its key."""

    columns: tuple[Column, ...]
    scale: tuple[str, ...]
    totals: tuple[int, int, int]
    by_month: bool
    first: date
    last: date


@dataclass(frozen=True)
class CauseBar:
    """A cause with its share of the biggest one, in percent, and the filters that show its documents."""

    title: str
    code: str
    open: bool
    documents: int
    amounts: dict[str, Decimal]
    percent: float
    query: str


@dataclass(frozen=True)
class WaitBar:
    """A step of the time from approval to posted, with its share of the biggest step, in percent."""

    words: str
    documents: int
    percent: float
    query: str


def days(figures: Figures, filters: Filters) -> Days | None:
    """Draw the counts by day or by month; None when there is nothing to draw."""
    if figures.first_day is None or figures.last_day is None or not figures.days:
        return None
    starts = _starts(figures.first_day, figures.last_day, by_month=figures.by_month)
    sums = [[_count(figures, start, part) for _, _, part in _PARTS] for start in starts]
    top = _round_up(max(map(sum, sums)))
    step = WIDTH / len(starts)
    every = max(1, len(starts) // 7)
    columns = []
    for position, (start, counts) in enumerate(zip(starts, sums, strict=True)):
        since, until = max(start, figures.first_day), min(_end(start, by_month=figures.by_month), figures.last_day)
        queries = [
            filters.query(since=since, until=until, standing=_narrowed(filters, group)) for _, group, _ in _PARTS
        ]
        bars, height = [], 0.0
        for (look, _, _), count, query in zip(_PARTS, counts, queries, strict=True):
            tall = max(HEIGHT * count / top, 0.6) if count else 0.0
            height += tall
            if count:
                bars.append(
                    Bar(round(position * step + step * 0.15, 2), round(HEIGHT - height, 2), round(step * 0.7, 2),
                        round(tall, 2), look, query)
                )  # fmt: skip
        label = f"{start:%b %Y}" if figures.by_month else f"{start:%b %-d}"
        long_label = f"{start:%B %Y}" if figures.by_month else f"{start:%a %b %-d, %Y}"
        columns.append(
            Column(label, long_label, tuple(zip(counts, queries, strict=True)), tuple(bars), position % every == 0)
        )
    scale = tuple(f"{round(top * part / 3):,}" for part in (3, 2, 1, 0))
    totals = (sum(each[0] for each in sums), sum(each[1] for each in sums), sum(each[2] for each in sums))
    return Days(tuple(columns), scale, totals, figures.by_month, figures.first_day, figures.last_day)


def causes(figures: Figures, filters: Filters, titles: dict[int, str]) -> list[CauseBar]:
    """Draw the causes, the most money first. `titles` are those of the problems, by id."""
    biggest = max((_weight(each) for each in figures.causes), default=ZERO)
    found = []
    for each in figures.causes:
        found.append(
            CauseBar(
                title=titles.get(each.problem_id) or cause_title(each.code),
                code=each.code if each.code.isdigit() else "",
                open=each.standing != Standing.HEALED,
                documents=each.sums.documents,
                amounts=each.sums.amounts,
                percent=round(float(100 * _weight(each) / biggest), 1) if biggest else 0.0,
                query=filters.query(
                    standing=each.standing.value, code=each.code, problem=each.problem_id or filters.problem
                ),
            )
        )
    return found


def waits(figures: Figures, filters: Filters) -> list[WaitBar]:
    """Draw how long documents took from approval to posted; nothing when none is known."""
    biggest = max(figures.waits.values(), default=0)
    if not biggest:
        return []
    return [
        WaitBar(words, count, round(100 * count / biggest, 1), filters.query(wait=step, standing=filters.standing))
        for step, (words, _) in enumerate(WAITS)
        for count in [figures.waits.get(step, 0)]
    ]


def _narrowed(filters: Filters, group: str) -> str:
    """Keep a single standing asked for; else the bar's own group is what is behind it."""
    return filters.standing if filters.standing in {each.value for each in STANDINGS} else group


def _count(figures: Figures, start: date, part: Sequence[Standing]) -> int:
    return sum(count for standing, count in figures.days.get(start, {}).items() if standing in part)


def _starts(first: date, last: date, *, by_month: bool) -> list[date]:
    found = []
    day = first.replace(day=1) if by_month else first
    while day <= last:
        found.append(day)
        day = next_month(day) if by_month else day + timedelta(days=1)
    return found


def _end(start: date, *, by_month: bool) -> date:
    return next_month(start) - timedelta(days=1) if by_month else start


def _round_up(count: int) -> int:
    """Return the next number that divides an axis well: 3, 6, 9, 12, 15, 30, 60, 90, 120, 150, 300 ..."""
    step = 3
    while True:
        for times in (1, 2, 3, 4, 5):
            if count <= step * times:
                return step * times
        step *= 10


def _weight(cause: Cause) -> Decimal:
    return max((abs(amount) for amount in cause.sums.amounts.values()), default=ZERO)


def in_short(amounts: dict[str, Decimal]) -> str:
    """Print amounts by currency, as a mail shows them: `48,210.77 USD and 12.00 CAD`."""
    ordered = sorted(amounts.items(), key=lambda pair: (pair[0] != "USD", pair[0]))
    return " and ".join(f"{display(amount)} {code}" for code, amount in ordered) or "0.00"
