"""Pages of payments recorded on the freight side: who writes a company's payments, recording one, where each stands."""

from __future__ import annotations

import uuid
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from freightbooks.freight import intake
from freightbooks.freight.models import Invoice, Party
from freightbooks.mapping.events import mapping_changed
from freightbooks.mapping.models import PaymentTypeMapping, QuickPay, QuickPayPolicy
from freightbooks.money import ZERO
from freightbooks.paying import entries
from freightbooks.paying.models import Entry, EntryState, Writer
from freightbooks.web.access import (
    MemberRequest,
    accountant,
    administrator,
    chosen_connection,
    connection_or_404,
    connections_of,
    member,
)
from freightbooks.web.cost_tables import Accounts
from freightbooks.web.status import Status

PAGE = 100
LOOKS = {
    EntryState.WAITING: Status("waiting", "waiting", "Waiting"),
    EntryState.DUE: Status("queued", "queued", "In the queue"),
    EntryState.SENDING: Status("sending", "queued", "Sending"),
    EntryState.UNCERTAIN: Status("uncertain", "waiting", "No answer yet"),
    EntryState.POSTED: Status("posted", "posted", "In QuickBooks"),
    EntryState.FAILED: Status("failed", "failed", "Refused"),
    EntryState.REMOVED: Status("removed", "archived", "Taken back"),
    EntryState.KEPT: Status("skipped", "archived", "Recorded here only"),
}
TRIED_AGAIN = (EntryState.WAITING, EntryState.FAILED)


@administrator
def of_company(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Show who writes a company's payments and what a switch would do; switch."""
    connection = connection_or_404(request, connection_id)
    if request.method == "POST":
        wanted = request.POST.get("writer", "")
        if wanted not in Writer.values:
            messages.error(request, "Choose one of the two. Nothing was changed.")
        else:
            include = request.POST.get("include") == "1"
            entries.switch(connection, Writer(wanted), request.user.name, include_open=include)
            messages.success(request, f"{Writer(wanted).label}. That holds from now on.")
        return redirect("connection-payments", connection.pk)
    terms = Party.objects.filter(organization=request.organization).exclude(terms="")
    context = {
        "connection": connection,
        "writer": entries.writer_of(connection.pk),
        "open": entries.before_switching(connection),
        "under_way": Entry.objects.filter(
            connection=connection, state__in=(EntryState.DUE, EntryState.SENDING, EntryState.UNCERTAIN)
        ).count(),
        "quick_pays": QuickPay.objects.filter(connection=connection).order_by("terms"),
        "policies": QuickPayPolicy.choices,
        "terms": sorted(set(terms.values_list("terms", flat=True))),
        "accounts": Accounts(connection).choices("carrier cost"),
    }
    return render(request, "web/connection_payments.html", context)


@require_POST
@administrator
def quick_pay(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Set what carriers with some terms give up for being paid sooner, or take that away again."""
    connection = connection_or_404(request, connection_id)
    terms = request.POST.get("terms", "").strip()[:100]
    percent = _percent(request.POST.get("percent", ""))
    policy, account = request.POST.get("policy", ""), request.POST.get("account", "")
    allowed = {choice.id for choice in Accounts(connection).choices("carrier cost") if not choice.refusal}
    if request.POST.get("remove"):
        QuickPay.objects.filter(connection=connection, terms=terms).delete()
        messages.success(request, f"{terms}: no discount any more. What is posted stays as it is.")
    elif not terms or percent is None:
        messages.error(request, "Give the terms, and a percentage above 0 and below 100. Nothing was changed.")
        return redirect("connection-payments", connection.pk)
    elif policy not in QuickPayPolicy.values:
        messages.error(request, "Choose how the discount shows in the books. Nothing was changed.")
        return redirect("connection-payments", connection.pk)
    elif policy != QuickPayPolicy.REDUCED_BILL and account not in allowed:
        messages.error(request, "Choose the account where the discount lands. Nothing was changed.")
        return redirect("connection-payments", connection.pk)
    else:
        values = {"percent": percent, "policy": policy, "account_id": account, "set_by": request.user.name}
        QuickPay.objects.update_or_create(connection=connection, terms=terms, defaults=values)
        messages.success(request, f"{terms}: {percent}%. It holds for what posts from now on.")
    mapping_changed.send(QuickPay, connection_id=connection.pk)
    return redirect("connection-payments", connection.pk)


@accountant
def record(request: MemberRequest, invoice_id: int) -> HttpResponse:
    """Record a payment on one invoice."""
    rows = Invoice.objects.select_related("party", "shipment")
    invoice = get_object_or_404(rows, organization=request.organization, pk=invoice_id)
    given = {name: request.POST.get(name, "").strip() for name in ("method", "reference", "date", "amount", "note")}
    errors: dict[str, str] = {}
    if request.method == "POST":
        amount, day = _amount(given["amount"]), _day(given["date"])
        if amount is None:
            errors["amount"] = "Write an amount above zero, to the cent, such as 1250.00."
        if day is None:
            errors["date"] = "Write the day it was paid."
        if not given["method"]:
            errors["method"] = "Say how it was paid."
        if not errors:
            row = {
                "external_id": f"HERE-{uuid.uuid4().hex[:12]}",
                "invoice_id": invoice.pk,
                "method": given["method"][:40],
                "reference": given["reference"][:100],
                "date": day,
                "amount": amount,
                "note": given["note"][:255],
                "recorded_by": request.user.name,
            }
            intake.take_payments(request.organization, [row])
            messages.success(request, "The payment is recorded.")
            return redirect("payments-recorded")
    else:
        given |= {"date": timezone.localdate().isoformat(), "amount": str(abs(invoice.amount))}
    companies = list(connections_of(request.organization))
    methods = PaymentTypeMapping.objects.filter(connection__in=companies).values_list("method", flat=True)
    context = {
        "invoice": invoice,
        "given": given,
        "errors": errors,
        "methods": sorted(set(methods)),
        "writers": [(one, entries.writer_of(one.pk)) for one in companies],
    }
    return render(request, "web/record_payment.html", context)


@require_GET
@member
def recorded(request: MemberRequest) -> HttpResponse:
    """List what was recorded here, what follows from it, and where each stands."""
    connection = chosen_connection(request)
    rows = Entry.objects.filter(connection=connection).select_related("invoice", "advance")
    state = request.GET.get("state", "")
    if state in EntryState.values:
        rows = rows.filter(state=state)
    shown = list(rows.prefetch_related("rows__payment__invoice").order_by("-pk")[:PAGE])
    context: dict[str, Any] = {
        "connection": connection,
        "companies": list(connections_of(request.organization)),
        "writer": entries.writer_of(connection.pk) if connection else None,
        "rows": [(one, LOOKS[EntryState(one.state)], one.state in TRIED_AGAIN) for one in shown],
        "states": EntryState.choices,
        "state": state,
        "most": PAGE,
        "open": entries.before_switching(connection) if connection else None,
    }
    return render(request, "web/recorded_payments.html", context)


@require_POST
@accountant
def again(request: MemberRequest, entry_id: int) -> HttpResponse:
    """Try an entry again that waits or was refused."""
    entry = get_object_or_404(Entry, connection__organization=request.organization, pk=entry_id)
    entries.retry(entry)
    messages.success(request, "It is in the queue again.")
    return redirect("payments-recorded")


def _amount(text: str) -> Decimal | None:
    try:
        amount = Decimal(text.replace(",", "").replace("$", ""))
    except InvalidOperation:
        return None
    good = amount.is_finite() and ZERO < amount < Decimal(10) ** 12 and amount == round(amount, 2)
    return round(amount, 2) if good else None


def _percent(text: str) -> Decimal | None:
    try:
        percent = Decimal(text.replace("%", ""))
    except InvalidOperation:
        return None
    good = percent.is_finite() and ZERO < percent < 100 and percent == round(percent, 2)
    return round(percent, 2) if good else None


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None
