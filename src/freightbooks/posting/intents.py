"""Commits the intent to send documents, before anything is sent: each body, and the request it goes out in.

After this a crash at any moment loses nothing and sends nothing twice: what was meant to go out is in the database
under its request id, and is settled first (`settle.py`).
"""

from __future__ import annotations

import hashlib
import logging
import uuid
from collections.abc import Iterator, Sequence

from django.db import transaction
from django.utils import timezone

from freightbooks import exact_json
from freightbooks.connections.models import Connection
from freightbooks.freight.documents import InvoiceData
from freightbooks.freight.statuses import Side
from freightbooks.mapping import snapshot
from freightbooks.mapping.models import Section
from freightbooks.mapping.one_at_a_time import only_one
from freightbooks.mapping.snapshot import Mapping as Mapped
from freightbooks.posting.events import postings_moved
from freightbooks.posting.gates import (
    Gate,
    Held,
    Rules,
    account_holder,
    hold_for_bookkeeper,
    hold_for_mapping,
    hold_for_other_sign,
)
from freightbooks.posting.holding import Document, hold_back, our_fault
from freightbooks.posting.mending import as_mended, options_of, tell_mends
from freightbooks.posting.merging import merge
from freightbooks.posting.models import Posting, SentBatch
from freightbooks.posting.outgoing import BATCH, Outgoing, OutgoingBatch
from freightbooks.posting.rows import write
from freightbooks.posting.slices import Slice, rules_of
from freightbooks.posting.states import PostingState
from freightbooks.posting.translate import Translation, translate
from freightbooks.posting.under_lock import locked, revisions
from freightbooks.problems import subjects
from freightbooks.problems.causes import of_gate

Ready = tuple[Posting, Outgoing]
_PREPARED = (
    "state",
    "gate",
    "reason",
    "remedy",
    "problem",
    "operation",
    "entity",
    "payload",
    "payload_hash",
    "decisions",
    "warnings",
    "batch",
    "batch_position",
    "sending_revision",
    "sync_token",
    "books_seen",
    "doc_number",
    "revision",
    "changed_at",
)

logger = logging.getLogger(__name__)


def commit_intents(connection_id: int, part: Slice, *, singles: int = 0) -> list[OutgoingBatch]:
    """Translate a slice and commit what is to be sent: `singles` of it by themselves, the rest in batches.

    Creates and updates go in batches of their own, so that a lost answer is settled in one way.
    """
    holders = {holder.id for document in part.documents.values() if (holder := account_holder(document))}
    with transaction.atomic():
        only_one(connection_id)
        connection = Connection.objects.get(pk=connection_id)
        rules, mapping = rules_of(connection), snapshot.load(connection_id, party_ids=holders)
        postings = list(locked(Posting.objects.filter(pk__in=part.documents, state=PostingState.DUE)))
        postings.sort(key=lambda posting: (posting.priority, posting.pk))
        current = revisions([posting.pk for posting in postings])
        held: dict[int, Held] = {}
        ready: list[Ready] = []
        same: list[Posting] = []
        for posting in postings:
            document = part.documents[posting.pk]
            if current[posting.pk] != document.revision:
                continue  # it changed while we prepared it: it is still due, and the next slice takes it as it is now
            prepared = _translated(posting, document, mapping, rules)
            if isinstance(prepared, Held):
                held[posting.pk] = prepared
            elif prepared is None:
                same.append(posting)
            else:
                ready.append((posting, prepared))
        hold_back(held, part.documents)
        batches = _intend(connection, ready, singles)
        write([*(posting for posting, _ in ready), *same], _PREPARED)
        if same:  # they are in the books as they are: what waited for them may go on
            moved = [posting.pk for posting in same]
            postings_moved.send(Posting, connection_id=connection_id, posting_ids=moved)
    return batches


def _translated(posting: Posting, document: Document, mapping: Mapped, rules: Rules) -> Outgoing | Held | None:
    """Translate one document and fill its posting. None: QuickBooks has exactly this already."""
    try:
        mended = as_mended(document, posting)
        hold = hold_for_mapping(mended, mapping, rules) or _without_item(document, mapping)
        if hold is not None:
            return hold
        translation = tell_mends(translate(mended, mapping), posting, document)
        hold = hold_for_other_sign(posting.entity, translation.entity) if posting.qbo_id else None
        if hold is None and not _is_there_already(posting, translation):
            hold = hold_for_bookkeeper(posting.changed_there)
        return hold or _prepare(posting, document, translation)
    except Exception as error:
        logger.exception("posting %s cannot be translated", posting.pk)
        return our_fault(error)


def _prepare(posting: Posting, document: Document, translation: Translation) -> Outgoing | Held | None:
    body = dict(translation.payload)
    if posting.qbo_id:
        base = exact_json.loads(posting.accepted_payload) if posting.accepted_payload and not posting.removed_at else {}
        theirs = exact_json.loads(posting.books_seen) if posting.books_seen else None
        if theirs is not None and int(theirs["SyncToken"]) <= int(posting.sync_token or 0):
            theirs = None  # a person has decided about that version since
        merged = merge(base, body, theirs)
        if merged.conflicts:
            return _changed_there(posting, merged.conflicts)
        version = str(theirs["SyncToken"]) if theirs else posting.sync_token
        body = {**merged.fields, "Id": posting.qbo_id, "SyncToken": version, "sparse": True} if merged.fields else {}
        if _is_there_already(posting, translation):
            body = {}
        elif not body and theirs:  # the books say the same as we by now
            posting.sync_token, posting.books_seen = version, ""
    posting.gate = posting.reason = posting.remedy = ""
    if posting.sending_revision != document.revision:
        posting.problem = None  # another document now: that it posts says nothing of those its problem holds
    posting.entity = translation.entity
    posting.doc_number = translation.doc_number
    posting.decisions = translation.decisions.as_json()
    posting.warnings = list(translation.warnings)
    posting.changed_at = timezone.now()
    posting.payload_hash = _digest(translation)
    if not body:
        posting.problem = None
        posting.state = PostingState.POSTED
        posting.revision = document.revision
        return None
    posting.state = PostingState.SENDING
    posting.sending_revision = document.revision
    posting.operation = "update" if posting.qbo_id else "create"
    posting.payload = exact_json.dumps(body)
    return Outgoing(posting.pk, posting.operation, translation.entity, body, options_of(posting))


def _digest(translation: Translation) -> str:
    text = exact_json.dumps(translation.payload)
    return hashlib.sha256(f"{translation.entity} {text}".encode()).hexdigest()


def _is_there_already(posting: Posting, translation: Translation) -> bool:
    """Whether exactly this was the last thing QuickBooks took from us."""
    return bool(posting.qbo_id) and posting.payload_hash == _digest(translation) and posting.revision > 0


def _changed_there(posting: Posting, what: Sequence[str]) -> Held:
    named = what[0] if len(what) == 1 else f"{', '.join(what[:-1])} and {what[-1]}"
    return Held(
        Gate.CHANGED_THERE,
        f"A bookkeeper changed the {named} of this {posting.entity} in QuickBooks, and the TMS changed the same since.",
        "Keep QuickBooks' version or restore ours, under Changed in QuickBooks.",
    )


def _without_item(document: Document, mapping: Mapped) -> Held | None:
    """Hold a customer invoice with a cost whose item could not be made."""
    if not isinstance(document, InvoiceData) or document.side != Side.CUSTOMER:
        return None
    for line in document.lines:
        rule = mapping.cost(Section.CUSTOMER_COSTS, line.code)
        if rule is not None and not rule.item_id:
            return Held(
                Gate.ACCOUNT,
                f"QuickBooks did not let us make an item for the cost {line.name}.",
                "Choose another account for it under Customer costs, and try again.",
                of_gate(
                    Gate.ACCOUNT,
                    f"QuickBooks did not let us make an item for the cost {line.name}",
                    subjects.cost(Section.CUSTOMER_COSTS, line.code, line.name),
                ),
            )
    return None


def _intend(connection: Connection, ready: Sequence[Ready], singles: int) -> list[OutgoingBatch]:
    """Group what is ready into requests, and commit a row for each."""
    by_themselves = [each for each in ready if each[0].alone]
    rest = [each for each in ready if not each[0].alone]
    kept = max(0, len(rest) - singles)
    by_themselves += rest[kept:]
    groups = [[each] for each in by_themselves]
    for operation in ("create", "update"):
        groups += _groups([each for each in rest[:kept] if each[1].operation == operation])
    first_single = len(by_themselves)
    rows = SentBatch.objects.bulk_create(
        [
            SentBatch(connection=connection, request_id=uuid.uuid4(), single=number < first_single)
            for number in range(len(groups))
        ]
    )
    batches = []
    for row, group in zip(rows, groups, strict=True):
        for position, (posting, _) in enumerate(group):
            posting.batch = row
            posting.batch_position = position
        items = tuple(outgoing for _, outgoing in group)
        batches.append(OutgoingBatch(row.pk, str(row.request_id), items, row.single))
    return batches


def _groups(some: list[Ready]) -> Iterator[list[Ready]]:
    for start in range(0, len(some), BATCH):
        yield some[start : start + BATCH]
