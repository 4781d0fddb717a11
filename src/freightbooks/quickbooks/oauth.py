"""Intuit's OAuth 2.0: discovery, the address of the consent page, and the token endpoint. Keeps nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

import httpx2

SCOPE = "com.intuit.quickbooks.accounting"
TIMEOUT = httpx2.Timeout(30.0, connect=10.0)


class OAuthError(Exception):
    """A token could not be had; the message is for a person and holds no secret."""


class GrantDead(OAuthError):
    """Intuit no longer honours this code or refresh token (invalid_grant)."""

    def __init__(self, sentence: str, *, user_not_in_company: bool = False) -> None:
        super().__init__(sentence)
        self.user_not_in_company = user_not_in_company


class ClientRefused(OAuthError):
    """Intuit refuses the app's Client ID or secret (invalid_client)."""


class OAuthUnreachable(OAuthError):
    """No answer, or none that can be read; the same request may be made again."""


@dataclass(frozen=True)
class Endpoints:
    """Intuit's addresses, from its discovery document."""

    authorization: str
    token: str
    revocation: str


@dataclass(frozen=True)
class Tokens:
    """What the token endpoint gives. Seconds count from the answer; the hard expiry is the five-year cap."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
    refresh_expires_in: int
    hard_expires_in: int | None


async def discover(http: httpx2.AsyncClient, url: str) -> Endpoints:
    """Read the discovery document. Raises OAuthUnreachable."""
    try:
        response = await http.get(url, timeout=TIMEOUT)
        document = response.raise_for_status().json()
        return Endpoints(
            str(document["authorization_endpoint"]),
            str(document["token_endpoint"]),
            str(document["revocation_endpoint"]),
        )
    except (httpx2.HTTPError, ValueError, KeyError) as error:
        raise OAuthUnreachable(f"Intuit's addresses could not be read from {url}") from error


def authorization_url(endpoints: Endpoints, *, client_id: str, redirect_uri: str, state: str) -> str:
    """Return the address of the consent page for this app."""
    query = urlencode(
        {
            "client_id": client_id,
            "response_type": "code",
            "scope": SCOPE,
            "redirect_uri": redirect_uri,
            "state": state,
        }
    )
    return f"{endpoints.authorization}?{query}"


async def exchange_code(
    http: httpx2.AsyncClient, endpoints: Endpoints, *, client_id: str, client_secret: str, code: str, redirect_uri: str
) -> Tokens:
    """Turn the code of a finished consent into tokens. Raises OAuthError."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return await _token(http, endpoints, client_id, client_secret, form)


async def refresh(
    http: httpx2.AsyncClient, endpoints: Endpoints, *, client_id: str, client_secret: str, refresh_token: str
) -> Tokens:
    """Get a new access token; the refresh token may be new too, and the old one is then dead. Raises OAuthError."""
    form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
    return await _token(http, endpoints, client_id, client_secret, form)


async def revoke(
    http: httpx2.AsyncClient, endpoints: Endpoints, *, client_id: str, client_secret: str, token: str
) -> None:
    """End the grant at Intuit. A grant that is dead already is fine. Raises OAuthUnreachable, ClientRefused."""
    try:
        response = await http.post(
            endpoints.revocation,
            json={"token": token},
            auth=(client_id, client_secret),
            headers={"Accept": "application/json"},
            timeout=TIMEOUT,
        )
    except httpx2.HTTPError as error:
        raise OAuthUnreachable("Intuit could not be reached to end the connection") from error
    if response.status_code == 401:
        raise ClientRefused("Intuit refuses the app's Client ID or secret")
    if response.status_code >= 500:
        raise OAuthUnreachable("Intuit could not end the connection")


async def _token(
    http: httpx2.AsyncClient, endpoints: Endpoints, client_id: str, client_secret: str, form: dict[str, str]
) -> Tokens:
    headers = {"Accept": "application/json", "x-include-refresh-token-hard-expires-in": "true"}
    try:
        response = await http.post(
            endpoints.token, data=form, auth=(client_id, client_secret), headers=headers, timeout=TIMEOUT
        )
    except httpx2.HTTPError as error:
        raise OAuthUnreachable("Intuit's token service could not be reached") from error
    try:
        answer: Any = response.json()
    except ValueError:
        answer = {}
    if not isinstance(answer, dict):
        answer = {}
    error_name = str(answer.get("error") or "")
    if error_name == "invalid_client" or response.status_code == 401:
        raise ClientRefused("Intuit refuses the app's Client ID or secret")
    if error_name == "invalid_grant":
        gone = answer.get("x_error_reason") == "user_not_in_realm"
        raise GrantDead("Intuit no longer accepts this authorization", user_not_in_company=gone)
    if response.status_code != 200:
        raise OAuthUnreachable(f"Intuit's token service answered {response.status_code}")
    try:
        hard = answer.get("x_refresh_token_hard_expires_in")
        return Tokens(
            str(answer["access_token"]),
            str(answer["refresh_token"]),
            int(answer["expires_in"]),
            int(answer["x_refresh_token_expires_in"]),
            int(hard) if hard is not None else None,
        )
    except (KeyError, TypeError, ValueError) as error:
        raise OAuthUnreachable("Intuit's token service gave an answer we cannot read") from error
