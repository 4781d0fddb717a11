"""The guide over the pages: what is done is kept, keys are tried before they are kept, and only admins are led."""

from __future__ import annotations

from typing import Any

import pytest
from django.test import Client

from connections.consent import consent
from freightbooks.connections import sealed
from freightbooks.connections.models import Connection
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.guide.guides import guide_of, guide_of_new_company, tick
from freightbooks.guide.models import Guide, Tick
from freightbooks.guide.questionnaire import SECTIONS
from freightbooks.guide.steps import Step
from freightbooks.organizations.models import Organization, Role, User
from web import builders


@pytest.fixture
def guide(organization: Organization) -> Guide:
    """Of a company still to be connected."""
    return guide_of_new_company(organization)


def text(browser: Client, url: str) -> str:
    response = browser.get(url, follow=True)
    assert response.status_code == 200
    return str(response.content.decode())


def keys_of(sandbox: Any, **other: str) -> dict[str, str]:
    return {
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "environment": "other",
        "discovery_url": sandbox.discovery_document,
        "api_base": sandbox.base_url,
    } | other


def way_to_intuit(page: str) -> str:
    return page.split('id="to-quickbooks" rel="noreferrer" href="')[1].split('"', maxsplit=1)[0].replace("&amp;", "&")


def come_back(browser: Client, guide: Guide, sandbox: Any, decision: str = "allow") -> str:
    """Go to the sandbox's consent page from the guide, decide, and return where the product leads then."""
    here = {"host": "127.0.0.1:8000"}
    address = way_to_intuit(browser.post(f"/guide/{guide.pk}/leave/", headers=here).content.decode())
    back = consent(address, sandbox, decision)
    return str(browser.get("/connections/callback", back, headers=here)["Location"])


def test_the_guide_begins_with_the_overview_and_goes_on_where_it_was_left(guide: Guide, admin: Client) -> None:
    assert admin.get("/guide/")["Location"] == f"/guide/{guide.pk}/overview/"
    for step in ("overview", "app"):
        admin.post(f"/guide/{guide.pk}/{step}/done/", {"done": "1"})
    another = builders.a_browser_of(builders.a_person(guide.organization, Role.ADMIN, "Marcus Hale"))
    assert another.get("/guide/")["Location"] == f"/guide/{guide.pk}/questions/"
    assert "Done</b>: Priya Raman" in text(another, f"/guide/{guide.pk}/app/")


def test_a_tick_can_be_taken_back(guide: Guide, admin: Client) -> None:
    admin.post(f"/guide/{guide.pk}/app/done/", {"done": "1"})
    admin.post(f"/guide/{guide.pk}/app/done/", {"done": "0"})
    assert not Tick.objects.exists()


@pytest.mark.parametrize("step", ["keys", "connect", "mapping", "nonsense"])
def test_what_we_see_ourselves_cannot_be_ticked(guide: Guide, admin: Client, step: str) -> None:
    assert admin.post(f"/guide/{guide.pk}/{step}/done/", {"done": "1"}).status_code == 404
    assert not Tick.objects.exists()


def test_good_keys_are_tried_at_intuit_and_kept_sealed(guide: Guide, admin: Client, qbo_sandbox: Any) -> None:
    response = admin.post(f"/guide/{guide.pk}/keys/", keys_of(qbo_sandbox))
    assert response["Location"] == f"/guide/{guide.pk}/connect/"
    connection = Connection.objects.get()
    assert sealed.take(connection, "client_secret") == qbo_sandbox.client_secret
    assert guide_of(connection) == guide
    assert "Intuit accepts them" in text(admin, f"/guide/{guide.pk}/keys/")


@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"client_secret": "x" * 40}, "Intuit does not accept the app"),
        ({"client_id": "Z" * 40}, "Intuit does not accept the app"),
        ({"client_secret": "two words " + "x" * 30}, "There is a blank or a line break inside the Client secret"),
        ({"client_id": "short"}, "This does not look like a Client ID"),
        ({"discovery_url": "http://127.0.0.1:9/none"}, "Intuit cannot be reached now"),
    ],
)
def test_keys_that_are_not_accepted_are_not_kept_and_the_step_says_why_for_good(
    guide: Guide, admin: Client, qbo_sandbox: Any, wrong: dict[str, str], says: str
) -> None:
    response = admin.post(f"/guide/{guide.pk}/keys/", keys_of(qbo_sandbox, **wrong))
    assert response.status_code == 400
    assert says in response.content.decode()
    assert not Connection.objects.exists()
    later = text(admin, "/guide/" + f"{guide.pk}/overview/")
    assert f"Failed</b>: {says}" in later
    for secret in (qbo_sandbox.client_secret, "x" * 40):
        assert secret not in response.content.decode() + later


def test_the_environment_can_be_changed_until_a_company_is_connected(
    guide: Guide, admin: Client, qbo_sandbox: Any, start_qbo_sandbox: Any
) -> None:
    admin.post(f"/guide/{guide.pk}/keys/", keys_of(qbo_sandbox))
    second = start_qbo_sandbox()
    admin.post(f"/guide/{guide.pk}/keys/", keys_of(second))
    connection = Connection.objects.get()
    assert (connection.api_base, connection.client_id) == (second.base_url, second.client_id)


def test_connecting_comes_back_to_the_guide_at_the_mapping(guide: Guide, admin: Client, qbo_sandbox: Any) -> None:
    admin.post(f"/guide/{guide.pk}/keys/", keys_of(qbo_sandbox))
    assert come_back(admin, guide, qbo_sandbox) == f"/guide/{guide.pk}/mapping/"
    page = text(admin, f"/guide/{guide.pk}/connect/")
    assert f"{Connection.objects.get().company_name} is connected" in page


def test_a_consent_that_was_not_given_comes_back_to_the_guide_and_is_said(
    guide: Guide, admin: Client, qbo_sandbox: Any
) -> None:
    admin.post(f"/guide/{guide.pk}/keys/", keys_of(qbo_sandbox))
    assert come_back(admin, guide, qbo_sandbox, "deny") == f"/guide/{guide.pk}/connect/"
    assert "Failed</b>: QuickBooks was not connected: the permission was not given" in text(
        admin, f"/guide/{guide.pk}/connect/"
    )


def test_a_guide_under_way_is_gone_on_with_rather_than_begun_anew(
    guide: Guide, admin: Client, qbo_sandbox: Any
) -> None:
    admin.post(f"/guide/{guide.pk}/keys/", keys_of(qbo_sandbox))
    assert admin.get("/guide/")["Location"].startswith(f"/guide/{guide.pk}/")
    come_back(admin, guide, qbo_sandbox)
    assert not admin.get("/guide/")["Location"].startswith(f"/guide/{guide.pk}/")


def test_coming_back_without_a_guide_leads_to_the_hub(guide: Guide, admin: Client) -> None:
    assert admin.get("/connections/callback?error=access_denied&state=x")["Location"] == "/hub/"


def test_a_company_that_stopped_shows_the_step_as_failed_with_the_reason(
    organization: Organization, admin: Client
) -> None:
    company = builders.a_company(
        organization, state=ConnectionState.NEEDS_ATTENTION, attention=Attention.CLIENT_REFUSED, attention_since=None
    )
    page = text(admin, f"/guide/company/{company.pk}/")
    assert page.count("Failed</b>: Intuit refuses the app") == 2  # the keys, and so the connection


def test_the_mapping_counts_the_costs_that_land_somewhere(organization: Organization, admin: Client) -> None:
    from django.utils import timezone

    from freightbooks.mapping.models import CostMapping, Section

    company = builders.a_company(organization, lists_read_at=timezone.now())
    builders.an_invoice(organization, lines=[("1600", "Freight", "5.00"), ("1700", "Fuel", "1.00")])
    CostMapping.objects.create(connection=company, section=Section.CARRIER_COSTS, cost_code="1600", account_id="7")
    assert "1 of 2 costs are mapped" in text(admin, f"/guide/company/{company.pk}/")
    CostMapping.objects.create(connection=company, section=Section.CARRIER_COSTS, cost_code="", account_id="8")
    assert "All 2 costs are mapped" in text(admin, f"/guide/company/{company.pk}/")


def test_each_company_has_a_guide_of_its_own(organization: Organization, admin: Client) -> None:
    first, second = builders.a_company(organization), builders.a_company(organization)
    tick(guide_of(first), Step.TEST, User.objects.get(name="Priya Raman"))
    assert not guide_of(second).ticks.exists()
    assert guide_of_new_company(organization).pk not in (guide_of(first).pk, guide_of(second).pk)


def test_entering_the_same_keys_in_a_second_guide_goes_on_with_the_first(
    guide: Guide, admin: Client, qbo_sandbox: Any
) -> None:
    admin.post(f"/guide/{guide.pk}/keys/", keys_of(qbo_sandbox))
    second = Guide.objects.create(organization=guide.organization)  # left open in another tab
    admin.post(f"/guide/{second.pk}/app/done/", {"done": "1"})
    response = admin.post(f"/guide/{second.pk}/keys/", keys_of(qbo_sandbox))
    assert response["Location"] == f"/guide/{guide.pk}/connect/"
    assert list(Guide.objects.values_list("pk", "ticks__step")) == [(guide.pk, "app")]


@pytest.mark.parametrize("who", ["accountant", "viewer"])
def test_only_admins_are_led(guide: Guide, who: str, request: pytest.FixtureRequest) -> None:
    browser: Client = request.getfixturevalue(who)
    for address in ("/guide/", f"/guide/{guide.pk}/keys/", "/guide/pages/privacy/"):
        assert browser.get(address).status_code == 403


def test_every_question_has_an_answer_or_says_whose_it_is(guide: Guide, admin: Client) -> None:
    page = text(admin, f"/guide/{guide.pk}/questions/")
    for section in SECTIONS:
        assert section.title in page
        for question in section.questions:
            assert question.answer or question.yours, question.asks
    assert [section.title for section in SECTIONS] == [
        "General",
        "App information",
        "Authorization and authentication",
        "API usage",
        "Webhooks and change data capture",
        "Error handling",
        "Security",
    ]


def test_the_answers_are_true_of_the_code() -> None:
    """The ones that would silently become untrue when the code moves on."""
    from pathlib import Path

    import freightbooks
    from freightbooks.connections import keeping, trips
    from freightbooks.posting.models import Attempt
    from freightbooks.quickbooks import batches
    from freightbooks.receiving import feeds

    answers = {question.asks: question.answer for section in SECTIONS for question in section.questions}
    code = "\n".join(
        path.read_text() for path in Path(freightbooks.__file__).parent.rglob("*.py") if path.name != "questionnaire.py"
    )
    assert answers["Do you use change data capture (CDC)?"].startswith("Yes. Every 15 minutes")
    assert feeds.WHILE_TOLD.total_seconds() == 15 * 60
    assert '"cdc"' in code
    assert answers["Do you use webhooks?"].startswith("Yes.")
    assert "intuit-signature" in code
    assert answers["Which minor version?"] == "75."
    assert "minor_version: int = 75" in code
    assert "ten minutes" in answers["How do you prevent CSRF? Do you use the state parameter?"]
    assert trips.GOOD_FOR.total_seconds() == 600
    assert keeping.REFRESH_AFTER.total_seconds() <= 24 * 3600
    assert "AESGCM" in code
    assert Attempt._meta.get_field("intuit_tid")
    assert batches.MOST_ITEMS == 30
