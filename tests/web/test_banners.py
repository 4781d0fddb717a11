"""Every page has a banner for each connection that needs attention, and it costs no query."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from freightbooks.connections.reasons import REASONS
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.organizations.models import Organization
from web import builders

PAGES = ("/hub/", "/invoices/carrier/", "/advances/", "/problems/", "/mapping/carrier-costs/", "/why/?q=x", "/nowhere/")


def stopped(attention: Attention = Attention.GRANT_DEAD) -> dict[str, Any]:
    return {
        "state": ConnectionState.NEEDS_ATTENTION,
        "attention": attention,
        "attention_since": timezone.now() - timedelta(hours=2),
    }


def banners(browser: Client, address: str = "/invoices/carrier/") -> str:
    return browser.get(address).content.decode().partition('<div class="banners">')[2].partition("<main")[0]


def test_every_page_says_what_stopped_and_since_when_and_leads_an_admin_to_the_repair(
    organization: Organization, admin: Client
) -> None:
    company = builders.a_company(organization, company_name="Blue Ridge Drayage LLC", **stopped())
    for page in (*PAGES, "/people/", "/notices/"):
        said = banners(admin, page)
        assert "Blue Ridge Drayage LLC has stopped syncing." in said, page
        assert Attention.GRANT_DEAD.label in said, page
        assert "Since " in said, page
        assert f'href="/connections/{company.pk}/">Repair it</a>' in said, page


def test_others_are_sent_to_an_admin(organization: Organization, accountant: Client, viewer: Client) -> None:
    builders.a_company(organization, **stopped())
    for browser in (accountant, viewer):
        for page in PAGES:
            assert "Ask an admin" in banners(browser, page), page
            assert "Repair it" not in banners(browser, page), page


@pytest.mark.parametrize("attention", list(REASONS))
def test_every_reason_has_its_sentence_on_the_banner(
    attention: Attention, organization: Organization, admin: Client
) -> None:
    from html import unescape

    builders.a_company(organization, **stopped(attention))
    assert f"{attention.label}." in unescape(banners(admin))


@pytest.mark.parametrize(
    ("fields", "sentence", "button"),
    [
        ({"trouble_since": timezone.now()}, "QuickBooks does not answer at the moment", ""),
        ({"hard_expires_at": timezone.now() + timedelta(days=20)}, "the five-year limit", "Sign in anew"),
        ({"refresh_expires_at": timezone.now() + timedelta(days=20)}, "unless it is used: start a worker", ""),
    ],
)
def test_dates_ahead_and_outages_are_amber(
    fields: dict[str, Any], sentence: str, button: str, organization: Organization, admin: Client
) -> None:
    builders.a_company(organization, **fields)
    said = banners(admin)
    assert '<section class="note waiting"' in said
    assert sentence in said
    assert (button in said) if button else ("<a" not in said)


def test_each_company_has_its_own_banner_and_what_stopped_comes_first(
    organization: Organization, admin: Client
) -> None:
    builders.a_company(organization, company_name="Amber Co", trouble_since=timezone.now())
    builders.a_company(organization, company_name="Green Co")
    builders.a_company(organization, company_name="Red Co", **stopped())
    said = banners(admin)
    assert said.index("Red Co") < said.index("Amber Co")
    assert "Green Co" not in said


def test_a_healthy_company_and_another_organizations_have_none(organization: Organization, admin: Client) -> None:
    builders.a_company(organization)
    builders.a_company(builders.an_organization("Summit Brokerage"), **stopped())
    assert banners(admin) == ""


def test_banners_cost_no_query(organization: Organization, admin: Client, count_queries: Any) -> None:
    company = builders.a_company(organization)
    admin.get("/why/")
    with count_queries() as without:
        admin.get("/why/")
    type(company).objects.update(**stopped())
    with count_queries() as with_banner:
        assert banners(admin, "/why/")
    assert len(with_banner) == len(without)
