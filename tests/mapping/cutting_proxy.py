"""A proxy in front of the sandbox that can lose the answer of a batch after QuickBooks has committed it."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx2


class CuttingProxy:
    """Passes requests on. `cut` counts the next batches whose answer is lost; `forget` gives each a new request id,
    as if QuickBooks did not remember the old one."""

    def __init__(self, upstream: str) -> None:
        self.upstream = upstream
        self.cut = 0
        self.forget = False
        self.batches = 0
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                self._pass_on(b"")

            def do_POST(self) -> None:
                self._pass_on(self.rfile.read(int(self.headers.get("Content-Length", 0))))

            def _pass_on(self, body: bytes) -> None:
                is_batch = "/batch" in self.path
                path = self.path
                if is_batch:
                    proxy.batches += 1
                    if proxy.forget:
                        path = path.replace("requestid=", f"requestid=again-{proxy.batches}-")
                kept = {name: self.headers[name] for name in ("Authorization", "Accept", "Content-Type")
                        if name in self.headers}  # fmt: skip
                answer = httpx2.request(self.command, proxy.upstream + path, headers=kept, content=body)
                if is_batch and proxy.cut:
                    proxy.cut -= 1
                    self.close_connection = True
                    self.connection.close()
                    return
                self.send_response(answer.status_code)
                self.send_header("Content-Type", answer.headers.get("Content-Type", ""))
                self.send_header("Content-Length", str(len(answer.content)))
                self.end_headers()
                self.wfile.write(answer.content)

            def log_message(self, *_: Any) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.handle_error = lambda *_: None  # type: ignore[method-assign]
        self._thread = threading.Thread(target=self._server.serve_forever, daemon=True)
        self._thread.start()

    @property
    def base_url(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._server.server_address[1]}"

    def stop(self) -> None:
        """Answer no more."""
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
