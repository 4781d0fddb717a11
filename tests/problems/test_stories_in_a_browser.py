"""The stories everybody knows, in a real browser: from what went wrong in QuickBooks to the green mark."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path
from typing import Any

import httpx2
import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, expect

from browsing import IN_A_BROWSER, PHONE, address, browser
from freightbooks.connections.models import Connection
from freightbooks.mapping import changes, lists
from freightbooks.organizations.models import Membership, Role, User
from freightbooks.posting.models import Posting
from main_job.brokerage import Brokerage, connect, first_loads

PASSWORD = "a long enough password"
FUEL = "1610"

__all__ = ["address", "browser"]
pytestmark = IN_A_BROWSER


def aside(work: Callable[..., Any], *given: Any) -> Any:
    """Do something outside of the thread of the browser's event loop."""

    def run() -> Any:
        try:
            return work(*given)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run).result()


@pytest.fixture
def brokerage(database: str, qbo_sandbox: Any, tmp_path: Path) -> Brokerage:
    """A brokerage connected to its company, with a few loads in the queue and none sent yet."""

    def begin() -> Brokerage:
        made = connect(qbo_sandbox)
        Membership.objects.create(user=User.objects.get(), organization=made.organization, role=Role.ACCOUNTANT)
        made.take_in(first_loads(tmp_path, 5))
        return made

    return aside(begin)  # type: ignore[no-any-return]


@pytest.fixture
def page(browser: Browser, address: str, brokerage: Brokerage) -> Iterator[Page]:
    """Dana, the accountant, at the Problems page; no error in the console is tolerated."""
    said: list[str] = []
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.goto("/problems/")
    page.get_by_label("E-mail address").fill("dana@freightbooks.example")
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(heading(page)).not_to_contain_text("Sign in")
    yield page
    context.close()
    assert said == []


def heading(page: Page) -> Any:
    return page.get_by_role("heading", level=1)


def green_mark(page: Page, number: str) -> None:
    """Expect the invoice of this number to be in QuickBooks, by its row."""
    page.goto(f"/invoices/carrier/?q={number}")
    expect(page.locator(".docs tbody tr").first).to_contain_text("Posted")


def a_fuel_account(brokerage: Brokerage) -> str:
    """Make an account for fuel in QuickBooks, and map the fuel of carriers to it."""
    company = brokerage.sandbox.company
    body = {"Name": "Fuel paid on the way", "AcctNum": "5990", "AccountType": "Cost of Goods Sold"}
    account = company.create("Account", body).qbo_id
    lists.refresh(brokerage.connection)
    changes.set_cost(brokerage.connection, "carrier costs", FUEL, account, "Mateo Okafor")
    return account


def change_account(brokerage: Brokerage, account: str, **fields: Any) -> None:
    """Somebody changes an account in QuickBooks."""
    company = brokerage.sandbox.company
    record = company.find("Account", account)
    company.update("Account", {"Id": record.qbo_id, "SyncToken": str(record.sync_token), "sparse": True, **fields})


def test_error_6000_is_named_mended_in_place_and_sends_everything(page: Page, brokerage: Brokerage) -> None:
    account = aside(a_fuel_account, brokerage)
    change_account(brokerage, account, AccountType="Accounts Payable", AccountSubType="AccountsPayable")
    aside(brokerage.post)  # QuickBooks refuses the first bills, and we look which account it means
    page.goto("/problems/")
    card = page.locator(".problem", has_text="5990 Fuel paid on the way")
    expect(card).to_contain_text("The cost Fuel - per mile is mapped to 5990 Fuel paid on the way")
    expect(card).to_contain_text("(error 6000)")
    card.locator("summary", has_text="What QuickBooks said").click()
    expect(card).to_contain_text("You can't use an Accounts Payable account on the detail portion of a Bill.")
    expect(card).to_contain_text("intuit_tid")
    refused = card.locator("option", has_text="5990")
    expect(refused).to_be_disabled()
    card.get_by_label("Choose another account for Fuel - per mile").select_option(
        label="5000 Freight and carrier costs"
    )
    card.get_by_role("button", name="Fix and release").click()
    expect(page.locator("main")).to_contain_text("The mapping is saved.")
    aside(brokerage.post)
    page.goto("/problems/")
    expect(page.locator(".problem.healed", has_text="5990")).to_contain_text("Healed")
    green_mark(page, "INV")
    numbers = [number for number, _ in brokerage.books()["Bill"]]
    assert len(numbers) == len(set(numbers))
    assert not aside(Posting.objects.filter(state="failed").exists)


def test_a_chart_of_accounts_that_changes_under_a_mapping_is_told_before_a_document_fails(
    page: Page, brokerage: Brokerage
) -> None:
    aside(a_fuel_account, brokerage)
    aside(brokerage.post)
    posted = len(brokerage.books()["Bill"])
    other = aside(another_fuel_account, brokerage)
    change_account(brokerage, other, Active=False)
    aside(lists.refresh, brokerage.connection)
    page.goto("/problems/")
    card = page.locator(".problem", has_text="5991 Fuel, second")
    expect(card).to_contain_text(
        "The cost Fuel - per mile is mapped to 5991 Fuel, second (deleted): It is inactive in QuickBooks"
    )
    expect(card).to_contain_text("No document has met it yet")
    assert len(brokerage.books()["Bill"]) == posted
    change_account(brokerage, other, Active=True)  # somebody mends it in QuickBooks
    aside(lists.refresh, brokerage.connection)
    page.goto("/problems/")
    expect(page.locator(".problem", has_text="5991 Fuel, second")).to_have_count(0)


def another_fuel_account(brokerage: Brokerage) -> str:
    body = {"Name": "Fuel, second", "AcctNum": "5991", "AccountType": "Cost of Goods Sold"}
    account = brokerage.sandbox.company.create("Account", body).qbo_id
    lists.refresh(brokerage.connection)
    changes.set_cost(brokerage.connection, "carrier costs", FUEL, account, "Mateo Okafor")
    return account


def test_a_closed_period_is_left_by_moving_to_the_first_open_day(page: Page, brokerage: Brokerage) -> None:
    brokerage.sandbox.company.close_books(date(2026, 11, 15))
    aside(brokerage.post)
    page.goto("/problems/")
    card = page.locator(".problem", has_text="The books are closed through Nov 15, 2026")
    expect(card.get_by_label("The first open day")).to_have_value("2026-11-16")
    card.get_by_role("button", name="Move").click()
    expect(page.locator("main")).to_contain_text("Moved to Nov 16, 2026.")
    aside(brokerage.post)
    green_mark(page, "INV-99116")
    page.get_by_role("link", name="INV-99116").click()
    expect(page.locator("#pane")).to_contain_text("Dated Oct 28, 2026 in the TMS; posted on Nov 16, 2026")
    (bill,) = brokerage.sandbox.company.table("Bill").with_value("DocNumber", "INV-99116")
    assert bill.body["TxnDate"] == "2026-11-16"
    assert bill.body["PrivateNote"].startswith("Dated Oct 28, 2026 in the TMS")
    assert bill.body["PrivateNote"].endswith("[FB bill AP500002]")


def test_a_reopened_period_sends_everything_without_anybody(page: Page, brokerage: Brokerage) -> None:
    from freightbooks.posting import probing

    brokerage.sandbox.company.close_books(date(2026, 11, 15))
    aside(brokerage.post)
    brokerage.sandbox.company.close_books(None)
    assert aside(probing.try_held, later()) >= 1
    aside(brokerage.post)
    aside(brokerage.post)
    page.goto("/problems/")
    expect(page.locator(".problem.healed", has_text="The books are closed")).to_contain_text("Healed")
    green_mark(page, "INV-99116")


def later() -> Any:
    from datetime import timedelta

    from django.utils import timezone

    return timezone.now() + timedelta(hours=1)


def test_a_name_that_is_taken_and_a_number_that_is_taken(page: Page, brokerage: Brokerage) -> None:
    company = brokerage.sandbox.company
    vendor = company.create("Vendor", {"DisplayName": "Old Mill Cartage Co"})
    name = aside(first_carrier_name)
    namesake = company.create("Vendor", {"DisplayName": name})
    assert vendor.qbo_id != namesake.qbo_id
    aside(lists.refresh, brokerage.connection)
    aside(brokerage.post)
    page.goto("/problems/")
    card = page.locator(".problem", has_text=f"QuickBooks already has a vendor named {name}")
    card.get_by_role("button", name=f"It is {name}").click()
    expect(page.locator("main")).to_contain_text(f"{name} is settled.")

    httpx2.post(
        f"{brokerage.sandbox.base_url}/_sandbox/companies/{brokerage.sandbox.realm_id}/preferences",
        json={"warn_duplicate_bill_numbers": True},
    ).raise_for_status()
    account = next(one for one in company.table("Account") if one.body["AccountType"] == "Expense")
    line = {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Amount": 10,
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account.qbo_id}},
    }
    number = aside(number_of_first_bill)
    company.create("Bill", {"VendorRef": {"value": namesake.qbo_id}, "DocNumber": number, "Line": [line]})
    aside(brokerage.post)
    page.goto("/problems/")
    card = page.locator(".problem", has_text=f"Number {number} is taken in QuickBooks by another bill")
    expect(card).to_contain_text("(error 6140)")
    card.get_by_role("button", name="Send under this number all the same").click()
    aside(brokerage.post)
    green_mark(page, number)
    assert len(list(company.table("Bill").with_value("DocNumber", number))) == 2


def first_carrier_name() -> str:
    from freightbooks.freight.models import Invoice

    return Invoice.objects.get(external_id="AP500001").party.name


def number_of_first_bill() -> str:
    from freightbooks.freight.models import Invoice

    return Invoice.objects.get(external_id="AP500001").number


def test_an_ended_subscription_holds_everything_and_lets_it_go(page: Page, brokerage: Brokerage) -> None:
    brokerage.sandbox.company.subscribe(status="EXPIRED")
    aside(brokerage.post)
    page.goto("/problems/")
    expect(page.locator("body")).to_contain_text("subscription")
    assert aside(Posting.objects.filter(state="failed").count) == 0
    brokerage.sandbox.company.subscribe(status="PAID")
    connection = aside(Connection.objects.get)
    assert connection.stopped
    page.goto(f"/connections/{connection.pk}/")
    page.get_by_role("button", name="Look again now").first.click()
    aside(brokerage.post)
    green_mark(page, "INV-99116")


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_are_no_wider_than_a_phone(
    browser: Browser, address: str, brokerage: Brokerage, scheme: Any, page: Page
) -> None:
    brokerage.sandbox.company.close_books(date(2026, 11, 15))
    aside(brokerage.post)
    page.emulate_media(color_scheme=scheme)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    page.goto("/problems/")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    page.locator(".problem h2 a").first.click()
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
