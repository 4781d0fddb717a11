"""Writes down what a bookkeeper changed in our documents, and does what the company's policy or a person says.

Nothing of ours overwrites such a change before somebody said so: the posting is marked, and its gate holds.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import asdict
from datetime import UTC, datetime

from django.utils import timezone

from freightbooks import jobs
from freightbooks.money import display
from freightbooks.posting.facts import Difference, Facts
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import ChangedThere, Posting, Priority
from freightbooks.posting.states import PostingState
from freightbooks.settlement.drifting import Judgement
from freightbooks.settlement.models import Drift, DriftKind, DriftPolicy, DriftState, Policy, Standing

BY_POLICY = "the company's policy"
_NOT_SENT = (PostingState.POSTED, PostingState.DUE, PostingState.FAILED)


def policy_of(connection_id: int) -> Policy:
    """Return what is to be done about a change nobody has decided about."""
    row = DriftPolicy.objects.filter(connection_id=connection_id).first()
    return Policy(row.policy) if row else Policy.ASK


def found(posting: Posting, standing: Standing, judgement: Judgement) -> bool:
    """Write down a change of a locked posting, and act by the policy. Return whether it is a new one."""
    assert judgement.kind is not None
    drift = Drift.objects.filter(posting=posting, state=DriftState.OPEN).first()
    is_new = drift is None
    drift = drift or Drift(posting=posting, connection_id=posting.connection_id)
    drift.kind = judgement.kind
    drift.entity, drift.qbo_id, drift.sync_token = posting.entity, posting.qbo_id, standing.sync_token
    drift.differences = [asdict(each) for each in judgement.differences]
    drift.changed_there_at = standing.seen_at or timezone.now()
    was_kept = posting.changed_there == ChangedThere.KEPT
    drift.save()
    posting.changed_there = ChangedThere.ASKED
    posting.save(update_fields=["changed_there", "changed_at"])
    policy = policy_of(posting.connection_id)
    if was_kept:
        keep(drift, posting, standing, f"{_who_kept(posting)}, when it was kept before"[:200])
    elif policy == Policy.KEEP:
        keep(drift, posting, standing, BY_POLICY)
    elif policy == Policy.RESTORE:
        restore(drift, posting, standing, BY_POLICY)
    return is_new


def agree(posting: Posting, standing: Standing) -> None:
    """Take the version that was seen for the agreed one: all we care for is as we posted it."""
    changed: list[str] = []
    if standing.sync_token > int(posting.sync_token or 0):
        posting.sync_token = str(standing.sync_token)
        changed.append("sync_token")
    if standing.seen and posting.agreed != standing.seen:
        posting.agreed = standing.seen
        changed.append("agreed")
    if posting.changed_there == ChangedThere.ASKED and not _overtaken(posting):
        posting.changed_there = ChangedThere.NO
        changed.append("changed_there")
        _close(posting, DriftState.UNDONE, "")
        if posting.state == PostingState.WAITING and posting.gate == Gate.CHANGED_THERE:
            _due(posting)
            changed += _MOVED
    if changed:
        posting.save(update_fields=[*changed, "changed_at"])


_MOVED = ["state", "gate", "reason", "remedy", "problem", "not_before", "priority", "payload_hash", "books_seen"]


def keep(drift: Drift, posting: Posting, standing: Standing, by: str) -> None:
    """Let QuickBooks' version stand. What the TMS changes later waits for a person again."""
    posting.changed_there = ChangedThere.KEPT
    posting.problem = None
    posting.books_seen = ""
    revision = posting.document.revision
    if standing.gone:
        posting.state = PostingState.REMOVED
        posting.gate = posting.remedy = ""
        posting.reason = f"It was deleted in QuickBooks, and {by} let it be so."[:1000]
        posting.qbo_id = posting.sync_token = posting.payload_hash = ""
        posting.agreed = {}
        posting.revision = revision
    else:
        posting.sync_token = str(max(standing.sync_token, int(posting.sync_token or 0)))
        posting.agreed = standing.seen or posting.agreed
        posting.posted_amount = standing.total
        held = posting.state == PostingState.WAITING and posting.gate == Gate.CHANGED_THERE
        if held or posting.state in _NOT_SENT:
            posting.state = PostingState.POSTED
            posting.gate = posting.reason = posting.remedy = ""
            posting.revision = revision
    posting.save()
    _decided(drift, DriftState.KEPT, by)


def restore(drift: Drift, posting: Posting, standing: Standing, by: str) -> None:
    """Make our version due: an update on top of theirs, or a new transaction where theirs is gone."""
    posting.changed_there = ChangedThere.NO
    if standing.gone or posting.state == PostingState.REMOVED:
        posting.qbo_id = posting.sync_token = ""
        posting.agreed = {}
    else:
        posting.sync_token = str(max(standing.sync_token, int(posting.sync_token or 0)))
    posting.payload_hash = ""
    posting.accepted_payload = posting.books_seen = ""  # everything of ours goes over theirs
    _due(posting)
    posting.save()
    _decided(drift, DriftState.RESTORED, by)
    jobs.request_drain(posting.connection_id)


def waiting_after_kept(posting_ids: Collection[int]) -> set[int]:
    """Return those of these postings that the TMS changed after QuickBooks' version was kept."""
    rows = Posting.objects.filter(pk__in=posting_ids, changed_there=ChangedThere.KEPT, state=PostingState.WAITING)
    return set(rows.filter(gate=Gate.CHANGED_THERE).values_list("pk", flat=True))


def overtaken(posting: Posting) -> None:
    """Ask a person when the TMS changed a document whose version in QuickBooks was kept."""
    if not _overtaken(posting) or posting.changed_there != ChangedThere.KEPT:
        return
    Drift.objects.create(
        posting=posting,
        connection_id=posting.connection_id,
        kind=DriftKind.OVERTAKEN,
        entity=posting.entity,
        qbo_id=posting.qbo_id,
        sync_token=int(posting.sync_token or 0),
        differences=[asdict(each) for each in _tms_against_books(posting)],
        changed_there_at=datetime.now(UTC),
    )
    posting.changed_there = ChangedThere.ASKED
    posting.save(update_fields=["changed_there", "changed_at"])


def _overtaken(posting: Posting) -> bool:
    return posting.state == PostingState.WAITING and posting.gate == Gate.CHANGED_THERE


def _tms_against_books(posting: Posting) -> tuple[Difference, ...]:
    """Return what the TMS has against what was kept, as far as the header tells it."""
    document, theirs = posting.document, Facts.from_json(posting.agreed) if posting.agreed else None
    total = abs(document.amount)
    if theirs is None:
        return (Difference("In QuickBooks", display(total), "deleted"),)
    pairs = [("Total", display(total), display(theirs.total))]
    if posting.invoice is not None:
        pairs.append(("Date", posting.invoice.invoice_date.isoformat(), theirs.day))
        if posting.invoice.due_date is not None:
            pairs.append(("Due date", posting.invoice.due_date.isoformat(), theirs.due))
    differing = tuple(Difference(field, own, other) for field, own, other in pairs if own != other)
    return differing or (Difference("Lines", "as the TMS has them now", "as they were kept"),)


def _due(posting: Posting) -> None:
    posting.state = PostingState.DUE
    posting.priority = Priority.PERSON
    posting.gate = posting.reason = posting.remedy = ""
    posting.problem = None
    posting.payload_hash = posting.books_seen = ""
    posting.not_before = timezone.now()


def _decided(drift: Drift, state: DriftState, by: str) -> None:
    drift.state, drift.decided_by, drift.decided_at = state, by[:200], timezone.now()
    drift.save()


def _close(posting: Posting, state: DriftState, by: str) -> None:
    for drift in Drift.objects.filter(posting=posting, state=DriftState.OPEN):
        _decided(drift, state, by)


def _who_kept(posting: Posting) -> str:
    last = Drift.objects.filter(posting=posting, state=DriftState.KEPT).order_by("-decided_at").first()
    return last.decided_by.removesuffix(", when it was kept before") if last else BY_POLICY
