"""Intuit's OAuth answers, the ordinary and the odd, and that none of them shows a secret."""

from __future__ import annotations

from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx2
import pytest

from freightbooks.quickbooks import oauth
from quickbooks_client.odd_server import CUT, answer, as_json, odd_server

APP = oauth.App("AB12345", "the-client-secret")
GIVEN = {
    "x_refresh_token_expires_in": 8726400,
    "refresh_token": "RT1-39-H3-new",
    "access_token": "eyJlbmMi..new",
    "token_type": "bearer",
    "expires_in": 3600,
}


def endpoints(base: str) -> oauth.Endpoints:
    return oauth.Endpoints(base, f"{base}/connect", f"{base}/tokens", f"{base}/revoke", "", "")


async def refreshed(*answers: bytes) -> oauth.Tokens:
    async with odd_server(*answers) as server, httpx2.AsyncClient() as http:
        return await oauth.refresh(http, endpoints(server.address), APP, refresh_token="RT1-39-H3-old")


async def test_a_refresh_asks_for_the_hard_limit_and_reads_all_that_is_given() -> None:
    hard = GIVEN | {"x_refresh_token_hard_expires_in": 157494248}
    async with odd_server(as_json("200 OK", hard)) as server, httpx2.AsyncClient() as http:
        tokens = await oauth.refresh(http, endpoints(server.address), APP, refresh_token="RT1-39-H3-old")
    head, body = server.requests[0]
    assert "x-include-refresh-token-hard-expires-in: true" in head.lower()
    assert parse_qs(body.decode()) == {"grant_type": ["refresh_token"], "refresh_token": ["RT1-39-H3-old"]}
    assert tokens == oauth.Tokens("eyJlbmMi..new", "RT1-39-H3-new", 3600, 8726400, 157494248)


async def test_no_repr_shows_a_token_or_the_secret() -> None:
    tokens = await refreshed(as_json("200 OK", GIVEN))
    shown = repr(tokens) + repr(APP)
    assert not any(secret in shown for secret in ("eyJ", "RT1", "the-client-secret"))


@pytest.mark.parametrize(
    "body",
    [
        {"error": "invalid_grant"},
        {"error_description": "Token invalid", "error": "invalid_grant"},
        {"error": "invalid_grant", "error_description": "Incorrect Token type or clientID"},
    ],
)
async def test_a_dead_grant_is_known_by_its_word(body: dict[str, str]) -> None:
    with pytest.raises(oauth.GrantDead) as caught:
        await refreshed(as_json("400 Bad Request", body))
    assert not caught.value.user_left


async def test_a_user_who_left_is_told_apart() -> None:
    body = {"error": "invalid_grant", "x_error_reason": "user_not_in_realm"}
    with pytest.raises(oauth.GrantDead) as caught:
        await refreshed(as_json("400 Bad Request", body))
    assert caught.value.user_left


@pytest.mark.parametrize("status", ["401 Unauthorized", "400 Bad Request"])
async def test_refused_keys_are_told_apart_whatever_the_status(status: str) -> None:
    with pytest.raises(oauth.ClientRefused):
        await refreshed(as_json(status, {"error": "invalid_client"}))


@pytest.mark.parametrize(
    ("odd", "perhaps_done"),
    [
        (CUT, True),
        (answer("502 Bad Gateway", b"<html>"), True),
        (answer("429 Too Many Requests", b""), False),
        (answer("200 OK", b"<html>maintenance</html>"), True),
        (as_json("200 OK", {"access_token": "eyJlbmMi..new"}), True),
    ],
)
async def test_no_usable_answer_kills_no_grant_and_quotes_nothing(odd: bytes, perhaps_done: bool) -> None:
    with pytest.raises(oauth.OAuthUnreachable) as caught:
        await refreshed(odd)
    assert caught.value.perhaps_done is perhaps_done
    assert "eyJ" not in f"{caught.value!r}{caught.value.__cause__!r}"


async def test_a_document_that_came_safely_may_not_lead_to_an_unsafe_address() -> None:
    document = {
        "authorization_endpoint": "https://intuit.example/connect",
        "token_endpoint": "http://intuit.example/tokens",
        "revocation_endpoint": "https://intuit.example/revoke",
    }
    transport = httpx2.MockTransport(lambda _: httpx2.Response(200, json=document))
    async with httpx2.AsyncClient(transport=transport) as http:
        with pytest.raises(oauth.BadDiscovery, match="token_endpoint"):
            await oauth.discover(http, "https://intuit.example/.well-known/openid_configuration")
        found = await oauth.discover(http, "http://127.0.0.1:4010/.well-known/openid_configuration")
    assert found.token == "http://intuit.example/tokens"


async def test_the_discovery_document_of_the_sandbox_leads_to_its_addresses(qbo_sandbox: Any) -> None:
    async with httpx2.AsyncClient() as http:
        found = await oauth.discover(http, qbo_sandbox.discovery_document)
    assert (found.token, found.revocation) == (qbo_sandbox.token_endpoint, qbo_sandbox.revocation_endpoint)
    assert (found.userinfo, found.jwks) == (qbo_sandbox.userinfo_endpoint, qbo_sandbox.jwks_uri)


def test_the_consent_address_holds_what_intuit_asks_for() -> None:
    address = oauth.authorization_url(
        endpoints("https://intuit.example"), client_id="AB1", redirect_uri="https://fb.example/callback?", state="a&b"
    )
    assert parse_qs(urlsplit(address).query) == {
        "client_id": ["AB1"],
        "response_type": ["code"],
        "scope": ["com.intuit.quickbooks.accounting"],
        "redirect_uri": ["https://fb.example/callback?"],
        "state": ["a&b"],
    }
