"""Opens a client for a connection, and notes afterwards what it cost and whether QuickBooks still accepts us."""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from urllib.parse import urlsplit

import httpx2
from django.db.models import F
from django.utils import timezone

from freightbooks.connections.models import Connection, RequestCount
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.connections.tokens import StoredTokens
from freightbooks.in_database import in_database
from freightbooks.quickbooks.client import Client, Exchange
from freightbooks.quickbooks.errors import ReconnectNeeded
from freightbooks.quickbooks.limits import Pace

_PACES: dict[tuple[str, str], Pace] = {}


@asynccontextmanager
async def open_client(connection_id: int, purpose: str) -> AsyncIterator[Client]:
    """Yield a client. `purpose` is what its requests are counted under: connecting, posting or checking.

    A ReconnectNeeded that passes through marks the connection as needing attention, and goes on.
    """
    connection = await in_database(Connection.objects.get, pk=connection_id)
    counted: Counter[str] = Counter()
    succeeded = False

    def observe(exchange: Exchange) -> None:
        nonlocal succeeded
        counted[exchange.kind] += 1
        succeeded = succeeded or exchange.http_status == 200

    async with httpx2.AsyncClient() as http:
        client = Client(
            connection.api_base,
            connection.realm_id,
            tokens=StoredTokens(connection_id),
            http=http,
            pace=_pace(connection),
            observe=observe,
        )
        try:
            yield client
        except ReconnectNeeded as error:
            await in_database(_needs_attention, connection_id, error.reason)
            raise
        finally:
            await in_database(_note, connection_id, purpose, dict(counted), succeeded)


def _pace(connection: Connection) -> Pace | None:
    """Intuit's limits hold for Intuit; a sandbox on this machine keeps its own, if any."""
    if urlsplit(connection.api_base).hostname in ("127.0.0.1", "::1", "localhost"):
        return None
    return _PACES.setdefault((connection.api_base, connection.realm_id), Pace())


def _needs_attention(connection_id: int, reason: str) -> None:
    known = reason if reason in Attention.values else Attention.GRANT_DEAD
    Connection.objects.filter(pk=connection_id, state=ConnectionState.CONNECTED).update(
        state=ConnectionState.NEEDS_ATTENTION, attention=known, attention_since=timezone.now()
    )


def _note(connection_id: int, purpose: str, counted: dict[str, int], succeeded: bool) -> None:
    for kind, count in counted.items():
        row, _ = RequestCount.objects.get_or_create(connection_id=connection_id, purpose=purpose, kind=kind)
        RequestCount.objects.filter(pk=row.pk).update(count=F("count") + count)
    if succeeded:
        Connection.objects.filter(pk=connection_id).update(last_success_at=timezone.now())
