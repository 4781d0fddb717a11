"""Each page and action by itself: its role, its form's token, its own organization's rows, and no way to another site.

Walked from the table of addresses: a page that is added tomorrow is held to the same.
"""

from __future__ import annotations

from typing import Any
from urllib.parse import urljoin, urlsplit

import pytest
from django.test import Client

from freightbooks.cancelling.models import Cancellation
from freightbooks.certifying import run
from freightbooks.connections.models import AuditEntry, AuthorizationRequest, Connection, OtherCompany
from freightbooks.freight.models import Invoice
from freightbooks.guide import guides
from freightbooks.guide.models import Guide
from freightbooks.notifying import endpoints, outbox
from freightbooks.notifying.events import Event
from freightbooks.notifying.models import Delivery, Endpoint
from freightbooks.organizations import api_keys
from freightbooks.organizations.models import ApiKey, Membership, Organization, Role, Scope
from freightbooks.paying.models import Entry
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.reports.models import SavedFilter
from freightbooks.settlement.models import Drift, DriftPolicy
from web import builders
from web.every_address import about_a_row, every_address

EVERYBODYS = {"sign-in", "sign-out", "choose-organization", "report-save", "report-forget", "report-mail"}
"""Whoever is signed in, or not yet, may send these forms: they change nothing but a person's own views and mail."""
MACHINES = {"intuit-notifications"}
"""Posted to by other programs, which sign what they say: no session, so no form to abuse one."""
OPEN = {"public-privacy", "public-terms", "disconnected", "intuit-notifications"}
"""Meant for people without an account, or for Intuit, who signs what it sends."""
ONWARD = {"start", "mapping-start", "report-start"}
"""They only lead on to another page of ours."""
ACCOUNTANTS = {
    "pause", "connection-look-again", "selected", "act", "problem-mend", "mapping-payment", "mapping-cost",
    "mapping-party", "mapping-read", "mapping-suggest", "invoice-archive", "invoice-bring-back", "invoice-correct",
    "shipment-cancel-ask", "shipment-cancel-back", "changes-look", "invoice-compare", "advance-compare",
    "mapping-tracking", "mapping-undo", "mapping-import-sheet",
    "changed-decide", "changed-all", "aging-ask", "invoice-pay", "payments-recorded-again",
}  # fmt: skip
TABLES = (
    Connection,
    AuthorizationRequest,
    OtherCompany,
    Posting,
    Membership,
    Endpoint,
    Delivery,
    Guide,
    ApiKey,
    Invoice,
    Cancellation,
    Drift,
    DriftPolicy,
)


def everything() -> list[Any]:
    """Every row that a page could change."""
    return [sorted(map(repr, table.objects.values_list())) for table in TABLES]


@pytest.fixture
def ours(organization: Organization) -> dict[str, int]:
    """Rows of the organization, by the words of the addresses."""
    return rows_of(organization)


@pytest.fixture
def theirs(database: str) -> dict[str, int]:
    """The same rows of another organization."""
    return rows_of(builders.an_organization("Somebody Else"))


def rows_of(organization: Organization) -> dict[str, int]:
    company = builders.a_company(organization)
    invoice = builders.an_invoice(organization)
    person = builders.a_person(organization, Role.ADMIN, "Marcus Hale")
    endpoint, _ = endpoints.add(organization, "https://example.com/", [Event.CONNECTION_STOPPED], person)
    delivery = outbox.to_one(endpoint, outbox.News(Event.TEST, str(endpoint.pk), "A test", "A test."))
    posting = builders.a_posting(company, invoice, PostingState.FAILED, reason="Refused.")
    return {
        "connection_id": company.pk,
        "document_id": invoice.pk,
        "invoice_id": invoice.pk,
        "entry_id": Entry.objects.create(connection=company, kind="payment", key="row 1", state="failed").pk,
        "certificate_id": run.begin(company, "Marcus Hale", read_only=True).pk,
        "shipment_id": invoice.shipment_id,
        "posting_id": posting.pk,
        "problem_id": posting.problem_id or 0,
        "drift_id": builders.a_drift(company).pk,
        "membership_id": Membership.objects.get(user=person).pk,
        "guide_id": guides.guide_of(company).pk,
        "endpoint_id": endpoint.pk,
        "delivery_id": delivery.pk,
        "saved_id": SavedFilter.objects.create(user=person, organization=organization, name="Mine", query="?").pk,
        "key_id": api_keys.make(organization, "TMS feed", Scope.WRITE, person)[0].pk,
    }


def test_no_form_is_taken_without_its_token(organization: Organization, ours: dict[str, int]) -> None:
    browser = Client(enforce_csrf_checks=True)
    browser.force_login(builders.a_person(organization, Role.ADMIN))
    before = everything()
    for name, path in every_address(ours):
        answer = browser.post(path, {"client_secret": "x" * 30})
        if name in MACHINES:
            assert answer.status_code == 404, name
            continue
        assert answer.status_code == 403, name
        assert "This form is no longer valid" in answer.content.decode(), name
    assert everything() == before


def test_nobody_gets_in_without_signing_in(organization: Organization, ours: dict[str, int]) -> None:
    before, nobody = everything(), Client()
    for name, path in every_address(ours):
        if name in EVERYBODYS | ONWARD | OPEN:
            continue
        for answer in (nobody.get(path), nobody.post(path)):
            asked = answer.status_code == 302 and answer["Location"].startswith("/sign-in/?next=")
            assert asked or answer.status_code == 405, name
    assert everything() == before


def test_a_viewer_can_send_nothing(organization: Organization, viewer: Client, ours: dict[str, int]) -> None:
    before = everything()
    for name, path in every_address(ours):
        if name not in EVERYBODYS | MACHINES | ONWARD:
            assert viewer.post(path).status_code in (403, 405), name
    assert everything() == before


def test_an_accountant_can_send_what_is_an_accountants(
    organization: Organization, accountant: Client, ours: dict[str, int]
) -> None:
    before = everything()
    for name, path in every_address(ours):
        if name not in EVERYBODYS | MACHINES | ONWARD | ACCOUNTANTS:
            assert accountant.post(path).status_code in (403, 405), name
    assert everything() == before


def test_who_tries_it_all_the_same_is_in_the_audit(
    organization: Organization, accountant: Client, ours: dict[str, int]
) -> None:
    address = f"/connections/{ours['connection_id']}/disconnect/"
    page = accountant.post(address).content.decode()
    assert "Only an admin can do this." in page
    line = AuditEntry.objects.filter(organization=organization, action="refused").get()
    assert (line.actor_name, line.detail) == ("Dana Whitlow", f"{address}: Only an admin can do this.")


def test_another_organizations_rows_are_not_there_for_an_admin(
    organization: Organization, admin: Client, theirs: dict[str, int]
) -> None:
    builders.a_company(organization)
    before = everything()
    for name, path in every_address(theirs):
        if about_a_row(name):
            assert admin.get(path).status_code in (404, 405), name
            assert admin.post(path).status_code in (404, 405), name
    assert everything() == before
    lines = AuditEntry.objects.filter(organization=organization, action="refused").values_list("detail", flat=True)
    assert (
        f"/connections/{theirs['connection_id']}/disconnect/: There is no such company in this organization." in lines
    )
    assert all("Somebody Else" not in line for line in lines)


ELSEWHERE = (
    "https://evil.example/", "//evil.example/", "///evil.example", "/\\evil.example", "\\\\evil.example",
    "https:evil.example", "http:///evil.example", "javascript:alert(1)//evil.example", "/%09/evil.example",
    "/\t/evil.example", "https://testserver@evil.example/", "https://testserver.evil.example/", " //evil.example",
    "data:text/html,evil.example", "/\n/evil.example",
)  # fmt: skip
WORDS = (
    "next",
    "redirect",
    "redirect_uri",
    "return_to",
    "url",
    "continue",
    "realmId",
    "company",
    "state",
    "error",
    "q",
)


def leads_here(location: str) -> bool:
    """Where a browser ends up that is sent to `location` (it drops tabs and line breaks, and reads \\ as /)."""
    read = "".join(c for c in location if c not in "\t\r\n").strip().replace("\\", "/")
    return urlsplit(urljoin("http://testserver/here/", read)).netloc == "testserver"


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_no_page_leads_to_another_site(elsewhere: str, organization: Organization, ours: dict[str, int]) -> None:
    admin = builders.a_person(organization, Role.ADMIN)
    for browser in (builders.a_browser_of(admin), Client()):
        for name, path in every_address(ours):
            answer = browser.get(path, dict.fromkeys(WORDS, elsewhere))
            assert answer.status_code in (200, 302, 301, 400, 404, 405), name
            assert leads_here(answer.get("Location", "")), name
            if not answer.streaming and "text/" in answer.get("Content-Type", ""):
                page = answer.content.decode().replace("\\", "/")
                assert 'href="//evil' not in page, name
                assert 'href="https://evil' not in page, name


@pytest.mark.parametrize("elsewhere", ELSEWHERE)
def test_no_form_leads_to_another_site(elsewhere: str, organization: Organization, ours: dict[str, int]) -> None:
    person = builders.a_person(organization, Role.ADMIN)
    signing_in = {"username": person.email, "password": builders.PASSWORD}
    answer = Client().post("/sign-in/", signing_in | {"next": elsewhere})
    assert answer.status_code == 302
    assert leads_here(answer["Location"])
    mend = f"/problems/{ours['problem_id']}/mend/"
    for path in ("/postings/selected/", f"/postings/{ours['posting_id']}/retry/", mend):
        answer = builders.a_browser_of(person).post(path, {"next": elsewhere, "mend": "by-hand"})
        assert leads_here(answer.get("Location", "")), path
