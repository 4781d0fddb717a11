"""Serves the pages until a signal asks it to stop. Knows waitress; knows no page."""

from __future__ import annotations

import signal
import threading
from types import FrameType

from waitress.server import create_server

THREADS = 8
"""Pages are short; eight at once keep two processors busy while some wait for the database."""


def serve(host: str, port: int) -> None:
    """Serve on `host`:`port` until SIGTERM or SIGINT; requests under way are finished first.

    Raises OSError when the port is taken. In a thread other than the main one, signals are left alone.
    """
    from freightbooks.web.wsgi import application

    server = create_server(application, host=host, port=port, threads=THREADS, ident="freightbooks")
    if threading.current_thread() is threading.main_thread():
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, _stop)
    try:
        server.run()  # waitress turns SystemExit into an orderly end of its workers
    finally:
        server.close()


def _stop(_number: int, _frame: FrameType | None) -> None:
    raise SystemExit(0)
