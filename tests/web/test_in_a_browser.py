"""A real browser: signing in, filtering, opening a document, the keyboard, no script, and no error in the console."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browsing import IN_A_BROWSER, PHONE, address, browser
from freightbooks.organizations.models import Organization, Role, User
from freightbooks.posting.gates import Gate
from freightbooks.posting.states import PostingState
from web import builders

__all__ = ["address", "browser"]
pytestmark = IN_A_BROWSER


@pytest.fixture
def person(organization: Organization) -> User:
    """An accountant of a brokerage with one posted, one failed and one waiting carrier invoice."""
    company = builders.a_company(organization)
    states = ((PostingState.POSTED, ""), (PostingState.FAILED, ""), (PostingState.WAITING, Gate.SUM))
    for (state, gate), number in zip(states, ("POSTED-1", "FAILED-1", "WAITING-1"), strict=True):
        invoice = builders.an_invoice(organization, number=number)
        builders.a_posting(company, invoice, state, gate=gate, reason=f"Why {number}.", remedy="Do this.")
    return builders.a_person(organization, Role.ACCOUNTANT)


@pytest.fixture
def page(browser: Browser, address: str, person: User) -> Iterator[Page]:
    """A signed-in page that tolerates no error in its console."""
    context = browser.new_context(base_url=address)
    yield from _signed_in(context, person)


def _signed_in(context: BrowserContext, person: User) -> Iterator[Page]:
    said: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/invoices/carrier/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{page.url.split('/sign-in')[0].split('/invoices')[0]}/invoices/carrier/")
    yield page
    context.close()
    assert said == []


def test_signing_in_filtering_and_opening_a_document(page: Page) -> None:
    page.get_by_role("link", name="Failed 1").click()
    expect(page.locator(".docs tbody tr")).to_have_count(1)
    page.get_by_role("link", name="FAILED-1").click()
    pane = page.locator("#pane")
    expect(pane).to_contain_text("Why FAILED-1.")
    assert "open=" in page.url
    page.keyboard.press("Escape")
    expect(page.locator("#pane h2")).to_have_count(0)
    assert "open=" not in page.url
    assert "state=failed" in page.url


def test_the_opened_pane_has_the_focus_and_the_back_button_closes_it(page: Page) -> None:
    page.get_by_role("link", name="WAITING-1").focus()
    page.keyboard.press("Enter")
    expect(page.locator("#pane")).to_be_focused()
    page.go_back()
    expect(page.locator("#pane h2")).to_have_count(0)


def test_slash_leads_to_the_question_and_enter_answers_it(page: Page) -> None:
    page.keyboard.press("/")
    expect(page.locator("#why")).to_be_focused()
    page.keyboard.type("waiting-1")
    page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text("Why WAITING-1.")


def test_the_first_tab_skips_to_the_page_and_focus_is_seen(page: Page) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.keyboard.press("Tab")
    width = page.evaluate("getComputedStyle(document.activeElement).outlineWidth")
    assert width == "2px"


def test_ticking_one_ticks_all_and_skipping_asks_first(page: Page) -> None:
    page.get_by_label("Tick all on this page").check()
    expect(page.locator("[data-ticked]")).to_have_text("3 ticked:")
    page.get_by_role("button", name="Skip…").click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Skip 2 documents")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_no_page_is_wider_than_a_phone(browser: Browser, address: str, person: User, scheme: str) -> None:
    context = browser.new_context(base_url=address, viewport=PHONE, color_scheme=scheme)  # type: ignore[arg-type]
    for page in _signed_in(context, person):
        for path in ("/hub/", "/invoices/carrier/", "/problems/", "/mapping/carrier-costs/", "/why/?q=FAILED-1"):
            page.goto(path)
            assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"], path
        page.get_by_role("button", name="Open navigation").click()
        page.get_by_role("link", name="Advances").click()
        expect(page).to_have_title("Advances · Freightbooks")


def test_everything_works_without_script(browser: Browser, address: str, person: User) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    for page in _signed_in(context, person):
        page.get_by_role("link", name="FAILED-1").click()
        expect(page.locator("#pane")).to_contain_text("Why FAILED-1.")
        page.get_by_role("button", name="Try again").last.click()
        expect(page.get_by_role("status")).to_contain_text("It is in the queue again.")
