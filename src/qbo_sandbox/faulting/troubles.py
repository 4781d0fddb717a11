"""All that troubles the requests of a sandbox: its fault rules, its latency, and what hangs until released.

`any` is the one thing a request without trouble asks.
"""

from __future__ import annotations

import asyncio
import itertools
import threading
from collections.abc import Mapping
from typing import Any

from qbo_sandbox.chance import Chance
from qbo_sandbox.faulting.exchange import Exchange
from qbo_sandbox.faulting.rules import Match, Rule
from qbo_sandbox.latency import Delay, Latency


class Troubles:
    """Rules, delays and hanging requests. Used from the event loop and from the threads of tests."""

    def __init__(self, chance: Chance, latency: Latency) -> None:
        self.chance = chance
        self.latency = latency
        self.rules: dict[str, Rule] = {}
        self.any = False
        self._lock = threading.Lock()
        self._numbers = itertools.count(1)
        self._hanging: dict[asyncio.Future[bool], asyncio.AbstractEventLoop] = {}
        self._look()

    # -- rules ----------------------------------------------------------------------------------------------------

    def add(self, action: str, match: Match, settings: Mapping[str, Any], **counts: Any) -> Rule:
        """Add a rule; it applies from the next request on. `counts` are after, times and probability."""
        with self._lock:
            rule = Rule(f"f{next(self._numbers)}", action, match, settings, **counts)
            self.rules[rule.id] = rule
            self._look()
        return rule

    def remove(self, rule_id: str) -> Rule | None:
        """Take a rule away; return it, or None."""
        with self._lock:
            rule = self.rules.pop(rule_id, None)
            self._look()
        return rule

    def clear(self) -> int:
        """Take every rule away; return how many there were."""
        with self._lock:
            count = len(self.rules)
            self.rules.clear()
            self._look()
        return count

    def fitting(self, exchange: Exchange) -> list[Rule]:
        """Return the rules that may meet a request, in the order they were added."""
        with self._lock:
            return [rule for rule in self.rules.values() if not rule.spent and rule.match.fits(exchange)]

    def note_spent(self) -> None:
        """Look anew whether any rule is left, after some were used up."""
        with self._lock:
            self._look()

    def set_delay(self, delay: Delay) -> None:
        """Set how long answers take below a path."""
        with self._lock:
            self.latency.set(delay)
            self._look()

    def clear_delays(self) -> None:
        """Answer at once everywhere."""
        with self._lock:
            self.latency.clear()
            self._look()

    def reset(self) -> None:
        """Go back to no rules, the latency of the start, and nothing that hangs."""
        with self._lock:
            self.rules.clear()
            self.latency.reset()
            self._look()
        self.abandon()

    def _look(self) -> None:
        self.any = bool(self.latency.delays) or any(not rule.spent for rule in self.rules.values())

    # -- hanging --------------------------------------------------------------------------------------------------

    @property
    def hanging(self) -> int:
        """How many requests hang now."""
        return len(self._hanging)

    async def hang(self, seconds: float | None) -> bool:
        """Wait for so long, or (None) until released; return whether to go on, and not to end without an answer."""
        loop = asyncio.get_running_loop()
        released: asyncio.Future[bool] = loop.create_future()
        with self._lock:
            self._hanging[released] = loop
        try:
            return await asyncio.wait_for(released, seconds)
        except TimeoutError:
            return True
        finally:
            with self._lock:
                self._hanging.pop(released, None)

    def release(self) -> int:
        """Let everything that hangs go on; return how many requests that is."""
        return self._end_hanging(go_on=True)

    def abandon(self) -> int:
        """End everything that hangs without an answer, and without doing it; return how many requests that is."""
        return self._end_hanging(go_on=False)

    def _end_hanging(self, *, go_on: bool) -> int:
        with self._lock:
            waiting = list(self._hanging.items())
            self._hanging.clear()
        for released, loop in waiting:
            if not loop.is_closed():
                loop.call_soon_threadsafe(_finish, released, go_on)
        return len(waiting)


def _finish(released: asyncio.Future[bool], go_on: bool) -> None:
    if not released.done():
        released.set_result(go_on)
