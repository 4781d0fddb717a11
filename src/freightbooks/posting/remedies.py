"""What a person does from a problem, to one document of it or to all: try again, move the day, another number, by hand.

Each is written down in the document's attempts under the person's name. The documents leave their problem with it; what
they then meet is a matter of their own.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from freightbooks import jobs
from freightbooks.connections.models import Connection
from freightbooks.posting.actions import NotAllowed
from freightbooks.posting.events import postings_moved
from freightbooks.posting.models import Attempt, Posting, Priority
from freightbooks.posting.releasing import HOLDING
from freightbooks.posting.states import PostingState
from freightbooks.problems.models import Problem
from freightbooks.problems.record import close_solved

_SUFFIX = re.compile(r"[A-Za-z0-9-]{1,6}")
_CHUNK = 1000


def held_by(problem: Problem, posting_ids: Collection[int] | None = None) -> QuerySet[Posting]:
    """Return what a problem holds now: these of it, or all."""
    held = Posting.objects.filter(connection_id=problem.connection_id, problem=problem, state__in=HOLDING)
    return held if posting_ids is None else held.filter(pk__in=posting_ids)


def first_open_day(connection: Connection) -> date | None:
    """Return the first day that is not closed, where QuickBooks tells through which day the books are."""
    closed = connection.books_closed_through
    return closed + timedelta(days=1) if closed else None


def try_again(postings: QuerySet[Posting], by: str) -> int:
    """Send these again, in front of the queue. They stay their problem's: if they post, the others follow."""
    return _move(postings, "retry", by, by, {})


def move_date(postings: QuerySet[Posting], connection: Connection, day: date, by: str) -> int:
    """Post these on another day, where theirs is earlier. Raises NotAllowed for a day that is closed too."""
    first = first_open_day(connection)
    if first is not None and day < first:
        raise NotAllowed(f"{day:%b %-d, %Y} is closed too. The first open day is {first:%b %-d, %Y}.")
    earlier = postings.filter(Q(invoice__invoice_date__lt=day) | Q(advance__date__lt=day))
    moved = _move(earlier, "move date", by, f"{by}: to {day:%b %-d, %Y}", {"date_moved_to": day, "problem": None})
    if not moved:
        raise NotAllowed(f"None of these is dated before {day:%b %-d, %Y}.")
    return moved


def allow_number(postings: QuerySet[Posting], by: str) -> int:
    """Send these under their numbers, although QuickBooks has the numbers already."""
    return _move(postings, "number twice", by, by, {"duplicate_allowed": True, "problem": None})


def renumber(postings: QuerySet[Posting], suffix: str, by: str) -> int:
    """Send these under their numbers with something behind. Raises NotAllowed for what no number may have."""
    if not _SUFFIX.fullmatch(suffix):
        raise NotAllowed("Put one to six letters, digits or dashes behind the number.")
    return _move(postings, "renumber", by, f"{by}: with {suffix} behind", {"number_suffix": suffix, "problem": None})


def let_through(postings: QuerySet[Posting], by: str) -> int:
    """Let possible duplicates post, under a person's name."""
    return _move(postings, "release", by, by, {"released_by": by[:200], "problem": None})


def done_by_hand(postings: QuerySet[Posting], number: str, by: str) -> int:
    """Note that these were entered in QuickBooks by a person, under this number: they are not sent."""
    plain = " ".join(number.split())[:40]
    if not plain:
        raise NotAllowed("Give the number it has in QuickBooks.")
    reason = f"Entered in QuickBooks by hand as {plain}, says {by}."
    values = {"by_hand": plain, "reason": reason[:1000]}
    return _move(postings, "by hand", by, f"{by}: as {plain}", _aside(values))


def skip(postings: QuerySet[Posting], by: str) -> int:
    """Keep these out of QuickBooks until someone brings them back."""
    return _move(postings, "skip", by, by, _aside({"reason": f"Skipped by {by}."[:1000]}))


def _aside(values: dict[str, Any]) -> dict[str, Any]:
    return {"state": PostingState.SKIPPED, "gate": "", "remedy": "", "problem": None, **values}


def _move(postings: QuerySet[Posting], operation: str, by: str, note: str, values: dict[str, Any]) -> int:
    """Change held postings, in the queue again if nothing else is said, and write it down. Returns how many."""
    now = timezone.now()
    given = {"state": PostingState.DUE, "priority": Priority.PERSON, "not_before": now, "changed_at": now}
    mended = {"mended_by": by[:200]} if operation in ("move date", "number twice", "renumber") else {}
    with transaction.atomic():
        chosen = postings.filter(state__in=HOLDING).select_for_update(of=("self",)).order_by("pk")
        rows = list(chosen.values_list("pk", "connection_id"))
        for some in _chunks([pk for pk, _ in rows]):
            Posting.objects.filter(pk__in=some).update(**(given | mended | values))
            Attempt.objects.bulk_create(
                [Attempt(posting_id=pk, operation=operation[:10], outcome="by a person", message=note) for pk in some]
            )
        for connection_id in {connection_id for _, connection_id in rows}:
            moved = [pk for pk, of_connection in rows if of_connection == connection_id]
            postings_moved.send(Posting, connection_id=connection_id, posting_ids=moved)
            close_solved(connection_id)
            jobs.request_drain(connection_id)
    return len(rows)


def _chunks(ids: list[int]) -> Iterable[list[int]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
