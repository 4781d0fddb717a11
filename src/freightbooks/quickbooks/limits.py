"""Keeps our requests within Intuit's limits: 500 a minute, 10 a second, 40 batches a minute, for one company and app."""

from __future__ import annotations

import asyncio
import time
from collections import deque
from dataclasses import dataclass, field


@dataclass
class _Window:
    most: int
    seconds: float
    times: deque[float] = field(default_factory=deque)

    def wait(self, now: float) -> float:
        """Return how long until one more request fits."""
        while self.times and self.times[0] <= now - self.seconds:
            self.times.popleft()
        return 0.0 if len(self.times) < self.most else self.times[0] + self.seconds - now


class Pace:
    """Makes requests wait their turn. One for each company; share it among clients of one process."""

    def __init__(self, *, per_second: int = 10, per_minute: int = 500, batches_per_minute: int = 40) -> None:
        self._all = (_Window(per_second, 1.0), _Window(per_minute, 60.0))
        self._batches = _Window(batches_per_minute, 60.0)
        self._turn = asyncio.Lock()

    async def turn(self, *, batch: bool) -> None:
        """Return when one more request may go out, and count it."""
        windows = (*self._all, self._batches) if batch else self._all
        async with self._turn:
            while (wait := max(window.wait(time.monotonic()) for window in windows)) > 0:
                await asyncio.sleep(wait)
            now = time.monotonic()
            for window in windows:
                window.times.append(now)
