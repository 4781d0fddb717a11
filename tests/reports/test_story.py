"""The side pane tells a document's whole story: every attempt, what was sent, what came back; and the way there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from browsing import CHROMIUM, address, browser
from freightbooks.organizations.models import Organization, Role
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.reports import folding
from main_job.brokerage import first_loads
from main_job.conftest import brokerage
from reports.builders import a_mixed_company
from web import builders

if TYPE_CHECKING:
    from pathlib import Path

    from main_job.brokerage import Brokerage

__all__ = ["address", "brokerage", "browser"]
PAGE = "/reports/accounting-sync-analytics/"


def test_every_attempt_keeps_what_was_sent_and_what_came_back(brokerage: Brokerage, tmp_path: Path) -> None:
    brokerage.take_in(first_loads(tmp_path / "month", 2))
    brokerage.post()
    posting = Posting.objects.filter(state=PostingState.POSTED, entity="Bill").order_by("pk")[0]
    (attempt,) = posting.attempts.all()
    sent, answered = json.loads(attempt.sent), json.loads(attempt.answered)
    assert sent["DocNumber"] == answered["DocNumber"] == posting.doc_number
    assert answered["Id"] == posting.qbo_id
    assert not re.search(r"(?i)bearer|access_token|client_secret", attempt.sent + attempt.answered)
    person = builders.a_browser_of(builders.a_person(brokerage.organization, Role.ACCOUNTANT))
    whole = person.get(PAGE, {"open": posting.pk}).content.decode()
    pane = person.get(PAGE, {"open": posting.pk}, headers={"HX-Request": "true", "HX-Target": "pane"}).content.decode()
    assert "<html" in whole
    assert "<html" not in pane
    for page in (whole, pane):
        assert "What was sent" in page
        assert "What came back" in page
        assert f"&quot;DocNumber&quot;: &quot;{posting.doc_number}&quot;" in page


def test_another_organizations_document_has_no_pane(organization: Organization, accountant: Client) -> None:
    other = builders.an_organization("Somebody Else")
    posting = builders.a_posting(builders.a_company(other), builders.an_invoice(other), PostingState.FAILED)
    builders.a_company(organization)
    assert accountant.get(PAGE, {"open": posting.pk}).status_code == 404


def test_a_view_is_kept_under_a_name_for_its_owner_only(organization: Organization, accountant: Client) -> None:
    builders.a_company(organization)
    query = "?standing=failed&office=ATL&after=12"
    assert accountant.post(f"{PAGE}save/", {"name": " Atlanta,  failed ", "query": query}).status_code == 302
    page = accountant.get(PAGE).content.decode()
    assert "Atlanta, failed" in page
    assert "standing=failed&amp;office=ATL" in page
    assert "after=12" not in page
    other = builders.a_browser_of(builders.a_person(organization, name="Marcus Hale"))
    assert "Atlanta, failed" not in other.get(PAGE).content.decode()


@pytest.mark.parametrize(
    "filters", [{"since": "2026-02-31"}, {"low": "abc"}, {"since": "2026-09-01", "until": "2026-08-01"}]
)
def test_what_cannot_be_read_is_said(organization: Organization, accountant: Client, filters: dict[str, str]) -> None:
    builders.a_company(organization)
    page = accountant.get(PAGE, filters).content.decode()
    assert 'role="alert"' in page


@pytest.mark.browser
@pytest.mark.skipif(not CHROMIUM, reason="no Chromium")
class TestInABrowser:
    @pytest.fixture
    def page(self, browser: Browser, address: str, organization: Organization) -> Iterator[Page]:
        a_mixed_company(organization, 120)
        folding.fold_all()
        person = builders.a_person(organization)
        context = browser.new_context(base_url=address)
        said: list[str] = []
        page = context.new_page()
        page.on("console", lambda message: said.append(message.text) if message.type == "error" else None)
        page.goto(PAGE)
        page.get_by_label("E-mail address").fill(person.email)
        page.get_by_label("Password").fill(builders.PASSWORD)
        page.keyboard.press("Enter")
        page.wait_for_url(f"**{PAGE}")
        yield page
        context.close()
        assert said == []

    def test_a_bar_opens_its_rows_and_a_row_its_story(self, page: Page) -> None:
        column = page.locator(".chart g", has=page.locator("rect.f-failed")).first
        words = column.locator("title").text_content() or ""
        bar = column.locator("a", has=page.locator("rect.f-failed"))
        held = int(re.search(r"([\d,]+) held back or failed", words).group(1).replace(",", ""))  # type: ignore[union-attr]
        bar.click(force=True)
        expect(page.locator("#rows")).to_contain_text(f"{held} document")
        assert "standing=at-stake" in page.url
        page.locator(".lines .number a").first.click()
        expect(page.locator("#pane")).to_contain_text("Attempts")
        assert "open=" in page.url
        page.keyboard.press("Escape")
        expect(page.locator("#pane")).to_be_hidden()
        page.get_by_role("link", name="Clear").click()
        page.get_by_label("State").select_option("posted")
        page.get_by_role("button", name="Generate report").click()
        expect(page.locator("h1")).to_contain_text("Posted: ")
