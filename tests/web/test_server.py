"""The server as a process: it serves pages and files, and ends in order when asked."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from http.client import HTTPResponse

import pytest


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def answer(url: str, deadline: float) -> HTTPResponse:
    while True:
        try:
            opened: HTTPResponse = urllib.request.urlopen(url, timeout=5)
            return opened
        except urllib.error.URLError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.05)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_it_serves_until_a_signal_asks_it_to_stop(database: str, number: signal.Signals) -> None:
    port = free_port()
    program = f"from freightbooks.web.server import serve; serve('127.0.0.1', {port})"
    process = subprocess.Popen([sys.executable, "-c", program], env=os.environ | {"DATABASE_URL": database})
    try:
        deadline = time.monotonic() + 30
        page = answer(f"http://127.0.0.1:{port}/sign-in/", deadline)
        assert page.status == 200
        assert b"Sign in" in page.read()
        style = answer(f"http://127.0.0.1:{port}/static/web/freightbooks.css", deadline)
        assert style.headers["Content-Type"].startswith("text/css")
        process.send_signal(number)
        assert process.wait(timeout=15) == 0
    finally:
        if process.poll() is None:
            process.kill()
            process.wait()
