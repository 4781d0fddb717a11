"""Keeps one client below QuickBooks' limits for a company: 500 requests a minute, 10 a second, 40 batches a minute.

Requests are spread over the minute rather than spent at once, so that a document a person waits for never stands behind
a spent minute, a delay on the way does not heap them up beyond a limit, and another process that takes over starts from
nothing without going over by much.
"""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Awaitable, Callable
from typing import Self

REQUESTS_PER_MINUTE = 500
BATCHES_PER_MINUTE = 40
_MINUTE = 61.2
"""Seconds a minute is taken to last: requests may arrive closer together than they were sent.

500 in that time are 8.2 a second, which keeps the limit of ten a second too, by a fifth.
"""
_BATCHES_AT_ONCE = 2


class Pace:
    """One company's allowance, for every client of it in this process, whatever its thread and event loop."""

    def __init__(
        self,
        scale: float = 1.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`scale` multiplies every limit: 2 allows twice as much. Raises ValueError when it allows next to nothing."""
        if BATCHES_PER_MINUTE * scale < _BATCHES_AT_ONCE:
            raise ValueError(f"a pace needs a scale that leaves a few batches a minute, not {scale}")
        self._clock, self._sleep = clock, sleep
        self._requests = _Spread(_MINUTE / (REQUESTS_PER_MINUTE * scale), 1)
        # The first ones may go at once, so the rest come that much slower, or a minute would hold more than its limit.
        self._batches = _Spread(_MINUTE / (BATCHES_PER_MINUTE * scale - _BATCHES_AT_ONCE + 1), _BATCHES_AT_ONCE)
        self._held_until = 0.0

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a setting: `intuit` for Intuit's limits, a number to multiply them by, `off` for none (None)."""
        if text == "off":
            return None
        return cls(1.0 if text in ("", "intuit") else float(text))

    async def turn(self, kind: str) -> None:
        """Wait until one more request of this kind may go out. Who asks first goes first."""
        while True:
            if kind == "batch":  # first its turn among batches: while it waits for that, others go
                await self._until(self._batches.reserve(self._clock()))
            await self._until(self._requests.reserve(self._clock()))
            if self._clock() >= self._held_until:
                return
            await self._until(self._held_until)

    def hold(self, seconds: float) -> None:
        """Let nothing out for a while: QuickBooks said it is too much."""
        self._held_until = max(self._held_until, self._clock() + seconds)

    async def _until(self, moment: float) -> None:
        while (wait := moment - self._clock()) > 0:
            await self._sleep(wait)


class _Spread:
    """One every `interval` seconds, after `at_once` that may go together."""

    def __init__(self, interval: float, at_once: int) -> None:
        self._interval, self._tolerance = interval, interval * (at_once - 1)
        self._next = 0.0
        self._alone = threading.Lock()

    def reserve(self, now: float) -> float:
        """Take the next place; return its moment."""
        with self._alone:
            moment = max(now, self._next - self._tolerance)
            self._next = max(now, self._next) + self._interval
            return moment
