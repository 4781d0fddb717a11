"""The filters of the report, as they stand in its address. Pure: reads and writes query strings, touches no table."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, fields, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode

from freightbooks.money import parse_decimal
from freightbooks.reports.standing import GROUPS, STANDINGS, Kind, Standing

MAX_TEXT = 100
_BIGGEST = Decimal(10) ** 13
SORTS = {
    "": "Errors first",
    "newest": "Newest first",
    "amount": "Largest amount first",
}


@dataclass(frozen=True)
class Filters:
    """What the report shows. Days are the documents' own, both included; amounts are in the documents' currency.

    `standing` is a standing or a group of them; `after` and `before` are where a page begins or ends; `open` is the
    posting in the side pane. `unread` says in words what of the address could not be read.
    """

    since: date | None = None
    until: date | None = None
    kind: str = ""
    standing: str = ""
    code: str = ""
    problem: int | None = None
    party: int | None = None
    office: str | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    currency: str = ""
    wait: int | None = None
    q: str = ""
    sort: str = ""
    company: int | None = None
    after: str = ""
    before: str = ""
    open: int | None = None
    unread: tuple[str, ...] = ()

    @property
    def standings(self) -> tuple[Standing, ...]:
        """The standings asked for, in the report's order; all when none is named."""
        if not self.standing:
            return STANDINGS
        return GROUPS.get(self.standing) or (Standing(self.standing),)

    @property
    def kinds(self) -> tuple[Kind, ...]:
        """The kinds of document asked for."""
        return (Kind(self.kind),) if self.kind else tuple(Kind)

    @property
    def tallied(self) -> bool:
        """Whether the tallies alone can answer: nothing is asked that only a document itself knows."""
        return self.party is None and self.low is None and self.high is None and not self.q

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered out."""
        return self.of_all() != Filters()

    def of_all(self) -> Filters:
        """Return these filters without what only says which part is looked at, and how."""
        return replace(self, sort="", company=None, after="", before="", open=None, unread=())

    def query(self, **changes: Any) -> str:
        """Return the query string of this view with `changes`; another filter goes back to the first page."""
        if changes and not {"after", "before", "open"} & set(changes):
            changes = {"after": "", "before": "", "open": None, **changes}
        changed = replace(self, **changes)
        values = {each.name: getattr(changed, each.name) for each in fields(changed) if each.name != "unread"}
        filled = {
            name: value for name, value in values.items() if value is not None and (value != "" or name == "office")
        }
        return f"?{urlencode(filled)}" if filled else "?"


def read(query: QueryDict) -> Filters:
    """Read the filters of an address. What cannot be read is left out and named in `unread`, for the person."""
    unread: list[str] = []
    since, until = _day(query.get("since", ""), unread), _day(query.get("until", ""), unread)
    if since and until and since > until:
        unread.append(f"The dates were the wrong way round; showing {until:%b %-d, %Y} to {since:%b %-d, %Y}.")
        since, until = until, since
    low, high = _amount(query.get("low", ""), unread), _amount(query.get("high", ""), unread)
    if low is not None and high is not None and low > high:
        unread.append(f"The amounts were the wrong way round; showing {high} to {low}.")
        low, high = high, low
    return Filters(
        since=since,
        until=until,
        kind=_one_of(query.get("kind", ""), Kind.values),
        standing=_one_of(query.get("standing", ""), [*Standing.values, *GROUPS]),
        code=_text(query.get("code", ""), 100),
        problem=_number(query.get("problem", "")),
        party=_number(query.get("party", "")),
        office=_text(query.get("office", ""), 40) if query.get("office", "*") != "*" else None,
        low=low,
        high=high,
        currency=_text(query.get("currency", ""), 3).upper(),
        wait=_number(query.get("wait", "")),
        q=_text(query.get("q", ""), MAX_TEXT),
        sort=_one_of(query.get("sort", ""), SORTS),
        company=_number(query.get("company", "")),
        after=_text(query.get("after", ""), 60),
        before=_text(query.get("before", ""), 60),
        open=_number(query.get("open", "")),
        unread=tuple(unread),
    )


def _text(text: str, longest: int) -> str:
    return " ".join(text.replace("\0", "").split())[:longest]


def _day(text: str, unread: list[str]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        unread.append(f"“{text[:40]}” is not a date, so it was left out. Write it as 2026-10-31.")
        return None


def _amount(text: str, unread: list[str]) -> Decimal | None:
    plain = text.replace(",", "").replace("$", "").replace("−", "-").strip()
    if not plain:
        return None
    try:
        amount = parse_decimal(plain)
    except ValueError:
        unread.append(f"“{text[:40]}” is not an amount, so it was left out. Write it as 1234.50.")
        return None
    return max(min(amount, _BIGGEST), -_BIGGEST)


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _one_of(text: str, allowed: Iterable[str]) -> str:
    return text if text in set(allowed) else ""
