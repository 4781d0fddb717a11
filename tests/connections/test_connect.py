"""The trip to Intuit's consent page and back, and everything that may go wrong with it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from connections.conftest import SESSION
from connections.consent import REDIRECT, a_connection, consent
from freightbooks.connections import connect, sealed
from freightbooks.connections.events import connection_ready
from freightbooks.connections.failures import AppRefused, CompanyUnreadable, ConsentRefused, IntuitUnreachable
from freightbooks.connections.models import AuthorizationRequest, Connection, RequestCount
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.organizations.models import Organization, User


@pytest.fixture
def new(organization: Organization, qbo_sandbox: Any) -> Connection:
    """Set up, not connected."""
    return a_connection(organization, qbo_sandbox)


def test_connecting_stores_the_tokens_and_what_the_company_says_of_itself(
    connection: Connection, qbo_sandbox: Any, admin: User
) -> None:
    connection.refresh_from_db()
    assert connection.state == ConnectionState.CONNECTED
    assert connection.company_name == "Blue Ridge Freight Brokers LLC"
    assert (connection.realm_id, connection.home_currency) == (qbo_sandbox.realm_id, "USD")
    assert connection.connected_by == admin
    assert qbo_sandbox.sandbox.grants.grant_of(sealed.take(connection, "access_token"))[0] is not None
    assert connection.hard_expires_at is not None
    assert connection.hard_expires_at > timezone.now() + timedelta(days=4 * 365)
    counted = RequestCount.objects.get(connection=connection)
    assert (counted.purpose, counted.kind, counted.count) == ("connecting", "read", 2)


def test_connecting_is_announced_to_the_rooms_above(new: Connection, qbo_sandbox: Any, admin: User) -> None:
    heard: list[int] = []

    def listen(sender: object, connection_id: int, **_: object) -> None:
        heard.append(connection_id)

    connection_ready.connect(listen)
    try:
        back = consent(connect.begin(new, admin, SESSION, REDIRECT), qbo_sandbox)
        connect.complete(SESSION, back["state"], back["code"], back["realmId"], user=admin)
    finally:
        connection_ready.disconnect(listen)
    assert heard == [new.pk]


def test_no_column_of_the_database_holds_a_secret_in_the_clear(connection: Connection, qbo_sandbox: Any) -> None:
    connection.refresh_from_db()
    secrets = [sealed.take(connection, secret) for secret in sealed.SECRETS]
    assert all(secrets)
    rows = [*Connection.objects.values_list(), *AuthorizationRequest.objects.values_list()]
    stored = [bytes(value) if isinstance(value, memoryview) else repr(value).encode() for row in rows for value in row]
    assert not any(secret.encode() in value for secret in secrets for value in stored)


def test_a_state_is_good_once(new: Connection, qbo_sandbox: Any, admin: User) -> None:
    back = consent(connect.begin(new, admin, SESSION, REDIRECT), qbo_sandbox)
    connect.complete(SESSION, back["state"], back["code"], back["realmId"], user=admin)
    with pytest.raises(connect.TripExpired, match="used already"):
        connect.complete(SESSION, back["state"], back["code"], back["realmId"], user=admin)


def test_a_state_is_not_kept_only_its_hash_is(new: Connection, qbo_sandbox: Any, admin: User) -> None:
    back = consent(connect.begin(new, admin, SESSION, REDIRECT), qbo_sandbox)
    row = AuthorizationRequest.objects.values_list().get(connection=new)
    assert not any(back["state"] in str(value) or SESSION in str(value) for value in row)


def test_a_state_is_good_for_ten_minutes(new: Connection, qbo_sandbox: Any, admin: User) -> None:
    back = consent(connect.begin(new, admin, SESSION, REDIRECT), qbo_sandbox)
    AuthorizationRequest.objects.update(created_at=timezone.now() - timedelta(minutes=10, seconds=1))
    with pytest.raises(connect.TripExpired, match="ten minutes"):
        connect.complete(SESSION, back["state"], back["code"], back["realmId"], user=admin)


@pytest.mark.parametrize("session", ["another browser", ""])
def test_a_state_is_good_in_the_browser_that_began_only_and_spent_by_any_other(
    session: str, new: Connection, qbo_sandbox: Any, admin: User
) -> None:
    back = consent(connect.begin(new, admin, SESSION, REDIRECT), qbo_sandbox)
    with pytest.raises(connect.TripExpired, match="another browser"):
        connect.complete(session, back["state"], back["code"], back["realmId"], user=admin)
    with pytest.raises(connect.TripExpired):
        connect.complete(SESSION, back["state"], back["code"], back["realmId"], user=admin)


def test_a_state_nobody_made_leads_nowhere(new: Connection, admin: User) -> None:
    with pytest.raises(connect.TripExpired):
        connect.complete(SESSION, "made-up", "code", "9341", user=admin)


def test_saying_no_at_the_consent_page_leaves_the_connection_as_it_was(
    new: Connection, qbo_sandbox: Any, admin: User
) -> None:
    back = consent(connect.begin(new, admin, SESSION, REDIRECT), qbo_sandbox, decision="deny")
    new.refresh_from_db()
    assert new.state == ConnectionState.CONNECTING
    assert connect.denied(SESSION, back["state"], back["error"]).state == ConnectionState.DISCONNECTED


def test_a_working_connection_goes_on_working_while_someone_is_at_the_consent_page(
    connection: Connection, qbo_sandbox: Any, admin: User
) -> None:
    back = consent(connect.begin(connection, admin, SESSION, REDIRECT), qbo_sandbox, decision="deny")
    connection.refresh_from_db()
    assert connection.healthy
    assert connect.denied(SESSION, back["state"], back["error"]).healthy


def test_reconnecting_to_another_company_is_refused_and_nothing_of_it_is_kept(
    connection: Connection, qbo_sandbox: Any, admin: User
) -> None:
    before = sealed.take(connection, "refresh_token")
    Connection.objects.update(realm_id="1111111111111111", company_name="Old Company Inc")
    back = consent(connect.begin(connection, admin, SESSION, REDIRECT), qbo_sandbox)
    with pytest.raises(connect.CompanyMismatch, match="Old Company Inc"):
        connect.complete(SESSION, back["state"], back["code"], back["realmId"], user=admin)
    connection.refresh_from_db()
    assert connection.realm_id == "1111111111111111"
    assert sealed.take(connection, "refresh_token") == before
    assert qbo_sandbox.sandbox.grants.grant_of(sealed.take(connection, "access_token"))[0] is not None


def test_a_company_has_one_connection_whoever_asks_and_whoever_has_it(
    connection: Connection, qbo_sandbox: Any, admin: User
) -> None:
    other = a_connection(Organization.objects.create(name="Summit Brokerage"), qbo_sandbox)
    back = consent(connect.begin(other, admin, SESSION, REDIRECT), qbo_sandbox)
    with pytest.raises(connect.AlreadyConnected) as caught:
        connect.complete(SESSION, back["state"], back["code"], back["realmId"], user=admin)
    assert "Blue Ridge" not in str(caught.value), "another organization is not named"
    other.refresh_from_db()
    assert (other.realm_id, bytes(other.refresh_token_sealed)) == ("", b"")


def test_a_realm_id_the_tokens_are_not_for_does_not_connect(new: Connection, qbo_sandbox: Any, admin: User) -> None:
    back = consent(connect.begin(new, admin, SESSION, REDIRECT), qbo_sandbox)
    with pytest.raises(CompanyUnreadable):
        connect.complete(SESSION, back["state"], back["code"], "2222222222222222", user=admin)
    new.refresh_from_db()
    assert (new.realm_id, bytes(new.access_token_sealed)) == ("", b"")


@pytest.mark.parametrize(("code", "realm_id"), [("", "9341"), ("code", ""), ("code", "../../evil")])
def test_coming_back_without_a_code_or_a_company_is_refused(
    code: str, realm_id: str, new: Connection, qbo_sandbox: Any, admin: User
) -> None:
    back = consent(connect.begin(new, admin, SESSION, REDIRECT), qbo_sandbox)
    with pytest.raises(connect.ConnectFailed):
        connect.complete(SESSION, back["state"], code, realm_id, user=admin)


def test_a_wrong_secret_is_told_apart_from_a_wrong_code(new: Connection, qbo_sandbox: Any, admin: User) -> None:
    back = consent(connect.begin(new, admin, SESSION, REDIRECT), qbo_sandbox)
    with pytest.raises(ConsentRefused):
        connect.complete(SESSION, back["state"], "XAB1-not-a-code", back["realmId"], user=admin)
    connect.set_app(new, qbo_sandbox.client_id, "not the secret")
    back = consent(connect.begin(new, admin, SESSION, REDIRECT), qbo_sandbox)
    with pytest.raises(AppRefused):
        connect.complete(SESSION, back["state"], back["code"], back["realmId"], user=admin)


def test_an_intuit_that_is_not_there_is_said_in_words(organization: Organization, admin: User) -> None:
    connection = connect.new_connection(
        organization,
        discovery_url="http://127.0.0.1:9/.well-known/openid_configuration",
        api_base="http://127.0.0.1:9",
        client_id="AB1",
        client_secret="s",
    )
    with pytest.raises(IntuitUnreachable, match="Try again"):
        connect.begin(connection, admin, SESSION, REDIRECT)


def test_an_address_without_a_discovery_document_is_said_to_be_wrong(
    new: Connection, qbo_sandbox: Any, admin: User
) -> None:
    Connection.objects.update(discovery_url=f"{qbo_sandbox.base_url}/nothing-here")
    new.refresh_from_db()
    with pytest.raises(IntuitUnreachable, match="is wrong"):
        connect.begin(new, admin, SESSION, REDIRECT)


def test_trying_again_to_set_up_does_not_leave_a_second_connection_lying_about(
    organization: Organization, qbo_sandbox: Any
) -> None:
    assert a_connection(organization, qbo_sandbox).pk == a_connection(organization, qbo_sandbox).pk


def test_another_app_needs_a_new_consent_and_the_same_app_with_a_new_secret_does_not(
    connection: Connection, qbo_sandbox: Any
) -> None:
    connect.set_app(connection, connection.client_id, "its new secret")
    assert connection.healthy
    assert sealed.take(connection, "refresh_token")
    connect.set_app(connection, "ABanother", "its secret")
    assert (connection.state, connection.attention) == (ConnectionState.NEEDS_ATTENTION, Attention.CONSENT_NEEDED)
    assert not sealed.take(connection, "refresh_token")


def test_disconnecting_ends_the_grant_at_intuit_and_forgets_the_tokens(
    connection: Connection, qbo_sandbox: Any, admin: User
) -> None:
    token = sealed.take(connection, "access_token")
    connect.disconnect(connection, admin)
    assert qbo_sandbox.sandbox.grants.grant_of(token)[0] is None
    assert connection.state == ConnectionState.DISCONNECTED
    assert not sealed.take(connection, "access_token")
    assert not sealed.take(connection, "refresh_token")
    assert connection.realm_id == qbo_sandbox.realm_id, "whose history this is stays known"


def test_disconnecting_what_was_ended_in_quickbooks_already_is_fine(
    connection: Connection, qbo_sandbox: Any, admin: User
) -> None:
    qbo_sandbox.sandbox.grants.revoke(connection.client_id, sealed.take(connection, "refresh_token"))
    connect.disconnect(connection, admin)
    assert connection.state == ConnectionState.DISCONNECTED


def test_disconnecting_changes_nothing_while_intuit_cannot_be_reached(connection: Connection, admin: User) -> None:
    Connection.objects.update(discovery_url="http://127.0.0.1:9/.well-known/openid_configuration")
    with pytest.raises(IntuitUnreachable):
        connect.disconnect(connection, admin)
    connection.refresh_from_db()
    assert connection.healthy
    assert sealed.take(connection, "refresh_token")


def test_a_disconnected_company_can_be_connected_again(
    connection: Connection, connect_to: Callable[[Any], Connection], qbo_sandbox: Any, admin: User
) -> None:
    connect.disconnect(connection, admin)
    back = consent(connect.begin(connection, admin, SESSION, REDIRECT), qbo_sandbox)
    again = connect.complete(SESSION, back["state"], back["code"], back["realmId"], user=admin)
    assert again.pk == connection.pk
    assert again.healthy


def test_a_refresh_token_from_intuits_playground_connects_too(new: Connection, qbo_sandbox: Any, admin: User) -> None:
    connected = connect.adopt_tokens(new, qbo_sandbox.realm_id, f" {qbo_sandbox.refresh_token}\n", user=admin)
    assert connected.healthy
    assert connected.company_name == "Blue Ridge Freight Brokers LLC"
