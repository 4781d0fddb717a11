"""Reads what there is of a shipment: its invoices, where they stand in QuickBooks, and what is paid on them."""

from __future__ import annotations

from collections.abc import Collection

from freightbooks.cancelling.steps import InvoiceStands, PaymentOn, Situation
from freightbooks.freight.models import Invoice, Shipment
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.settlement.models import Application, Payment, PaymentState

CANCELED = "Canceled"
_IN_FLIGHT = (PostingState.SENDING, PostingState.UNCERTAIN)


def situation_of(shipment: Shipment) -> Situation:
    """Return the situation of a shipment now, over all companies its documents go to."""
    invoices = list(Invoice.objects.filter(shipment=shipment).order_by("side", "pk"))
    postings: dict[int, list[Posting]] = {}
    for posting in Posting.objects.filter(invoice__in=invoices).order_by("pk"):
        postings.setdefault(posting.invoice_id or 0, []).append(posting)
    stands = tuple(stand for invoice in invoices for stand in _stands(invoice, postings.get(invoice.pk, [])))
    return Situation(stands, payments_on([invoice.pk for invoice in invoices]), shipment.status == CANCELED)


def payments_on(invoice_ids: Collection[int]) -> tuple[PaymentOn, ...]:
    """Return the payments and credits that stand on these invoices in QuickBooks, as we know them."""
    rows = (
        Application.objects.filter(posting__invoice__in=invoice_ids, payment__state=PaymentState.RECORDED)
        .exclude(amount=0)
        .select_related("payment", "posting__invoice", "connection")
        .order_by("payment__date", "pk")
    )
    return tuple(
        PaymentOn(
            row.posting.invoice.number,
            _what(row.payment),
            row.amount,
            row.payment.currency or row.posting.invoice.currency,
            str(row.connection),
        )
        for row in rows
        if row.posting is not None and row.posting.invoice is not None
    )


def _what(payment: Payment) -> str:
    kind = "Bill payment" if payment.entity == "BillPayment" else "Payment"
    how = f" by {payment.method.lower()}" if payment.method else ""
    number = f" {payment.reference}" if payment.reference else ""
    return f"{kind}{how}{number}"


def _stands(invoice: Invoice, postings: list[Posting]) -> list[InvoiceStands]:
    archived = invoice.archived or bool(invoice.archived_by)
    if not postings:
        return [InvoiceStands(invoice.pk, invoice.number, archived, False, False, "")]
    return [
        InvoiceStands(
            invoice.pk,
            invoice.number,
            archived,
            in_books=bool(posting.qbo_id) and posting.removed_at is None,
            in_flight=posting.state in _IN_FLIGHT,
            held=_held(posting) if archived else "",
        )
        for posting in postings
    ]


def _held(posting: Posting) -> str:
    if posting.state not in (PostingState.WAITING, PostingState.FAILED):
        return ""
    return f"{posting.doc_number}: {posting.reason} {posting.remedy}".strip()
