"""One document: where it is in QuickBooks, line by line and why, what was tried, and what a person may do about it."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from freightbooks.cancelling.models import Correction
from freightbooks.cancelling.situation import CANCELED
from freightbooks.freight.models import Advance, Invoice
from freightbooks.freight.statuses import Side
from freightbooks.money import ZERO
from freightbooks.posting import actions
from freightbooks.posting.explain import Explanation, explain
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.web import paid
from freightbooks.web.access import MemberRequest, accountant, chosen_connection, member, postings_of, safe_next
from freightbooks.web.in_quickbooks import page_in_quickbooks
from freightbooks.web.status import Status, status_of

ATTEMPTS_SHOWN = 200
NAMES = {
    "Invoice": "Invoice",
    "Bill": "Bill",
    "CreditMemo": "Credit memo",
    "VendorCredit": "Vendor credit",
    "Purchase": "Check",
}


@require_GET
@member
def invoice(request: MemberRequest, document_id: int) -> HttpResponse:
    """The page of an invoice."""
    return render(request, "web/document.html", facts(request, "invoice", document_id))


@require_GET
@member
def advance(request: MemberRequest, document_id: int) -> HttpResponse:
    """The page of an advance."""
    return render(request, "web/document.html", facts(request, "advance", document_id))


def facts(request: MemberRequest, kind: str, document_id: int) -> dict[str, Any]:
    """Gather what the page and the side pane show of one document of the organization, or raise Http404."""
    found: Invoice | Advance
    if kind == "advance":
        advances = Advance.objects.select_related("party", "shipment", "invoice")
        found = get_object_or_404(advances, organization=request.organization, pk=document_id)
        own = "advance_id"
    else:
        invoices = Invoice.objects.select_related("party", "shipment")
        found = get_object_or_404(invoices, organization=request.organization, pk=document_id)
        own = "invoice_id"
    postings = list(postings_of(request.organization).filter(**{own: found.pk}).order_by("connection_id"))
    company = chosen_connection(request)
    posting = next((one for one in postings if company and one.connection_id == company.pk), None)
    posting = posting or (postings[0] if postings else None)
    explanation = explain(posting) if posting else None
    return {
        "document": found,
        "kind": kind,
        "is_advance": isinstance(found, Advance),
        "title": _title(found),
        "posting": posting,
        "status": _status(posting),
        "explanation": explanation,
        "lines_total": _total(explanation),
        "costs": [] if isinstance(found, Advance) or _lined(explanation) else list(found.costs.order_by("pk")),
        "attempts": list(posting.attempts.order_by("-at")[:ATTEMPTS_SHOWN]) if posting else [],
        "entity_name": NAMES.get(posting.entity, posting.entity) if posting else "",
        "link_to_quickbooks": page_in_quickbooks(posting.connection, posting.entity, posting.qbo_id) if posting else "",
        "may": _allowed(request, posting) | _allowed_to_invoice(request, found),
        **_corrections(found),
        **paid.facts(posting),
        "here": request.get_full_path(),
    }


def _title(found: Invoice | Advance) -> str:
    if isinstance(found, Advance):
        return f"Advance {found.method} {found.reference or found.external_id}"
    return f"{found.get_side_display()} invoice {found.number}"


def _status(posting: Posting | None) -> Status:
    if posting is None:
        return status_of(None)
    return status_of(
        posting.state,
        posting.gate,
        posting.entity,
        warned=bool(posting.warnings),
        changed_there=posting.changed_there,
    )


def _lined(explanation: Explanation | None) -> bool:
    return bool(explanation and explanation.lines)


def _total(explanation: Explanation | None) -> Decimal:
    return sum((line.amount for line in explanation.lines), ZERO) if explanation else ZERO


def _allowed(request: MemberRequest, posting: Posting | None) -> dict[str, bool]:
    """Which buttons make sense for this person and this posting; the actions check again."""
    state = posting.state if posting and request.membership.may_change else ""
    duplicate = posting is not None and posting.gate == Gate.DUPLICATE
    return {
        "decide": request.membership.may_change,
        "retry": state in (PostingState.FAILED, PostingState.WAITING),
        "release": state == PostingState.WAITING and duplicate,
        "skip": state in (PostingState.FAILED, PostingState.WAITING, PostingState.DUE),
        "unskip": state == PostingState.SKIPPED,
    }


def _allowed_to_invoice(request: MemberRequest, found: Invoice | Advance) -> dict[str, bool]:
    if isinstance(found, Advance) or not request.membership.may_change:
        return {}
    archived = found.archived or bool(found.archived_by)
    return {
        "archive": not archived,
        "pay": not archived,
        "bring_back": bool(found.archived_by),
        "correct": found.side == Side.CARRIER and not archived,
        "cancel": found.shipment.status != CANCELED,
    }


def _corrections(found: Invoice | Advance) -> dict[str, Any]:
    """Return the invoice this one corrects, and those that correct it."""
    if isinstance(found, Advance):
        return {}
    rows = Correction.objects.select_related("original", "corrected")
    return {
        "corrects": rows.filter(corrected=found).first(),
        "corrections": list(rows.filter(original=found).order_by("pk")),
    }


def _retry(posting: Posting, by: str) -> str:
    return "It is in the queue again." if actions.retry([posting], by) else "There was nothing to try again."


def _release(posting: Posting, by: str) -> str:
    actions.release_duplicate(posting, by)
    return "Released. It posts now, under your name."


def _skip(posting: Posting, by: str) -> str:
    actions.skip(posting, by)
    return "Skipped. It will not post unless someone brings it back."


def _unskip(posting: Posting, by: str) -> str:
    actions.unskip(posting, by)
    return "Brought back. It posts if nothing holds it."


ACTIONS: dict[str, Callable[[Posting, str], str]] = {
    "retry": _retry,
    "release": _release,
    "skip": _skip,
    "unskip": _unskip,
}


@require_POST
@accountant
def act(request: MemberRequest, posting_id: int, action: str) -> HttpResponse:
    """Retry, release, skip or bring back one document, then show it again."""
    if action not in ACTIONS:
        raise Http404
    posting = get_object_or_404(postings_of(request.organization), pk=posting_id)
    try:
        messages.success(request, ACTIONS[action](posting, request.user.name))
    except actions.NotAllowed as refusal:
        messages.error(request, str(refusal))
    name, own = ("invoice", posting.invoice_id) if posting.invoice_id else ("advance", posting.advance_id)
    return redirect(safe_next(request, reverse(name, args=[own])))
