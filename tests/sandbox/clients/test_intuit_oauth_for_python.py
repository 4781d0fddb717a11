"""Intuit's own OAuth client for Python connects, refreshes, reads the user and disconnects."""

from __future__ import annotations

import re
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest
from intuitlib.enums import Scopes
from intuitlib.exceptions import AuthClientError

from qbo_sandbox.pytest_plugin import RunningSandbox
from sandbox.clients.python_quickbooks import oauth


def _consent(address: str) -> dict[str, str]:
    """Take what the consent page offers and choose Connect; return what comes back."""
    page = httpx2.get(address).text
    form = {
        re.search(r'name="([^"]*)"', tag)[1]: re.search(r'value="([^"]*)"', tag)[1]  # type: ignore[index]
        for tag in re.findall(r'<input [^>]*type="hidden"[^>]*>', page)
    }
    for name, options in re.findall(r'<select name="([^"]*)"[^>]*>(.*?)</select>', page, re.DOTALL):
        form[name] = re.search(r'value="([^"]*)"', options)[1]  # type: ignore[index]
    answer = httpx2.post(address.partition("?")[0], data={**form, "decision": "allow"})
    assert answer.status_code == 302, answer.text
    return {name: values[0] for name, values in parse_qs(urlsplit(answer.headers["Location"]).query).items()}


def test_it_connects_refreshes_reads_the_user_and_disconnects(qbo_sandbox: RunningSandbox) -> None:
    client = oauth(qbo_sandbox)
    address = client.get_authorization_url([Scopes.ACCOUNTING, Scopes.OPENID, Scopes.EMAIL, Scopes.PROFILE])
    back = _consent(address)
    assert back["state"] == client.state_token
    assert back["realmId"] == qbo_sandbox.realm_id

    client.get_bearer_token(back["code"], realm_id=back["realmId"])
    assert client.access_token
    assert client.expires_in == 3600
    assert client.x_refresh_token_expires_in == 8_726_400
    assert client.id_token  # it keeps one only after checking signature, issuer, audience and time

    user = client.get_user_info().json()
    assert user["emailVerified"] is True

    first = client.access_token
    client.refresh()
    assert client.access_token != first

    assert client.revoke() is True
    with pytest.raises(AuthClientError) as refused:
        client.refresh()
    assert refused.value.status_code == 400
    assert "invalid_grant" in str(refused.value.content)


def test_a_code_serves_once(qbo_sandbox: RunningSandbox) -> None:
    client = oauth(qbo_sandbox)
    back = _consent(client.get_authorization_url([Scopes.ACCOUNTING]))
    client.get_bearer_token(back["code"])
    assert client.id_token is None  # openid was not asked for
    with pytest.raises(AuthClientError) as refused:
        client.get_bearer_token(back["code"])
    assert "invalid_grant" in str(refused.value.content)


def test_a_wrong_secret_raises_with_401(qbo_sandbox: RunningSandbox) -> None:
    with pytest.raises(AuthClientError) as refused:
        oauth(qbo_sandbox, client_secret="guess").refresh(qbo_sandbox.refresh_token)
    assert refused.value.status_code == 401
    assert "invalid_client" in str(refused.value.content)
