"""The life of a freight invoice: its statuses and the moves allowed between them, in one table."""

from __future__ import annotations

from django.db import models


class Side(models.TextChoices):
    """Which side of the shipment a cost or invoice is on."""

    CUSTOMER = "customer", "Customer"
    CARRIER = "carrier", "Carrier"


class PartyKind(models.TextChoices):
    """A shipper or bill-to, a carrier, or a factor who collects for carriers."""

    CUSTOMER = "customer", "Customer"
    CARRIER = "carrier", "Carrier"
    FACTOR = "factor", "Factor"


class InvoiceStatus(models.TextChoices):
    """Where an invoice stands in the TMS."""

    DRAFT = "Draft", "Draft"
    RECEIVED = "Received", "Received"
    APPROVED = "Approved", "Approved"
    PARTIALLY_PAID = "Partially paid", "Partially paid"
    PAID = "Paid", "Paid"


ALLOWED_MOVES: dict[InvoiceStatus, frozenset[InvoiceStatus]] = {
    InvoiceStatus.DRAFT: frozenset({InvoiceStatus.RECEIVED, InvoiceStatus.APPROVED}),
    InvoiceStatus.RECEIVED: frozenset({InvoiceStatus.DRAFT, InvoiceStatus.APPROVED}),
    InvoiceStatus.APPROVED: frozenset(
        {InvoiceStatus.DRAFT, InvoiceStatus.RECEIVED, InvoiceStatus.PARTIALLY_PAID, InvoiceStatus.PAID}
    ),
    InvoiceStatus.PARTIALLY_PAID: frozenset({InvoiceStatus.APPROVED, InvoiceStatus.PAID}),
    InvoiceStatus.PAID: frozenset({InvoiceStatus.APPROVED, InvoiceStatus.PARTIALLY_PAID}),
}
"""From each status, where an invoice may go. Payments, not people, move it among Approved, Partially paid and Paid."""


def may_move(current: InvoiceStatus, wanted: InvoiceStatus) -> bool:
    """Whether an invoice may go from `current` to `wanted`; staying is always allowed."""
    return current == wanted or wanted in ALLOWED_MOVES[current]
