"""Opens and closes problems. Knows what posting tells it; knows no postings."""

from __future__ import annotations

from collections.abc import Collection
from datetime import timedelta

from django.utils import timezone

from freightbooks.problems.causes import Cause
from freightbooks.problems.models import Problem

FIRST_TRY_AFTER = timedelta(minutes=15)
UNDER_WAY = ("waiting", "failed", "due", "sending", "uncertain")
"""States of a posting that is in its problem's hands still."""


def open_all(connection_id: int, causes: Collection[Cause], *, standing: bool = False) -> dict[str, Problem]:
    """Return the open problem of each cause by its key, opening those there are not. Part of the transaction.

    `standing` problems are there before any document is; the others hold one now.
    """
    by_key = {cause.key: cause for cause in causes}
    if not by_key:
        return {}
    now = timezone.now()
    Problem.objects.bulk_create(
        # In one order everywhere: two transactions that open the same problems never wait for each other in a ring.
        [_new(connection_id, by_key[key], standing=standing) for key in sorted(by_key)],
        ignore_conflicts=True,
    )
    found = {
        problem.key: problem
        for problem in Problem.objects.filter(connection_id=connection_id, key__in=by_key, closed_at=None)
    }
    changed = [problem for problem in found.values() if _bring_up_to_date(problem, by_key[problem.key], standing)]
    for problem in changed:
        problem.next_try_at = max(problem.next_try_at, now)
    Problem.objects.bulk_update(
        changed, ["title", "remedy", "code", "message", "intuit_tid", "standing", "released_at", "next_try_at"]
    )
    return found


def close_solved(connection_id: int) -> int:
    """Close the problems that hold back no document any more and whose cause is gone; return how many."""
    return (
        Problem.objects.filter(connection_id=connection_id, closed_at=None, standing=False)
        .exclude(postings__state__in=UNDER_WAY)
        .update(closed_at=timezone.now())
    )


def _new(connection_id: int, cause: Cause, *, standing: bool) -> Problem:
    subject = cause.subject
    return Problem(
        connection_id=connection_id,
        key=cause.key,
        code=cause.code[:12],
        gate=cause.gate,
        title=cause.title[:1000],
        remedy=cause.remedy[:1000],
        message=cause.message,
        intuit_tid=cause.intuit_tid[:100],
        subject_kind=subject.kind if subject else "",
        subject_section=subject.section if subject else "",
        subject_key=subject.key[:255] if subject else "",
        subject_name=subject.name[:500] if subject else "",
        standing=standing,
        next_try_at=timezone.now() + FIRST_TRY_AFTER,
    )


def _bring_up_to_date(problem: Problem, cause: Cause, standing: bool) -> bool:
    """Take in what is known better now: new names, QuickBooks' words, and that it holds again. Tell whether it did."""
    before = (problem.title, problem.code, problem.message, problem.standing, problem.released_at)
    problem.title, problem.remedy = cause.title[:1000], cause.remedy[:1000]
    if cause.code:
        problem.code, problem.message, problem.intuit_tid = cause.code[:12], cause.message, cause.intuit_tid[:100]
    if standing:
        problem.standing = True
    else:
        problem.released_at = None
    return before != (problem.title, problem.code, problem.message, problem.standing, problem.released_at)
