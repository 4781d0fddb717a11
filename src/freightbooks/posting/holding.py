"""Holds postings back that a gate stops, as long as the document is still the one the gate looked at."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from freightbooks.freight.documents import AdvanceData, InvoiceData
from freightbooks.posting.events import postings_moved
from freightbooks.posting.gates import Gate, Held
from freightbooks.posting.held import problems_of
from freightbooks.posting.models import Posting
from freightbooks.posting.rows import write
from freightbooks.posting.states import PostingState
from freightbooks.posting.under_lock import locked, revisions

Document = InvoiceData | AdvanceData
_HELD = ("state", "gate", "reason", "remedy", "problem", "changed_at")


def hold_back(held: Mapping[int, Held], documents: Mapping[int, Document]) -> None:
    """Hold postings that are still due for documents that are still as they were read. In a transaction."""
    if not held:
        return
    current = list(locked(Posting.objects.filter(pk__in=held, state=PostingState.DUE)))
    now = revisions([posting.pk for posting in current])
    postings = [posting for posting in current if now[posting.pk] == documents[posting.pk].revision]
    if not postings:
        return
    problems = problems_of(postings[0].connection_id, {posting.pk: held[posting.pk] for posting in postings})
    for posting in postings:
        hold = held[posting.pk]
        posting.state = PostingState.WAITING
        posting.gate, posting.reason, posting.remedy = hold.gate, hold.sentence[:1000], hold.remedy[:1000]
        posting.problem = problems.get(posting.pk)
        posting.changed_at = timezone.now()
    write(postings, _HELD)
    moved = [posting.pk for posting in postings]
    postings_moved.send(Posting, connection_id=postings[0].connection_id, posting_ids=moved)


def our_fault(error: Exception) -> Held:
    """Hold a document that breaks our own code: it must not keep its neighbours from the books."""
    return Held(
        Gate.OUR_FAULT,
        f"Freightbooks could not read this document: {type(error).__name__}. The others go on without it.",
        "Tell whoever runs Freightbooks; the log has the details. Then try again.",
    )
