"""The sandbox's chance: everything random that a replay depends on is drawn from one seed, a stream for each purpose.

Keys, tokens and ids of requests are not drawn here: they must not be guessed.
"""

from __future__ import annotations

import random
import secrets
from typing import Any

LARGEST_SEED = 2**63 - 1


class Chance:
    """Streams of random numbers by name; the same seed gives the same draws, whatever other streams drew."""

    def __init__(self, seed: int | None = None) -> None:
        self.seed = secrets.randbelow(2**32) if seed is None else seed
        self._streams: dict[str, random.Random] = {}

    def stream(self, name: str) -> random.Random:
        """Return the stream of one purpose, such as `faults`, `latency` or `webhooks`."""
        if name not in self._streams:
            self._streams[name] = random.Random(f"{self.seed}/{name}")  # noqa: S311 - replays, not secrets
        return self._streams[name]

    def reseed(self, seed: int) -> None:
        """Begin every stream anew from another seed."""
        self.seed = seed
        self._streams.clear()

    def state(self) -> dict[str, Any]:
        """Return what puts every stream back to where it is."""
        return {"seed": self.seed, "streams": {name: each.getstate() for name, each in self._streams.items()}}

    def restore(self, state: dict[str, Any]) -> None:
        """Put every stream back."""
        self.reseed(state["seed"])
        for name, at in state["streams"].items():
            self.stream(name).setstate(at)
