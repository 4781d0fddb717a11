"""Ends a connection without an answer: over a socket the TCP connection really ends, in process an error is raised."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class ConnectionCut(ConnectionError):
    """The sandbox ended the connection, as a fault rule told it to."""


async def cut(receive: Receive, send: Send, *, at_once: bool) -> None:
    """End the connection, dropping what is not sent yet if `at_once`; raise ConnectionCut where there is none."""
    transport = _transport_of(send)
    if transport is None:
        raise ConnectionCut("the sandbox cut the connection")
    if at_once:
        transport.abort()
    else:
        transport.close()
    while (await receive())["type"] != "http.disconnect":  # until the server knows, lest it answers for us
        pass


def _transport_of(send: Send) -> asyncio.Transport | None:
    """Return the transport of uvicorn's connection: the `send` of its own, wrapped by nobody, knows it."""
    transport = getattr(getattr(send, "__self__", None), "transport", None)
    return transport if hasattr(transport, "abort") else None
