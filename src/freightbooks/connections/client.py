"""Opens the client of a connection for a piece of work, and afterwards writes down what the work cost and showed."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import TypeVar
from urllib.parse import urlsplit

import httpx2

from freightbooks.connections import diagnosis, health
from freightbooks.connections.counts import PURPOSES, add_counts
from freightbooks.connections.models import Connection
from freightbooks.connections.tokens import StoredTokens
from freightbooks.in_database import in_database
from freightbooks.quickbooks.client import Client, Exchange
from freightbooks.quickbooks.errors import NotSent, OutcomeUnknown, ReconnectNeeded
from freightbooks.quickbooks.limits import Pace

_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
_CONNECTIONS_AT_ONCE = 10
"""QuickBooks takes ten requests at a time for a company."""

_E = TypeVar("_E", bound=BaseException)
_paces: dict[tuple[str, str], Pace | None] = {}


class _Tally:
    """What happened while a client was open."""

    def __init__(self) -> None:
        self.counts: Counter[str] = Counter()
        self.worked = self.wrote = False

    def note(self, exchange: Exchange) -> None:
        self.counts[exchange.kind] += 1
        if exchange.http_status == 200 and not exchange.code:
            self.worked = True
            self.wrote = self.wrote or exchange.kind == "write"


@asynccontextmanager
async def open_client(connection_id: int, purpose: str) -> AsyncIterator[Client]:
    """Yield the client of a connection. Its requests are counted under `purpose`: connecting, posting or checking.

    A ReconnectNeeded that leaves the block marks the connection as needing a person, and goes on.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"requests are counted under {sorted(PURPOSES)}, not under {purpose!r}")
    connection = await in_database(Connection.objects.get, pk=connection_id)
    tally = _Tally()
    try:
        async with httpx2.AsyncClient(limits=httpx2.Limits(max_connections=_CONNECTIONS_AT_ONCE)) as http:
            yield Client(
                connection.api_base,
                connection.realm_id,
                tokens=StoredTokens(connection_id),
                http=http,
                pace=pace_of(connection.api_base, connection.realm_id),
                observe=tally.note,
            )
    except BaseException as error:
        needed = _first(error, ReconnectNeeded)
        if needed is not None:
            tally.worked = False
            attention = await in_database(diagnosis.attention_for, connection_id, needed.reason)
            await in_database(health.needs_attention, connection_id, attention, connected_at=connection.connected_at)
        elif _first(error, NotSent, OutcomeUnknown) is not None:
            tally.worked = False
            await in_database(health.trouble, connection_id)
        raise
    finally:
        await in_database(add_counts, connection_id, purpose, tally.counts)
        if tally.worked:
            await in_database(health.worked, connection_id, wrote=tally.wrote)


def pace_of(api_base: str, realm_id: str) -> Pace | None:
    """Return the one pace of a company in this process, as `FREIGHTBOOKS_PACE` says: intuit, off, or a factor.

    Without that setting Intuit's limits hold, but not for a sandbox on this machine.
    """
    place = (api_base, realm_id)
    if place not in _paces:
        local = urlsplit(api_base).hostname in _THIS_MACHINE
        _paces[place] = Pace.parse(os.environ.get("FREIGHTBOOKS_PACE") or ("off" if local else "intuit"))
    return _paces[place]


def _first(error: BaseException, *kinds: type[_E]) -> _E | None:
    """Find an error of some kinds, also among the errors of a task group."""
    if isinstance(error, kinds):
        return error
    if isinstance(error, BaseExceptionGroup):
        return next((found for each in error.exceptions if (found := _first(each, *kinds))), None)
    return None
