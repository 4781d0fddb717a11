"""Corrects a carrier invoice: unpaid, it is archived and made anew in one act; paid, a second one has the difference.

The two stay linked. What QuickBooks has of the first leaves the books before the second posts.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from freightbooks.cancelling.models import Correction, CorrectionKind
from freightbooks.cancelling.situation import payments_on
from freightbooks.cancelling.steps import PaymentOn
from freightbooks.freight import archiving, intake
from freightbooks.freight.models import Cost, Invoice
from freightbooks.freight.statuses import InvoiceStatus, Side
from freightbooks.money import ZERO
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState


class NotAllowed(Exception):
    """The invoice cannot be corrected this way now; the message says why, and which way is open."""


@dataclass(frozen=True)
class CorrectedLine:
    """One cost line of the corrected invoice; `amount` to the cent, in the invoice's currency."""

    code: str
    name: str
    amount: Decimal
    note: str = ""


@dataclass(frozen=True)
class WayToCorrect:
    """Which way is open for an invoice, and what stands in the way of the other."""

    kind: CorrectionKind
    payments: tuple[PaymentOn, ...]


def way_for(invoice: Invoice) -> WayToCorrect:
    """Return which way a carrier invoice can be corrected now. Raises NotAllowed when in none."""
    if invoice.side != Side.CARRIER:
        raise NotAllowed("Only carrier invoices are corrected here. Change a customer invoice in the TMS; it follows.")
    if invoice.archived or invoice.archived_by:
        raise NotAllowed("It is archived. Correct the one that took its place, or bring it back first.")
    if Posting.objects.filter(invoice=invoice, state__in=(PostingState.SENDING, PostingState.UNCERTAIN)).exists():
        raise NotAllowed("It is on its way to QuickBooks just now. Try again in a moment.")
    payments = payments_on([invoice.pk])
    paid = bool(payments) or Posting.objects.filter(invoice=invoice, gate=Gate.REMOVAL_PAID).exists()
    return WayToCorrect(CorrectionKind.SECOND_BLOCK if paid else CorrectionKind.RECREATED, payments)


def correct(
    invoice: Invoice, lines: Sequence[CorrectedLine], by: str, *, kind: CorrectionKind, number: str, why: str = ""
) -> Correction:
    """Make the correcting invoice and, where it takes the first one's place, archive that.

    For a second block, `lines` are the difference: more for the carrier above zero, less below. Raises NotAllowed when
    the way chosen is not the way that is open any more, or when there is nothing to correct.
    """
    kept = [line for line in lines if line.amount != ZERO]
    if not kept:
        raise NotAllowed("Every line is 0.00: there is nothing to post. Archive the invoice instead.")
    number = " ".join(number.split())
    if not number:
        raise NotAllowed("Give the corrected invoice a number.")
    with transaction.atomic():
        current = Invoice.objects.select_for_update().get(pk=invoice.pk)
        if way_for(current).kind != kind:
            raise NotAllowed("It was paid, or a payment was taken back, since you opened this page. Look at it again.")
        same = [line.amount for line in lines] == list(
            current.costs.order_by("external_id").values_list("amount", flat=True)
        )
        if kind == CorrectionKind.RECREATED and same and number == current.number:
            raise NotAllowed("Nothing is different: change an amount or the number.")
        corrected = _make(current, kept, kind, number)
        correction = Correction.objects.create(
            organization_id=current.organization_id,
            original=current,
            corrected=corrected,
            kind=kind,
            by=by[:150],
            at=timezone.now(),
            why=why[:500],
        )
        if kind == CorrectionKind.RECREATED:
            archiving.archive(current.organization_id, [current.pk], f"{by[:150]}, who corrected it")
        intake.announce_pending(current.organization)
    return correction


def _make(original: Invoice, lines: Sequence[CorrectedLine], kind: CorrectionKind, number: str) -> Invoice:
    nth = Correction.objects.filter(original=original).count() + 2
    external_id = f"{original.external_id}-{nth}"[-64:]
    block = original.block
    if kind == CorrectionKind.SECOND_BLOCK:
        used = Invoice.objects.filter(shipment=original.shipment, side=Side.CARRIER).aggregate(Max("block"))
        block = (used["block__max"] or 1) + 1
    corrected = Invoice.objects.create(
        organization_id=original.organization_id,
        side=original.side,
        external_id=external_id,
        number=number,
        shipment=original.shipment,
        block=block,
        party=original.party,
        status=InvoiceStatus.APPROVED,
        invoice_date=original.invoice_date,
        due_date=original.due_date,
        currency=original.currency,
        amount=sum((line.amount for line in lines), ZERO),
    )
    Cost.objects.bulk_create(
        [
            Cost(
                organization_id=original.organization_id,
                external_id=f"{external_id}-{position}",
                shipment=original.shipment,
                invoice=corrected,
                side=original.side,
                party=original.party,
                block=block,
                code=line.code,
                name=line.name,
                qty=Decimal(1),
                price=line.amount,
                amount=line.amount,
                note=line.note,
            )
            for position, line in enumerate(lines, 1)
        ]
    )
    return corrected
