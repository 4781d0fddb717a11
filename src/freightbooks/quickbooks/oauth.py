"""Intuit's OAuth 2.0: the discovery document, the consent address, and the exchange, refresh and revocation of tokens.

Keeps nothing and retries nothing. A token or a secret appears in no text and no repr made here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx2

from freightbooks import exact_json

SCOPE = "com.intuit.quickbooks.accounting"
TIMEOUT = httpx2.Timeout(30.0, connect=10.0)
_ASK_FOR_HARD_EXPIRY = {"x-include-refresh-token-hard-expires-in": "true"}
_NEVER_LEFT = (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout, httpx2.ProxyError)


@dataclass(frozen=True)
class Endpoints:
    """Where Intuit's OAuth servers answer, as their discovery document says."""

    issuer: str
    authorization: str
    token: str
    revocation: str
    userinfo: str
    jwks: str


@dataclass(frozen=True)
class App:
    """The Intuit app we speak as."""

    client_id: str
    client_secret: str = field(repr=False)


@dataclass(frozen=True)
class Tokens:
    """What the token endpoint gave. The times are seconds from the answer."""

    access_token: str = field(repr=False)
    refresh_token: str = field(repr=False)
    expires_in: int
    x_refresh_token_expires_in: int
    x_refresh_token_hard_expires_in: int | None = None  # until the five-year limit; given only when asked for


class OAuthError(Exception):
    """Intuit's OAuth servers gave no tokens."""


class GrantDead(OAuthError):
    """The code or refresh token is no longer accepted; only a new consent helps. `user_left`: who gave it is gone."""

    def __init__(self, message: str, *, user_left: bool = False) -> None:
        super().__init__(message)
        self.user_left = user_left


class ClientRefused(OAuthError):
    """Intuit does not accept the Client ID and secret: the app is gone, or its secret changed."""


class OAuthUnreachable(OAuthError):
    """No answer, or none to use: an outage, a throttle, a wrong address. `perhaps_done`: it may have been done."""

    def __init__(self, message: str, *, perhaps_done: bool = False) -> None:
        super().__init__(message)
        self.perhaps_done = perhaps_done


class BadDiscovery(OAuthError):
    """The address answered, but not with a discovery document we can go by."""


async def discover(http: httpx2.AsyncClient, url: str) -> Endpoints:
    """Read a discovery document. Raises OAuthUnreachable, BadDiscovery."""
    return (await discover_with_time(http, url))[0]


async def discover_with_time(http: httpx2.AsyncClient, url: str) -> tuple[Endpoints, datetime | None]:
    """Read a discovery document, and when Intuit's server says it is. Raises OAuthUnreachable, BadDiscovery."""
    try:
        response = await http.get(url, timeout=TIMEOUT, headers={"Accept": "application/json"}, follow_redirects=True)
    except httpx2.InvalidURL as error:
        raise BadDiscovery("The address is not one that can be asked.") from error
    except httpx2.HTTPError as error:
        raise OAuthUnreachable(f"Intuit's discovery document did not answer ({type(error).__name__}).") from error
    if response.status_code >= 500 or response.status_code == 429:
        raise OAuthUnreachable(f"Intuit's discovery document answered with HTTP {response.status_code}.")
    document = _object(response.content)
    if response.status_code != 200 or document is None:
        raise BadDiscovery(f"There is no discovery document at that address (HTTP {response.status_code}).")
    return _endpoints(document, secure=urlsplit(url).scheme == "https"), _time(response.headers.get("Date", ""))


def _time(header: str) -> datetime | None:
    try:
        return parsedate_to_datetime(header)
    except ValueError:
        return None


def authorization_url(endpoints: Endpoints, *, client_id: str, redirect_uri: str, state: str) -> str:
    """Return the consent page's address for a person's browser."""
    parameters = {
        "client_id": client_id,
        "response_type": "code",
        "scope": SCOPE,
        "redirect_uri": redirect_uri,
        "state": state,
    }
    joint = "&" if urlsplit(endpoints.authorization).query else "?"
    return f"{endpoints.authorization}{joint}{urlencode(parameters)}"


async def exchange_code(
    http: httpx2.AsyncClient, endpoints: Endpoints, app: App, *, code: str, redirect_uri: str
) -> Tokens:
    """Trade the code of a consent, good once and for minutes. Raises GrantDead, ClientRefused, OAuthUnreachable."""
    form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
    return await _tokens(http, endpoints, app, form)


async def refresh(http: httpx2.AsyncClient, endpoints: Endpoints, app: App, *, refresh_token: str) -> Tokens:
    """Trade the refresh token; the answer's one replaces it. Raises GrantDead, ClientRefused, OAuthUnreachable."""
    return await _tokens(http, endpoints, app, {"grant_type": "refresh_token", "refresh_token": refresh_token})


async def check_app(http: httpx2.AsyncClient, endpoints: Endpoints, app: App) -> None:
    """Ask whether Intuit accepts an app's Client ID and secret. Raises ClientRefused, OAuthUnreachable.

    A refresh with a token nobody has: Intuit looks at the app first, and answers `invalid_grant` only to one it knows.
    """
    try:
        await _tokens(http, endpoints, app, {"grant_type": "refresh_token", "refresh_token": "none"})
    except GrantDead:
        return


async def revoke(http: httpx2.AsyncClient, endpoints: Endpoints, app: App, *, token: str) -> None:
    """End the grant a token belongs to. Raises GrantDead (it had ended already), ClientRefused, OAuthUnreachable."""
    response = await _post(http, endpoints.revocation, app, content=exact_json.dumps({"token": token}).encode())
    if response.status_code != 200:
        raise _failure(response)


async def _tokens(http: httpx2.AsyncClient, endpoints: Endpoints, app: App, form: Mapping[str, str]) -> Tokens:
    response = await _post(http, endpoints.token, app, form=form)
    if response.status_code != 200:
        raise _failure(response)
    answer = _object(response.content) or {}
    try:
        hard = answer.get("x_refresh_token_hard_expires_in")
        return Tokens(
            str(answer["access_token"]),
            str(answer["refresh_token"]),
            int(answer["expires_in"]),
            int(answer["x_refresh_token_expires_in"]),
            None if hard is None else int(hard),
        )
    except (KeyError, TypeError, ValueError):
        # The answer is not quoted, not even as the cause: it may hold tokens.
        raise OAuthUnreachable("Intuit's token answer could not be read.", perhaps_done=True) from None


async def _post(
    http: httpx2.AsyncClient,
    url: str,
    app: App,
    *,
    form: Mapping[str, str] | None = None,
    content: bytes | None = None,
) -> httpx2.Response:
    headers = {"Accept": "application/json"} | _ASK_FOR_HARD_EXPIRY
    if content is not None:
        headers["Content-Type"] = "application/json"
    try:
        return await http.post(
            url,
            data=form,
            content=content,
            headers=headers,
            auth=httpx2.BasicAuth(app.client_id, app.client_secret),
            timeout=TIMEOUT,
            follow_redirects=False,
        )
    except _NEVER_LEFT as error:
        raise OAuthUnreachable(f"Intuit could not be reached ({type(error).__name__}).") from error
    except httpx2.HTTPError as error:
        raise OAuthUnreachable(f"Intuit gave no answer ({type(error).__name__}).", perhaps_done=True) from error


def _failure(response: httpx2.Response) -> OAuthError:
    """Name what a refusing answer means. Intuit says it with HTTP 400 and now and then 401."""
    answer = _object(response.content) or {}
    error = str(answer.get("error", ""))
    if error == "invalid_client" or (response.status_code == 401 and not error):
        return ClientRefused("Intuit does not accept the app's Client ID and secret.")
    if error == "invalid_grant":
        if answer.get("x_error_reason") == "user_not_in_realm":
            return GrantDead("The user who connected is not in the company any more.", user_left=True)
        return GrantDead("Intuit does not accept this consent any more.")
    if response.status_code == 400 and error:
        return GrantDead(f"Intuit refused the request for tokens: {error[:60]}.")
    perhaps = response.status_code >= 500
    return OAuthUnreachable(f"Intuit answered with HTTP {response.status_code}.", perhaps_done=perhaps)


def _endpoints(document: dict[str, Any], *, secure: bool) -> Endpoints:
    """Read the endpoints. A document that came over TLS may name none without it."""
    schemes = ("https",) if secure else ("https", "http")

    def needed(name: str) -> str:
        text = str(document.get(name, ""))
        address = urlsplit(text)
        if not address.netloc or address.scheme not in schemes:
            raise BadDiscovery(f"The discovery document names no usable {name}.")
        return text

    return Endpoints(
        issuer=str(document.get("issuer", "")),
        authorization=needed("authorization_endpoint"),
        token=needed("token_endpoint"),
        revocation=needed("revocation_endpoint"),
        userinfo=str(document.get("userinfo_endpoint", "")),
        jwks=str(document.get("jwks_uri", "")),
    )


def _object(content: bytes) -> dict[str, Any] | None:
    try:
        read = exact_json.loads(content)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None
