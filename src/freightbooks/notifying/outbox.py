"""Writes down what is to be told, in the transaction that made it so, and asks a worker to deliver it.

Knows who wants to be told; not what the events mean. The same cause is written once, however many processes notice it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction

from freightbooks import jobs
from freightbooks.notifying.events import Event
from freightbooks.notifying.models import Delivery, Endpoint, Notice
from freightbooks.organizations.models import Membership, Organization, Role


@dataclass(frozen=True)
class News:
    """What happened, for people (`title`, `text`) and for programs (`data`, plain JSON)."""

    event: Event
    cause: str
    title: str
    text: str
    data: Mapping[str, Any] = field(default_factory=dict)
    subject_id: int | None = None


def announce(
    organization: Organization, news: News, *, by_mail: bool = True, to: Sequence[str] | None = None
) -> Notice | None:
    """Put news into the outbox as part of the transaction under way; None when this cause was told already.

    `by_mail`: to every admin of the organization, or to the addresses in `to`, beside the endpoints that asked for it.
    """
    with transaction.atomic():
        notice, new = _written(organization, news)
        if not new:
            return None
        recipients = (_admins(organization) if to is None else to) if by_mail else []
        deliveries = [Delivery(notice=notice, address=address) for address in recipients]
        deliveries += [Delivery(notice=notice, endpoint=each) for each in _asking(organization, news.event)]
        for lane in {each.lane for each in Delivery.objects.bulk_create(deliveries)}:
            jobs.request_delivery(lane)
    return notice


def to_one(endpoint: Endpoint, news: News) -> Delivery:
    """Put news into the outbox for one endpoint only. The caller delivers it."""
    with transaction.atomic():
        notice, _ = _written(endpoint.organization, news)
        return Delivery.objects.get_or_create(notice=notice, endpoint=endpoint)[0]


def _written(organization: Organization, news: News) -> tuple[Notice, bool]:
    return Notice.objects.get_or_create(
        event=news.event,
        cause=news.cause,
        defaults={
            "organization": organization,
            "subject_id": news.subject_id,
            "title": " ".join(news.title.split()),  # it becomes the subject line of a mail
            "text": news.text,
            "data": dict(news.data),
        },
    )


def _admins(organization: Organization) -> list[str]:
    admins = Membership.objects.filter(organization=organization, role=Role.ADMIN, user__is_active=True)
    return list(admins.order_by("user_id").values_list("user__email", flat=True))


def _asking(organization: Organization, event: Event) -> list[Endpoint]:
    return list(Endpoint.objects.filter(organization=organization, active=True, events__contains=[str(event)]))
