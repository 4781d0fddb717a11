"""What is to be done by the clock, and the loop that asks for it: each thing once, however many workers run.

Procrastinate's own periodic tasks are asked for over Django's connection, and a worker stops when that breaks once. So
the asking is done here, over the worker's own connection, and what fails is tried again at the next tick.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import time
from dataclasses import dataclass

from procrastinate import App
from procrastinate.exceptions import AlreadyEnqueued

TICK_SECONDS = 10.0

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class ByTheClock:
    """A task, and how often it is asked for. It is told the `timestamp` it was due at, in seconds since 1970."""

    task: str
    every_seconds: int

    def due_at(self, now: float) -> int:
        """Return the last moment it was due at, as all workers reckon it."""
        return int(now) // self.every_seconds * self.every_seconds


SCHEDULE: tuple[ByTheClock, ...] = (
    ByTheClock("freightbooks.keep_tokens", 3600),
    ByTheClock("freightbooks.look_again", 300),
    ByTheClock("freightbooks.take_up", 60),
    ByTheClock("freightbooks.try_held", 300),
    ByTheClock("freightbooks.deliver_again", 60),
    ByTheClock("freightbooks.tell_limits", 3600),
    ByTheClock("freightbooks.sweep_due", 60),
    ByTheClock("freightbooks.go_on_cancelling", 300),
    ByTheClock("freightbooks.fold_reports", 20),
    ByTheClock("freightbooks.mail_reports", 300),
)


async def keep_time(app: App) -> None:
    """Ask for what is due, until cancelled. The database sees to it that no moment is asked for twice."""
    asked: dict[str, int] = {}
    while True:
        for each in SCHEDULE:
            due_at = each.due_at(time.time())
            if asked.get(each.task) == due_at:
                continue
            try:
                await _ask(app, each, due_at)
                asked[each.task] = due_at
            except Exception:
                logger.warning("could not ask for %s; trying again", each.task, exc_info=True)
        await asyncio.sleep(TICK_SECONDS)


async def _ask(app: App, each: ByTheClock, due_at: int) -> None:
    deferrer = app.configure_task(each.task, queueing_lock=each.task, task_kwargs={"timestamp": due_at})
    with contextlib.suppress(AlreadyEnqueued):  # the last one has not been done yet
        await app.job_manager.defer_periodic_job(job=deferrer.job, periodic_id="", defer_timestamp=due_at)
