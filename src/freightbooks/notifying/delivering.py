"""Makes deliveries: one at a time, by one process at a time, tried again ever more slowly, given up after three days.

A delivery's row stays locked while it is sent, so no second worker sends it too. A mail server or an endpoint that is
down costs nothing but its own retries.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone

from freightbooks import jobs
from freightbooks.notifying import channels
from freightbooks.notifying.events import IN_ORDER
from freightbooks.notifying.models import Delivery, DeliveryAttempt, DeliveryState, Lane

RETRY_AFTER = tuple(
    timedelta(minutes=minutes) for minutes in (1, 5, 30, 2 * 60, 5 * 60, 10 * 60, 14 * 60, 20 * 60, 24 * 60)
)
"""How long to wait after the first, the second ... failed try."""

MOST = 100
"""Deliveries of one job; more are the next one's."""

log = logging.getLogger(__name__)


def deliver(delivery_id: int) -> None:
    """Make a delivery that waits, and note what came of it. One under way elsewhere, or made already, is left alone."""
    with transaction.atomic():
        delivery = (
            Delivery.objects.select_for_update(skip_locked=True, of=("self",))
            .select_related("notice", "endpoint")
            .filter(pk=delivery_id, state=DeliveryState.WAITING, next_at__lte=timezone.now())
            .first()
        )
        if delivery is None or (delivery.endpoint is not None and not delivery.endpoint.active):
            return
        begun = time.monotonic()
        outcome = _send(delivery)
        took = round((time.monotonic() - begun) * 1000)
        DeliveryAttempt.objects.create(
            delivery=delivery, worked=outcome.worked, answer=outcome.answer, duration_ms=took
        )
        _note(delivery, outcome, timezone.now())


def deliver_due(lane: str, now: datetime) -> int:
    """Make the deliveries of a lane whose time has come, in their order; return how many there were."""
    due = list(_due(now).filter(endpoint__isnull=lane == Lane.MAIL).order_by("id").values_list("pk", flat=True)[:MOST])
    for delivery_id in due:
        if _due(now).filter(pk=delivery_id).exists():  # one before it, just now, may have failed
            deliver(delivery_id)
    if len(due) == MOST:
        jobs.request_delivery(lane)
    return len(due)


def ask_for_due(now: datetime) -> None:
    """Ask for the lanes in which something is due: a try whose time has come, or one whose worker died."""
    for lane in Lane:
        if _due(now).filter(endpoint__isnull=lane == Lane.MAIL).exists():
            jobs.request_delivery(lane)


def send_again(delivery: Delivery) -> Delivery:
    """Make a delivery once more, now, however it came out before; return it as it stands then."""
    Delivery.objects.filter(pk=delivery.pk).update(state=DeliveryState.WAITING, next_at=timezone.now(), tries=0)
    deliver(delivery.pk)
    return Delivery.objects.get(pk=delivery.pk)


def _due(now: datetime) -> QuerySet[Delivery]:
    earlier = Delivery.objects.filter(
        endpoint=OuterRef("endpoint"),
        notice__event__in=IN_ORDER,
        state=DeliveryState.WAITING,
        next_at__gt=now,
        pk__lt=OuterRef("pk"),
    )
    due = Delivery.objects.filter(state=DeliveryState.WAITING, next_at__lte=now).exclude(endpoint__active=False)
    return due.exclude(Q(notice__event__in=IN_ORDER) & Exists(earlier))


def _send(delivery: Delivery) -> channels.Outcome:
    if delivery.endpoint is not None:
        return channels.webhook(delivery.notice, delivery.endpoint, timezone.now())
    return channels.mail(delivery.notice, delivery.address)


def _note(delivery: Delivery, outcome: channels.Outcome, now: datetime) -> None:
    delivery.tries += 1
    if outcome.worked:
        delivery.state, delivery.delivered_at = DeliveryState.DELIVERED, now
    elif outcome.gone or delivery.tries > len(RETRY_AFTER):
        delivery.state = DeliveryState.GIVEN_UP
    else:
        delivery.next_at = now + RETRY_AFTER[delivery.tries - 1]
    delivery.save(update_fields=["state", "tries", "next_at", "delivered_at"])
    if outcome.gone and delivery.endpoint is not None:
        delivery.endpoint.active = False
        delivery.endpoint.switched_off_because = "It answered 410 Gone: it wants nothing more."
        delivery.endpoint.save(update_fields=["active", "switched_off_because"])
    if not outcome.worked:
        log.warning("delivery %s, try %s: %s", delivery.pk, delivery.tries, outcome.answer)
