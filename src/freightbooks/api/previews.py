"""The preview of a document for programs: the journal entry, the JSON, the choices, and QuickBooks' side on request."""

from __future__ import annotations

from datetime import date as Day
from datetime import datetime

from django.http import Http404, HttpRequest
from ninja import Router, Schema

from freightbooks.api.answers import FAILURES, Failure, Refused
from freightbooks.api.callers import document_or_404, organization_of
from freightbooks.api.document_shapes import DocumentId
from freightbooks.connections.models import Connection
from freightbooks.freight.models import Invoice
from freightbooks.posting.models import Posting
from freightbooks.posting.previewing import NotReadable, compare, preview_of

router = Router(tags=["documents"])


class EntryLineOut(Schema):
    """One line of the journal entry."""

    account: str
    debit: str
    credit: str
    text: str
    why: str
    item: str
    trouble: str


class ChoiceOut(Schema):
    """One thing that was decided, and why."""

    what: str
    chosen: str
    why: str


class HoldOut(Schema):
    """One thing that holds the document, and what to do."""

    gate: str
    sentence: str
    remedy: str


class FieldOut(Schema):
    """One field as we sent it, and as QuickBooks holds it."""

    field: str
    ours: str
    theirs: str
    same: bool


class ComparedOut(Schema):
    """What was sent beside what QuickBooks held at `read_at`."""

    read_at: datetime
    gone: bool
    different: int
    balance: str | None
    exchange_rate: str | None
    changed_at: datetime | None
    fields: list[FieldOut]


class PreviewOut(Schema):
    """The exact QuickBooks transaction; `body` is its JSON text. `sent`: it was sent so, else it would be now."""

    document: str
    connection: int
    entity: str
    number: str
    party: str
    date: Day
    due_date: Day | None
    currency: str
    total: str
    entry: list[EntryLineOut]
    debits: str
    credits: str
    choices: list[ChoiceOut]
    holds: list[HoldOut]
    warnings: list[str]
    sent: bool
    body: str
    compared: ComparedOut | None


@router.get(
    "/{document_id}/preview",
    response={200: PreviewOut, 409: Failure, **FAILURES},
    summary="Preview the exact QuickBooks transaction",
)
def preview(
    request: HttpRequest, document_id: DocumentId, connection: int | None = None, compare_now: bool = False
) -> PreviewOut:
    """Debits, credits, the JSON and the reason of every choice. `compare_now` costs one read of QuickBooks."""
    organization = organization_of(request)
    document = document_or_404(organization, document_id)
    companies = Connection.objects.filter(organization=organization).exclude(realm_id="").order_by("pk")
    company = companies.filter(**({} if connection is None else {"pk": connection})).first()
    if company is None:
        raise (
            Http404
            if connection is not None
            else Refused(
                409, "No QuickBooks company is connected.", "Connect one on the Integration hub.", code="no_company"
            )
        )
    own = {"invoice": document} if isinstance(document, Invoice) else {"advance": document}
    posting = Posting.objects.select_related("connection").filter(connection=company, **own).first()
    made = preview_of(document, company, posting).as_json()
    compared: ComparedOut | None = None
    if compare_now:
        if posting is None:
            raise Refused(409, "It is not in QuickBooks, so there is nothing to compare it with.", code="not_posted")
        try:
            compared = ComparedOut(**compare(posting).as_json())
        except NotReadable as error:
            raise Refused(409, str(error), code="not_readable") from error
    return PreviewOut(document=document_id, connection=company.pk, compared=compared, **made)
