"""Takes the next due postings, holds back what a gate of the document or the mapping holds, and tells what is missing.

Nothing is sent and nothing is intended here: `intents.py` goes on with what passes.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import transaction
from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.freight.documents import InvoiceData, load_advances, load_invoices
from freightbooks.freight.models import Invoice
from freightbooks.freight.statuses import Side
from freightbooks.mapping import parties, snapshot
from freightbooks.mapping.models import LinkState, PartyLink, Section
from freightbooks.mapping.one_at_a_time import only_one
from freightbooks.mapping.snapshot import Mapping as Mapped
from freightbooks.posting import removal
from freightbooks.posting.gates import (
    APPROVED_OR_LATER,
    Gate,
    Held,
    Rules,
    Twin,
    account_holder,
    hold_for_document,
    hold_for_mapping,
    hold_for_twin,
    vendor_entity,
)
from freightbooks.posting.holding import Document, hold_back, our_fault
from freightbooks.posting.mending import as_mended
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.posting.terms import WantedTerm, wanted_term

logger = logging.getLogger(__name__)

SLICE = 240


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
    priority: int  # of the last of them


def next_slice(connection_id: int, *, most: int = SLICE, sooner_than: int | None = None) -> Slice | None:
    """Take the next due postings, hold back what can be held now, and tell what is missing. None: nothing is due.

    `sooner_than`: only those of a priority before this one.
    """
    connection = Connection.objects.select_related("organization").get(pk=connection_id)
    if connection.organization.paused or not connection.healthy:
        return None
    due = Posting.objects.filter(connection=connection, state=PostingState.DUE, not_before__lte=timezone.now())
    if sooner_than is not None:
        due = due.filter(priority__lt=sooner_than)
    postings = list(due.order_by("priority", "id")[:most])
    if not postings:
        return None
    taken, priority = len(postings), postings[-1].priority
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
        hold = _of_document(document, rules)
        if hold is None and isinstance(document, InvoiceData) and not posting.released_by:
            hold = hold_for_twin(document, twins.get(posting.pk))
        if hold is None:
            passing[posting.pk] = document
        else:
            held[posting.pk] = hold
    wanted = {(holder.id, _entity(document)) for document in passing.values() if (holder := account_holder(document))}
    parties.prepare(connection_id, wanted)
    party_ids = {party_id for party_id, _ in wanted}
    mapping = snapshot.load(connection_id, party_ids=party_ids)
    mended = {posting.pk: as_mended(documents[posting.pk], posting) for posting in postings}
    unmapped = {pk: document for pk, document in passing.items() if _hold_now(mended[pk], mapping, rules) is not None}
    passing = {pk: document for pk, document in passing.items() if pk not in unmapped}
    with transaction.atomic():
        if unmapped:  # under the lock of the mapping: a change of it either comes first, or finds them held
            only_one(connection_id)
            mapping = snapshot.load(connection_id, party_ids=party_ids)
            held |= {pk: hold for pk in unmapped if (hold := _hold_now(mended[pk], mapping, rules))}
        hold_back(held, documents)
    return Slice(passing, tuple(removals), _missing(connection_id, passing.values(), mapping), taken, priority)


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


def _of_document(document: Document, rules: Rules) -> Held | None:
    """Try the gates of the document. One that breaks our own code is held by itself, and keeps nobody waiting."""
    try:
        return hold_for_document(document, rules)
    except Exception as error:
        logger.exception("the gates cannot read document %s", document.external_id)
        return our_fault(error)


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


def _hold_now(document: Document, mapping: Mapped, rules: Rules) -> Held | None:
    """Hold a document for the mapping, unless all it lacks is a party that can be made."""
    hold = hold_for_mapping(document, mapping, rules)
    if hold is not None and hold.gate == Gate.PARTY and _can_be_made(document, mapping):
        return None
    return hold
