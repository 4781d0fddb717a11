"""The points a worker can be made to die at, with SIGKILL: between any two statements, commits and exchanges of it.

Only tests import this. A point is a place on a document's way; `arm` kills this process the nth time it comes by.
What dies on QuickBooks' side of the wire (a request has arrived, the books have it) is in `storm.py`.
"""

from __future__ import annotations

import os
import signal
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

INTENT, PARTIES = 'INSERT INTO "posting_sentbatch"', 'INSERT INTO "mapping_makingbatch"'
ATTEMPTS, PARTIES_MADE = 'INSERT INTO "posting_attempt"', 'DELETE FROM "mapping_makingbatch"'
ROWS = 'UPDATE "posting_posting"'
TOKENS = "/oauth2/v1/tokens/bearer"


@dataclass(frozen=True)
class Step:
    """One step of the worker: before or after a statement, a commit, an exchange, or the end of a job."""

    kind: str
    text: str = ""
    written: frozenset[str] = field(default_factory=frozenset)  # the statements of the transaction so far


def _statement(kind: str, start: str) -> Callable[[Step], bool]:
    return lambda step: step.kind == kind and step.text.startswith(start)


def _commit(kind: str, of: str) -> Callable[[Step], bool]:
    return lambda step: step.kind == kind and any(each.startswith(of) for each in step.written)


def _exchange(kind: str, path: str) -> Callable[[Step], bool]:
    return lambda step: step.kind == kind and path in step.text


POINTS: dict[str, Callable[[Step], bool]] = {
    "before the intent": _statement("before a statement", INTENT),
    "in the middle of the intent": _commit("before the commit", INTENT),
    "after the intent": _commit("after the commit", INTENT),
    "before sending": _exchange("before an exchange", "/batch"),
    "after the answer": _exchange("after an exchange", "/batch"),
    "between two rows": _statement("before a statement", ATTEMPTS),
    "while rows are written": _statement("in a statement", ROWS),
    "before the outcome is committed": _commit("before the commit", ATTEMPTS),
    "after the outcome": _commit("after the commit", ATTEMPTS),
    "after the intent to make parties": _commit("after the commit", PARTIES),
    "before parties are recorded": _commit("before the commit", PARTIES_MADE),
    "after parties are recorded": _commit("after the commit", PARTIES_MADE),
    "with new tokens in hand": _exchange("after an exchange", TOKENS),
    "before a job is finished": lambda step: step.kind == "before a job is finished",
    "anywhere": lambda step: step.kind != "in a statement",
}


def arm(point: str, nth: int) -> None:
    """Let this process die the `nth` time (from 1) it comes by a point."""
    meant, seen, lock = POINTS[point], 0, threading.Lock()

    def reached(step: Step) -> None:
        nonlocal seen
        if not meant(step):
            return
        with lock:
            seen += 1
            if seen < nth:
                return
        if step.kind == "in a statement":
            threading.Timer(0.0005, _die).start()
        else:
            _die()

    _watch_statements(reached)
    _watch_commits(reached)
    _watch_exchanges(reached)
    _watch_jobs(reached)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _watch_statements(reached: Callable[[Step], None]) -> None:
    from django.db.backends.signals import connection_created

    def watch(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        if not sql.startswith(("INSERT", "UPDATE", "DELETE")):
            return execute(sql, params, many, context)
        reached(Step("before a statement", sql))
        reached(Step("in a statement", sql))
        result = execute(sql, params, many, context)
        if context["connection"].in_atomic_block:
            _written(context["connection"]).append(sql[:60])
        reached(Step("after a statement", sql))
        return result

    def watch_connection(sender: Any, connection: Any, **_: Any) -> None:
        if watch not in connection.execute_wrappers:
            connection.execute_wrappers.append(watch)

    connection_created.connect(watch_connection, weak=False)


def _written(connection: Any) -> list[str]:
    if not hasattr(connection, "chaos_written"):
        connection.chaos_written = []
    written: list[str] = connection.chaos_written
    return written


def _watch_commits(reached: Callable[[Step], None]) -> None:
    from django.db.backends.base.base import BaseDatabaseWrapper

    commit = BaseDatabaseWrapper._commit
    rollback = BaseDatabaseWrapper._rollback

    def watched(self: Any) -> Any:
        written = frozenset(_written(self))
        _written(self).clear()
        reached(Step("before the commit", "", written))
        result = commit(self)
        reached(Step("after the commit", "", written))
        return result

    def taken_back(self: Any) -> Any:
        _written(self).clear()
        return rollback(self)

    BaseDatabaseWrapper._commit = watched
    BaseDatabaseWrapper._rollback = taken_back


def _watch_exchanges(reached: Callable[[Step], None]) -> None:
    import httpx2

    request = httpx2.AsyncClient.request

    async def watched(self: Any, method: str, url: Any, **more: Any) -> Any:
        reached(Step("before an exchange", str(url)))
        answer = await request(self, method, url, **more)
        reached(Step("after an exchange", str(url)))
        return answer

    httpx2.AsyncClient.request = watched  # type: ignore[method-assign]


def _watch_jobs(reached: Callable[[Step], None]) -> None:
    from procrastinate.manager import JobManager

    finish = JobManager.finish_job

    async def watched(self: Any, *args: Any, **more: Any) -> Any:
        reached(Step("before a job is finished"))
        return await finish(self, *args, **more)

    JobManager.finish_job = watched  # type: ignore[method-assign]
