"""Waits until a request may go out. Where the allowance is kept is told by who inherits: `OwnPace` keeps it for itself.

Knows the limits through `limits.py` only. One pace serves every client of a company in a process, whatever the thread
and event loop.
"""

from __future__ import annotations

import asyncio
import threading
import time
from abc import ABC, abstractmethod
from collections.abc import Awaitable, Callable

from freightbooks.quickbooks.limits import SPACING, Allowance, Place, hold, take

Sleep = Callable[[float], Awaitable[None]]


class Pace(ABC):
    """Below one company's limits, and never two requests closer together than a tenth of a second."""

    def __init__(
        self, scale: float, *, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep
    ) -> None:
        """`scale` multiplies every limit."""
        self.scale = scale
        self._clock, self._sleep = clock, sleep
        self._spacing = SPACING / scale
        self._left_at = float("-inf")
        self._held_until = float("-inf")
        self._alone = threading.Lock()

    @abstractmethod
    async def _take(self, place: Place, *, people: bool) -> float:
        """Take the next free place and return how many seconds it lies ahead."""

    @abstractmethod
    async def _hold(self, seconds: float) -> None:
        """Tell everybody to wait, and to go slower afterwards."""

    async def turn(self, kind: str, *, people: bool = False) -> None:
        """Wait until one more request (a `batch`, or another) may go out. `people`: somebody waits for it."""
        while True:
            if kind == "batch":  # first its place among batches: while it waits for that, others go
                await self._until(self._clock() + await self._take(Place.BATCH, people=people))
            await self._until(self._clock() + await self._take(Place.REQUEST, people=people))
            if self._clock() >= self._held_until:
                break
            await self._until(self._held_until)
        await self._spaced()

    async def hold(self, seconds: float) -> None:
        """Let nothing out for a while: QuickBooks said it is too much."""
        self._held_until = max(self._held_until, self._clock() + seconds)
        await self._hold(seconds)

    async def _until(self, moment: float) -> None:
        while (wait := moment - self._clock()) > 0:
            await self._sleep(wait)

    async def _spaced(self) -> None:
        """Keep apart what was held up and would now leave all at once."""
        while True:
            with self._alone:
                wait = self._left_at + self._spacing - self._clock()
                if wait <= 0:
                    self._left_at = self._clock()
                    return
            await self._sleep(wait)


class OwnPace(Pace):
    """A pace whose allowance is this process's own: for a program that alone talks to the company."""

    def __init__(
        self, scale: float = 1.0, *, clock: Callable[[], float] = time.monotonic, sleep: Sleep = asyncio.sleep
    ):
        super().__init__(scale, clock=clock, sleep=sleep)
        self.allowance = Allowance()

    async def _take(self, place: Place, *, people: bool) -> float:
        with self._alone:
            now = self._clock()
            self.allowance, moment = take(self.allowance, place, people=people, now=now, scale=self.scale)
            return moment - now

    async def _hold(self, seconds: float) -> None:
        with self._alone:
            self.allowance = hold(self.allowance, seconds, now=self._clock())
