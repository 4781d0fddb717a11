"""Keeps a connection's tokens: gives the access token, and refreshes it once for all, whoever asks at the same time.

Intuit rotates the refresh token, and one that is lost ends the connection. So a refresh holds the connection's row,
looks first whether another process has refreshed meanwhile, and commits the new tokens before anyone may use them.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx2
from django.db import Error, InterfaceError, OperationalError, close_old_connections, transaction
from django.db import connection as database
from django.utils import timezone

from freightbooks.connections import discovery, sealed
from freightbooks.connections.models import Connection
from freightbooks.connections.states import Attention
from freightbooks.connections.vault import VaultError
from freightbooks.in_database import in_database
from freightbooks.quickbooks import oauth
from freightbooks.quickbooks.errors import NotSent, ReconnectNeeded, ReconnectReason
from freightbooks.quickbooks.oauth import Tokens
from freightbooks.quickbooks.tls import trusted

_EARLY = timedelta(minutes=5)
"""A token this close to its end is refreshed before use, so that it does not end on the way."""
_STORE_ATTEMPTS = 30
TOKEN_COLUMNS = (
    "access_token_sealed",
    "refresh_token_sealed",
    "access_expires_at",
    "refresh_expires_at",
    "hard_expires_at",
    "refreshed_at",
)


@dataclass(frozen=True)
class AccessToken:
    """An access token, and until when to use it."""

    text: str = field(repr=False)
    use_until: datetime


class StoredTokens:
    """The TokenSource of a connection. For many tasks of one event loop; other processes meet it in the database."""

    def __init__(self, connection_id: int) -> None:
        self._connection_id = connection_id
        self._current: AccessToken | None = None
        self._alone = asyncio.Lock()

    async def access_token(self) -> str:
        """Return a token that should be good now. Raises ReconnectNeeded, NotSent."""
        if self._current is None or timezone.now() >= self._current.use_until:
            async with self._alone:
                if self._current is None or timezone.now() >= self._current.use_until:
                    self._current = await in_database(good_token, self._connection_id)
        return self._current.text

    async def refused(self, token: str) -> str:
        """Return another token than the refused one, a newer one if there is one. Raises ReconnectNeeded, NotSent."""
        async with self._alone:
            if self._current is None or self._current.text == token:
                self._current = None
                self._current = await in_database(good_token, self._connection_id, refused=token)
            return self._current.text


def good_token(connection_id: int, *, refused: str = "") -> AccessToken:
    """Return the stored access token, or refresh it when it is about to end or is the one that was refused.

    Runs to its end in a thread of its own, so that a cancelled task leaves no refresh half done. Not to be called
    within a transaction, nor where an event loop runs. Raises ReconnectNeeded, NotSent.
    """
    connection = Connection.objects.get(pk=connection_id)
    usable = _usable(connection, refused)
    if usable is not None:
        return usable
    endpoints = discovery.endpoints_of(connection)
    got: Tokens | None = None
    try:
        with transaction.atomic(durable=True):
            # NO KEY UPDATE: rows that refer to the connection may still be written while Intuit takes its time.
            connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
            usable = _usable(connection, refused)
            if usable is not None:
                return usable
            app, refresh_token = _grant(connection)
            got = _ask(endpoints, app, refresh_token)
            store(connection, got)
            connection.save(update_fields=TOKEN_COLUMNS)
    except (OperationalError, InterfaceError):
        if got is None:
            raise
        connection = _store_after_all(connection_id, got, replaced=refresh_token)
    return _as_access_token(connection)


def stored_access_token(connection: Connection) -> str:
    """Return the stored access token, good or not, to have it replaced. Raises ReconnectNeeded when its key is lost."""
    try:
        return sealed.take(connection, "access_token")
    except VaultError as error:
        raise ReconnectNeeded(Attention.KEY_LOST) from error


def store(connection: Connection, tokens: Tokens) -> None:
    """Put new tokens into a connection's row; saving it (`TOKEN_COLUMNS`) is the caller's."""
    now = timezone.now()
    sealed.put(connection, "access_token", tokens.access_token)
    sealed.put(connection, "refresh_token", tokens.refresh_token)
    connection.refreshed_at = now
    connection.access_expires_at = now + timedelta(seconds=tokens.expires_in)
    connection.refresh_expires_at = now + timedelta(seconds=tokens.x_refresh_token_expires_in)
    if tokens.x_refresh_token_hard_expires_in is not None:
        connection.hard_expires_at = now + timedelta(seconds=tokens.x_refresh_token_hard_expires_in)


def forget(connection: Connection) -> None:
    """Clear the tokens of a connection's row; saving it (`TOKEN_COLUMNS`) is the caller's."""
    sealed.put(connection, "access_token", "")
    sealed.put(connection, "refresh_token", "")
    connection.access_expires_at = connection.refresh_expires_at = connection.hard_expires_at = None
    connection.refreshed_at = None


def _usable(connection: Connection, refused: str) -> AccessToken | None:
    try:
        token = _as_access_token(connection)
    except VaultError as error:
        raise ReconnectNeeded(Attention.KEY_LOST) from error
    return token if token.text and token.text != refused and timezone.now() < token.use_until else None


def _as_access_token(connection: Connection) -> AccessToken:
    if connection.access_expires_at is None or connection.refreshed_at is None:
        return AccessToken("", timezone.now())
    early = min(_EARLY, (connection.access_expires_at - connection.refreshed_at) / 10)
    return AccessToken(sealed.take(connection, "access_token"), connection.access_expires_at - early)


def _grant(connection: Connection) -> tuple[oauth.App, str]:
    try:
        refresh_token = sealed.take(connection, "refresh_token")
        app = oauth.App(connection.client_id, sealed.take(connection, "client_secret"))
    except VaultError as error:
        raise ReconnectNeeded(Attention.KEY_LOST) from error
    if not refresh_token:
        raise ReconnectNeeded(ReconnectReason.GRANT_DEAD)
    return app, refresh_token


def _ask(endpoints: oauth.Endpoints, app: oauth.App, refresh_token: str) -> Tokens:
    """Refresh at Intuit; when no answer comes, once more with the same token: it may have been done the first time."""

    async def ask() -> Tokens:
        async with httpx2.AsyncClient(verify=trusted()) as http:
            try:
                return await oauth.refresh(http, endpoints, app, refresh_token=refresh_token)
            except oauth.OAuthUnreachable as error:
                if not error.perhaps_done:
                    raise
                return await oauth.refresh(http, endpoints, app, refresh_token=refresh_token)

    try:
        return asyncio.run(ask())
    except oauth.GrantDead as error:
        reason = ReconnectReason.USER_NOT_IN_COMPANY if error.user_left else ReconnectReason.GRANT_DEAD
        raise ReconnectNeeded(reason) from error
    except oauth.ClientRefused as error:
        raise ReconnectNeeded(ReconnectReason.CLIENT_REFUSED) from error
    except oauth.OAuthError as error:
        raise NotSent(f"The access token could not be refreshed: {error}") from error


def _store_after_all(connection_id: int, tokens: Tokens, *, replaced: str) -> Connection:
    """Store tokens Intuit gave while the database went away: they are the only ones that are good.

    Leaves them if someone has put others in the place of `replaced` since.
    """
    for attempt in range(_STORE_ATTEMPTS):
        if attempt:
            time.sleep(min(2.0, 0.1 * 2**attempt))
        try:
            database.close()
            close_old_connections()
            with transaction.atomic(durable=True):
                connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
                if sealed.take(connection, "refresh_token") == replaced:
                    store(connection, tokens)
                    connection.save(update_fields=TOKEN_COLUMNS)
            return connection
        except (OperationalError, InterfaceError) as error:
            last: Error = error
    raise last
