"""Serves a sandbox over HTTP with uvicorn, in this thread until a signal or in a thread of its own."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable
from pathlib import Path

import uvicorn

from qbo_sandbox.app import Sandbox, create_app


class PortTaken(OSError):
    """Another program listens on that port."""


def listen(host: str, port: int) -> socket.socket:
    """Return a listening socket; port 0 takes a free one. Raises PortTaken."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    # The protocol is named because asyncio sends at once (TCP_NODELAY) only on sockets that name it: 40 ms an answer.
    listener = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind((host, port))
    except OSError as error:
        listener.close()
        raise PortTaken(f"port {port} of {host} cannot be used: {error.strerror}") from error
    listener.listen(128)
    return listener


class _Server(uvicorn.Server):
    def __init__(
        self, config: uvicorn.Config, when_ready: Callable[[], None], when_stopping: Callable[[], object]
    ) -> None:
        super().__init__(config)
        self._when_ready = when_ready
        self._when_stopping = when_stopping

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._when_ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        self._when_stopping()
        await super().shutdown(sockets)


def make_server(
    sandbox: Sandbox, when_ready: Callable[[], None], certificate: tuple[Path, Path] | None = None
) -> uvicorn.Server:
    """Return a server for a sandbox that calls `when_ready` once it answers; https with a certificate and its key."""

    def ready() -> None:
        sandbox.webhooks.open()  # what an earlier run left undelivered is about objects that can be read now
        when_ready()

    config = uvicorn.Config(
        create_app(sandbox),
        log_level="warning",
        access_log=False,
        lifespan="off",
        timeout_graceful_shutdown=5,
        ssl_certfile=certificate[0] if certificate else None,
        ssl_keyfile=certificate[1] if certificate else None,
    )
    return _Server(config, ready, sandbox.troubles.abandon)


class ThreadedServer:
    """A sandbox served from a thread of this process; for tests and tools."""

    def __init__(self, sandbox: Sandbox, host: str = "127.0.0.1", port: int = 0) -> None:
        self.sandbox = sandbox
        self._ready = threading.Event()
        self._socket = listen(host, port)
        self.base_url = f"http://{host}:{self._socket.getsockname()[1]}"
        self._server = make_server(sandbox, self._ready.set)
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [self._socket]}, daemon=True)

    def start(self) -> ThreadedServer:
        """Start serving; return when it answers."""
        self._thread.start()
        if not self._ready.wait(20):
            raise RuntimeError("the sandbox did not start within 20 seconds")
        return self

    def stop(self) -> None:
        """Stop serving; return when it has."""
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(10)
        self.sandbox.webhooks.close()
        self.sandbox.journal.close()
