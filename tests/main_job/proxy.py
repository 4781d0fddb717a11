"""A proxy in front of the sandbox that loses what passes through it, when a test says so."""

from __future__ import annotations

import http.client
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import urlsplit


class LossyProxy:
    """Forwards everything. `lose_answers` batches are done by the sandbox and their answers lost; `lose_requests`
    batches never reach it, which the client cannot tell from the former."""

    def __init__(self, target: str) -> None:
        self._target = urlsplit(target)
        self._lock = threading.Lock()
        self.lose_answers = 0
        self.lose_requests = 0
        self.lost = 0
        self.lose_only = ""  # what a batch must hold to be lost
        self.breaks_on = ""  # a request that holds this text breaks the server, and nothing comes of it
        proxy = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                proxy._forward(self)

            do_POST = do_GET

            def log_message(self, format: str, *args: Any) -> None:
                """Say nothing."""

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.base_url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        """Stop."""
        self._server.shutdown()
        self._server.server_close()

    def _forward(self, handler: BaseHTTPRequestHandler) -> None:
        body = handler.rfile.read(int(handler.headers.get("Content-Length") or 0))
        if self.breaks_on and self.breaks_on.encode() in body:
            handler.send_response(500)
            handler.send_header("Content-Length", "0")
            handler.end_headers()
            return
        fate = self._fate(handler.path, body)
        if fate == "request":
            handler.close_connection = True
            return
        upstream = http.client.HTTPConnection(self._target.hostname or "", self._target.port, timeout=30)
        headers = {name: value for name, value in handler.headers.items() if name.lower() not in ("host", "connection")}
        upstream.request(handler.command, handler.path, body or None, headers)
        answer = upstream.getresponse()
        content = answer.read()
        upstream.close()
        if fate == "answer":
            handler.close_connection = True
            return
        handler.send_response(answer.status)
        for name, value in answer.getheaders():
            if name.lower() not in ("content-length", "transfer-encoding", "connection", "date", "server"):
                handler.send_header(name, value)
        handler.send_header("Content-Length", str(len(content)))
        handler.end_headers()
        handler.wfile.write(content)

    def _fate(self, path: str, body: bytes) -> str:
        if "/batch" not in path or self.lose_only.encode() not in body:
            return ""
        with self._lock:
            if self.lose_answers:
                self.lose_answers -= 1
                self.lost += 1
                return "answer"
            if self.lose_requests:
                self.lose_requests -= 1
                self.lost += 1
                return "request"
        return ""
