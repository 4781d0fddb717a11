"""Keeps one client below QuickBooks' limits for a company: 500 requests a minute, 10 a second, 40 batches a minute.

Batches are spread over the minute rather than spent at once, so that a document a person waits for never stands behind
a spent minute, and a second process that takes over starts from nothing without going over the limit by much.
"""

from __future__ import annotations

import asyncio
import time
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Protocol, Self

REQUESTS_PER_MINUTE = 500
REQUESTS_PER_SECOND = 10
BATCHES_PER_MINUTE = 40
_BATCH_BURST = 2
_MARGIN = 1.02
"""Requests may arrive closer together than they were sent: each window is counted a little longer than it is."""


class Pace:
    """One company's allowance, shared by every client of it in this process."""

    def __init__(
        self,
        scale: float = 1.0,
        *,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], Awaitable[None]] = asyncio.sleep,
    ) -> None:
        """`scale` multiplies every limit: 2 allows twice as much. Raises ValueError when it allows next to nothing."""
        if BATCHES_PER_MINUTE * scale < _BATCH_BURST:
            raise ValueError(f"a pace needs a scale that leaves a few batches a minute, not {scale}")
        self._clock, self._sleep = clock, sleep
        minute, second = 60 * _MARGIN, 1.0 + 0.1 / scale
        self._requests: list[_Rule] = [
            _Window(max(1, int(REQUESTS_PER_MINUTE * scale)), minute),
            _Window(max(1, int(REQUESTS_PER_SECOND * scale)), second),
        ]
        # The first few may go at once, so the rest come that much slower, or a minute would hold more than its limit.
        self._batches: list[_Rule] = [_Spread(minute / (BATCHES_PER_MINUTE * scale - _BATCH_BURST + 1), _BATCH_BURST)]
        self._held_until = 0.0

    @classmethod
    def parse(cls, text: str) -> Self | None:
        """Read a setting: `intuit` for Intuit's limits, a number to multiply them by, `off` for none (None)."""
        if text == "off":
            return None
        return cls(1.0 if text in ("", "intuit") else float(text))

    async def turn(self, kind: str) -> None:
        """Wait until one more request of this kind may go out, and count it."""
        rules = self._requests + self._batches if kind == "batch" else self._requests
        while True:
            now = self._clock()
            free_at = max(self._held_until, *(rule.free_at(now) for rule in rules))
            if free_at <= now:
                for rule in rules:
                    rule.count(now)
                return
            await self._sleep(free_at - now)

    def hold(self, seconds: float) -> None:
        """Let nothing out for a while: QuickBooks said it is too much."""
        self._held_until = max(self._held_until, self._clock() + seconds)


class _Rule(Protocol):
    """Says when one more may go, and is told when one does."""

    def free_at(self, now: float) -> float: ...

    def count(self, now: float) -> None: ...


class _Window:
    """At most `most` within any `length` seconds."""

    def __init__(self, most: int, length: float) -> None:
        self._length = length
        self._times: deque[float] = deque(maxlen=most)

    def free_at(self, now: float) -> float:
        full = len(self._times) == self._times.maxlen
        return self._times[0] + self._length if full else now

    def count(self, now: float) -> None:
        self._times.append(now)


class _Spread:
    """One every `interval` seconds, after `burst` at once."""

    def __init__(self, interval: float, burst: int) -> None:
        self._interval, self._tolerance = interval, interval * (burst - 1)
        self._next = 0.0

    def free_at(self, now: float) -> float:
        return max(now, self._next - self._tolerance)

    def count(self, now: float) -> None:
        self._next = max(now, self._next) + self._interval
