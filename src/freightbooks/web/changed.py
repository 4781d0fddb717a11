"""Documents a bookkeeper changed in QuickBooks: what differs, and what a person decides about one or all of them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from freightbooks.connections.models import Connection
from freightbooks.money import ZERO
from freightbooks.settlement import decisions, drifts
from freightbooks.settlement.models import Drift, DriftKind, DriftState, Policy
from freightbooks.web.access import (
    MemberRequest,
    accountant,
    administrator,
    chosen_connection,
    connection_or_404,
    connections_of,
    member,
    safe_next,
)
from freightbooks.web.document import NAMES
from freightbooks.web.in_quickbooks import page_in_quickbooks

PAGE_SIZE = 25
PAST_SHOWN = 50
DECISIONS = {"keep": DriftState.KEPT, "restore": DriftState.RESTORED}


@require_safe
@member
def changed(request: MemberRequest) -> HttpResponse:
    """List what is to be decided, the newest first, and what was decided before."""
    connection = chosen_connection(request)
    kind = request.GET.get("kind", "")
    found = _open(connection)
    counts = {value: found.filter(kind=value).count() for value in DriftKind.values}
    if kind in DriftKind.values:
        found = found.filter(kind=kind)
    page = Paginator(found, PAGE_SIZE).get_page(request.GET.get("page"))
    return render(
        request,
        "web/changed.html",
        {
            "connection": connection,
            "companies": list(connections_of(request.organization)),
            "kind": kind if kind in DriftKind.values else "",
            "kinds": [(value, label, counts[value]) for value, label in DriftKind.choices if counts[value]],
            "all": sum(counts.values()),
            "page": page,
            "rows": [_row(one) for one in page],
            "past": list(_of(connection).exclude(state=DriftState.OPEN).order_by("-decided_at", "-pk")[:PAST_SHOWN]),
            "policy": drifts.policy_of(connection.pk) if connection else Policy.ASK,
            "policies": Policy.choices,
            "here": request.get_full_path(),
        },
    )


@require_POST
@accountant
def decide(request: MemberRequest, drift_id: int) -> HttpResponse:
    """Keep QuickBooks' version of one document, or restore ours."""
    drift = get_object_or_404(Drift, pk=drift_id, connection__organization=request.organization)
    try:
        if _wanted(request) == DriftState.KEPT:
            decisions.keep_theirs(drift, request.user.name)
            messages.success(request, "QuickBooks’ version stands. What the TMS changes later asks you again.")
        else:
            decisions.restore_ours(drift, request.user.name)
            messages.success(request, "Ours is on its way to QuickBooks again.")
    except decisions.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect(safe_next(request, reverse("changed")))


@require_POST
@accountant
def decide_all(request: MemberRequest) -> HttpResponse:
    """Decide the same about all that is open; restoring asks first, for it goes over what people wrote."""
    connection = chosen_connection(request)
    wanted = _wanted(request)
    found = _open(connection)
    kind = request.POST.get("kind", "")
    if kind in DriftKind.values:
        found = found.filter(kind=kind)
    back = safe_next(request, reverse("changed"))
    if wanted == DriftState.RESTORED and "sure" not in request.POST:
        rows = [_row(one) for one in found]
        amounts: dict[str, Decimal] = {}
        for row in rows:
            amounts[row["currency"]] = amounts.get(row["currency"], ZERO) + row["amount"]
        asked = {"rows": rows, "amounts": amounts, "kind": kind, "back": back, "connection": connection}
        return render(request, "web/restore_all.html", asked)
    count = len(found)
    done = decisions.decide(found, wanted, request.user.name)
    if done:
        what = "kept as QuickBooks has them" if wanted == DriftState.KEPT else "on their way to QuickBooks again"
        messages.success(request, f"{done} {'document is' if done == 1 else 'documents are'} {what}.")
    if done < count:
        messages.error(request, f"{count - done} left as they were: decided meanwhile, or on their way just now.")
    return redirect(back)


@require_POST
@administrator
def set_policy(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Say what is done from now on when a bookkeeper changes a document."""
    connection = connection_or_404(request, connection_id)
    wanted = request.POST.get("policy", "")
    if wanted not in Policy.values:
        raise Http404
    decisions.set_policy(connection.pk, Policy(wanted), request.user.name, request.user)
    messages.success(request, f"From now on: {Policy(wanted).label.lower()}. What is open here stays open.")
    return redirect(safe_next(request, reverse("changed")))


def _wanted(request: MemberRequest) -> DriftState:
    wanted = DECISIONS.get(request.POST.get("decision", ""))
    if wanted is None:
        raise Http404
    return wanted


def _of(connection: Connection | None) -> QuerySet[Drift]:
    return Drift.objects.filter(connection=connection).select_related(
        "connection", "posting__invoice__party", "posting__advance__party"
    )


def _open(connection: Connection | None) -> QuerySet[Drift]:
    return _of(connection).filter(state=DriftState.OPEN).order_by("-changed_there_at", "-pk")


def _row(drift: Drift) -> dict[str, Any]:
    posting = drift.posting
    document = posting.document
    is_advance = posting.invoice_id is None
    return {
        "drift": drift,
        "posting": posting,
        "document": document,
        "number": posting.invoice.number if posting.invoice else f"{posting.advance}",
        "address": reverse("advance" if is_advance else "invoice", args=[document.pk]),
        "party": document.party.name,
        "amount": abs(document.amount),
        "currency": document.currency,
        "entity_name": NAMES.get(drift.entity, drift.entity) or "Document",
        "link": page_in_quickbooks(drift.connection, drift.entity, drift.qbo_id)
        if drift.kind != DriftKind.DELETED
        else "",
    }
