"""Ways back from Intuit that do not connect: each says why, changes nothing, and is in the audit."""

from __future__ import annotations

from typing import Any

import pytest

from connections.at_the_pages import AtThePages
from freightbooks.connections import denials
from freightbooks.connections.models import AuditEntry, Connection
from freightbooks.connections.states import ConnectionState
from freightbooks.organizations.models import User


@pytest.fixture
def person(admin: User, qbo_sandbox: Any) -> AtThePages:
    return AtThePages(admin, qbo_sandbox)


@pytest.fixture
def connected(person: AtThePages) -> Connection:
    return person.connect()


def last_entry() -> AuditEntry:
    entry = AuditEntry.objects.order_by("-pk").first()
    assert entry is not None
    return entry


@pytest.mark.parametrize("query", ["state=made-up&code=c&realmId=1", "state=made-up&error=access_denied", "", "code=c"])
def test_a_way_back_nobody_began_is_refused_with_an_audit_line(
    query: str, person: AtThePages, admin: User, organization: Any
) -> None:
    assert "Connect again from the Integration hub." in person.open(f"/connections/callback?{query}")
    entry = last_entry()
    assert (entry.action, entry.organization_id, entry.actor_name) == ("refused", organization.pk, "Priya Raman")


def test_a_way_back_used_twice_is_refused_and_the_connection_stays(
    person: AtThePages, connected: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    used: list[str] = []
    open_page = person.open
    monkeypatch.setattr(person, "open", lambda path: used.append(path) or open_page(path))
    person.reconnect(connected)
    assert "was used already" in open_page(used[0])
    assert last_entry().action == "refused"
    assert Connection.objects.get(pk=connected.pk).state == ConnectionState.CONNECTED


@pytest.mark.parametrize(
    ("error", "says"),
    [
        ("access_denied", "the permission was not given at Intuit"),
        ("invalid_scope", "add the scope com.intuit.quickbooks.accounting"),
        ("unauthorized_client", "does not let this app ask for permission"),
        ("invalid_request", "did not accept how we asked"),
        ("unsupported_response_type", "did not accept how we asked"),
        ("server_error", "Intuit had a fault of its own"),
        ("temporarily_unavailable", "too busy just now"),
        ("<b>odd</b>", "a word we do not know: “<b>odd</b>”"),
    ],
)
def test_each_error_of_intuits_comes_back_as_a_sentence(error: str, says: str) -> None:
    sentence = denials.sentence_of(error)
    assert says in sentence
    assert sentence.count("Nothing has changed.") == 1


def test_no_word_of_intuits_becomes_a_mark_or_grows_without_end(
    person: AtThePages, connected: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown: list[bytes] = []

    def come_back_with_an_odd_word(path: str) -> str:
        state = path.partition("state=")[2].partition("&")[0]
        address = f"/connections/callback?state={state}&error=%3Cscript%3E{'x' * 500}"
        shown.append(person.browser.get(address, follow=True).content)
        return ""

    monkeypatch.setattr(person, "open", come_back_with_an_odd_word)
    person.reconnect(connected)
    assert b"a word we do not know" in shown[0]
    assert b"&lt;script&gt;" in shown[0]
    assert b"x" * 100 not in shown[0]


def test_saying_no_at_intuit_comes_back_to_the_page_with_a_sentence(person: AtThePages, connected: Connection) -> None:
    said = person.reconnect(connected, decision="deny")
    assert "the permission was not given at Intuit. Nothing has changed." in said
    assert last_entry().action == "consent not given"
    assert Connection.objects.get(pk=connected.pk).state == ConnectionState.CONNECTED


@pytest.mark.parametrize(
    ("field", "value", "says"),
    [
        ("refresh_token", "RT1-abc def-0123456789012345", "There is a blank or a line break inside the refresh token"),
        ("refresh_token", "RT1-abc\ndef-0123456789012345", "There is a blank or a line break inside the refresh token"),
        ("refresh_token", "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2", "This is an access token"),
        ("refresh_token", "", "Copy the refresh token"),
        ("realm_id", "../../evil", "Realm ID is a number"),
        ("realm_id", "9999999999999999", "This connection belongs to"),
    ],
)
def test_tokens_that_cannot_be_right_change_nothing_and_are_never_given_back(
    field: str, value: str, says: str, person: AtThePages, connected: Connection
) -> None:
    before = bytes(Connection.objects.get(pk=connected.pk).refresh_token_sealed)
    fields = {"refresh_token": "RT1-39-H3-0123456789abcdefghij", "realm_id": connected.realm_id} | {field: value}
    response = person.press(f"/connections/{connected.pk}/tokens/", **fields)
    page = response.content.decode()
    assert response.status_code == 400
    assert says in page
    assert "RT1-39-H3-0123456789abcdefghij" not in page
    assert bytes(Connection.objects.get(pk=connected.pk).refresh_token_sealed) == before


def test_tokens_of_another_company_are_refused_with_an_audit_line(
    person: AtThePages, connected: Connection, qbo_sandbox: Any
) -> None:
    other = qbo_sandbox.sandbox.add_company("brokerage", name="Blue Ridge Drayage LLC")
    scope = ("com.intuit.quickbooks.accounting",)
    door = qbo_sandbox.sandbox.door
    given = door.grant(qbo_sandbox.client_id, other.realm_id, "owner@sandbox.example", scope)
    fields = {"refresh_token": given.refresh_token, "realm_id": connected.realm_id}
    response = person.press(f"/connections/{connected.pk}/tokens/", **fields)
    assert response.status_code == 400
    assert "These tokens do not open Blue Ridge Freight Brokers LLC" in response.content.decode()
    assert last_entry().action == "refused"


def test_keys_intuit_does_not_know_are_not_saved(person: AtThePages, connected: Connection) -> None:
    before = Connection.objects.get(pk=connected.pk)
    fields = {"client_id": "AB" + "0" * 48, "client_secret": "f" * 40}
    response = person.press(f"/connections/{connected.pk}/keys/", **fields)
    assert response.status_code == 400
    assert "Intuit does not accept the app" in response.content.decode()
    assert "f" * 40 not in response.content.decode()
    now = Connection.objects.get(pk=connected.pk)
    assert (now.client_id, now.state) == (before.client_id, ConnectionState.CONNECTED)


def test_disconnecting_revokes_and_says_what_will_wait(
    person: AtThePages, connected: Connection, qbo_sandbox: Any
) -> None:
    assert "what is approved from now on waits" in person.open(f"/connections/{connected.pk}/disconnect/")
    person.press(f"/connections/{connected.pk}/disconnect/")
    assert all(grant.revoked for grant in qbo_sandbox.sandbox.grants.grants.values() if grant.realm_id)
    assert last_entry().action == "disconnected"
    assert "is not connected" in person.open(f"/connections/{connected.pk}/")
