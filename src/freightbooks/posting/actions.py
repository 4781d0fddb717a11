"""What a person may do to a posting: try again, let a possible duplicate through, skip, bring back."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

from django.db import transaction
from django.db.models import QuerySet

from freightbooks import jobs
from freightbooks.posting.due import make_due
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Attempt, Posting, Priority
from freightbooks.posting.states import ALLOWED_MOVES, PostingState
from freightbooks.posting.under_lock import locked

_RETRIED = (PostingState.WAITING, PostingState.FAILED, PostingState.DUE)


class NotAllowed(Exception):
    """The posting is not where this action makes sense; the message says where it is, for a person."""


def retry(postings: QuerySet[Posting] | Iterable[Posting], by: str) -> int:
    """Put waiting and failed postings in front of the queue; leave the others alone. Return how many moved."""
    ids = [posting.pk for posting in postings]
    with transaction.atomic():
        chosen = locked(Posting.objects.filter(pk__in=ids, state__in=_RETRIED))
        moved: dict[int, list[int]] = defaultdict(list)
        for pk, connection_id in chosen.values_list("pk", "connection_id"):
            moved[connection_id].append(pk)
        for connection_id, some in moved.items():
            make_due(Posting.objects.filter(pk__in=some), priority=Priority.PERSON)
            _note(some, "retry", by)
            jobs.request_drain(connection_id, urgent=True)
    return sum(map(len, moved.values()))


def release_duplicate(posting: Posting, by: str) -> None:
    """Let a carrier invoice held as a possible duplicate post, under a person's name."""
    with transaction.atomic():
        current = Posting.objects.select_for_update().get(pk=posting.pk)
        if current.state != PostingState.WAITING or current.gate != Gate.DUPLICATE:
            raise NotAllowed("It is not held as a possible duplicate any more.")
        current.released_by = by[:200]
        current.state = PostingState.DUE
        current.priority = Priority.PERSON
        current.save()
        _note([current.pk], "release", by)
        jobs.request_drain(current.connection_id, urgent=True)


def skip(posting: Posting, by: str) -> None:
    """Keep a document out of QuickBooks until someone brings it back."""
    with transaction.atomic():
        current = Posting.objects.select_for_update().get(pk=posting.pk)
        if PostingState.SKIPPED not in ALLOWED_MOVES[PostingState(current.state)]:
            raise NotAllowed(f"It cannot be skipped now: it is {current.get_state_display().lower()}.")
        current.state = PostingState.SKIPPED
        current.gate = ""
        current.reason = f"Skipped by {by}."[:1000]
        current.remedy = ""
        current.problem = None
        current.save()
        _note([current.pk], "skip", by)


def unskip(posting: Posting, by: str) -> None:
    """Bring a skipped document back into the queue."""
    with transaction.atomic():
        current = Posting.objects.select_for_update().get(pk=posting.pk)
        if current.state != PostingState.SKIPPED:
            raise NotAllowed("It is not skipped.")
        current.state = PostingState.DUE
        current.by_hand = ""
        current.reason = ""
        current.priority = Priority.PERSON
        current.save()
        _note([current.pk], "bring back", by)
        jobs.request_drain(current.connection_id, urgent=True)


def _note(posting_ids: Iterable[int], operation: str, by: str) -> None:
    Attempt.objects.bulk_create(
        [Attempt(posting_id=pk, operation=operation, outcome="by a person", message=by) for pk in posting_ids]
    )
