"""How long answers take: a fixed time or a range, for all addresses or for those that begin with a prefix."""

from __future__ import annotations

from dataclasses import dataclass

from qbo_sandbox.chance import Chance


@dataclass(frozen=True)
class Delay:
    """A time between `least_ms` and `most_ms`, drawn anew for each request, for paths that begin with `path`."""

    least_ms: float
    most_ms: float
    path: str = "/"


class Latency:
    """The delays in force. The longest prefix that fits a path decides."""

    def __init__(self, fixed_ms: float, chance: Chance) -> None:
        self._chance = chance
        self._at_start = (Delay(fixed_ms, fixed_ms),) if fixed_ms else ()
        self.delays: tuple[Delay, ...] = self._at_start

    def set(self, delay: Delay) -> None:
        """Put a delay in the place of the one for the same prefix; of nothing, take that away."""
        others = tuple(each for each in self.delays if each.path != delay.path)
        self.delays = (*others, delay) if delay.most_ms else others

    def clear(self) -> None:
        """Answer at once everywhere."""
        self.delays = ()

    def reset(self) -> None:
        """Go back to what the sandbox was started with."""
        self.delays = self._at_start

    def seconds(self, path: str) -> float:
        """Return how long this request has to wait."""
        fitting = [each for each in self.delays if path.startswith(each.path)]
        if not fitting:
            return 0.0
        delay = max(fitting, key=lambda each: len(each.path))
        if delay.least_ms == delay.most_ms:
            return delay.most_ms / 1000
        return self._chance.stream("latency").uniform(delay.least_ms, delay.most_ms) / 1000
