"""The mapping in a real browser: by the keyboard alone, many at once, and without script."""

from __future__ import annotations

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from browsing import IN_A_BROWSER, address, browser
from freightbooks.connections.models import Connection
from freightbooks.mapping.models import CostMapping
from freightbooks.organizations.models import Organization, Role, User
from freightbooks.posting.gates import Gate
from freightbooks.posting.states import PostingState
from web import builders

__all__ = ["address", "browser"]
pytestmark = IN_A_BROWSER


@pytest.fixture
def company(organization: Organization) -> Connection:
    company = builders.a_company(organization)
    for number, name, kind in (
        ("2000", "Accounts Payable (A/P)", "Accounts Payable"),
        ("5000", "Freight and carrier costs", "Cost of Goods Sold"),
        ("5015", "Fuel paid to carriers", "Cost of Goods Sold"),
        ("6100", "Bank and check fees", "Expense"),
    ):
        builders.an_account(company, number, name, kind)
    lines = [("1600", "Freight - flat", "100.00"), ("1610", "Fuel - per mile", "25.00")]
    invoice = builders.an_invoice(organization, amount="125.00", lines=lines)
    builders.a_posting(company, invoice, PostingState.WAITING, gate=Gate.UNMAPPED)
    return company


@pytest.fixture
def person(organization: Organization, company: Connection) -> User:
    return builders.a_person(organization, Role.ACCOUNTANT)


def signed_in(context: BrowserContext, person: User) -> Page:
    page = context.new_page()
    page.goto("/mapping/carrier-costs/")
    page.get_by_label("E-mail address").fill(person.email)
    page.get_by_label("Password").fill(builders.PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_contain_text("have no account")
    return page


def landed(company: Connection) -> dict[str, str]:
    numbers = dict(company.listed.values_list("qbo_id", "number"))
    rows = CostMapping.objects.filter(connection=company).exclude(account_id="")
    return {row.cost_code: numbers[row.account_id] for row in rows}


def test_a_cost_is_mapped_by_the_keyboard_alone(
    browser: Browser, address: str, company: Connection, person: User
) -> None:
    context = browser.new_context(base_url=address)
    page = signed_in(context, person)
    page.get_by_role("link", name="Change Fuel - per mile").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Find an account")).to_be_focused()
    page.keyboard.type("fuel paid")
    page.keyboard.press("Enter")
    expect(page.get_by_role("radio")).to_have_count(1)
    page.get_by_role("radio").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("This moves 1 document not posted yet, $125.00")
    page.get_by_role("button", name="Save as version 1").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_contain_text("Saved as version 1")
    assert landed(company) == {"1610": "5015"}
    context.close()


def test_many_are_ticked_and_changed_at_once_and_the_type_narrows_the_accounts(
    browser: Browser, address: str, company: Connection, person: User
) -> None:
    context = browser.new_context(base_url=address)
    page = signed_in(context, person)
    page.get_by_label("Account type").select_option("Expense")
    expect(page.locator("#d0 optgroup:not([hidden])")).to_have_count(1)
    page.get_by_label("Tick all shown").check()
    expect(page.locator("[data-ticked]")).to_have_text("2 ticked:")
    page.get_by_label("Account for the ticked costs").select_option(label="5000 Freight and carrier costs")
    page.locator("#bulk").get_by_role("button").click()
    expect(page.get_by_text("1 held document")).to_be_visible()
    page.get_by_role("button", name="Save as version 1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("All 2 costs on this side are mapped")
    assert landed(company) == {"1600": "5000", "1610": "5000"}
    context.close()


def test_without_script_a_default_is_looked_at_saved_and_taken_back(
    browser: Browser, address: str, company: Connection, person: User
) -> None:
    context = browser.new_context(base_url=address, java_script_enabled=False)
    page = signed_in(context, person)
    page.get_by_label("Account", exact=True).select_option(label="5000 Freight and carrier costs")
    page.locator("form.default").get_by_role("button").click()
    page.get_by_role("button", name="Save as version 1").click()
    assert landed(company) == {"": "5000"}
    page.get_by_role("link", name="See all versions").first.click()
    page.get_by_role("button", name="Take back").click()
    expect(page.get_by_role("status")).to_contain_text("Taken back")
    assert landed(company) == {}
    context.close()
