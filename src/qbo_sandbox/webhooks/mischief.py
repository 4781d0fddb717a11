"""What can be made to go wrong with notifications on demand: lost, late, twice, out of order, wrongly signed.

Chance is drawn from a seeded stream, so that the same story happens again.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random


class Trick(StrEnum):
    """One way a notification goes wrong."""

    DROP = "drop"
    DELAY = "delay"
    DUPLICATE = "duplicate"
    DISORDER = "disorder"
    WRONG_SIGNATURE = "wrong_signature"
    NO_SIGNATURE = "no_signature"


@dataclass
class Rule:
    """A trick to play: on which share of the notifications, how many times at most, and (delay) by how long."""

    id: str
    trick: Trick
    share: float = 1.0
    times: int | None = None
    seconds: float = 60.0
    endpoint: str = ""  # only this one; empty is every one

    def shown(self) -> dict[str, object]:
        """Return the rule as plain JSON."""
        return {
            "id": self.id,
            "trick": str(self.trick),
            "share": self.share,
            "times": self.times,
            "seconds": self.seconds,
            "endpoint": self.endpoint,
        }


@dataclass
class Mischief:
    """The rules in force."""

    chance: Callable[[], Random]
    rules: list[Rule] = field(default_factory=list)
    _made: int = 0

    def add(self, trick: Trick, share: float, times: int | None, seconds: float, endpoint: str) -> Rule:
        """Put a rule in force."""
        self._made += 1
        rule = Rule(str(self._made), trick, share, times, seconds, endpoint)
        self.rules.append(rule)
        return rule

    def clear(self) -> None:
        """Let everything go well again."""
        self.rules.clear()

    def plays(self, trick: Trick, endpoint: str) -> Rule | None:
        """Return the rule by which a trick is played now, having counted it, or None."""
        for rule in self.rules:
            if rule.trick is not trick or rule.endpoint not in ("", endpoint):
                continue
            if rule.share < 1 and self.chance().random() >= rule.share:
                continue
            if rule.times is not None:
                rule.times -= 1
                if rule.times <= 0:
                    self.rules.remove(rule)
            return rule
        return None
