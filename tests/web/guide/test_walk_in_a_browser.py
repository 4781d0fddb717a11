"""The whole guide in a real browser: a new admin goes from nothing to a company that is connected and mapped."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from browsing import CHROMIUM, PHONE
from freightbooks.connections.models import Connection
from freightbooks.connections.states import ConnectionState
from freightbooks.freight.statuses import Side
from freightbooks.organizations.models import Organization, Role, User
from web import builders

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium; name one in FREIGHTBOOKS_CHROMIUM"),
]


@pytest.fixture
def new_admin(organization: Organization) -> User:
    """Somebody who has never been here, in a brokerage with two documents."""
    builders.an_invoice(organization)
    builders.an_invoice(organization, Side.CUSTOMER)
    return builders.a_person(organization, Role.ADMIN, "Priya Raman")


@pytest.fixture(params=[True, False], ids=["with script", "without script"])
def page(request: pytest.FixtureRequest, browser: Browser, address: str, new_admin: User) -> Iterator[Page]:
    context = browser.new_context(base_url=address, java_script_enabled=request.param)
    faults: list[str] = []
    page = context.new_page()
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.goto("/hub/")
    page.get_by_label("E-mail address").fill(new_admin.email)
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    yield page
    context.close()
    assert faults == []


def test_from_nothing_to_connected_and_mapped(page: Page, qbo_sandbox: Any) -> None:
    heading = page.get_by_role("heading", level=1)
    page.get_by_role("link", name="QuickBooks Online").click()
    expect(heading).to_have_text("Setting up QuickBooks takes nine steps and about an hour")
    page.get_by_role("button", name="I have these ready").click()
    page.get_by_role("button", name="I have created the app").click()
    expect(page.get_by_label("Do you use the discovery document?")).to_have_value(re.compile("^Yes"))
    page.get_by_role("button", name="I have sent the answers").click()
    expect(page.get_by_label("Redirect URI")).to_have_value(re.compile(r"^http://127.0.0.1:\d+/connections/callback$"))
    page.get_by_role("button", name="Intuit has these addresses").click()

    _enter(page, qbo_sandbox, secret="x" * 40)
    expect(heading).to_have_text("The app’s keys were not accepted")
    expect(page.get_by_role("alert")).to_contain_text("Copy both again")
    _enter(page, qbo_sandbox, secret=qbo_sandbox.client_secret)
    expect(heading).to_have_text("Connect to QuickBooks")

    _to_intuit(page)
    page.get_by_role("button", name="No, thanks").click()
    expect(heading).to_have_text("QuickBooks is not connected yet")
    _to_intuit(page)
    page.get_by_role("button", name="Connect", exact=True).click()
    expect(heading).to_have_text("Say where each cost lands")
    expect(page.get_by_text("0 of 2 are mapped")).to_be_visible()
    connection = Connection.objects.get()
    assert connection.state == ConnectionState.CONNECTED

    page.get_by_role("link", name="Open the mapping").click()
    page.get_by_role("button", name="Fill the rest by rule").click()
    page.goto(f"/connections/{connection.pk}/")
    page.get_by_role("link", name="Setup guide").click()
    expect(heading).to_have_text("Test it with one small document")
    expect(page.get_by_text("All 2 costs are mapped")).to_be_visible()
    page.get_by_role("button", name="I have seen it in QuickBooks").click()
    expect(page.get_by_role("heading", name="Everything is set up")).to_be_visible()


def test_copying_puts_the_address_on_the_clipboard(browser: Browser, address: str, new_admin: User) -> None:
    context = browser.new_context(base_url=address, permissions=["clipboard-read", "clipboard-write"])
    page = _at_the_addresses(context.new_page(), new_admin)
    page.get_by_role("button", name="Copy Redirect URI").click()
    expect(page.get_by_role("button", name="Copied Redirect URI")).to_be_visible()
    assert page.evaluate("navigator.clipboard.readText()") == f"{address}/connections/callback"
    context.close()


def test_no_step_is_wider_than_a_phone(browser: Browser, address: str, new_admin: User) -> None:
    context = browser.new_context(base_url=address, viewport=PHONE)  # type: ignore[arg-type]
    page = _at_the_addresses(context.new_page(), new_admin)
    base = page.url.removesuffix("addresses/")
    steps = [
        f"{base}{step}/"
        for step in ("overview", "app", "questions", "addresses", "keys", "connect", "notifications", "test")
    ]
    for path in (*steps, "/guide/pages/privacy/", "/disconnected/", page.get_by_label("Privacy").input_value()):
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
    context.close()


def _at_the_addresses(page: Page, person: User) -> Page:
    page.goto("/guide/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.get_by_role("button", name="Sign in").click()
    page.get_by_role("link", name="4. Give Intuit the addresses").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Give Intuit these seven addresses")
    return page


def _enter(page: Page, sandbox: Any, *, secret: str) -> None:
    page.get_by_label("Client ID").fill(sandbox.client_id)
    page.get_by_label("Client secret").fill(secret)
    page.get_by_label("Environment").select_option("other")
    if not page.get_by_label("Accounting API").is_visible():
        page.get_by_text("Addresses, for another environment").click()
    page.get_by_label("Discovery document").fill(sandbox.discovery_document)
    page.get_by_label("Accounting API").fill(sandbox.base_url)
    page.get_by_role("button", name="Check and keep these keys").click()


def _to_intuit(page: Page) -> None:
    page.get_by_role("button", name="Connect to QuickBooks").click()
    expect(page).to_have_title(re.compile("wants to connect"))
