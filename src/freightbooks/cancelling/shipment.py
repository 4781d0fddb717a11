"""Cancels a shipment: asks, goes on as far as it can, calls back. Every step may be tried again without harm."""

from __future__ import annotations

from django.db import IntegrityError, transaction
from django.db.models import Q
from django.utils import timezone

from freightbooks import jobs
from freightbooks.cancelling.models import Cancellation
from freightbooks.cancelling.situation import CANCELED, situation_of
from freightbooks.cancelling.steps import Act, next_act
from freightbooks.freight import archiving
from freightbooks.freight.models import Invoice, Shipment
from freightbooks.outbound.telling import on_shipment_canceled
from freightbooks.posting.due import try_removals_again
from freightbooks.posting.models import Posting

OPEN = Q(finished_at=None, called_back_at=None)


class NotAllowed(Exception):
    """The shipment is not where this makes sense; the message says where it is, for a person."""


def ask(shipment: Shipment, by: str, *, why: str = "") -> Cancellation:
    """Begin to cancel a shipment. What of it has not posted yet is archived at once, so that nothing more posts."""
    if shipment.status == CANCELED:
        raise NotAllowed(f"{shipment} is Canceled already.")
    try:
        with transaction.atomic():
            cancellation = Cancellation.objects.create(
                organization_id=shipment.organization_id,
                shipment=shipment,
                asked_by=by[:150],
                asked_at=timezone.now(),
                why=why[:500],
            )
            in_books = Posting.objects.filter(invoice__shipment=shipment).exclude(qbo_id="", batch=None)
            unposted = Invoice.objects.filter(shipment=shipment, archived=False, archived_by="")
            unposted = unposted.exclude(pk__in=in_books.values("invoice"))
            archiving.archive(shipment.organization_id, list(unposted.values_list("pk", flat=True)), cancellation.label)
            jobs.request_cancelling(cancellation.pk)
    except IntegrityError as error:
        raise NotAllowed(f"{shipment} is being canceled already.") from error
    return cancellation


def call_back(cancellation: Cancellation, by: str) -> None:
    """Stop a cancellation that has not reached QuickBooks yet, and bring back what it archived."""
    with transaction.atomic():
        current = Cancellation.objects.select_for_update().get(pk=cancellation.pk)
        if not current.open:
            raise NotAllowed("It is not under way any more.")
        if current.archived_at is not None:
            raise NotAllowed("Its invoices are leaving QuickBooks already: it cannot be called back.")
        current.called_back_at, current.called_back_by = timezone.now(), by[:150]
        current.save()
        ours = Invoice.objects.filter(shipment_id=current.shipment_id, archived_by=current.label)
        archiving.bring_back(current.organization_id, list(ours.values_list("pk", flat=True)))


def go_on(cancellation_id: int) -> None:
    """Take a cancellation as far as it can go now. Safe to call at any time, any number of times."""
    while True:
        with transaction.atomic():
            cancellation = (
                Cancellation.objects.select_for_update(of=("self",))
                .select_related("shipment")
                .filter(OPEN, pk=cancellation_id)
                .first()
            )
            if cancellation is None:
                return
            situation = situation_of(cancellation.shipment)
            act = next_act(situation)
            if act is Act.ARCHIVE:
                cancellation.archived_at = cancellation.archived_at or timezone.now()
                cancellation.save()
                ids = [one.invoice_id for one in situation.invoices if not one.archived]
                archiving.archive(cancellation.organization_id, ids, cancellation.label)
                continue
            if act is Act.CANCEL:
                Shipment.objects.filter(pk=cancellation.shipment_id).update(status=CANCELED, updated_at=timezone.now())
                cancellation.finished_at = timezone.now()
                cancellation.save()
                on_shipment_canceled(cancellation.organization_id, cancellation.shipment_id)
            return


def go_on_all() -> int:
    """Take every open cancellation on, and look again at what a payment kept in the books. Return how many are open."""
    open_ones = list(Cancellation.objects.filter(OPEN).values_list("pk", "shipment_id"))
    for cancellation_id, shipment_id in open_ones:
        kept = Posting.objects.filter(invoice__shipment_id=shipment_id)
        for connection_id, invoice_id in kept.values_list("connection_id", "invoice_id"):
            try_removals_again(connection_id, [invoice_id] if invoice_id else [])
        go_on(cancellation_id)
    return len(open_ones)
