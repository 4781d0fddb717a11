"""The way back from Intuit and the forms of the repairs, in the hands of somebody who means no good, or is mistaken.

Each is refused in words, leaves a line in the audit, and changes nothing of the connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from html import unescape
from typing import Any
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest
from django.test import Client

from freightbooks.connections import discovery
from freightbooks.connections.models import AuditEntry, Connection
from freightbooks.organizations.models import Membership, Organization, Role, User
from web import builders


@pytest.fixture(autouse=True)
def _no_discovery_is_remembered() -> None:
    """Ports come round again."""
    discovery._kept.clear()


@pytest.fixture
def priya(organization: Organization) -> User:
    return builders.a_person(organization, Role.ADMIN, "Priya Raman")


def a_browser(user: User) -> Client:
    """A browser whose way back the sandbox's app knows."""
    browser = Client(SERVER_NAME="127.0.0.1", SERVER_PORT="8000")
    browser.force_login(user)
    return browser


@pytest.fixture
def browser(priya: User) -> Client:
    return a_browser(priya)


def consented(going: Any, sandbox: Any, **form: str) -> dict[str, str]:
    """Go on to Intuit from a page, agree, and return what the browser is sent back with."""
    link = re.search(r'id="to-quickbooks"[^>]* href="([^"]+)"', going.content.decode())
    assert link, going.content.decode()
    address, _, query = unescape(link[1]).partition("?")
    agreed = {"user": sandbox.user, "realm_id": sandbox.realm_id, "decision": "allow"}
    answer = httpx2.post(address, data=dict(parse_qsl(query)) | agreed | form)
    return dict(parse_qsl(urlsplit(answer.headers["location"]).query))


def keys_of(sandbox: Any) -> dict[str, str]:
    return {
        "client_id": sandbox.client_id,
        "client_secret": sandbox.client_secret,
        "environment": "other",
        "discovery_url": sandbox.discovery_document,
        "api_base": sandbox.base_url,
    }


@pytest.fixture
def company(browser: Client, qbo_sandbox: Any) -> Connection:
    """Connected by Priya through the pages."""
    back = consented(browser.post("/connections/new/", keys_of(qbo_sandbox)), qbo_sandbox)
    assert "is connected" in came_back(browser, back)
    connection = Connection.objects.get()
    assert connection.healthy
    return connection


def row(company: Connection) -> dict[str, Any]:
    """All the connection's row says, but when QuickBooks last answered."""
    values = Connection.objects.filter(pk=company.pk).values().get()
    return {name: bytes(value) if isinstance(value, memoryview) else value for name, value in values.items()}


def refusals(organization: Organization) -> list[tuple[str, str]]:
    lines = AuditEntry.objects.filter(organization=organization, action="refused").order_by("pk")
    return list(lines.values_list("actor_name", "detail"))


def came_back(browser: Client, back: dict[str, str]) -> str:
    """Come back from Intuit; return what the page then says."""
    return unescape(browser.get("/connections/callback", back, follow=True).content.decode())


def again(browser: Client, company: Connection, sandbox: Any, **form: str) -> dict[str, str]:
    """Begin to reconnect and agree at Intuit; return what the browser would come back with."""
    return consented(browser.post(f"/connections/{company.pk}/begin/"), sandbox, **form)


def test_a_way_back_is_good_once(
    browser: Client, company: Connection, organization: Organization, qbo_sandbox: Any
) -> None:
    back = again(browser, company, qbo_sandbox)
    assert "is connected" in came_back(browser, back)
    before = row(company)
    assert "was used already" in came_back(browser, back)
    assert row(company) == before
    used = "This way back from QuickBooks was used already. Connect again from the Integration hub."
    assert refusals(organization) == [("Priya Raman", used)]


@pytest.mark.parametrize("state", ["", "made-up", "a" * 5000, "\x00", "%00", "' OR 1=1 --", "é✓"])
def test_a_state_nobody_gave_out_leads_nowhere(
    state: str, browser: Client, company: Connection, organization: Organization
) -> None:
    before = row(company)
    said = came_back(browser, {"state": state, "code": "XAB1" + "0" * 46, "realmId": company.realm_id})
    assert "This way back from QuickBooks" in said
    assert row(company) == before
    assert len(refusals(organization)) == 1


def test_a_way_back_is_good_in_the_browser_it_began_in_and_spoilt_by_any_other(
    browser: Client, priya: User, company: Connection, organization: Organization, qbo_sandbox: Any
) -> None:
    back = again(browser, company, qbo_sandbox)
    before = row(company)
    assert "was begun in another browser or by someone else" in came_back(a_browser(priya), back)
    assert "was used already" in came_back(browser, back)
    assert row(company) == before
    assert len(refusals(organization)) == 2


def test_another_person_of_the_organization_cannot_come_back_for_one(
    browser: Client, company: Connection, organization: Organization, qbo_sandbox: Any
) -> None:
    marcus = builders.a_person(organization, Role.ADMIN, "Marcus Hale")
    back, before = again(browser, company, qbo_sandbox), row(company)
    assert "was begun in another browser or by someone else" in came_back(a_browser(marcus), back)
    assert row(company) == before
    assert [name for name, _ in refusals(organization)] == ["Marcus Hale"]


def test_somebody_of_another_organization_cannot_bring_a_company_into_it(
    browser: Client, company: Connection, qbo_sandbox: Any
) -> None:
    elsewhere = builders.an_organization("Summit Brokerage")
    mallory = builders.a_person(elsewhere, Role.ADMIN, "Mallory Kemp")
    back, before = again(browser, company, qbo_sandbox), row(company)
    said = came_back(a_browser(mallory), back)
    assert "was begun in another browser or by someone else" in said
    assert str(company) not in said
    assert row(company) == before
    assert not Connection.objects.filter(organization=elsewhere).exists()
    assert len(refusals(elsewhere)) == 1


@pytest.mark.parametrize("role", list(Role))
def test_a_way_back_ends_in_the_organization_it_began_in(
    role: Role, browser: Client, priya: User, company: Connection, qbo_sandbox: Any
) -> None:
    elsewhere = builders.an_organization("Summit Brokerage")
    Membership.objects.create(user=priya, organization=elsewhere, role=role)
    back, before = again(browser, company, qbo_sandbox), row(company)
    browser.post("/organization/", {"organization": elsewhere.pk})
    said = came_back(browser, back)
    assert ("was begun in another organization" if role == Role.ADMIN else "Only an admin can do this") in said
    assert row(company) == before


def test_an_admin_who_is_none_any_more_does_not_finish_what_they_began(
    browser: Client, priya: User, company: Connection, qbo_sandbox: Any
) -> None:
    back, before = again(browser, company, qbo_sandbox), row(company)
    Membership.objects.filter(user=priya).update(role=Role.ACCOUNTANT)
    assert "Only an admin can do this" in came_back(browser, back)
    assert row(company) == before


def test_a_code_is_good_once_also_with_a_new_state(
    browser: Client, company: Connection, organization: Organization, qbo_sandbox: Any
) -> None:
    used = again(browser, company, qbo_sandbox)
    came_back(browser, used)
    before = row(company)
    back = again(browser, company, qbo_sandbox) | {"code": used["code"]}
    assert "Intuit does not accept this authorization any more" in came_back(browser, back)
    assert row(company) == before
    assert len(refusals(organization)) == 1


def test_a_company_that_was_not_agreed_to_is_not_connected_whatever_the_address_says(
    browser: Client, company: Connection, organization: Organization, qbo_sandbox: Any
) -> None:
    drayage = qbo_sandbox.sandbox.add_company("brokerage", name="Blue Ridge Drayage LLC")
    before = row(company)
    back = again(browser, company, qbo_sandbox) | {"realmId": drayage.realm_id}
    said = came_back(browser, back)
    assert "is connected." not in said
    assert len(refusals(organization)) == 1
    assert row(company) == before
    assert not Connection.objects.filter(realm_id=drayage.realm_id).exists()


@pytest.mark.parametrize(
    "back",
    [
        {"error": "access_denied"},
        {"error": "<script>alert(1)</script>"},
        {"error": "x" * 5000},
        {"error": "access_denied", "state": "made-up"},
        {},
    ],
)
def test_coming_back_with_an_error_nobody_sent_changes_nothing_and_runs_nothing(
    back: dict[str, str], browser: Client, company: Connection, organization: Organization
) -> None:
    before = row(company)
    page = browser.get("/connections/callback", back, follow=True).content.decode()
    assert "<script>alert" not in page
    assert row(company) == before
    assert len(refusals(organization)) == 1


def bad_pastes() -> dict[str, Callable[[str], str]]:
    return {
        "a blank inside": lambda text: f"{text[:10]} {text[10:]}",
        "a line break inside": lambda text: f"{text[:10]}\n{text[10:]}",
        "a tab inside": lambda text: f"{text[:10]}\t{text[10:]}",
        "two of them": lambda text: f"{text}\n{text}",
        "with its name": lambda text: f"Client secret: {text}",
        "in quotes": lambda text: f'"{text}"',
        "a header of its own": lambda text: f"{text}\r\nX-Evil: 1",
        "a byte of nothing": lambda text: f"{text}\x00",
    }


PASTES = sorted(bad_pastes())


@pytest.mark.parametrize("how", PASTES)
@pytest.mark.parametrize("form", ["keys", "secret", "tokens"])
def test_what_is_pasted_wrong_is_refused_in_words_and_nothing_is_kept_of_it(
    form: str, how: str, browser: Client, company: Connection, organization: Organization, qbo_sandbox: Any
) -> None:
    spoil = bad_pastes()[how]
    path, fields = {
        "keys": ("keys", {"client_id": qbo_sandbox.client_id, "client_secret": spoil(qbo_sandbox.client_secret)}),
        "secret": ("keys", {"client_secret": spoil(qbo_sandbox.client_secret)}),
        "tokens": ("tokens", {"refresh_token": spoil(qbo_sandbox.refresh_token), "realm_id": company.realm_id}),
    }[form]
    before = row(company)
    answer = browser.post(f"/connections/{company.pk}/{path}/", fields)
    page = answer.content.decode()
    assert answer.status_code == 400
    assert 'class="error"' in page
    for secret in (qbo_sandbox.client_secret, qbo_sandbox.refresh_token):
        assert secret not in page
        assert secret[:10] not in page
    assert row(company) == before
    ((who, why),) = refusals(organization)
    assert who == "Priya Raman"
    assert why
    assert qbo_sandbox.refresh_token[:10] not in why


@pytest.mark.parametrize("how", PASTES)
def test_a_first_connection_is_not_begun_with_what_is_pasted_wrong(
    how: str, browser: Client, organization: Organization, qbo_sandbox: Any
) -> None:
    fields = keys_of(qbo_sandbox)
    fields["client_secret"] = bad_pastes()[how](fields["client_secret"])
    answer = browser.post("/connections/new/", fields)
    assert answer.status_code == 400
    assert qbo_sandbox.client_secret not in answer.content.decode()
    assert not Connection.objects.exists()
    assert [who for who, _ in refusals(organization)] == ["Priya Raman"]


@pytest.mark.parametrize("name", ["its own number", "the other's number"])
def test_a_token_of_another_company_is_refused(
    name: str, browser: Client, company: Connection, organization: Organization, qbo_sandbox: Any
) -> None:
    drayage = qbo_sandbox.sandbox.add_company("brokerage", name="Blue Ridge Drayage LLC")
    scope = ("com.intuit.quickbooks.accounting",)
    given = qbo_sandbox.sandbox.door.grant(company.client_id, drayage.realm_id, qbo_sandbox.user, scope)
    before = row(company)
    realm_id = company.realm_id if name == "its own number" else drayage.realm_id
    fields = {"refresh_token": given.refresh_token, "realm_id": realm_id}
    page = unescape(browser.post(f"/connections/{company.pk}/tokens/", fields).content.decode())
    expected = "they are another company's" if name == "its own number" else "a different company was chosen"
    assert expected in page
    assert "Nothing was changed" in page
    assert given.refresh_token not in page
    assert row(company) == before
    lines = AuditEntry.objects.filter(actor_name="Priya Raman", action__in=("refused", "another company chosen"))
    assert lines.count() == 1


def test_keys_intuit_does_not_know_are_not_kept(
    browser: Client, company: Connection, organization: Organization, qbo_sandbox: Any
) -> None:
    before = row(company)
    answer = browser.post(f"/connections/{company.pk}/keys/", {"client_secret": "0" * 40})
    assert answer.status_code == 400
    assert "Intuit does not accept the app" in unescape(answer.content.decode())
    assert row(company) == before
    assert [who for who, _ in refusals(organization)] == ["Priya Raman"]
