"""Who may open what: nobody without signing in, nobody into another organization, each role as far as it goes."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from django.test import Client

from freightbooks.connections import audit
from freightbooks.connections.audit import Action
from freightbooks.freight.statuses import PartyKind, Side
from freightbooks.guide import guides
from freightbooks.notifying import endpoints, outbox
from freightbooks.notifying.events import Event
from freightbooks.notifying.models import Delivery, Endpoint
from freightbooks.organizations import api_keys
from freightbooks.organizations.models import ApiKey, Membership, Organization, Role, Scope
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.reports.models import SavedFilter
from web import builders

OPEN_TO_ALL = {"sign-in", "sign-out", "public-privacy", "public-terms", "disconnected"}
SECRET = "SOMEBODY-ELSES"


@dataclass(frozen=True)
class Other:
    """Another organization's rows, each with a telling name."""

    company: int
    invoice: int
    advance: int
    posting: int
    party: int
    membership: int
    guide: int = 0
    endpoint: int = 0
    delivery: int = 0
    key: int = 0
    saved: int = 0


@pytest.fixture
def other(database: str) -> Other:
    theirs = builders.an_organization(f"{SECRET} Brokers")
    company = builders.a_company(theirs, company_name=f"{SECRET} LLC")
    party = builders.a_party(theirs, name=f"{SECRET} Cartage")
    invoice = builders.an_invoice(theirs, number=f"{SECRET}-1", party=party, lines=[("1600", f"{SECRET} cost", "5.00")])
    builders.an_invoice(theirs, Side.CUSTOMER, number=f"{SECRET}-2")
    advance = builders.an_advance(theirs, method="SOMEBODY-ELSES")
    posting = builders.a_posting(
        company, invoice, PostingState.WAITING, gate=Gate.DUPLICATE, reason=f"{SECRET} reason", remedy=SECRET
    )
    builders.a_posting(company, advance, PostingState.FAILED, reason=f"{SECRET} refusal")
    builders.an_account(company, "5000", f"{SECRET} account", "Cost of Goods Sold")
    audit.about(company, Action.STOPPED, detail=SECRET)
    person = builders.a_person(theirs, Role.ADMIN, f"{SECRET} Admin")
    endpoint, _ = endpoints.add(theirs, f"https://{SECRET}.example/hook", [Event.CONNECTION_STOPPED], person)
    delivery = outbox.to_one(endpoint, outbox.News(Event.TEST, SECRET, SECRET, SECRET))
    return Other(
        company.pk, invoice.pk, advance.pk, posting.pk, party.pk, Membership.objects.get(user=person).pk,
        guides.guide_of(company).pk,
        endpoint.pk, delivery.pk, api_keys.make(theirs, SECRET, Scope.READ, person)[0].pk,
        SavedFilter.objects.create(user=person, organization=theirs, name=SECRET, query="?").pk,
    )  # fmt: skip


def addresses(other: Other) -> list[str]:
    """Every address of the product that a browser can open, with the other organization's ids in it."""
    return [
        "/hub/", f"/hub/?company={other.company}", "/connections/new/", f"/connections/{other.company}/",
        f"/connections/{other.company}/disconnect/", f"/connections/{other.company}/progress/",
        f"/connections/{other.company}/other-company/", "/audit/", f"/audit/?company={other.company}",
        f"/audit/audit.csv?company={other.company}", "/doctor/",
        "/invoices/carrier/", f"/invoices/carrier/?open={other.invoice}",
        f"/invoices/customer/?company={other.company}", f"/invoices/carrier/?q={SECRET}",
        f"/invoices/{other.invoice}/", f"/invoices/{other.invoice}/preview/",
        f"/advances/{other.advance}/preview/", "/advances/", f"/advances/?open={other.advance}",
        f"/advances/{other.advance}/", "/export/carrier.csv", "/export/customer.csv",
        f"/export/advance.csv?company={other.company}", "/problems/", f"/problems/?company={other.company}",
        "/mapping/carrier-costs/", f"/mapping/carrier-costs/?company={other.company}&change=1600",
        f"/mapping/customer-costs/?company={other.company}", f"/mapping/payment-types/?company={other.company}",
        f"/mapping/shipper-id/?company={other.company}",
        f"/mapping/carrier-id/?company={other.company}&change={other.party}&find={SECRET}",
        "/guide/", f"/guide/company/{other.company}/", f"/guide/{other.guide}/connect/", f"/guide/{other.guide}/keys/",
        "/guide/pages/privacy/", "/launch/", "/reconnect/",
        f"/why/?q={SECRET}-1", "/people/", "/notices/", f"/notices/endpoints/{other.endpoint}/",
        "/api-keys/", "/reports/accounting-sync-analytics/",
        f"/reports/accounting-sync-analytics/?company={other.company}&q={SECRET}",
        f"/reports/ar-ap/payable/?company={other.company}",
        f"/reports/ar-ap/payable/export.csv?company={other.company}",
        f"/reports/ar-ap/payable/{other.party}/?company={other.company}",
        f"/reports/accounting-sync-analytics/?party={other.party}",
        f"/reports/accounting-sync-analytics/?open={other.posting}",
        f"/reports/accounting-sync-analytics/export.csv?company={other.company}",
    ]  # fmt: skip


def changes(other: Other) -> list[tuple[str, dict[str, object]]]:
    """Every address that changes something, aimed at the other organization's rows."""
    company = {"company": other.company}
    return [
        (f"/connections/{other.company}/keys/", {"client_id": "x", "client_secret": "y"}),
        (f"/connections/{other.company}/tokens/", {"refresh_token": "x", "realm_id": "1"}),
        (f"/connections/{other.company}/look-again/", {}),
        (f"/connections/{other.company}/other-company/", {"answer": "own"}),
        (f"/connections/{other.company}/begin/", {}),
        (f"/connections/{other.company}/disconnect/", {}),
        (f"/invoices/{other.invoice}/compare/", {}),
        (f"/advances/{other.advance}/compare/", {}),
        (f"/postings/{other.posting}/retry/", {}),
        (f"/postings/{other.posting}/release/", {}),
        (f"/postings/{other.posting}/skip/", {}),
        (f"/postings/{other.posting}/unskip/", {}),
        ("/postings/selected/", {"posting": other.posting, "action": "skip-now"}),
        ("/mapping/carrier-costs/cost/", company | {"code": "1600", "account": "1"}),
        ("/mapping/payment-types/change/", company | {"method": "EFS"}),
        ("/mapping/carrier-id/party/", company | {"party": other.party, "new": "1"}),
        ("/mapping/carrier-id/read/", company),
        ("/mapping/carrier-id/suggest/", company),
        (f"/people/{other.membership}/", {"role": "viewer"}),
        (f"/guide/{other.guide}/app/done/", {"done": "1"}),
        (f"/guide/{other.guide}/keys/", {"client_id": "x", "client_secret": "y", "environment": "production"}),
        (f"/guide/{other.guide}/leave/", {}),
        (f"/api-keys/{other.key}/revoke/", {}),
        (f"/notices/endpoints/{other.endpoint}/test/", {}),
        (f"/notices/endpoints/{other.endpoint}/switch/", {}),
        (f"/notices/endpoints/{other.endpoint}/remove/", {}),
        (f"/notices/deliveries/{other.delivery}/again/", {}),
        ("/reports/ar-ap/payable/ask/", company),
        (f"/reports/accounting-sync-analytics/saved/{other.saved}/remove/", {}),
        ("/organization/", {"organization": Membership.objects.get(pk=other.membership).organization_id}),
    ]


def body(response: object) -> str:
    if getattr(response, "streaming", False):
        return b"".join(response.streaming_content).decode()  # type: ignore[attr-defined]
    return response.content.decode()  # type: ignore[attr-defined]


def test_no_page_shows_another_organizations_rows(organization: Organization, admin: Client, other: Other) -> None:
    builders.a_company(organization)
    for address in addresses(other):
        response = admin.get(address)
        shown = body(response).replace(f'value="{SECRET}', "").replace(f"“{SECRET}", "").replace(f"q={SECRET}", "")
        assert SECRET not in shown, address
        ids = (f"/{other.invoice}/", f"/{other.company}/", f"/guide/{other.guide}/", f"/endpoints/{other.endpoint}/")
        if any(each in address for each in ids):
            assert response.status_code == 404, address


def test_no_change_reaches_another_organizations_rows(organization: Organization, admin: Client, other: Other) -> None:
    builders.a_company(organization)
    for address, data in changes(other):
        assert admin.post(address, data).status_code in (302, 404), address
    assert Posting.objects.get(pk=other.posting).state == PostingState.WAITING
    assert Membership.objects.get(pk=other.membership).role == Role.ADMIN
    assert Endpoint.objects.get(pk=other.endpoint).active
    assert Delivery.objects.get(pk=other.delivery).tries == 0
    assert ApiKey.objects.get(pk=other.key).revoked_at is None
    assert SavedFilter.objects.filter(pk=other.saved).exists()
    assert SECRET not in body(admin.get("/hub/"))


def test_our_own_documents_cannot_be_sent_through_another_organizations_party(
    organization: Organization, admin: Client, other: Other
) -> None:
    company = builders.a_company(organization)
    data = {"company": company.pk, "party": other.party, "qbo_id": "5"}
    assert admin.post("/mapping/carrier-id/party/", data).status_code == 404


def test_every_address_asks_to_sign_in_first(other: Other) -> None:
    nobody = Client()
    for address in addresses(other):
        response = nobody.get(address)
        assert response.status_code == 302, address
        assert response["Location"].startswith("/sign-in/?next="), address
    for address, data in changes(other):
        assert nobody.post(address, data)["Location"].startswith("/sign-in/"), address


def test_a_viewer_changes_nothing(organization: Organization, viewer: Client) -> None:
    company = builders.a_company(organization)
    party = builders.a_party(organization, PartyKind.CARRIER)
    posting = builders.a_posting(company, builders.an_invoice(organization), PostingState.FAILED, reason="Refused.")
    mine = Other(company.pk, posting.invoice_id or 0, 0, posting.pk, party.pk, 0)
    for address, data in changes(_with_membership(mine, organization)):
        if address != "/organization/" and "/saved/" not in address:  # everybody's own
            assert viewer.post(address, data).status_code == 403, address
    assert viewer.post("/hub/pause/", {"pause": "1"}).status_code == 403
    assert viewer.get("/connections/new/").status_code == 403
    page = body(viewer.get(f"/invoices/{posting.invoice_id}/"))
    assert "Refused." in page
    assert "Try again" not in page
    assert "type=checkbox" not in body(viewer.get("/invoices/carrier/"))


def test_an_accountant_neither_connects_nor_manages_people(organization: Organization, accountant: Client) -> None:
    company = builders.a_company(organization)
    for address in (
        "/connections/new/", f"/connections/{company.pk}/keys/", f"/connections/{company.pk}/tokens/",
        f"/connections/{company.pk}/other-company/", "/people/", "/audit/", "/audit/audit.csv",
        "/connections/callback?state=x",
    ):  # fmt: skip
        assert accountant.get(address).status_code == 403, address
    assert accountant.post(f"/connections/{company.pk}/disconnect/").status_code == 403
    for page in ("/hub/", f"/connections/{company.pk}/"):
        assert "Disconnect" not in body(accountant.get(page))


def test_a_person_without_an_organization_is_told_so(database: str) -> None:
    from freightbooks.organizations.models import User

    browser = builders.a_browser_of(User.objects.create_user("lone@x.example", "Lone Ranger", builders.PASSWORD))
    response = browser.get("/hub/")
    assert response.status_code == 403
    assert "You do not belong to an organization yet" in body(response)


def test_a_person_in_two_organizations_chooses_and_sees_only_that_one(database: str) -> None:
    first, second = builders.an_organization("Alpha Freight"), builders.an_organization("Beta Freight")
    person = builders.a_person(first, Role.ADMIN)
    Membership.objects.create(user=person, organization=second, role=Role.VIEWER)
    builders.an_invoice(first, number="ALPHA-1")
    builders.an_invoice(second, number="BETA-1")
    browser = builders.a_browser_of(person)
    assert "ALPHA-1" in body(browser.get("/invoices/carrier/"))
    browser.post("/organization/", {"organization": second.pk})
    page = body(browser.get("/invoices/carrier/"))
    assert "BETA-1" in page
    assert "ALPHA-1" not in page
    assert browser.get("/people/").status_code == 403


def _with_membership(mine: Other, organization: Organization) -> Other:
    membership = Membership.objects.filter(organization=organization).first()
    assert membership is not None
    return Other(mine.company, mine.invoice, mine.advance, mine.posting, mine.party, membership.pk)
