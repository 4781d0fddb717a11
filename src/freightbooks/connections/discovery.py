"""Remembers the discovery documents of this process's connections, so that a refresh is one request and not two."""

from __future__ import annotations

import asyncio
import time

import httpx2

from freightbooks.connections.models import Connection
from freightbooks.quickbooks import oauth
from freightbooks.quickbooks.errors import NotSent
from freightbooks.quickbooks.tls import trusted

_KEPT_SECONDS = 3600.0
_kept: dict[str, tuple[float, oauth.Endpoints]] = {}


def read(url: str) -> oauth.Endpoints:
    """Return the endpoints a discovery document names, read within the last hour. Raises OAuthError.

    Not to be called where an event loop runs.
    """
    kept = _kept.get(url)
    if kept is not None and time.monotonic() - kept[0] < _KEPT_SECONDS:
        return kept[1]

    async def ask() -> oauth.Endpoints:
        async with httpx2.AsyncClient(verify=trusted()) as http:
            return await oauth.discover(http, url)

    endpoints = asyncio.run(ask())
    _kept[url] = (time.monotonic(), endpoints)
    return endpoints


def endpoints_of(connection: Connection) -> oauth.Endpoints:
    """Return the endpoints of a connection's Intuit. Raises NotSent when they cannot be read now."""
    try:
        return read(connection.discovery_url)
    except oauth.OAuthError as error:
        raise NotSent(f"Intuit's sign-in servers could not be found: {error}") from error
