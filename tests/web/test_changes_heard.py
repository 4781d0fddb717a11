"""The page Changes in QuickBooks: what was heard, the address for Intuit, the verifier token."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone
from procrastinate.contrib.django.models import ProcrastinateJob

from freightbooks.connections.models import Connection
from freightbooks.organizations.models import Organization
from freightbooks.receiving import addresses
from freightbooks.receiving.models import Feed, NotificationAddress
from web import builders

TOKEN = "00faeec4-08d0-4996-bb37-698ae19f0149"


@pytest.fixture
def company(organization: Organization) -> Connection:
    return builders.a_company(organization, company_name="Blue Ridge")


def page_of(browser: Client, company: Connection) -> str:
    return browser.get(f"/connections/{company.pk}/changes/").content.decode()


def test_an_admin_copies_the_address_and_enters_the_token(admin: Client, company: Connection) -> None:
    page = page_of(admin, company)
    key = NotificationAddress.objects.get().key
    assert f"http://testserver/intuit/notifications/{key}/" in page
    assert "Notifications are not set up" in page
    answer = admin.post(f"/connections/{company.pk}/changes/verifier/", {"verifier_token": TOKEN}, follow=True)
    page = answer.content.decode()
    assert "The verifier token is entered" in page
    assert TOKEN not in page
    assert addresses.verifier_of(NotificationAddress.objects.get()) == TOKEN


@pytest.mark.parametrize("text", ["", "not a token", "x"])
def test_what_is_no_token_is_said_at_its_field_and_never_given_back(
    admin: Client, company: Connection, text: str
) -> None:
    answer = admin.post(f"/connections/{company.pk}/changes/verifier/", {"verifier_token": text})
    assert answer.status_code == 400
    assert "erifier token" in answer.content.decode()
    assert 'value="not a token"' not in answer.content.decode()


def test_an_accountant_looks_and_has_it_looked_at_now(accountant: Client, company: Connection) -> None:
    page = page_of(accountant, company)
    assert "Endpoint URL" not in page
    assert accountant.post(f"/connections/{company.pk}/changes/verifier/", {"verifier_token": TOKEN}).status_code == 403
    accountant.post(f"/connections/{company.pk}/changes/look/")
    assert ProcrastinateJob.objects.filter(task_name="freightbooks.sweep").count() == 1


def test_the_title_says_how_it_stands(admin: Client, company: Connection) -> None:
    now = timezone.now()
    assert "Changes in Blue Ridge are looked for every few minutes" in page_of(admin, company)
    addresses.set_verifier(company, TOKEN)
    Feed.objects.update_or_create(
        connection=company, defaults={"swept_at": now, "cursor": now, "last_notification_at": now, "notifications": 3}
    )
    page = page_of(admin, company)
    assert "Blue Ridge tells us of every change at once" in page
    assert "3 notifications" in page
    assert "told at once" in admin.get(f"/connections/{company.pk}/").content.decode()
    Feed.objects.update(swept_at=now - timedelta(hours=3))
    assert "may not have been heard of" in page_of(admin, company)
    Feed.objects.update(swept_at=now, untold=2, last_notification_at=now - timedelta(hours=1))
    page = page_of(admin, company)
    assert "found 2 changes that no notification had told of" in page
    assert "its notifications need a look" in page


def test_what_was_turned_away_is_shown(admin: Client, company: Connection) -> None:
    addresses.set_verifier(company, TOKEN)
    NotificationAddress.objects.update(refused=4, last_refused_at=timezone.now(), last_refused_why="It was not signed.")
    page = page_of(admin, company)
    assert "The last notification was turned away. It was not signed." in page
