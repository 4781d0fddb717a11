"""Records what became of a batch: what QuickBooks answered for each document, in one transaction."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import timedelta
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import F, prefetch_related_objects
from django.utils import timezone

from freightbooks import exact_json
from freightbooks.mapping.models import MappingChange
from freightbooks.money import ZERO, display, to_cents
from freightbooks.posting import blaming, releasing
from freightbooks.posting.events import postings_moved
from freightbooks.posting.facts import Facts, differences, facts_after, facts_as_sent, facts_of
from freightbooks.posting.merging import after
from freightbooks.posting.models import Attempt, Posting, SentBatch
from freightbooks.posting.rows import write
from freightbooks.posting.states import PostingState
from freightbooks.posting.under_lock import locked, revisions
from freightbooks.problems.causes import Cause
from freightbooks.problems.models import Problem
from freightbooks.problems.record import open_all
from freightbooks.quickbooks.client import Exchange, Fault

IN_FLIGHT = (PostingState.SENDING, PostingState.UNCERTAIN)
TRY_LATER_CODES = frozenset({"3001", "003001", "10000", "010000"})
"""Throttling and QuickBooks' own failures, told for one document of a batch: nothing was written."""
RETRY_AFTER = timedelta(seconds=30)
FIRST_VERSION = str(0)
_RECORDED = (
    "state",
    "gate",
    "reason",
    "remedy",
    "problem",
    "payload_hash",
    "accepted_payload",
    "books_seen",
    "alone",
    "revision",
    "qbo_id",
    "sync_token",
    "doc_number",
    "agreed",
    "posted_amount",
    "posted_at",
    "removed_at",
    "not_before",
    "warnings",
    "changed_at",
)


@dataclass(frozen=True)
class Accepted:
    """QuickBooks has the document. `object` is the entity as it answered."""

    object: dict[str, Any]
    found: bool = False  # looked up afterwards, rather than answered


@dataclass(frozen=True)
class RefusedByQuickBooks:
    """QuickBooks looked at the document and would not have it; nothing was written."""

    fault: Fault


@dataclass(frozen=True)
class NotDone:
    """Nothing was written; it is to be sent again, at once or later. `alone`: in no batch any more."""

    later: bool = False
    alone: bool = False


@dataclass(frozen=True)
class Overtaken:
    """The books have a newer version than the one our update was for; nothing was written. `object` is that version."""

    object: dict[str, Any]


Outcome = Accepted | RefusedByQuickBooks | NotDone | Overtaken


@dataclass(frozen=True)
class Answered:
    """What became of each posting of a batch (by posting id), and the exchange that told it, if one did."""

    batch_id: int
    outcomes: Mapping[int, Outcome]
    exchange: Exchange | None


def record(batch_id: int, outcomes: Mapping[int, Outcome], exchange: Exchange | None) -> None:
    """Write down the outcome of each posting of a batch (by posting id), and settle the batch if that was all of it."""
    record_all([Answered(batch_id, outcomes, exchange)])


def record_all(answers: Sequence[Answered]) -> None:
    """Write down what became of some batches of one company, in one transaction."""
    told = {pk: (answered, outcome) for answered in answers for pk, outcome in answered.outcomes.items()}
    with transaction.atomic():
        rows = locked(Posting.objects.filter(pk__in=told, state__in=IN_FLIGHT))
        postings = [posting for posting in rows if posting.batch_id == told[posting.pk][0].batch_id]
        prefetch_related_objects(postings, "invoice", "advance")
        current = revisions([posting.pk for posting in postings])
        now = timezone.now()
        refused = {
            posting.pk: outcome.fault
            for posting in postings
            if isinstance(outcome := told[posting.pk][1], RefusedByQuickBooks)
            and outcome.fault.code not in TRY_LATER_CODES
        }
        remapped = _remapped([posting for posting in postings if posting.pk in refused])
        causes = blaming.causes_of(
            [posting for posting in postings if posting.pk in refused.keys() - remapped], refused, answers[0].exchange
        )
        problems = open_all(postings[0].connection_id, causes.values()) if causes else {}
        healed: set[int] = set()
        attempts: list[Attempt] = []
        for posting in postings:
            answered, outcome = told[posting.pk]
            posting.changed_at = now
            attempt = _attempt(posting, answered.exchange)
            attempt.answered = _answered(outcome)
            changed = current[posting.pk] != posting.sending_revision  # in the TMS, while it was on its way
            if isinstance(outcome, Accepted) and posting.operation in ("delete", "void"):
                _removed(posting, outcome, attempt, changed=changed)
            elif isinstance(outcome, Accepted):
                if posting.problem_id is not None and not changed:
                    healed.add(posting.problem_id)
                _accept(posting, outcome, attempt, changed=changed)
            elif isinstance(outcome, RefusedByQuickBooks) and posting.pk in remapped:
                _refused_before(posting, outcome.fault, attempt)
            elif isinstance(outcome, RefusedByQuickBooks):
                cause = causes.get(posting.pk)
                problem = problems[cause.key] if cause else None
                _refuse(posting, outcome.fault, attempt, cause, problem, changed=changed)
            elif isinstance(outcome, Overtaken):
                attempt.outcome, attempt.code = "overtaken", "5010"
                posting.books_seen = exact_json.dumps(outcome.object)
                _again(posting, later=False)
            else:
                attempt.outcome = "not sent"
                _again(posting, later=outcome.later)
                posting.alone = outcome.alone or posting.alone
            attempts.append(attempt)
        write(postings, _RECORDED)
        Attempt.objects.bulk_create(attempts)
        if healed:
            releasing.release_those_of(postings[0].connection_id, healed, "One of its documents posted.")
        batches = {answered.batch_id for answered in answers}
        under_way = Posting.objects.filter(batch_id__in=batches, state__in=IN_FLIGHT).values_list("batch_id", flat=True)
        SentBatch.objects.filter(pk__in=batches - set(under_way), settled_at=None).update(settled_at=now)
        if postings:
            moved = [posting.pk for posting in postings]
            postings_moved.send(Posting, connection_id=postings[0].connection_id, posting_ids=moved)


def mark_uncertain(batch_id: int, exchange: Exchange | None) -> None:
    """Note that no answer came for a batch: it may or may not be in the books."""
    with transaction.atomic():
        postings = list(locked(Posting.objects.filter(batch_id=batch_id, state=PostingState.SENDING)))
        attempts = [_attempt(posting, exchange) for posting in postings]
        for attempt in attempts:
            attempt.outcome = "no answer"
        Attempt.objects.bulk_create(attempts)
        now = timezone.now()
        Posting.objects.filter(pk__in=[posting.pk for posting in postings]).update(
            state=PostingState.UNCERTAIN, changed_at=now
        )
        SentBatch.objects.filter(pk=batch_id).update(doubted_since=now, look_at=None, tries=F("tries") + 1)


def _attempt(posting: Posting, exchange: Exchange | None) -> Attempt:
    attempt = Attempt(posting=posting, operation=posting.operation, outcome="")
    if exchange is not None:
        attempt.request_id = exchange.request_id or None
        attempt.http_status = exchange.http_status
        attempt.code = exchange.code[:12]
        attempt.intuit_tid = exchange.intuit_tid[:100]
        attempt.duration_ms = exchange.duration_ms
        attempt.sent = posting.payload
    return attempt


def _answered(outcome: Outcome) -> str:
    """Return what QuickBooks said of this document, as it stands in the story of the attempt. Bodies hold no secret."""
    if isinstance(outcome, Accepted | Overtaken):
        return exact_json.dumps(outcome.object)
    if isinstance(outcome, RefusedByQuickBooks):
        return exact_json.dumps({"Fault": {"Error": [asdict(each) for each in outcome.fault.errors]}})
    return ""


def _accept(posting: Posting, outcome: Accepted, attempt: Attempt, *, changed: bool) -> None:
    answered = outcome.object
    attempt.outcome = "found in the books" if outcome.found else "posted"
    posting.qbo_id = str(answered["Id"])
    posting.sync_token = str(answered["SyncToken"])
    posting.doc_number = str(answered.get("DocNumber", ""))
    _agree(posting, outcome)
    posting.posted_amount = to_cents(Decimal(answered.get("TotalAmt", ZERO)))
    posting.posted_at = posting.posted_at or timezone.now()
    base = exact_json.loads(posting.accepted_payload) if posting.accepted_payload and not posting.removed_at else {}
    sent = exact_json.loads(posting.payload)
    posting.accepted_payload = exact_json.dumps(after(base, sent)) if "sparse" in sent else posting.payload
    posting.books_seen = ""
    posting.alone = False
    posting.removed_at = None
    posting.revision = posting.sending_revision
    posting.gate = posting.reason = posting.remedy = ""
    posting.problem = None
    ours = _decided(posting)
    if posting.posted_amount != ours:
        warning = f"QuickBooks shows {display(posting.posted_amount)} where the TMS has {display(ours)}."
        posting.warnings = [*posting.warnings, warning]
    posting.state = PostingState.POSTED
    if changed:
        posting.state = PostingState.DUE


def _removed(posting: Posting, outcome: Accepted, attempt: Attempt, *, changed: bool) -> None:
    """Note that it has left the books. A voided invoice keeps its id, so that it can come back as itself."""
    attempt.outcome = "removed"
    posting.state = PostingState.REMOVED
    posting.removed_at = timezone.now()
    posting.revision = posting.sending_revision
    posting.gate = posting.reason = posting.remedy = posting.payload_hash = ""
    posting.problem = None
    posting.warnings = []
    if posting.operation == "void":
        posting.sync_token = str(outcome.object["SyncToken"])
        posting.posted_amount = ZERO
    else:
        posting.qbo_id = posting.sync_token = ""
        posting.posted_amount = None
    if changed:
        posting.state = PostingState.DUE


def _agree(posting: Posting, outcome: Accepted) -> None:
    """Keep the version we made, and beside it what others have in theirs, if that is not the same.

    A create that was looked up afterwards may have been edited since: what we made is its first version then. An update
    may have gone on top of what a bookkeeper changed beside it: `theirs` is that, for whoever shows it.
    """
    sent = exact_json.loads(posting.payload)
    there = facts_of(outcome.object)
    if posting.operation == "create":
        made = facts_as_sent(sent, outcome.object) if outcome.found else there
        posting.agreed = made.as_json()
        if differences(made, there):
            posting.sync_token = FIRST_VERSION
        return
    made = facts_after(Facts.from_json(posting.agreed) if posting.agreed else None, sent, there)
    posting.agreed = made.as_json()
    if differences(made, there):
        at = str((outcome.object.get("MetaData") or {}).get("LastUpdatedTime", ""))
        posting.agreed |= {"theirs": there.as_json(), "theirs_at": at}


def _decided(posting: Posting) -> Decimal:
    """Return what it was to come to: its lines as they were decided, after any quick-pay discount."""
    return sum((Decimal(line["amount"]) for line in posting.decisions["lines"]), ZERO)


def _refused_before(posting: Posting, fault: Fault, attempt: Attempt) -> None:
    """Put back in the queue what was refused under a mapping that is no more."""
    attempt.outcome, attempt.code, attempt.message = "refused", fault.code[:12], fault.text
    _again(posting, later=False)


def _remapped(refused: Sequence[Posting]) -> set[int]:
    """Return which of them a person has mapped anew while they were on their way: the refusal is about what was before.

    The change found them in flight and left them alone, so nobody would send them again.
    """
    if not refused:
        return set()
    changes = MappingChange.objects.filter(connection_id=refused[0].connection_id)
    last = changes.order_by("-pk").values_list("at", flat=True).first()
    if last is None:
        return set()
    since = SentBatch.objects.filter(pk__in={posting.batch_id for posting in refused}, created_at__lt=last)
    before = set(since.values_list("pk", flat=True))
    return {posting.pk for posting in refused if posting.batch_id in before}


def _refuse(
    posting: Posting, fault: Fault, attempt: Attempt, cause: Cause | None, problem: Problem | None, *, changed: bool
) -> None:
    attempt.code, attempt.message = fault.code[:12], fault.text
    if cause is None:
        attempt.outcome = "later"
        _again(posting, later=True)
        return
    attempt.outcome = "refused"
    posting.payload_hash = ""
    if changed:
        posting.state = PostingState.DUE
        return
    posting.state = PostingState.FAILED
    posting.problem = problem
    posting.gate = ""
    posting.reason = f"{cause.title}. QuickBooks says: {fault.text}"[:1000]
    posting.remedy = cause.remedy[:1000]


def _again(posting: Posting, *, later: bool) -> None:
    posting.state = PostingState.DUE
    posting.payload_hash = ""
    if later:
        posting.not_before = timezone.now() + RETRY_AFTER
