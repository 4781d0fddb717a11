"""The access token of a connection, refreshed by one process at a time and stored before it is used.

A row lock makes the others wait; each then finds the fresh token and uses it.
"""

from __future__ import annotations

import asyncio
from datetime import datetime, timedelta

import httpx2
from django.db import transaction
from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.connections.secrets_of import put_tokens, secret_of
from freightbooks.connections.states import Attention
from freightbooks.connections.vault import KeyLost
from freightbooks.in_database import in_database
from freightbooks.quickbooks import oauth
from freightbooks.quickbooks.errors import NotSent, ReconnectNeeded

FRESH_FOR = timedelta(minutes=5)
"""A token that lives less than this is refreshed before it is used."""


class StoredTokens:
    """Gives the client of one connection its access token."""

    def __init__(self, connection_id: int) -> None:
        self._connection_id = connection_id
        self._turn = asyncio.Lock()
        self._token = ""
        self._until = timezone.now()

    async def access_token(self) -> str:
        """Return a token good for some minutes. Raises ReconnectNeeded, NotSent."""
        if self._token and self._until - FRESH_FOR > timezone.now():
            return self._token
        async with self._turn:
            if not (self._token and self._until - FRESH_FOR > timezone.now()):
                await self._take("")
            return self._token

    async def refused(self, token: str) -> str:
        """Return another token than the one QuickBooks refused. Raises ReconnectNeeded, NotSent."""
        async with self._turn:
            if self._token == token:
                await self._take(token)
            return self._token

    async def _take(self, refused: str) -> None:
        self._token, self._until = await in_database(fresh_token, self._connection_id, refused)


def fresh_token(connection_id: int, refused: str = "") -> tuple[str, datetime]:
    """Return the stored token and its expiry, refreshing it first when it is old or is the refused one."""
    try:
        with transaction.atomic():
            connection = Connection.objects.select_for_update(of=("self",)).get(pk=connection_id)
            token = secret_of(connection, "access_token")
            expires = connection.access_expires_at
            if token and token != refused and expires and expires - FRESH_FOR > timezone.now():
                return token, expires
            refresh_token = secret_of(connection, "refresh_token")
            if not refresh_token:
                raise ReconnectNeeded(Attention.GRANT_DEAD)
            put_tokens(connection, _refreshed(connection, refresh_token))
            connection.save()
            assert connection.access_expires_at is not None
            return secret_of(connection, "access_token"), connection.access_expires_at
    except KeyLost as error:
        raise ReconnectNeeded(Attention.KEY_LOST) from error


def _refreshed(connection: Connection, refresh_token: str) -> oauth.Tokens:
    async def ask() -> oauth.Tokens:
        async with httpx2.AsyncClient() as http:
            endpoints = await oauth.discover(http, connection.discovery_url)
            return await oauth.refresh(
                http,
                endpoints,
                client_id=connection.client_id,
                client_secret=secret_of(connection, "client_secret"),
                refresh_token=refresh_token,
            )

    try:
        return asyncio.run(ask())
    except oauth.GrantDead as error:
        reason = Attention.USER_NOT_IN_COMPANY if error.user_not_in_company else Attention.GRANT_DEAD
        raise ReconnectNeeded(reason) from error
    except oauth.ClientRefused as error:
        raise ReconnectNeeded(Attention.CLIENT_REFUSED) from error
    except oauth.OAuthUnreachable as error:
        raise NotSent(str(error)) from error
