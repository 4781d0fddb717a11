"""Opens and closes problems. Knows what posting tells it; knows no postings."""

from __future__ import annotations

from django.utils import timezone

from freightbooks.problems.catalogue import cause_of, same_cause_key
from freightbooks.problems.models import Problem


def open_problem(connection_id: int, *, code: str, message: str, document_id: str) -> Problem:
    """Return the open problem of this cause, opening one when there is none."""
    cause = cause_of(code)
    problem, _ = Problem.objects.get_or_create(
        connection_id=connection_id,
        key=same_cause_key(code, message, document_id),
        closed_at=None,
        defaults={"code": code[:12], "title": cause.title, "remedy": cause.remedy, "message": message},
    )
    return problem


def close_solved(connection_id: int) -> int:
    """Close the problems that hold back no document any more; return how many."""
    solved = Problem.objects.filter(connection_id=connection_id, closed_at=None).exclude(postings__state="failed")
    return Problem.objects.filter(pk__in=solved.values("pk")).update(closed_at=timezone.now())
