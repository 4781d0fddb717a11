"""Payments as QuickBooks has them, with what each settles of ours."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal
from typing import Literal

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Router, Schema

from freightbooks.api.answers import FAILURES, After, Limit, Money, Page, cursor, place
from freightbooks.api.callers import organization_of
from freightbooks.settlement.models import Application, Payment

router = Router(tags=["payments"])


class SettledOut(Schema):
    """How much of one document a payment settles. `invoice_id` is null for what is not ours."""

    invoice_id: str | None
    """The TMS's own id."""
    number: str
    type: str
    """Invoice, CreditMemo, Bill, VendorCredit ... A credit is used up by its amount."""
    quickbooks_id: str
    amount: Money


class PaymentOut(Schema):
    """One payment, as QuickBooks has it now."""

    id: int
    connection_id: int
    kind: Literal["received", "paid"]
    state: Literal["recorded", "voided", "deleted"]
    date: date | None
    party: str
    method: str
    reference: str
    """The number of the check or payment."""
    account: str
    amount: Money
    unapplied: Money
    currency: str
    exchange_rate: str | None
    quickbooks_id: str
    updated_at: datetime
    settles: list[SettledOut]


@router.get("", response={200: Page[PaymentOut], **FAILURES}, summary="List payments on our documents")
def list_payments(
    request: HttpRequest, connection: int | None = None, invoice: str = "", limit: Limit = 100, after: After = ""
) -> Page[PaymentOut]:
    """The first heard of first; `invoice` is the TMS's id of one that is to be settled by it."""
    rows = Payment.objects.filter(connection__organization=organization_of(request), ours=True).order_by("pk")
    if connection is not None:
        rows = rows.filter(connection_id=connection)
    if invoice:
        settling = Application.objects.filter(posting__invoice__external_id=invoice)
        rows = rows.filter(pk__in=settling.values("payment_id"))
    if after:
        rows = rows.filter(pk__gt=place(after, int)[0])
    found = list(rows.prefetch_related("applications__posting__invoice")[: limit + 1])
    following = cursor(found[limit - 1].pk) if len(found) > limit else None
    return Page[PaymentOut](items=[_out(one) for one in found[:limit]], next=following)


@router.get("/{payment_id}", response={200: PaymentOut, **FAILURES}, summary="Show one payment")
def one_payment(request: HttpRequest, payment_id: int) -> PaymentOut:
    """What it is now, and what it settles."""
    rows = Payment.objects.filter(ours=True).prefetch_related("applications__posting__invoice")
    return _out(get_object_or_404(rows, pk=payment_id, connection__organization=organization_of(request)))


def _out(payment: Payment) -> PaymentOut:
    rate: Decimal | None = payment.exchange_rate
    return PaymentOut.model_validate(
        {
            "id": payment.pk,
            "connection_id": payment.connection_id,
            "kind": "received" if payment.entity == "Payment" else "paid",
            "state": str(payment.state),
            "date": payment.date,
            "party": payment.party_name,
            "method": payment.method,
            "reference": payment.reference,
            "account": payment.account,
            "amount": payment.amount,
            "unapplied": payment.unapplied,
            "currency": payment.currency,
            "exchange_rate": None if rate is None else f"{rate.normalize():f}",
            "quickbooks_id": payment.qbo_id,
            "updated_at": payment.updated_at,
            "settles": [_settled(one) for one in payment.applications.all()],
        }
    )


def _settled(one: Application) -> SettledOut:
    invoice = one.posting.invoice if one.posting else None
    return SettledOut(
        invoice_id=invoice.external_id if invoice else None,
        number=invoice.number if invoice else one.target_number,
        type=one.target_entity,
        quickbooks_id=one.target_id,
        amount=one.amount,
    )
