"""Connecting an organization to a QuickBooks company, and ending it: the trip to the consent page and back.

The `state` of a trip is single-use, bound to the browser session that began it, and good for ten minutes.
"""

from __future__ import annotations

import asyncio
import hashlib
import secrets
from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from typing import Any, TypeVar

import httpx2
from django.db import IntegrityError, transaction
from django.utils import timezone

from freightbooks.connections.models import AuthorizationRequest, Connection
from freightbooks.connections.secrets_of import put_secret, put_tokens, secret_of
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.connections.vault import KeyLost
from freightbooks.organizations.models import Organization, User
from freightbooks.quickbooks import oauth
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.errors import QuickBooksError

GOOD_FOR = timedelta(minutes=10)
_T = TypeVar("_T")


class ConnectFailed(Exception):
    """The company could not be connected; the message says why and what to do, for a person."""


class TripExpired(ConnectFailed):
    """The state is unknown, used, old, or another session's."""


class Denied(ConnectFailed):
    """The user did not allow it."""


class CompanyMismatch(ConnectFailed):
    """Another company was chosen than the one this connection belongs to."""


class AlreadyConnected(ConnectFailed):
    """The company belongs to another connection."""


def new_connection(
    organization: Organization, *, discovery_url: str, api_base: str, client_id: str, client_secret: str
) -> Connection:
    """Make a connection that still has to be connected, with the organization's own Intuit app."""
    with transaction.atomic():
        connection = Connection.objects.create(
            organization=organization, discovery_url=discovery_url, api_base=api_base, client_id=client_id.strip()
        )
        put_secret(connection, "client_secret", client_secret.strip())
        connection.save()
    return connection


def set_app(connection: Connection, client_id: str, client_secret: str) -> None:
    """Change the Intuit app of a connection; it must be connected anew afterwards if the app is another one."""
    connection.client_id = client_id.strip()
    put_secret(connection, "client_secret", client_secret.strip())
    connection.save()


def begin(connection: Connection, user: User, session_key: str, redirect_uri: str) -> str:
    """Return the address to send the browser to. Raises ConnectFailed."""
    endpoints = _oauth(lambda http: oauth.discover(http, connection.discovery_url))
    state = secrets.token_urlsafe(32)
    AuthorizationRequest.objects.create(
        connection=connection, state_hash=_hash(state), session_hash=_hash(session_key), redirect_uri=redirect_uri
    )
    if connection.state == ConnectionState.DISCONNECTED:
        connection.state = ConnectionState.CONNECTING
        connection.connected_by = user
        connection.save(update_fields=["state", "connected_by"])
    return oauth.authorization_url(endpoints, client_id=connection.client_id, redirect_uri=redirect_uri, state=state)


def complete(session_key: str, state: str, code: str, realm_id: str, *, user: User) -> Connection:
    """Finish a trip: get the tokens, read what the company is, and connect. Raises ConnectFailed."""
    trip = _use(session_key, state)
    connection = trip.connection
    if not code or not realm_id:
        raise ConnectFailed("QuickBooks sent no authorization back. Begin again from the Integration hub.")
    if connection.realm_id and connection.realm_id != realm_id:
        raise CompanyMismatch(
            f"This connection belongs to {connection.company_name or connection.realm_id}; another company was chosen. "
            "Begin again and choose the same company, or make a new connection for the other one."
        )
    try:
        client_secret = secret_of(connection, "client_secret")
    except KeyLost as error:
        raise ConnectFailed("The key that opens the app's secret is missing. Enter the app's secret again.") from error
    tokens, info, preferences = _oauth(
        lambda http: _fetch(http, connection, client_secret, code, trip.redirect_uri, realm_id)
    )
    try:
        with transaction.atomic():
            _fill(connection, info, preferences)
            connection.realm_id = realm_id
            connection.connected_by = user
            connection.connected_at = timezone.now()
            connection.last_success_at = timezone.now()
            connection.state = ConnectionState.CONNECTED
            connection.attention = Attention.NONE
            connection.attention_since = None
            put_tokens(connection, tokens)
            connection.save()
    except IntegrityError as error:
        raise AlreadyConnected(
            "That QuickBooks company is already connected here. One company belongs to one connection."
        ) from error
    return connection


def denied(session_key: str, state: str, error: str) -> Connection:
    """Note that the user came back without allowing it; return the connection, which is as it was before."""
    trip = _use(session_key, state)
    connection = trip.connection
    if connection.state == ConnectionState.CONNECTING and not connection.realm_id:
        connection.state = ConnectionState.DISCONNECTED
        connection.save(update_fields=["state"])
    return connection


def disconnect(connection: Connection, user: User) -> None:
    """End the connection: revoke at Intuit, forget the tokens. Documents stay, and what is due waits."""
    try:
        refresh_token = secret_of(connection, "refresh_token")
        client_secret = secret_of(connection, "client_secret")
    except KeyLost:
        refresh_token = client_secret = ""

    async def end(http: httpx2.AsyncClient) -> None:
        endpoints = await oauth.discover(http, connection.discovery_url)
        await oauth.revoke(
            http, endpoints, client_id=connection.client_id, client_secret=client_secret, token=refresh_token
        )

    if refresh_token:
        try:
            asyncio.run(_with_http(end))
        except (oauth.OAuthUnreachable, oauth.ClientRefused):
            pass  # the tokens are forgotten here all the same; at Intuit they die of age
    connection.state = ConnectionState.DISCONNECTED
    connection.attention = Attention.NONE
    connection.attention_since = None
    for column in ("access_token", "refresh_token"):
        put_secret(connection, column, "")
    connection.save()


def _use(session_key: str, state: str) -> AuthorizationRequest:
    """Take the trip of this state, once; it must be this session's and young."""
    expired = TripExpired("This authorization has expired or was used already. Begin again from the Integration hub.")
    with transaction.atomic():
        trip = (
            AuthorizationRequest.objects.select_for_update(of=("self",))
            .select_related("connection__organization")
            .filter(state_hash=_hash(state), used_at=None)
            .first()
        )
        if trip is None:
            raise expired
        if trip.session_hash != _hash(session_key) or trip.created_at < timezone.now() - GOOD_FOR:
            raise expired
        trip.used_at = timezone.now()
        trip.save(update_fields=["used_at"])
    return trip


async def _fetch(
    http: httpx2.AsyncClient, connection: Connection, client_secret: str, code: str, redirect_uri: str, realm_id: str
) -> tuple[oauth.Tokens, dict[str, Any], dict[str, Any]]:
    endpoints = await oauth.discover(http, connection.discovery_url)
    tokens = await oauth.exchange_code(
        http,
        endpoints,
        client_id=connection.client_id,
        client_secret=client_secret,
        code=code,
        redirect_uri=redirect_uri,
    )
    client = Client(connection.api_base, realm_id, tokens=_OneToken(tokens.access_token), http=http)
    return tokens, await client.company_info(), await client.preferences()


class _OneToken:
    """The token of a grant that was given a moment ago."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def access_token(self) -> str:
        return self._token

    async def refused(self, token: str) -> str:
        return token


def _fill(connection: Connection, info: dict[str, Any], preferences: dict[str, Any]) -> None:
    """Take over what the company says of itself."""
    pairs = {str(pair.get("Name")): str(pair.get("Value")) for pair in info.get("NameValue", [])}
    currency = preferences.get("CurrencyPrefs", {})
    closed = preferences.get("AccountingInfoPrefs", {}).get("BookCloseDate")
    connection.company_name = str(info.get("CompanyName", ""))
    connection.country = str(info.get("Country", ""))[:3]
    connection.plan = pairs.get("OfferingSku", "")[:100]
    connection.home_currency = str(currency.get("HomeCurrency", {}).get("value", "USD"))
    connection.multicurrency = bool(currency.get("MultiCurrencyEnabled"))
    connection.books_closed_through = date.fromisoformat(closed) if closed else None


def _oauth(work: Callable[[httpx2.AsyncClient], Awaitable[_T]]) -> _T:
    """Run a piece of the trip; tell its failures as a person needs them."""
    try:
        return asyncio.run(_with_http(work))
    except oauth.ClientRefused as error:
        raise ConnectFailed(
            "Intuit refuses the app's Client ID or secret. Copy both again from the Keys page of your Intuit app."
        ) from error
    except oauth.GrantDead as error:
        raise ConnectFailed(
            "Intuit did not accept this authorization. Begin again from the Integration hub."
        ) from error
    except oauth.OAuthUnreachable as error:
        raise ConnectFailed("Intuit cannot be reached now. Try again in a minute.") from error
    except QuickBooksError as error:
        raise ConnectFailed(f"The company was authorized, but could not be read: {error}. Try again.") from error


async def _with_http(work: Callable[[httpx2.AsyncClient], Awaitable[_T]]) -> _T:
    async with httpx2.AsyncClient() as http:
        return await work(http)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
