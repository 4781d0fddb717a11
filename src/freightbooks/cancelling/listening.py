"""Hears what moved in posting and settlement, and has the cancellations and archived invoices it is about taken on."""

from __future__ import annotations

from typing import Any

from django.db.models import Q

from freightbooks import jobs
from freightbooks.cancelling.models import Cancellation
from freightbooks.cancelling.shipment import OPEN
from freightbooks.posting.due import try_removals_again


def on_postings_moved(sender: Any, connection_id: int, posting_ids: list[int], **_: Any) -> None:  # noqa: ARG001
    """Go on with the cancellations of these postings' shipments."""
    if Cancellation.objects.filter(OPEN).exists():  # the usual answer is no, and costs one look at a small index
        _go_on(Q(shipment__invoices__postings__in=posting_ids))


def on_settlement_changed(sender: Any, connection_id: int, invoice_ids: list[int], **_: Any) -> None:  # noqa: ARG001
    """Let archived invoices leave that a payment kept, and go on with cancellations."""
    try_removals_again(connection_id, invoice_ids)
    if Cancellation.objects.filter(OPEN).exists():
        _go_on(Q(shipment__invoices__in=invoice_ids))


def _go_on(about: Q) -> None:
    for cancellation_id in Cancellation.objects.filter(OPEN & about).distinct().values_list("pk", flat=True):
        jobs.request_cancelling(cancellation_id)
