"""The filters of a document list, as they stand in the URL. Pure: reads and writes query strings, touches no table."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from django.http import QueryDict
from django.utils.http import urlencode

from freightbooks.freight.statuses import InvoiceStatus
from freightbooks.settlement.models import PaidState
from freightbooks.web.status import Group

PAGE_SIZE = 50
PAID_STATES = (PaidState.OPEN, PaidState.PARTLY, PaidState.PAID, PaidState.VOIDED, PaidState.GONE)
MAX_TEXT = 200
MAX_COSTS = 6000
"""Several cost codes in a row."""


@dataclass(frozen=True)
class Filters:
    """What a list shows, in which order and which part of it. Dates are the documents' own days.

    `cost` is a cost's code, or several with commas between: documents with a line of any of them.
    """

    q: str = ""
    state: str = ""
    status: str = ""
    paid: str = ""
    gate: str = ""
    reason: str = ""
    problem: int | None = None
    cost: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = ""
    page: int = 1
    company: int | None = None
    open: int | None = None
    unread: tuple[str, ...] = ()

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered out."""
        return replace(self, sort="", page=1, company=None, open=None, unread=()) != Filters()

    def query(self, **changes: Any) -> str:
        """Return the query string of this view with `changes`; changing a filter goes back to page 1."""
        if changes and not {"page", "open"} & set(changes):
            changes = {"page": 1, "open": None, **changes}
        values = asdict(replace(self, **changes))
        del values["unread"]
        if values["page"] == 1:
            del values["page"]
        filled = {key: value for key, value in values.items() if value not in ("", None)}
        return f"?{urlencode(filled)}" if filled else "?"


def read(query: QueryDict, *, sorts: Collection[str]) -> Filters:
    """Read the filters of a URL. What cannot be read is left out and named in `unread`, in words for the person."""
    unread: list[str] = []
    since = _day(query.get("since", ""), unread)
    until = _day(query.get("until", ""), unread)
    if since and until and since > until:
        unread.append(f"The dates were the wrong way round; showing {until:%b %-d, %Y} to {since:%b %-d, %Y}.")
        since, until = until, since
    return Filters(
        q=" ".join(query.get("q", "").replace("\0", "").split())[:MAX_TEXT],
        state=_one_of(query.get("state", ""), Group.values),
        status=_one_of(query.get("status", ""), InvoiceStatus.values),
        paid=_one_of(query.get("paid", ""), PAID_STATES),
        gate=query.get("gate", "").replace("\0", "")[:MAX_TEXT],
        reason=query.get("reason", "").replace("\0", "")[:1000],
        problem=_number(query.get("problem", "")),
        cost=query.get("cost", "").replace("\0", "")[:MAX_COSTS],
        since=since,
        until=until,
        sort=_one_of(query.get("sort", ""), [*sorts, *(f"-{key}" for key in sorts)]),
        page=_number(query.get("page", "")) or 1,
        company=_number(query.get("company", "")),
        open=_number(query.get("open", "")),
        unread=tuple(unread),
    )


def _day(text: str, unread: list[str]) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        unread.append(f"“{text[:40]}” is not a date, so it was left out. Write it as 2026-10-31.")
        return None


def _number(text: str) -> int | None:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None


def _one_of(text: str, allowed: Iterable[str]) -> str:
    return text if text in set(allowed) else ""
