"""A web server on this machine that takes notifications and answers them as a test says."""

from __future__ import annotations

import json
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any


@dataclass
class Received:
    """One notification as it came."""

    path: str
    headers: dict[str, str]
    raw: bytes

    @property
    def body(self) -> Any:
        return json.loads(self.raw)

    @property
    def entities(self) -> list[str]:
        """The events of a legacy notification: `Invoice 1 Create`."""
        return [
            f"{each['name']} {each['id']} {each['operation']}"
            for notification in self.body["eventNotifications"]
            for each in notification["dataChangeEvent"]["entities"]
        ]


@dataclass
class Listener:
    """Answers each notification with the next of `statuses`, then with 200; `before` runs ahead of an answer."""

    statuses: list[int] = field(default_factory=list)
    received: list[Received] = field(default_factory=list)
    before: Callable[[], object] = lambda: None

    def __post_init__(self) -> None:
        listener = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                raw = self.rfile.read(int(self.headers["Content-Length"]))
                headers = {name.lower(): value for name, value in self.headers.items()}
                listener.received.append(Received(self.path, headers, raw))
                listener.before()
                self.send_response(listener.statuses.pop(0) if listener.statuses else 200)
                self.send_header("Content-Length", "0")
                self.end_headers()

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/hooks?from=qbo"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    @property
    def entities(self) -> list[str]:
        return [entity for each in self.received for entity in each.entities]

    def close(self) -> None:
        self._server.shutdown()
        self._server.server_close()
