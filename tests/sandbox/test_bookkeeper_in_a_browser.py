"""The bookkeeper's pages in a real browser: the main work by mouse and keyboard, no error in the console, any width."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from install_browser import find
from qbo_sandbox.bookkeeper.menu import menu
from qbo_sandbox.pytest_plugin import RunningSandbox
from sandbox.builders import account_line, ref, sales_line

CHROMIUM = find() or ""
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]

pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(not CHROMIUM, reason="no Chromium; name one in FREIGHTBOOKS_CHROMIUM"),
]


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=CHROMIUM, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def running(start_qbo_sandbox: Callable[..., RunningSandbox]) -> RunningSandbox:
    """A brokerage with a customer who owes on two invoices and a vendor who is owed on one bill."""
    sandbox = start_qbo_sandbox()
    company = sandbox.company

    def account(number: str) -> str:
        return company.table("Account").with_value("AcctNum", number)[0].qbo_id

    income = {"value": account("4000")}
    item = company.create("Item", {"Name": "Linehaul", "Type": "Service", "IncomeAccountRef": income})
    customer = company.create("Customer", {"DisplayName": "Piedmont Textiles"})
    vendor = company.create("Vendor", {"DisplayName": "Fast Carrier LLC"})
    for number, amount in (("L-1", "1000.00"), ("L-2", "250.00")):
        line = sales_line(item.qbo_id, amount)
        company.create("Invoice", {"CustomerRef": ref(customer), "DocNumber": number, "Line": [line]})
    line = account_line(account("5000"), "800.00")
    company.create("Bill", {"VendorRef": ref(vendor), "DocNumber": "C-1", "Line": [line]})
    return sandbox


@pytest.fixture
def page(browser: Browser, running: RunningSandbox) -> Iterator[Page]:
    yield from _page(browser, running)


def _page(browser: Browser, running: RunningSandbox, **options: Any) -> Iterator[Page]:
    """A page whose console must stay silent, but for the browser's own note of a form that was refused."""
    context = browser.new_context(base_url=running.base_url, **options)
    said: list[str] = []
    page = context.new_page()
    page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: said.append(str(error)))
    page.goto("/bookkeeper/")
    yield page
    context.close()
    assert [text for text in said if "status of 400" not in text] == []


def balance(running: RunningSandbox, entity: str, number: str) -> Decimal:
    (record,) = running.company.table(entity).with_value("DocNumber", number)
    found = running.company.show(record)["Balance"]
    assert isinstance(found, Decimal)
    return found


def test_a_payment_is_received_in_part_from_the_invoice(page: Page, running: RunningSandbox) -> None:
    page.get_by_role("link", name="L-1", exact=True).click()
    page.get_by_role("link", name="Receive payment").click()
    expect(page.get_by_label("Receive on L-1")).to_have_value("1,000.00")
    page.get_by_label("Receive on L-1").fill("400")
    page.get_by_label("Receive on L-2").fill("250")
    page.get_by_role("button", name="Record the payment").click()
    expect(page.get_by_role("status")).to_have_text("650.00 received, over 2 invoices.")
    page.get_by_role("link", name="L-1", exact=True).click()
    expect(page.get_by_text("Partly paid").first).to_be_visible()
    assert balance(running, "Invoice", "L-1") == 600


def test_a_bill_is_paid_and_its_figure_leads_from_the_report_to_the_bill(page: Page, running: RunningSandbox) -> None:
    page.get_by_role("link", name="Bills", exact=True).click()
    page.get_by_role("link", name="C-1").click()
    page.get_by_role("link", name="Pay bill").click()
    page.get_by_label("Pay from").select_option(label="1010 Operating checking")
    page.get_by_role("button", name="Pay what is entered").click()
    expect(page.get_by_role("status")).to_have_text("800.00 paid, over 1 bill.")
    assert balance(running, "Bill", "C-1") == 0
    page.get_by_role("link", name="Reports").click()
    page.get_by_role("link", name="Profit and loss", exact=True).click()
    page.get_by_role("link", name="800.00").first.click()
    expect(page.get_by_role("heading", level=1)).to_have_text("5000 Freight and carrier costs")
    page.get_by_role("link", name="C-1").click()
    expect(page.get_by_role("heading", level=1)).to_have_text("Bill C-1")


def test_what_is_refused_is_told_and_nothing_typed_is_lost(page: Page, running: RunningSandbox) -> None:
    running.company.close_books(running.company.today())
    page.get_by_role("link", name="L-2", exact=True).click()
    page.get_by_role("link", name="Edit", exact=True).click()
    page.get_by_label("Memo").fill("Agreed by phone")
    page.get_by_label("Amount of line 1").fill("240.00")
    page.get_by_role("button", name="Save").click()
    expect(page.get_by_role("alert")).to_contain_text("error 6210")
    expect(page.get_by_label("Memo")).to_have_value("Agreed by phone")
    page.get_by_role("link", name="Close the books").click()
    page.get_by_role("button", name="Reopen the books").click()
    page.get_by_role("link", name="Invoices", exact=True).click()
    page.get_by_role("link", name="L-2", exact=True).click()
    page.get_by_role("link", name="Delete…").click()
    page.get_by_role("button", name="Delete invoice L-2").click()
    expect(page.get_by_role("status")).to_have_text("Invoice L-2 is deleted.")


def test_the_keyboard_alone_makes_a_customer(page: Page, running: RunningSandbox) -> None:
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the page")).to_be_focused()
    page.goto(page.url.replace("/list/invoices", "/new/Customer"))
    page.get_by_label("Display name").focus()
    page.keyboard.type("Asheville Paper")
    page.keyboard.press("Enter")
    expect(page.get_by_role("status")).to_have_text("Asheville Paper is in the list.")
    assert running.company.named("Customer", "Asheville Paper") is not None


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [390, 1440])
def test_no_page_is_wider_than_its_window(
    browser: Browser, running: RunningSandbox, width: int, scheme: Literal["light", "dark"]
) -> None:
    size = {"width": width, "height": 844}
    for page in _page(browser, running, viewport=size, color_scheme=scheme, java_script_enabled=True):
        base = page.url.replace("/list/invoices", "")
        more = ["/receive", "/new/Invoice", "/new/Account", "/reports/GeneralLedger?date_macro=All", "/accounts/1"]
        for path in [path for _, entries in menu() for _, path in entries] + more:
            page.goto(base + path)
            assert page.evaluate("document.documentElement.scrollWidth") <= width, path
        if width == 390:
            page.locator("summary").first.click()
            page.locator(".menu").get_by_role("link", name="Customers").click()
            expect(page.get_by_role("heading", level=1)).to_have_text("Customers")


def test_everything_works_without_script(browser: Browser, running: RunningSandbox) -> None:
    for page in _page(browser, running, java_script_enabled=False):
        page.get_by_role("link", name="L-1", exact=True).click()
        page.get_by_text("What the API answers").click()
        expect(page.locator("pre")).to_contain_text('"DocNumber": "L-1"')
        page.get_by_role("link", name="Void…").click()
        page.get_by_role("button", name="Void invoice L-1").click()
        expect(page.get_by_role("status")).to_have_text("Invoice L-1 is voided.")
