"""Intuit's own OAuth client for Python connects, refreshes, asks who signed in, disconnects; only addresses differ."""

from __future__ import annotations

from typing import Any

import httpx2
import pytest
from intuitlib.client import AuthClient
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError
from intuitlib.utils import validate_id_token

from qbo_sandbox.pytest_plugin import RunningSandbox
from sandbox.visitor import came_back

CALLBACK = "http://localhost:8000/callback"
EVERYTHING = [Scopes.ACCOUNTING, Scopes.OPENID, Scopes.PROFILE, Scopes.EMAIL, Scopes.PHONE, Scopes.ADDRESS]


@pytest.fixture
def client(qbo_sandbox: RunningSandbox) -> Any:
    """A client that found the sandbox by its discovery document."""
    return AuthClient(qbo_sandbox.client_id, qbo_sandbox.client_secret, CALLBACK, qbo_sandbox.discovery_document)


def connected(client: Any) -> Any:
    """Go to the consent page, which allows, and get tokens."""
    address = client.get_authorization_url(EVERYTHING) + "&sandbox_auto=allow"
    back = came_back(httpx2.get(address, follow_redirects=False))
    assert back["state"] == client.state_token
    client.get_bearer_token(back["code"], realm_id=back["realmId"])
    return client


def test_it_connects_and_finds_the_id_token_valid(client: Any, qbo_sandbox: RunningSandbox) -> None:
    connected(client)
    assert (client.expires_in, client.x_refresh_token_expires_in) == (3600, 8726400)
    assert client.realm_id == qbo_sandbox.realm_id
    assert client.id_token, "set only when its signature, issuer, audience and time are right"
    assert validate_id_token(client.id_token, client.client_id, client.issuer_uri, client.jwks_uri)
    head, body, signature = client.id_token.split(".")
    forged = f"{head}.{body}.{signature[:-8]}AAAAAAAA"
    assert not validate_id_token(forged, client.client_id, client.issuer_uri, client.jwks_uri)
    assert not validate_id_token(client.id_token, "ABother", client.issuer_uri, client.jwks_uri)


def test_it_asks_who_signed_in(client: Any) -> None:
    told = connected(client).get_user_info().json()
    assert (told["email"], told["givenName"], told["familyName"]) == ("owner@sandbox.example", "Olive", "Owner")
    with pytest.raises(AuthClientError) as caught:
        client.get_user_info(access_token="garbled")
    assert caught.value.status_code == 401


def test_it_refreshes_and_its_tokens_open_the_books(client: Any, qbo_sandbox: RunningSandbox) -> None:
    connected(client)
    before = client.access_token
    client.refresh()
    assert client.access_token != before
    found = httpx2.get(
        f"{qbo_sandbox.base_url}/v3/company/{client.realm_id}/companyinfo/{client.realm_id}",
        headers={"Authorization": f"Bearer {client.access_token}", "Accept": "application/json"},
    )
    assert found.json()["CompanyInfo"]["CompanyName"] == "Blue Ridge Freight Brokers LLC"


def test_it_disconnects_and_is_told_so_from_then_on(client: Any) -> None:
    assert connected(client).revoke() is True
    with pytest.raises(AuthClientError) as caught:
        client.refresh()
    assert (caught.value.status_code, caught.value.content) == (400, b'{"error":"invalid_grant"}')
    assert caught.value.intuit_tid
    with pytest.raises(AuthClientError):
        client.revoke()


def test_it_is_told_of_wrong_keys(client: Any) -> None:
    connected(client)
    client.client_secret = "wrong"
    with pytest.raises(AuthClientError) as caught:
        client.refresh()
    assert (caught.value.status_code, caught.value.content) == (401, b'{"error":"invalid_client"}')


def test_it_is_told_when_the_user_has_left(client: Any, qbo_sandbox: RunningSandbox) -> None:
    connected(client)
    qbo_sandbox.sandbox.grants.remove_user(qbo_sandbox.realm_id, "owner@sandbox.example")
    with pytest.raises(AuthClientError) as caught:
        client.refresh()
    assert "user_not_in_realm" in str(caught.value.content)
