"""Pages to cancel a shipment, archive an invoice or bring it back, and say what archiving does to QuickBooks."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from freightbooks.cancelling import shipment as cancelling
from freightbooks.cancelling.models import Cancellation
from freightbooks.cancelling.situation import payments_on, situation_of
from freightbooks.cancelling.steps import Step, StepState, steps
from freightbooks.connections.models import Connection, RemovedInvoices, WhenArchived
from freightbooks.freight import archiving
from freightbooks.freight.models import Advance, Invoice, Shipment
from freightbooks.money import ZERO
from freightbooks.posting.models import Posting
from freightbooks.web.access import MemberRequest, accountant, administrator, connection_or_404, member

LISTED = 200
ICONS = {
    StepState.DONE: "posted",
    StepState.DOING: "sending",
    StepState.WAITING: "waiting",
    StepState.TO_COME: "todo",
}
KINDS = {
    StepState.DONE: "posted",
    StepState.DOING: "queued",
    StepState.WAITING: "waiting",
    StepState.TO_COME: "archived",
}


@require_GET
@member
def shipment(request: MemberRequest, shipment_id: int) -> HttpResponse:
    """Ask whether to cancel a shipment, or show how its cancellation stands."""
    return render(request, "web/cancel.html", _facts(request, shipment_id))


@require_POST
@accountant
def ask(request: MemberRequest, shipment_id: int) -> HttpResponse:
    """Begin to cancel a shipment."""
    found = _shipment(request, shipment_id)
    try:
        cancelling.ask(found, request.user.name, why=request.POST.get("why", ""))
        messages.success(request, f"Shipment {found} is being canceled. You need not keep this page open.")
    except cancelling.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("shipment-cancel", found.pk)


@require_POST
@accountant
def call_back(request: MemberRequest, shipment_id: int) -> HttpResponse:
    """Stop a cancellation that has not reached QuickBooks yet."""
    found = _shipment(request, shipment_id)
    open_one = Cancellation.objects.filter(cancelling.OPEN, shipment=found).first()
    try:
        if open_one is None:
            raise cancelling.NotAllowed("It is not under way any more.")
        cancelling.call_back(open_one, request.user.name)
        messages.success(request, f"Called back. Shipment {found} stays as it was, and its invoices post as before.")
    except cancelling.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return redirect("shipment-cancel", found.pk)


@require_GET
@member
def cancellations(request: MemberRequest) -> HttpResponse:
    """List the cancellations, those under way first."""
    rows = Cancellation.objects.filter(organization=request.organization).select_related("shipment")
    open_ones = list(rows.filter(cancelling.OPEN).order_by("asked_at"))
    past = list(rows.exclude(cancelling.OPEN).order_by("-asked_at")[:LISTED])
    waits = [(one, _now(steps(situation_of(one.shipment)))) for one in open_ones]
    return render(request, "web/cancellations.html", {"waits": waits, "past": past, "most": LISTED})


def archive(request: Any, invoice_id: int) -> Any:
    """Ask, then archive an invoice here."""
    return _archive_now(request, invoice_id) if request.method == "POST" else _archive_page(request, invoice_id)


@member
def _archive_page(request: MemberRequest, invoice_id: int) -> HttpResponse:
    invoice = _invoice(request, invoice_id)
    postings = Posting.objects.filter(invoice=invoice).exclude(qbo_id="").filter(removed_at=None)
    leaves = [(posting, _how(posting)) for posting in postings.select_related("connection").order_by("pk")]
    context = {"invoice": invoice, "leaves": leaves, "payments": payments_on([invoice.pk])}
    return render(request, "web/archive.html", context)


@accountant
def _archive_now(request: MemberRequest, invoice_id: int) -> HttpResponse:
    invoice = _invoice(request, invoice_id)
    if archiving.archive(request.organization.pk, [invoice.pk], request.user.name):
        messages.success(request, f"Invoice {invoice.number} is archived. If it is in QuickBooks, it leaves now.")
    return redirect("invoice", invoice.pk)


@require_POST
@accountant
def bring_back(request: MemberRequest, invoice_id: int) -> HttpResponse:
    """Undo the archiving of an invoice."""
    invoice = _invoice(request, invoice_id)
    if archiving.bring_back(request.organization.pk, [invoice.pk]):
        messages.success(request, f"Invoice {invoice.number} is back. It posts if nothing holds it.")
    return redirect("invoice", invoice.pk)


@require_POST
@administrator
def settings(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Say what archiving does to what a company has."""
    connection = connection_or_404(request, connection_id)
    wanted = request.POST.get("when_archived", ""), request.POST.get("removed_invoices", "")
    if wanted[0] in WhenArchived.values and wanted[1] in RemovedInvoices.values:
        Connection.objects.filter(pk=connection.pk).update(when_archived=wanted[0], removed_invoices=wanted[1])
        messages.success(request, "Saved. It holds for what is archived from now on.")
    else:
        messages.error(request, "Choose one of each. Nothing was changed.")
    return redirect(reverse("connection", args=[connection.pk]))


def _facts(request: MemberRequest, shipment_id: int) -> dict[str, Any]:
    found = _shipment(request, shipment_id)
    history = list(Cancellation.objects.filter(shipment=found).order_by("-asked_at"))
    cancellation = history[0] if history and (history[0].open or history[0].finished_at) else None
    situation = situation_of(found)
    invoices = list(Invoice.objects.filter(shipment=found).select_related("party").order_by("side", "pk"))
    in_books = {one.invoice_id for one in situation.invoices if one.in_books}
    taken = steps(situation)
    return {
        "shipment": found,
        "cancellation": cancellation,
        "history": history,
        "steps": [(step, ICONS[step.state], KINDS[step.state]) for step in taken],
        "now": _now(taken),
        "invoices": invoices,
        "in_books": in_books,
        "amounts": _amounts(one for one in invoices if one.pk in in_books),
        "advances": list(Advance.objects.filter(shipment=found).order_by("pk")),
        "may_change": request.membership.may_change,
    }


def _amounts(invoices: Iterable[Invoice]) -> dict[str, Decimal]:
    found: dict[str, Decimal] = {}
    for invoice in invoices:
        found[invoice.currency] = found.get(invoice.currency, ZERO) + invoice.amount
    return found


def _now(taken: tuple[Step, ...]) -> Step:
    return next((step for step in taken if step.state in (StepState.WAITING, StepState.DOING)), taken[-1])


def _how(posting: Posting) -> str:
    if posting.entity == "Invoice" and posting.connection.removed_invoices == RemovedInvoices.VOID:
        return "voided: it stays with its number, at 0.00"
    return "deleted"


def _shipment(request: MemberRequest, shipment_id: int) -> Shipment:
    return get_object_or_404(Shipment, organization=request.organization, pk=shipment_id)


def _invoice(request: MemberRequest, invoice_id: int) -> Invoice:
    rows = Invoice.objects.select_related("party", "shipment")
    return get_object_or_404(rows, organization=request.organization, pk=invoice_id)
