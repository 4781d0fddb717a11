"""The page that corrects a carrier invoice: archive and make anew while unpaid, a second invoice once paid."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal, InvalidOperation
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from freightbooks.cancelling import correcting
from freightbooks.cancelling.correcting import CorrectedLine
from freightbooks.cancelling.models import CorrectionKind
from freightbooks.freight.models import Cost, Invoice
from freightbooks.money import ZERO
from freightbooks.web.access import MemberRequest, accountant

MOST = Decimal("99999999999.99")


@dataclass(frozen=True)
class GivenLine:
    """A cost with the amount typed for it; `amount` is None when it is no amount, and `error` says so."""

    cost: Cost
    given: str
    amount: Decimal | None
    error: str = ""


@accountant
def correct(request: MemberRequest, invoice_id: int) -> HttpResponse:
    """Show the lines to correct; make the correcting invoice."""
    rows = Invoice.objects.select_related("party", "shipment")
    invoice = get_object_or_404(rows, organization=request.organization, pk=invoice_id)
    costs = list(invoice.costs.order_by("external_id"))
    try:
        way = correcting.way_for(invoice)
    except correcting.NotAllowed as refusal:
        return render(request, "web/correct.html", {"invoice": invoice, "refusal": str(refusal)})
    second = way.kind == CorrectionKind.SECOND_BLOCK
    if request.method == "POST":
        lines = [_given(cost, request.POST.get(f"amount-{cost.pk}", "")) for cost in costs]
        if not any(line.error for line in lines):
            made = _make(request, invoice, lines)
            if made is not None:
                return redirect("invoice", made)
    else:
        lines = [GivenLine(cost, "0.00" if second else str(cost.amount), ZERO) for cost in costs]
    return render(request, "web/correct.html", _context(request, invoice, lines, way, second=second))


def _make(request: MemberRequest, invoice: Invoice, lines: list[GivenLine]) -> int | None:
    wanted = [CorrectedLine(line.cost.code, line.cost.name, line.amount or ZERO, line.cost.note) for line in lines]
    kind = request.POST.get("kind", "")
    try:
        correction = correcting.correct(
            invoice,
            wanted,
            request.user.name,
            kind=CorrectionKind(kind) if kind in CorrectionKind.values else CorrectionKind.RECREATED,
            number=request.POST.get("number", "")[:500],
            why=request.POST.get("why", ""),
        )
    except correcting.NotAllowed as refusal:
        messages.error(request, str(refusal))
        return None
    messages.success(request, f"Invoice {correction.corrected.number} corrects it, and is in the queue.")
    return correction.corrected_id


def _context(
    request: MemberRequest, invoice: Invoice, lines: list[GivenLine], way: correcting.WayToCorrect, *, second: bool
) -> dict[str, Any]:
    usual = f"{invoice.number}-2" if second else invoice.number
    return {
        "invoice": invoice,
        "lines": lines,
        "second": second,
        "kind": way.kind.value,
        "payments": way.payments,
        "number": request.POST.get("number", usual),
        "why": request.POST.get("why", ""),
    }


def _given(cost: Cost, text: str) -> GivenLine:
    plain = text.replace(",", "").replace("−", "-").replace("$", "").strip()
    try:
        amount = Decimal(plain)
    except InvalidOperation:
        return GivenLine(cost, text, None, "Write an amount, such as 1250.00.")
    if not amount.is_finite() or abs(amount) > MOST or amount != amount.quantize(Decimal("0.01")):
        return GivenLine(cost, text, None, "Write it to the cent, such as 1250.00.")
    return GivenLine(cost, text, amount.quantize(Decimal("0.01")))
