"""Each repair once in a real browser, as an admin does it who has never seen it, through the sandbox's consent page."""

from __future__ import annotations

import asyncio
import os
import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import pytest
from django.db import connections
from playwright.sync_api import Browser, Page, expect

from browsing import IN_A_BROWSER, address, browser
from connections.at_the_pages import CONTROLLER, OWNER
from freightbooks.connections import vault
from freightbooks.connections.models import Connection
from freightbooks.organizations.models import User
from freightbooks.posting import progress
from freightbooks.posting.drain import drain
from main_job.brokerage import first_loads

PASSWORD = "correct horse battery"
COMPANY = "Blue Ridge Freight Brokers LLC"

__all__ = ["address", "browser"]
pytestmark = IN_A_BROWSER


@pytest.fixture
def page(browser: Browser, address: str, admin: User, qbo_sandbox: Any, tmp_path: Path) -> Iterator[Page]:
    """An admin who signed in, connected the company, and has documents waiting for it."""
    context = browser.new_context(base_url=address)
    page = context.new_page()
    page.goto("/connections/new/")
    page.get_by_label("E-mail address").fill(admin.email)
    page.get_by_label("Password").fill(PASSWORD)
    page.keyboard.press("Enter")
    page.locator("[name=client_id]").fill(qbo_sandbox.client_id)
    page.locator("[name=client_secret]").fill(qbo_sandbox.client_secret)
    page.locator("[name=environment]").select_option("other")
    page.locator("summary", has_text="Addresses").click()
    page.locator("[name=discovery_url]").fill(qbo_sandbox.discovery_document)
    page.locator("[name=api_base]").fill(qbo_sandbox.base_url)
    page.get_by_role("button", name="Connect to QuickBooks").click()
    consent(page)
    expect(page.get_by_role("heading", level=1)).to_contain_text("is in step")
    aside(take_in, first_loads(tmp_path, 4))
    yield page
    context.close()


def take_in(folder: Path) -> None:
    from freightbooks.mapping import rules
    from freightbooks.sources.csv import import_folder

    connection = Connection.objects.select_related("organization").get()
    import_folder(connection.organization, folder, rejects_dir=folder / "rejects")
    rules.fill(connection)


def aside(work: Callable[..., object], *given: object) -> None:
    """Do something outside of the thread of the browser's event loop."""

    def run() -> None:
        work(*given)
        connections.close_all()

    with ThreadPoolExecutor(1) as pool:
        pool.submit(run).result()


def send() -> None:
    """A worker sends what is due."""
    aside(lambda: asyncio.run(drain(Connection.objects.order_by("pk").values_list("pk", flat=True)[0])))


def consent(page: Page, *, company: str = "", as_user: str = OWNER) -> None:
    """At the consent page, where `as_user` is signed in: choose a company, agree."""
    page.wait_for_url("**/connect/oauth2?**")
    expect(page.get_by_text(f"Signed in as {as_user}")).to_be_visible()
    if company:
        page.get_by_label("Company").select_option(label=company)
    page.get_by_role("button", name="Connect").click()
    page.wait_for_url(re.compile(r"/(hub|connections/\d+)/"))


def stopped(page: Page, because: str) -> None:
    """Follow the sign at the top of every page to the company's own, which says why."""
    send()
    page.goto("/invoices/carrier/")
    page.get_by_role("region", name=f"{COMPANY} needs attention").get_by_role("link", name="Repair it").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{COMPANY} has stopped: {because}")
    expect(page.locator("#standing")).to_contain_text("Nothing is lost, and nothing will post twice.")


def goes_on(page: Page) -> None:
    """Everything that waited is posted, and the hub is green."""
    send()
    work = progress.counts(Connection.objects.order_by("pk")[0])
    assert work.at_rest
    assert work.posted
    page.goto("/hub/")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"{COMPANY} is in step")
    expect(page.get_by_role("region", name=f"{COMPANY} needs attention")).to_have_count(0)


def the_grant(sandbox: Any) -> Any:
    return next(one for one in sandbox.sandbox.grants.grants.values() if not one.revoked and one.realm_id)


def test_reconnecting_in_place(page: Page, qbo_sandbox: Any) -> None:
    qbo_sandbox.sandbox.grants.end(the_grant(qbo_sandbox))
    stopped(page, "QuickBooks no longer accepts this connection")
    page.get_by_role("button", name="Reconnect to QuickBooks").click()
    page.wait_for_url("**/connect/oauth2?**")
    page.get_by_role("button", name="No, thanks").click()
    expect(page.get_by_role("status")).to_contain_text("the permission was not given at Intuit. Nothing has changed.")
    page.get_by_role("button", name="Reconnect to QuickBooks").click()
    consent(page)
    expect(page.get_by_role("status")).to_contain_text(f"{COMPANY} is connected. What waited goes on by itself.")
    goes_on(page)


def test_pasting_tokens(page: Page, qbo_sandbox: Any) -> None:
    qbo_sandbox.sandbox.door.change_password(OWNER, "another password")
    stopped(page, "QuickBooks no longer accepts this connection")
    scope = "com.intuit.quickbooks.accounting"
    page.get_by_role("heading", name="Paste tokens from Intuit’s OAuth 2.0 Playground").click()
    expect(page.get_by_text(scope)).to_be_visible()
    given = qbo_sandbox.sandbox.door.grant(qbo_sandbox.client_id, qbo_sandbox.realm_id, CONTROLLER, (scope,))
    page.get_by_label("Refresh token").fill(given.access_token)
    page.get_by_role("button", name="Check and use these tokens").click()
    expect(page.locator(".field .error")).to_contain_text("This is an access token")
    page.get_by_label("Refresh token").fill(given.refresh_token)
    page.get_by_label("Access token").fill(given.access_token)
    expect(page.get_by_label("Realm ID")).to_have_value(qbo_sandbox.realm_id)
    page.get_by_role("button", name="Check and use these tokens").click()
    expect(page.get_by_role("status")).to_contain_text(f"{COMPANY} is connected with these tokens.")
    goes_on(page)


def test_entering_a_new_secret(page: Page, qbo_sandbox: Any) -> None:
    app = qbo_sandbox.sandbox.door.apps.rotate_secret(qbo_sandbox.client_id)
    qbo_sandbox.sandbox.grants.expire(the_grant(qbo_sandbox))
    stopped(page, "Intuit refuses the app's keys")
    secret = page.locator("#secret_client_secret")
    secret.fill(qbo_sandbox.client_secret)
    page.get_by_role("button", name="Check and save the secret").click()
    expect(page.get_by_role("alert")).to_contain_text("Intuit does not accept the app's Client ID and Client secret.")
    secret.fill(app.secret)
    page.get_by_role("button", name="Check and save the secret").click()
    expect(page.get_by_role("status")).to_contain_text("Intuit accepts the new keys.")
    goes_on(page)


def test_a_new_app_after_the_user_was_deleted(page: Page, qbo_sandbox: Any) -> None:
    qbo_sandbox.sandbox.grants.remove_user(qbo_sandbox.realm_id, OWNER)
    stopped(page, "the user who connected is no longer in the company")
    kind = qbo_sandbox.sandbox.door.apps.app(qbo_sandbox.client_id).environment
    app = qbo_sandbox.sandbox.door.apps.add("Freightbooks, again", kind)
    page.get_by_role("heading", name="Use a new Intuit app").click()
    page.get_by_label("Client ID").fill(app.client_id)
    page.get_by_label("Client secret").fill(app.secret)
    page.get_by_role("button", name="Check, save and connect").click()
    consent(page, as_user=CONTROLLER)
    expect(page.get_by_role("status")).to_contain_text(f"{COMPANY} is connected.")
    goes_on(page)


def test_another_company_chosen_by_mistake(page: Page, qbo_sandbox: Any) -> None:
    qbo_sandbox.sandbox.grants.end(the_grant(qbo_sandbox))
    qbo_sandbox.sandbox.add_company("brokerage", name="Blue Ridge Drayage LLC")
    stopped(page, "QuickBooks no longer accepts this connection")
    page.get_by_role("button", name="Reconnect to QuickBooks").click()
    consent(page, company="Blue Ridge Drayage LLC")
    asked = f"You chose Blue Ridge Drayage LLC, and this connection belongs to {COMPANY}"
    expect(page.get_by_role("heading", level=1)).to_have_text(asked)
    page.get_by_role("button", name="Choose again at Intuit").click()
    consent(page, company=COMPANY)
    goes_on(page)


def test_the_other_company_becomes_one_of_its_own(page: Page, qbo_sandbox: Any) -> None:
    qbo_sandbox.sandbox.add_company("brokerage", name="Blue Ridge Drayage LLC")
    page.goto(f"/connections/{Connection.objects.get().pk}/")
    page.get_by_role("heading", name=f"Sign in at Intuit and connect {COMPANY}").click()
    page.get_by_role("button", name="Reconnect to QuickBooks").click()
    consent(page, company="Blue Ridge Drayage LLC")
    page.get_by_role("button", name="Connect Blue Ridge Drayage LLC too").click()
    expect(page.get_by_role("status")).to_contain_text("Blue Ridge Drayage LLC is connected as a company of its own.")
    expect(page.locator(".tile", has_text="QuickBooks Online")).to_have_count(2)


def test_putting_the_key_back_and_looking_again(page: Page, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = (Path(os.environ["FREIGHTBOOKS_DATA"]) / "vault.keys").read_text().split()
    monkeypatch.setenv("FREIGHTBOOKS_KEYS", vault.new_key())
    stopped(page, "the key that opens the stored tokens is missing")
    page.get_by_role("button", name="Look again now").first.click()
    expect(page.get_by_role("status")).to_contain_text("does not work yet. Nothing is lost meanwhile.")
    monkeypatch.setenv("FREIGHTBOOKS_KEYS", ",".join([os.environ["FREIGHTBOOKS_KEYS"], *kept]))
    page.get_by_role("button", name="Look again now").first.click()
    expect(page.get_by_role("status")).to_contain_text(f"{COMPANY} works again.")
    goes_on(page)


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_the_pages_fit_a_phone(page: Page, qbo_sandbox: Any, scheme: Any) -> None:
    qbo_sandbox.sandbox.grants.end(the_grant(qbo_sandbox))
    send()
    page.set_viewport_size({"width": 390, "height": 844})
    page.emulate_media(color_scheme=scheme)
    own = f"/connections/{Connection.objects.get().pk}/"
    for path in ("/hub/", own, f"{own}disconnect/", "/audit/"):
        page.goto(path)
        page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true })")
        assert page.evaluate("document.documentElement.scrollWidth") <= 390, path
