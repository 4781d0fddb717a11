"""Takes the next due postings, holds back what a gate holds, and commits the intent to send the rest.

Everything here is one side of the call: nothing is sent. After `commit_intents` a crash at any moment loses nothing,
because the batch with its request id and the exact bodies are in the database.
"""

from __future__ import annotations

import hashlib
import uuid
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from freightbooks import exact_json
from freightbooks.connections.models import Connection
from freightbooks.freight.documents import AdvanceData, InvoiceData, load_advances, load_invoices
from freightbooks.freight.models import Invoice
from freightbooks.freight.statuses import Side
from freightbooks.mapping import parties, snapshot
from freightbooks.mapping.models import LinkState, PartyLink, Section
from freightbooks.mapping.one_at_a_time import only_one
from freightbooks.mapping.snapshot import Mapping as Mapped
from freightbooks.posting import removal
from freightbooks.posting.events import postings_moved
from freightbooks.posting.gates import (
    APPROVED_OR_LATER,
    Gate,
    Held,
    Rules,
    Twin,
    account_holder,
    hold_for_bookkeeper,
    hold_for_document,
    hold_for_mapping,
    hold_for_other_sign,
    hold_for_twin,
    vendor_entity,
)
from freightbooks.posting.held import problems_of
from freightbooks.posting.mending import as_mended, options_of, tell_mends
from freightbooks.posting.models import Posting, SentBatch
from freightbooks.posting.outgoing import BATCH, Outgoing, OutgoingBatch
from freightbooks.posting.states import PostingState
from freightbooks.posting.terms import WantedTerm, wanted_term
from freightbooks.posting.translate import Translation, translate
from freightbooks.posting.under_lock import locked, revisions
from freightbooks.problems import subjects
from freightbooks.problems.causes import of_gate

Document = InvoiceData | AdvanceData
SLICE = 240
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
    "doc_number",
    "revision",
    "changed_at",
)


@dataclass(frozen=True)
class Missing:
    """What QuickBooks must have before a slice can post."""

    link_ids: frozenset[int] = frozenset()
    terms: dict[str, WantedTerm] = field(default_factory=dict)
    cost_codes: frozenset[str] = frozenset()

    def __bool__(self) -> bool:
        return bool(self.link_ids or self.terms or self.cost_codes)


@dataclass(frozen=True)
class Slice:
    """Some due postings with their documents, those that no gate of the document holds."""

    documents: dict[int, Document]  # by posting id
    removals: tuple[int, ...]  # postings of archived documents that are to leave the books
    missing: Missing
    taken: int  # how many due postings were looked at


def next_slice(connection_id: int) -> Slice | None:
    """Take the next due postings, hold back what can be held now, and tell what is missing. None: nothing is due."""
    connection = Connection.objects.select_related("organization").get(pk=connection_id)
    if connection.organization.paused or not connection.healthy:
        return None
    due = Posting.objects.filter(connection=connection, state=PostingState.DUE, not_before__lte=timezone.now())
    postings = list(due.order_by("priority", "id")[:SLICE])
    if not postings:
        return None
    taken = len(postings)
    documents = _documents(postings)
    rules = rules_of(connection)
    held: dict[int, Held] = {}
    passing: dict[int, Document] = {}
    removals = [posting.pk for posting in postings if removal.wanted(posting, documents[posting.pk], connection)]
    gone = [posting.pk for posting in postings if removal.already_gone(posting, documents[posting.pk])]
    removal.note_already_gone(gone, documents)
    postings = [posting for posting in postings if posting.pk not in (*removals, *gone)]
    twins = _twins(connection, postings, documents)
    for posting in postings:
        document = documents[posting.pk]
        hold = hold_for_document(document, rules)
        if hold is None and isinstance(document, InvoiceData) and not posting.released_by:
            hold = hold_for_twin(document, twins.get(posting.pk))
        if hold is None:
            passing[posting.pk] = document
        else:
            held[posting.pk] = hold
    wanted = {(holder.id, _entity(document)) for document in passing.values() if (holder := account_holder(document))}
    parties.prepare(connection_id, wanted)
    mapping = snapshot.load(connection_id)
    mended = {posting.pk: as_mended(documents[posting.pk], posting) for posting in postings}
    unmapped = {pk: document for pk, document in passing.items() if _hold_now(mended[pk], mapping, rules) is not None}
    passing = {pk: document for pk, document in passing.items() if pk not in unmapped}
    with transaction.atomic():
        if unmapped:  # under the lock of the mapping: a change of it either comes first, or finds them held
            only_one(connection_id)
            mapping = snapshot.load(connection_id)
            held |= {pk: hold for pk in unmapped if (hold := _hold_now(mended[pk], mapping, rules))}
        _hold(held, documents)
    return Slice(passing, tuple(removals), _missing(connection_id, passing.values(), mapping), taken)


def commit_intents(connection_id: int, part: Slice) -> list[OutgoingBatch]:
    """Translate a slice and commit what is to be sent, before anything is: batches of creates, batches of updates."""
    with transaction.atomic():
        only_one(connection_id)
        connection = Connection.objects.get(pk=connection_id)
        rules, mapping = rules_of(connection), snapshot.load(connection_id)
        postings = list(locked(Posting.objects.filter(pk__in=part.documents, state=PostingState.DUE)))
        postings.sort(key=lambda posting: (posting.priority, posting.pk))
        current = revisions([posting.pk for posting in postings])
        held: dict[int, Held] = {}
        ready: dict[str, list[tuple[Posting, Outgoing]]] = {"create": [], "update": []}
        same: list[Posting] = []
        for posting in postings:
            document = part.documents[posting.pk]
            if current[posting.pk] != document.revision:
                continue  # it changed while we prepared it: it is still due, and the next slice takes it as it is now
            mended = as_mended(document, posting)
            hold = hold_for_mapping(mended, mapping, rules) or _without_item(document, mapping)
            translation = tell_mends(translate(mended, mapping), posting, document) if hold is None else None
            if hold is None and translation is not None and posting.qbo_id:
                hold = hold_for_other_sign(posting.entity, translation.entity)
            if hold is None and translation is not None and not _is_there_already(posting, translation):
                hold = hold_for_bookkeeper(posting.changed_there)
            if hold is not None or translation is None:
                if hold is not None:
                    held[posting.pk] = hold
                continue
            outgoing = _prepare(posting, document, translation)
            if outgoing is None:
                same.append(posting)
            else:
                ready[outgoing.operation].append((posting, outgoing))
        _hold(held, part.documents)
        batches = [_intend(connection, group) for some in ready.values() for group in _groups(some)]
        Posting.objects.bulk_update(
            [posting for some in ready.values() for posting, _ in some] + same, _PREPARED, batch_size=BATCH * 4
        )
    return batches


def rules_of(connection: Connection) -> Rules:
    """Return what the gates of this connection go by."""
    return Rules(
        connection.home_currency, connection.multicurrency, connection.start_date, connection.books_closed_through
    )


def _documents(postings: Sequence[Posting]) -> dict[int, Document]:
    invoices = load_invoices([posting.invoice_id for posting in postings if posting.invoice_id is not None])
    advances = load_advances([posting.advance_id for posting in postings if posting.advance_id is not None])
    return {
        posting.pk: invoices[posting.invoice_id]
        if posting.invoice_id is not None
        else advances[posting.advance_id or 0]
        for posting in postings
    }


def _entity(document: Document) -> str:
    return vendor_entity(document.side if isinstance(document, InvoiceData) else Side.CARRIER)


def _twins(connection: Connection, postings: Sequence[Posting], documents: dict[int, Document]) -> dict[int, Twin]:
    """Find, for carrier invoices, an earlier one with the same carrier and number, approved and not archived."""
    bills = {
        posting.pk: document
        for posting in postings
        if isinstance(document := documents[posting.pk], InvoiceData) and document.side == Side.CARRIER
    }
    if not bills:
        return {}
    rows = Invoice.objects.filter(
        organization_id=connection.organization_id,
        side=Side.CARRIER,
        party_id__in={document.party.id for document in bills.values()},
        number__in={document.number for document in bills.values()},
        archived=False,
        archived_by="",
        status__in=APPROVED_OR_LATER,
    ).order_by("pk")
    first: dict[tuple[int, str], tuple[int, str]] = {}
    for pk, party_id, number, external_id in rows.values_list("pk", "party_id", "number", "external_id"):
        first.setdefault((party_id, number), (pk, external_id))
    return {
        posting_id: Twin(earlier[1], document.number)
        for posting_id, document in bills.items()
        if (earlier := first.get((document.party.id, document.number))) and earlier[0] < document.id
    }


def _can_be_made(document: Document, mapping: Mapped) -> bool:
    holder = account_holder(document)
    link = mapping.link(holder.id, _entity(document)) if holder else None
    return link is not None and link.state in (LinkState.WANTED, LinkState.MAKING)


def _missing(connection_id: int, documents: Iterable[Document], mapping: Mapped) -> Missing:
    holders: dict[str, set[int]] = defaultdict(set)
    terms: dict[str, WantedTerm] = {}
    codes: set[str] = set()
    for document in documents:
        if _can_be_made(document, mapping) and (holder := account_holder(document)):
            holders[_entity(document)].add(holder.id)
        if not isinstance(document, InvoiceData):
            continue
        term = wanted_term(document.party)
        if term and document.amount > 0 and mapping.term_id(term.key) is None:
            terms[term.key] = term
        if document.side == Side.CUSTOMER:
            rules = {line.code: mapping.cost(Section.CUSTOMER_COSTS, line.code) for line in document.lines}
            codes |= {code for code, rule in rules.items() if rule and not rule.item_id}
    links = {
        pk
        for entity, ids in holders.items()
        for pk in PartyLink.objects.filter(connection_id=connection_id, entity=entity, party_id__in=ids).values_list(
            "pk", flat=True
        )
    }
    return Missing(frozenset(links), terms, frozenset(codes))


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


def _hold(held: Mapping[int, Held], documents: Mapping[int, Document]) -> None:
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
    Posting.objects.bulk_update(
        postings, ("state", "gate", "reason", "remedy", "problem", "changed_at"), batch_size=BATCH * 4
    )
    moved = [posting.pk for posting in postings]
    postings_moved.send(Posting, connection_id=postings[0].connection_id, posting_ids=moved)


def _hold_now(document: Document, mapping: Mapped, rules: Rules) -> Held | None:
    """Hold a document for the mapping, unless all it lacks is a party that can be made."""
    hold = hold_for_mapping(document, mapping, rules)
    if hold is not None and hold.gate == Gate.PARTY and _can_be_made(document, mapping):
        return None
    return hold


def _prepare(posting: Posting, document: Document, translation: Translation) -> Outgoing | None:
    """Fill the posting with what is to be sent, or, when QuickBooks has exactly this already, call it posted."""
    digest = _digest(translation)
    unchanged = _is_there_already(posting, translation)
    posting.gate = posting.reason = posting.remedy = ""
    if posting.sending_revision != document.revision:
        posting.problem = None  # another document now: that it posts says nothing of those its problem holds
    posting.entity = translation.entity
    posting.doc_number = translation.doc_number
    posting.decisions = translation.decisions.as_json()
    posting.warnings = list(translation.warnings)
    posting.changed_at = timezone.now()
    if unchanged:
        posting.problem = None
        posting.state = PostingState.POSTED
        posting.revision = document.revision
        return None
    posting.state = PostingState.SENDING
    posting.sending_revision = document.revision
    posting.payload_hash = digest
    posting.operation = "update" if posting.qbo_id else "create"
    body = dict(translation.payload)
    if posting.qbo_id:
        body |= {"Id": posting.qbo_id, "SyncToken": posting.sync_token, "sparse": True}
    posting.payload = exact_json.dumps(body)
    return Outgoing(posting.pk, posting.operation, translation.entity, body, options_of(posting))


def _digest(translation: Translation) -> str:
    text = exact_json.dumps(translation.payload)
    return hashlib.sha256(f"{translation.entity} {text}".encode()).hexdigest()


def _is_there_already(posting: Posting, translation: Translation) -> bool:
    """Whether exactly this was the last thing QuickBooks took from us."""
    return bool(posting.qbo_id) and posting.payload_hash == _digest(translation) and posting.revision > 0


def _intend(connection: Connection, group: Sequence[tuple[Posting, Outgoing]]) -> OutgoingBatch:
    batch = SentBatch.objects.create(connection=connection, request_id=uuid.uuid4())
    for position, (posting, _) in enumerate(group):
        posting.batch = batch
        posting.batch_position = position
    return OutgoingBatch(batch.pk, str(batch.request_id), tuple(outgoing for _, outgoing in group))


def _groups(some: Sequence[tuple[Posting, Outgoing]]) -> Iterable[Sequence[tuple[Posting, Outgoing]]]:
    for start in range(0, len(some), BATCH):
        yield some[start : start + BATCH]
