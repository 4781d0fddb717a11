"""The documents of the organization: invoices of both sides and advances, and where each stands in each company."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.http import HttpRequest
from ninja import Query, Router

from freightbooks.api.answers import FAILURES, After, Limit, Page, cursor, place
from freightbooks.api.callers import document_or_404, organization_of
from freightbooks.api.document_shapes import (
    AttemptOut,
    DocumentId,
    DocumentOut,
    Filters,
    Kind,
    LineOut,
    PostingOut,
    WholeDocumentOut,
)
from freightbooks.connections.models import Connection
from freightbooks.freight.models import Advance, Invoice
from freightbooks.organizations.models import Organization
from freightbooks.posting.models import Posting
from freightbooks.posting.why import answers_for

router = Router(tags=["documents"])


@router.get("", response={200: Page[DocumentOut], **FAILURES}, summary="List documents")
def list_documents(
    request: HttpRequest, filters: Query[Filters], limit: Limit = 100, after: After = ""
) -> Page[DocumentOut]:
    """In the order in which they first came in: invoices, then advances."""
    organization = organization_of(request)
    table, last = place(after, str, int) if after else ["invoice", 0]
    found: list[Invoice | Advance] = []
    if table == "invoice" and filters.kind != Kind.ADVANCE:
        found += _invoices(organization, filters).filter(pk__gt=last).order_by("pk")[: limit + 1]
    if filters.kind in (None, Kind.ADVANCE) and filters.status is None and len(found) <= limit:
        first = last if table == "advance" else 0
        room = limit + 1 - len(found)
        found += _advances(organization, filters).filter(pk__gt=first).order_by("pk")[:room]
    following = None
    if len(found) > limit:
        on = found[limit - 1]
        following = cursor("invoice" if isinstance(on, Invoice) else "advance", on.pk)
    return Page[DocumentOut](items=_out(organization, found[:limit]), next=following)


@router.get("/{document_id}", response={200: WholeDocumentOut, **FAILURES}, summary="Show one document")
def one_document(request: HttpRequest, document_id: DocumentId) -> WholeDocumentOut:
    """With its cost lines, and everything that was tried."""
    organization = organization_of(request)
    document = document_or_404(organization, document_id)
    own = {"invoice": document} if isinstance(document, Invoice) else {"advance": document}
    postings = Posting.objects.filter(connection__organization=organization, **own)
    attempts = [
        AttemptOut(
            connection=posting.connection_id,
            at=attempt.at,
            operation=attempt.operation,
            outcome=attempt.outcome,
            http_status=attempt.http_status,
            code=attempt.code,
            message=attempt.message,
            intuit_tid=attempt.intuit_tid,
            duration_ms=attempt.duration_ms,
        )
        for posting in postings
        for attempt in posting.attempts.order_by("-at")[:100]
    ]
    (plain,) = _out(organization, [document])
    lines = [
        LineOut(
            external_id=cost.external_id,
            code=cost.code,
            name=cost.name,
            qty=_plain(cost.qty),
            price=_plain(cost.price),
            amount=cost.amount,
            note=cost.note,
        )
        for cost in (document.costs.order_by("pk") if isinstance(document, Invoice) else ())
    ]
    return WholeDocumentOut(**plain.dict(), lines=lines, attempts=attempts)


_M = TypeVar("_M", Invoice, Advance)


def _invoices(organization: Organization, filters: Filters) -> QuerySet[Invoice]:
    found = Invoice.objects.filter(organization=organization).select_related("party", "shipment")
    if filters.kind is not None:
        found = found.filter(side=filters.kind.partition(" ")[0])
    if filters.status is not None:
        found = found.filter(status=filters.status)
    if filters.number:
        found = found.filter(number=filters.number)
    return _standing(found.filter(_common(filters, "invoice_date")), organization, filters, "invoice")


def _advances(organization: Organization, filters: Filters) -> QuerySet[Advance]:
    found = Advance.objects.filter(organization=organization).select_related("party", "shipment")
    if filters.number:
        found = found.filter(reference=filters.number)
    return _standing(found.filter(_common(filters, "date")), organization, filters, "advance")


def _common(filters: Filters, day: str) -> Q:
    wanted = Q()
    if filters.external_id:
        wanted &= Q(external_id=filters.external_id)
    if filters.shipment:
        wanted &= Q(shipment__custom_id=filters.shipment) | Q(shipment__external_id=filters.shipment)
    if filters.party:
        wanted &= Q(party__external_id=filters.party)
    if filters.since is not None:
        wanted &= Q(**{f"{day}__gte": filters.since})
    if filters.until is not None:
        wanted &= Q(**{f"{day}__lte": filters.until})
    return wanted


def _standing(found: QuerySet[_M], organization: Organization, filters: Filters, own: str) -> QuerySet[_M]:
    """Keep the documents that stand so in a company of the organization, if it was asked."""
    if filters.state is None and filters.connection is None and not filters.gate:
        return found
    postings = Posting.objects.filter(connection__organization=organization, **{own: OuterRef("pk")})
    if filters.state is not None:
        postings = postings.filter(state=filters.state)
    if filters.connection is not None:
        postings = postings.filter(connection_id=filters.connection)
    if filters.gate:
        postings = postings.filter(gate=filters.gate)
    return found.filter(Exists(postings))


def _out(organization: Organization, documents: Sequence[Invoice | Advance]) -> list[DocumentOut]:
    companies = list(Connection.objects.filter(organization=organization).exclude(realm_id="").order_by("pk"))
    for company in companies:
        company.organization = organization
    postings: dict[str, list[PostingOut]] = defaultdict(list)
    for answer in answers_for(documents, companies):
        if answer.connection_id is not None:
            postings[answer.document].append(
                PostingOut(
                    connection=answer.connection_id,
                    company=answer.company,
                    state=answer.state,
                    title=answer.title,
                    sentence=answer.sentence,
                    remedy=answer.remedy,
                    since=answer.since,
                    gate=answer.gate,
                    in_quickbooks=answer.in_quickbooks,
                    entity=answer.entity,
                    doc_number=answer.doc_number,
                    qbo_id=answer.qbo_id,
                )
            )
    return [_document(document, postings) for document in documents]


def _document(document: Invoice | Advance, postings: Mapping[str, list[PostingOut]]) -> DocumentOut:
    invoice = document if isinstance(document, Invoice) else None
    own = f"{'invoice' if invoice else 'advance'}-{document.pk}"
    return DocumentOut(
        id=own,
        kind=Kind(f"{invoice.side} invoice") if invoice else Kind.ADVANCE,
        number=invoice.number if invoice else getattr(document, "reference", ""),
        external_id=document.external_id,
        shipment=str(document.shipment) if document.shipment else "",
        party=document.party.name,
        party_external_id=document.party.external_id,
        status=invoice.status if invoice else "",
        archived=invoice.archived if invoice else False,
        date=document.invoice_date if isinstance(document, Invoice) else document.date,
        due_date=invoice.due_date if invoice else None,
        currency=document.currency,
        amount=document.amount,
        postings=postings.get(own, []),
    )


def _plain(number: Decimal) -> str:
    """Write a quantity or a price without the zeros of its column."""
    return format(number.normalize() + 0, "f")
