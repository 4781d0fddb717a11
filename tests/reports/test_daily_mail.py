"""The daily summary: to who wants it, in the morning, once, whatever dies between."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time, timedelta

import pytest
from django.core import mail
from django.db import transaction
from django.test import Client
from django.test.utils import override_settings
from django.utils import timezone

from freightbooks.notifying import delivering
from freightbooks.notifying.models import Delivery, Lane
from freightbooks.organizations.models import Membership, Organization, Role
from freightbooks.posting.states import PostingState
from freightbooks.reports import daily
from freightbooks.reports.models import DailyMail
from web import builders


@pytest.fixture(autouse=True)
def mailbox() -> Iterator[None]:
    with override_settings(EMAIL_BACKEND="django.core.mail.backends.locmem.EmailBackend"):
        mail.outbox = []
        yield


def next_morning(hour: int = 7, minute: int = 5) -> datetime:
    """Tomorrow at that hour, in the installation's time zone."""
    tomorrow = timezone.localdate() + timedelta(days=1)
    return timezone.make_aware(datetime.combine(tomorrow, time(hour, minute)))


def delivered() -> list[tuple[str, str]]:
    """Deliver what waits, as the worker would, and return (to, subject) of every mail."""
    delivering.deliver_due(Lane.MAIL, timezone.now())
    return [(each.to[0], each.subject) for each in mail.outbox]


def test_who_asked_for_it_gets_it_once_a_day(organization: Organization) -> None:
    company = builders.a_company(organization)
    builders.a_posting(company, builders.an_invoice(organization, amount="1200.50"), PostingState.FAILED, reason="No.")
    dana = builders.a_person(organization, Role.ACCOUNTANT, "Dana Whitlow")
    builders.a_person(organization, Role.ADMIN, "Priya Raman")
    browser = builders.a_browser_of(dana)
    browser.post("/reports/accounting-sync-analytics/daily-mail/", {"wanted": "yes"})
    assert daily.send_due(next_morning(6, 59)) == 0
    assert daily.send_due(next_morning()) == 1
    assert daily.send_due(next_morning(7, 10)) == 0
    assert daily.send_due(next_morning(23, 50)) == 0
    sent = delivered()
    assert [to for to, _ in sent] == [dana.email]
    assert "1 document worth 1,200.50 USD held back" in sent[0][1]
    assert "standing=at-stake" in mail.outbox[0].body
    assert daily.send_due(next_morning() + timedelta(days=1)) == 1


def test_a_worker_that_dies_while_writing_it_leaves_it_to_the_next(organization: Organization) -> None:
    builders.a_company(organization)
    dana = builders.a_person(organization)
    DailyMail.objects.create(user=dana, organization=organization)
    with transaction.atomic():
        daily.send_due(next_morning())
        transaction.set_rollback(True)  # what its death does
    assert not Delivery.objects.exists()
    assert daily.send_due(next_morning()) == 1
    assert Delivery.objects.count() == 1


def test_who_left_the_organization_or_stopped_it_gets_none(organization: Organization, accountant: Client) -> None:
    builders.a_company(organization)
    left, stopped = (builders.a_person(organization, name=name) for name in ("Marcus Hale", "Sam Okafor"))
    for person in (left, stopped):
        DailyMail.objects.create(user=person, organization=organization)
    Membership.objects.filter(user=left).delete()
    builders.a_browser_of(stopped).post("/reports/accounting-sync-analytics/daily-mail/", {"wanted": "no"})
    assert daily.send_due(next_morning()) == 0
    assert not Delivery.objects.exists()
