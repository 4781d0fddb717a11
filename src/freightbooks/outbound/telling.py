"""Tells the endpoints that asked for it what moved: signed webhooks of up to fifty documents, in the feed's order."""

from __future__ import annotations

from typing import Any

from django.db import connection as database
from django.db import transaction

from freightbooks import jobs
from freightbooks.connections.models import Connection
from freightbooks.freight.models import Invoice
from freightbooks.notifying import outbox
from freightbooks.notifying.events import Event
from freightbooks.notifying.models import Endpoint
from freightbooks.organizations.models import Organization
from freightbooks.outbound import feed, places
from freightbooks.outbound.models import Told, Touched
from freightbooks.outbound.states import states_of

MOST_AT_ONCE = 50


def on_postings_moved(sender: Any, connection_id: int, posting_ids: list[int], **_: Any) -> None:  # noqa: ARG001
    """Note what posting moved, and have it told."""
    feed.note_postings(posting_ids)
    _have_told(connection_id)


def on_settlement_changed(sender: Any, connection_id: int, invoice_ids: list[int], **_: Any) -> None:  # noqa: ARG001
    """Note whose payments changed, and have it told."""
    feed.note_invoices(invoice_ids)
    _have_told(connection_id)


def on_shipment_canceled(organization_id: int, shipment_id: int) -> None:
    """Note every document of a canceled shipment: the TMS learns it from them."""
    feed.note_invoices(list(Invoice.objects.filter(shipment_id=shipment_id).values_list("pk", flat=True)))
    if _asking(organization_id):
        jobs.request_telling(organization_id)


def tell(organization_id: int) -> int:
    """Write into the outbox what moved since the endpoints were last told; return how many documents that was."""
    told = 0
    while True:
        with transaction.atomic():
            if not _asking(organization_id):
                Told.objects.filter(organization_id=organization_id).delete()
                return told
            _from_the_first_asker(organization_id)
            place = Told.objects.select_for_update().get(organization_id=organization_id)
            reading = feed.read(organization_id, (place.tx, place.posting_id), MOST_AT_ONCE)
            if not reading.places:
                break
            states = states_of(reading.posting_ids)
            changes = [states[pk] for pk in reading.posting_ids if pk in states]
            last = reading.places[-1]
            news = outbox.News(
                Event.DOCUMENTS_CHANGED,
                f"{organization_id}:{last[0]}:{last[1]}",
                f"{len(changes)} documents moved",
                "Where they stand in QuickBooks, or what is paid, is not as it was.",
                {"changes": changes, "cursor": places.word(last)},
            )
            outbox.announce(Organization.objects.get(pk=organization_id), news, by_mail=False)
            place.tx, place.posting_id = last
            place.save()
            told += len(changes)
    if _unfinished(organization_id):
        jobs.request_telling(organization_id, soon=True)
    return told


def _have_told(connection_id: int) -> None:
    organization_id = Connection.objects.values_list("organization_id", flat=True).get(pk=connection_id)
    if _asking(organization_id):
        jobs.request_telling(organization_id)


def _asking(organization_id: int) -> bool:
    return Endpoint.objects.filter(
        organization_id=organization_id, active=True, events__contains=[str(Event.DOCUMENTS_CHANGED)]
    ).exists()


def _from_the_first_asker(organization_id: int) -> None:
    """Begin, for an organization whose endpoints were never told, with what moved since the first of them was added."""
    if Told.objects.filter(organization_id=organization_id).exists():
        return
    asking = Endpoint.objects.filter(
        organization_id=organization_id, active=True, events__contains=[str(Event.DOCUMENTS_CHANGED)]
    )
    since = asking.order_by("created_at").values_list("created_at", flat=True)[0]
    before = Touched.objects.filter(organization_id=organization_id, at__lt=since).order_by("-tx", "-posting_id")
    tx, posting_id = before.values_list("tx", "posting_id").first() or feed.BEGINNING
    Told.objects.get_or_create(organization_id=organization_id, defaults={"tx": tx, "posting_id": posting_id})


def _unfinished(organization_id: int) -> bool:
    """Whether something moved in a transaction that could not be read yet, because an older one is still running."""
    place = Told.objects.filter(organization_id=organization_id).first()
    if place is None:
        return False
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT EXISTS (SELECT 1 FROM outbound_touched WHERE organization_id = %s AND (tx, posting_id) > (%s, %s))",
            [organization_id, place.tx, place.posting_id],
        )
        return bool(cursor.fetchone()[0])
