"""Tries a problem's cause again by itself, now and then: one document, and the rest follow when it posts.

For causes that end in QuickBooks without a word to us, such as a period reopened or a plan upgraded. Knows when; the
drain does the sending.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.utils import timezone

from freightbooks import jobs
from freightbooks.posting.due import make_due
from freightbooks.posting.models import Posting
from freightbooks.posting.releasing import HOLDING
from freightbooks.problems.entries import Heals
from freightbooks.problems.models import Problem

FIRST_PAUSE = timedelta(minutes=15)
LONGEST_PAUSE = timedelta(hours=6)


def try_held(now: datetime | None = None) -> int:
    """Try what is due to be tried, of every company that works; return how many problems that were."""
    moment = now or timezone.now()
    tried = 0
    due = Problem.objects.filter(closed_at=None, next_try_at__lte=moment).select_related("connection").order_by("pk")
    for problem in due:
        if not problem.connection.healthy or problem.entry.heals != Heals.TRIED:
            continue
        tried += 1
        pause = min(FIRST_PAUSE * 2 ** min(problem.tries, 10), LONGEST_PAUSE)
        Problem.objects.filter(pk=problem.pk).update(tries=problem.tries + 1, next_try_at=moment + pause)
        _send_one(problem)
    return tried


def _send_one(problem: Problem) -> None:
    with transaction.atomic():
        held = Posting.objects.filter(problem=problem, state__in=HOLDING).order_by("pk")
        first = held.values_list("pk", flat=True).first()
        if first is not None and make_due(Posting.objects.filter(pk=first)):
            jobs.request_drain(problem.connection_id)
