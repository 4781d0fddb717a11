"""An HTTP server that answers as it is told, for what no sandbox plays: cut connections, silence, a proxy's HTML."""

from __future__ import annotations

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

CUT = b"cut"
SILENCE = b"silence"


def answer(status: str, body: bytes, *headers: str) -> bytes:
    """An HTTP answer as bytes."""
    head = "\r\n".join([f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", "Connection: close", *headers])
    return head.encode() + b"\r\n\r\n" + body


def as_json(status: str, body: object, *headers: str) -> bytes:
    """An HTTP answer that holds JSON."""
    return answer(status, json.dumps(body).encode(), "Content-Type: application/json;charset=UTF-8", *headers)


@dataclass
class OddServer:
    """Gives its answers in turn, and keeps the requests: the head, and the body."""

    address: str
    requests: list[tuple[str, bytes]] = field(default_factory=list)


@asynccontextmanager
async def odd_server(*answers: bytes) -> AsyncIterator[OddServer]:
    """Serve on a free port. `CUT` closes after reading the request; `SILENCE` never answers."""
    left = list(answers)
    at_end = asyncio.Event()

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            head = (await reader.readuntil(b"\r\n\r\n")).decode()
            length = next(
                (int(line[15:]) for line in head.split("\r\n") if line.lower().startswith("content-length:")), 0
            )
            odd.requests.append((head, await reader.readexactly(length)))
            now = left.pop(0)
            if now == SILENCE:
                await at_end.wait()
            elif now != CUT:
                writer.write(now)
                await writer.drain()
        finally:
            writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0)
    odd = OddServer(f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}")
    try:
        yield odd
    finally:
        at_end.set()
        server.close()
