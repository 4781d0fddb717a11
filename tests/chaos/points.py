"""Tries each point a worker can be made to die at, on a month without other trouble: one nobody reaches is blind.

The points go by the statements, commits and exchanges of the product, which may change under them.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path

from chaos.story import Story
from chaos.workers import Workers
from freightbooks import jobs
from freightbooks.organizations.models import User
from qbo_sandbox.app import Options, Sandbox
from qbo_sandbox.pytest_plugin import RunningSandbox
from qbo_sandbox.server import ThreadedServer

_SECONDS = 30.0


def never_reached(points: Sequence[str], data: Path, log: Path) -> list[str]:
    """Return the points no worker died at."""
    workers = Workers(log)
    server = ThreadedServer(Sandbox(Options(company="brokerage", seed=1))).start()
    blind: list[str] = []
    try:
        sandbox = RunningSandbox(**server.sandbox.ready(server.base_url), sandbox=server.sandbox)
        user = User.objects.create(email="dana@freightbooks.example", name="Dana Whitlow")
        for number, point in enumerate(points, 1):
            story = Story(number, sandbox, user)
            story.begin()
            story.month.take(story.month.draw_new(12))
            for grant in sandbox.sandbox.grants.grants.values():
                sandbox.sandbox.grants.expire(grant)
            jobs.request_drain(story.connection_id)
            workers.start((point, 1))
            until = time.monotonic() + _SECONDS
            while time.monotonic() < until and not workers.count_dead():
                time.sleep(0.05)
            if workers.alive:
                blind.append(point)
                workers.kill_all()
            while workers.alive:
                workers.count_dead()
                time.sleep(0.01)
    finally:
        workers.close()
        server.stop()
    return blind
