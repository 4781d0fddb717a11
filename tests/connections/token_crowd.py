"""Many processes that ask for the access token of one connection at the same moment, again and again."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Any

from django.utils import timezone

from freightbooks.connections.models import Connection

_ASK = """
import hashlib, sys, django
django.setup()
from django.db import connection as database
from freightbooks.connections.tokens import good_token
database.ensure_connection()
print("ready", flush=True)
for line in sys.stdin:
    print(hashlib.sha256(good_token(int(sys.argv[1])).text.encode()).hexdigest(), flush=True)
"""


class Crowd:
    """Processes that wait for a word, and then ask for the token all at once."""

    def __init__(self, processes: list[subprocess.Popen[str]]) -> None:
        self._processes = processes

    def ask(self) -> list[str]:
        """Let each ask once; return the hash of what each got."""
        for process in self._processes:
            assert process.stdin is not None
            process.stdin.write("go\n")
            process.stdin.flush()
        return [self._read(process) for process in self._processes]

    @staticmethod
    def _read(process: subprocess.Popen[str]) -> str:
        assert process.stdout is not None
        return process.stdout.readline().strip()


@contextmanager
def a_crowd_of(many: int, connection: Connection) -> Iterator[Crowd]:
    """Yield so many processes, each with its own connection to the database, ready to ask."""
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", _ASK, str(connection.pk)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=os.environ | {"DJANGO_SETTINGS_MODULE": "freightbooks.settings"},
        )
        for _ in range(many)
    ]
    try:
        for process in processes:
            assert Crowd._read(process) == "ready"
        yield Crowd(processes)
    finally:
        for process in processes:
            process.kill()
            process.communicate()


def refreshes_of(sandbox: Any) -> list[str]:
    """Return a list that grows by one for each pair of tokens the sandbox gives from now on."""
    given: list[str] = []
    record = sandbox.sandbox.grants.record

    def note(entry: dict[str, Any]) -> None:
        if "access" in entry:
            given.append(entry["token"])
        record(entry)

    sandbox.sandbox.grants.record = note
    return given


def let_it_end(connection: Connection) -> None:
    """Let the stored access token be at its end."""
    now = timezone.now()
    Connection.objects.filter(pk=connection.pk).update(
        refreshed_at=now - timedelta(hours=1), access_expires_at=now - timedelta(seconds=1)
    )


def one_refresh_for_all(crowd: Crowd, connection: Connection, refresh_tokens: list[str], many: int) -> None:
    """Hold one moment: all got the same new token, and Intuit gave exactly one."""
    let_it_end(connection)
    before = len(refresh_tokens)
    got = crowd.ask()
    assert len(got) == many
    assert len(set(got)) == 1, "the processes have different tokens"
    assert len(refresh_tokens) - before == 1, "Intuit was asked more than once"
