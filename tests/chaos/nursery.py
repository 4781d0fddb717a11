"""Raises worker processes for the storms: each is forked from here in milliseconds, and runs `freightbooks worker`.

A worker may be given a point to die at (`killing.py`), and its waits are short. Reads one JSON order a line from
standard input, `{"log": path, "kill": [point, nth]}`, and answers with the worker's process id. Ends with its input.
"""

# ruff: noqa: T201 - how it answers

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import sys
from typing import Any

SHORT_WAITS: dict[str, float] = {
    "freightbooks.jobs.HEARTBEAT_SECONDS": 0.5,
    "freightbooks.jobs.STALLED_AFTER_SECONDS": 2.5,
    "freightbooks.jobs.RESCUE_EVERY_SECONDS": 0.5,
    "freightbooks.jobs.BEGIN_AGAIN_SECONDS": 0.1,
    "freightbooks.quickbooks.client._LONGEST_WAIT": 0.2,
    "freightbooks.posting.settle.LOOK_AGAIN_SECONDS": 0.3,
    "freightbooks.mapping.making.FIRST_PAUSE_SECONDS": 0.05,
}
SHORT_SPANS: dict[str, float] = {
    "freightbooks.posting.drain.RETRY_UNREACHABLE": 0.5,
    "freightbooks.posting.outcome.RETRY_AFTER": 0.5,
    "freightbooks.posting.looking.AGAIN_AFTER": 0.5,
    "freightbooks.receiving.sweeping.AGAIN_AFTER": 0.5,
    "freightbooks.jobs.AGAIN_AFTER": 0.5,
}
TAKE_UP_SECONDS = 3
"""How often work is looked for that nobody was asked to do, in the place of once a minute."""
READ_SECONDS = 1.0
"""How long a worker waits for QuickBooks, in the place of 120 seconds."""


def _put(where: str, value: Any) -> None:
    import importlib

    module_name, _, name = where.rpartition(".")
    module = importlib.import_module(module_name)
    if not hasattr(module, name):
        raise LookupError(f"{where} is gone: the storms cannot shorten it any more")
    setattr(module, name, value)


def shorten() -> None:
    """Make a worker wait for moments where in life it waits for minutes. Everything else stays as it is."""
    from datetime import timedelta

    import httpx2

    for where, seconds in SHORT_WAITS.items():
        _put(where, seconds)
    for where, seconds in SHORT_SPANS.items():
        _put(where, timedelta(seconds=seconds))
    from freightbooks import clockwork

    often = [clockwork.ByTheClock(each.task, min(each.every_seconds, TAKE_UP_SECONDS)) for each in clockwork.SCHEDULE]
    _put("freightbooks.clockwork.SCHEDULE", tuple(each for each in often if each.task == "freightbooks.take_up"))
    _put("freightbooks.clockwork.TICK_SECONDS", TAKE_UP_SECONDS / 2)
    _put(
        "freightbooks.quickbooks.client.TIMEOUT",
        httpx2.Timeout(connect=2.0, read=READ_SECONDS, write=2.0, pool=10.0),
    )


def _work(order: dict[str, Any]) -> None:
    """Be a worker. Never returns."""
    signal.signal(signal.SIGINT, signal.default_int_handler)
    os.setsid()
    log = os.open(order["log"], os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    nothing = os.open(os.devnull, os.O_RDONLY)
    os.dup2(nothing, 0)
    os.dup2(log, 1)
    os.dup2(log, 2)
    from chaos import killing
    from freightbooks import cli

    if order.get("kill"):
        killing.arm(*order["kill"])
    code = 1
    try:
        code = cli.main(["worker"])
    finally:
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(code)


def main() -> None:
    """Take orders until the input ends; then end the workers that are left."""
    from freightbooks.quickbooks.tls import trusted
    from freightbooks.start import start

    start()
    import freightbooks.web.urls  # noqa: F401 - what `migrate` would import in each worker anew

    shorten()
    trusted()
    gc.collect()
    gc.freeze()
    alive: set[int] = set()
    print("ready", flush=True)
    for line in sys.stdin:
        _reap(alive)
        pid = os.fork()
        if pid == 0:
            _work(json.loads(line))
        alive.add(pid)
        print(pid, flush=True)
    _reap(alive)
    for pid in alive:
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)
    for pid in alive:
        os.waitpid(pid, 0)
    times = os.times()
    print(times.children_user + times.children_system + times.user + times.system, flush=True)


def _reap(alive: set[int]) -> None:
    for pid in list(alive):
        if os.waitpid(pid, os.WNOHANG)[0]:
            alive.discard(pid)


if __name__ == "__main__":
    main()
