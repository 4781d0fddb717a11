"""Opens the client of a connection for a piece of work, and afterwards writes down what the work cost and showed."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import os
from collections import Counter
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any, TypeVar
from urllib.parse import urlsplit

import httpx2
from django.db import DatabaseError

from freightbooks.connections import diagnosis, health
from freightbooks.connections.counts import PURPOSES, add_counts
from freightbooks.connections.events import objects_written
from freightbooks.connections.models import Connection
from freightbooks.connections.shared_pace import SharedPace, company_key
from freightbooks.connections.tokens import StoredTokens
from freightbooks.in_database import in_database
from freightbooks.quickbooks.client import Client, Exchange
from freightbooks.quickbooks.errors import NotSent, OutcomeUnknown, ReconnectNeeded
from freightbooks.quickbooks.limits import scale_of
from freightbooks.quickbooks.pace import Pace
from freightbooks.quickbooks.tls import trusted

logger = logging.getLogger(__name__)

_THIS_MACHINE = ("127.0.0.1", "::1", "localhost")
_CONNECTIONS_AT_ONCE = 16
"""More than a drain has under way, so that a request for a person never waits for a place on the line."""

_KEEP_EVERY_SECONDS = 1.0
_PEOPLES = frozenset({"connecting", "checking", "receiving"})
"""Purposes of work that somebody waits for."""

_E = TypeVar("_E", bound=BaseException)
_paces: dict[tuple[str, str], Pace | None] = {}


class _Tally:
    """What happened while a client was open, and what of it is written down by now."""

    def __init__(self, connection_id: int, purpose: str) -> None:
        self._connection_id, self._purpose = connection_id, purpose
        self._counts: Counter[str] = Counter()
        self.worked = self.wrote = False

    async def sending(self, kind: str) -> None:
        """Write a read down before it is sent: Intuit meters reads, and a process may die while it waits."""
        if kind == "read":
            await in_database(add_counts, self._connection_id, self._purpose, Counter({kind: 1}))

    async def keep(self) -> None:
        """Write down what was counted since the last time."""
        counts, self._counts = self._counts, Counter()
        try:
            await in_database(add_counts, self._connection_id, self._purpose, counts)
        except BaseException:
            self._counts += counts
            raise

    async def keep_until(self, closed: asyncio.Event) -> None:
        """Write down what is counted every second: a process that is killed loses no more than that."""
        while not closed.is_set():
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(closed.wait(), _KEEP_EVERY_SECONDS)
            try:
                await self.keep()
            except DatabaseError:
                logger.warning("could not write down the requests of connection %s", self._connection_id, exc_info=True)

    def note(self, exchange: Exchange) -> None:
        """Take note of an exchange that reached QuickBooks, or may have."""
        if exchange.kind != "read":
            self._counts[exchange.kind] += 1
        if exchange.http_status == 200 and not exchange.code:
            self.worked = True
            self.wrote = self.wrote or exchange.kind == "write"


@asynccontextmanager
async def open_client(connection_id: int, purpose: str, *, as_others: bool = False) -> AsyncIterator[Client]:
    """Yield the client of a connection. Its requests are counted under `purpose` (one of `counts.PURPOSES`).

    `as_others`: what is written is not noted as ours, and heard of as anybody's (the test of a connection).
    A ReconnectNeeded that leaves the block marks the connection as needing a person, and goes on.
    """
    if purpose not in PURPOSES:
        raise ValueError(f"requests are counted under {sorted(PURPOSES)}, not under {purpose!r}")
    connection = await in_database(Connection.objects.get, pk=connection_id)
    tally = _Tally(connection_id, purpose)
    closed = asyncio.Event()
    keeping = asyncio.create_task(tally.keep_until(closed))

    async def written(objects: Sequence[tuple[str, dict[str, Any]]]) -> None:
        try:
            await in_database(objects_written.send, None, connection_id=connection_id, objects=list(objects))
        except DatabaseError:  # the write is done, and whoever asked for it must hear of that; the rest can be read
            logger.warning("connection %s: our own write could not be noted", connection_id, exc_info=True)

    try:
        limits = httpx2.Limits(max_connections=_CONNECTIONS_AT_ONCE)
        async with httpx2.AsyncClient(verify=trusted(), limits=limits) as http:
            yield Client(
                connection.api_base,
                connection.realm_id,
                tokens=StoredTokens(connection_id),
                http=http,
                pace=pace_of(connection.api_base, connection.realm_id),
                people=purpose in _PEOPLES,
                sending=tally.sending,
                observe=tally.note,
                written=None if as_others else written,
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
        closed.set()
        await keeping
        if tally.worked:
            await in_database(health.worked, connection_id, wrote=tally.wrote)


def pace_of(api_base: str, realm_id: str) -> Pace | None:
    """Return the one pace of a company in this process, as `FREIGHTBOOKS_PACE` says: intuit, off, or a factor.

    Without that setting Intuit's limits hold, but not for a sandbox on this machine.
    """
    place = (api_base, realm_id)
    if place not in _paces:
        local = urlsplit(api_base).hostname in _THIS_MACHINE
        scale = scale_of(os.environ.get("FREIGHTBOOKS_PACE") or ("off" if local else "intuit"))
        _paces[place] = SharedPace(company_key(api_base, realm_id), scale) if scale else None
    return _paces[place]


def _first(error: BaseException, *kinds: type[_E]) -> _E | None:
    """Find an error of some kinds, also among the errors of a task group."""
    if isinstance(error, kinds):
        return error
    if isinstance(error, BaseExceptionGroup):
        return next((found for each in error.exceptions if (found := _first(each, *kinds))), None)
    return None
