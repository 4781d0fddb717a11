"""The preview of a document: the exact QuickBooks transaction, its journal entry, and the reason of every choice.

Looking costs QuickBooks nothing; “Compare with QuickBooks now” costs one read, when a person asks for it.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from freightbooks.freight.models import Advance, Invoice
from freightbooks.posting.models import Posting
from freightbooks.posting.previewing import Compared, NotReadable, compare, preview_of
from freightbooks.posting.why import answers_for
from freightbooks.web.access import MemberRequest, accountant, chosen_connection, connections_of, member, postings_of
from freightbooks.web.status import status_of


@require_GET
@member
def invoice(request: MemberRequest, document_id: int) -> HttpResponse:
    """Preview an invoice."""
    return _page(request, _invoice(request, document_id))


@require_GET
@member
def advance(request: MemberRequest, document_id: int) -> HttpResponse:
    """Preview an advance."""
    return _page(request, _advance(request, document_id))


@require_POST
@accountant
def compare_invoice(request: MemberRequest, document_id: int) -> HttpResponse:
    """Preview an invoice beside what QuickBooks holds now."""
    return _compared(request, _invoice(request, document_id))


@require_POST
@accountant
def compare_advance(request: MemberRequest, document_id: int) -> HttpResponse:
    """Preview an advance beside what QuickBooks holds now."""
    return _compared(request, _advance(request, document_id))


def _invoice(request: MemberRequest, document_id: int) -> Invoice:
    invoices = Invoice.objects.select_related("party", "shipment")
    return get_object_or_404(invoices, organization=request.organization, pk=document_id)


def _advance(request: MemberRequest, document_id: int) -> Advance:
    advances = Advance.objects.select_related("party", "shipment")
    return get_object_or_404(advances, organization=request.organization, pk=document_id)


def _compared(request: MemberRequest, document: Invoice | Advance) -> HttpResponse:
    posting = _posting(request, document)
    if posting is None:
        return _page(request, document, trouble="No QuickBooks company has it, so there is nothing to compare it with.")
    try:
        return _page(request, document, compared=compare(posting))
    except NotReadable as error:
        return _page(request, document, trouble=str(error))


def _posting(request: MemberRequest, document: Invoice | Advance) -> Posting | None:
    company = chosen_connection(request)
    own = {"invoice": document} if isinstance(document, Invoice) else {"advance": document}
    return postings_of(request.organization).filter(connection=company, **own).first()


def _page(
    request: MemberRequest, document: Invoice | Advance, *, compared: Compared | None = None, trouble: str = ""
) -> HttpResponse:
    company = chosen_connection(request)
    name = "invoice" if isinstance(document, Invoice) else "advance"
    context: dict[str, Any] = {
        "document": document,
        "is_advance": isinstance(document, Advance),
        "title": str(document.number if isinstance(document, Invoice) else document.reference or document.external_id),
        "document_url": f"{reverse(name, args=[document.pk])}?company={company.pk}" if company else "",
        "compare_url": reverse(f"{name}-compare", args=[document.pk]),
        "company": company,
        "companies": list(connections_of(request.organization)),
        "compared": compared,
        "trouble": trouble,
    }
    if company is not None:
        posting = _posting(request, document)
        company.organization = request.organization
        (answer,) = answers_for([document], [company])
        context |= {
            "preview": preview_of(document, company, posting),
            "posting": posting,
            "answer": answer,
            "status": status_of(answer.state or None, answer.gate, answer.entity, warned=answer.warned),
            "may_compare": bool(posting and posting.qbo_id and request.membership.may_change),
        }
    return render(request, "web/preview.html", context, status=409 if trouble else 200)
