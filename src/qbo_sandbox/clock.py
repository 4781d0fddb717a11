"""A clock that can be moved and stopped, for tests of a hundred days and of five years."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any


class Clock:
    """The real time, plus what it was moved by; or one moment, while it is frozen."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)
        self._frozen: datetime | None = None

    def __call__(self) -> datetime:
        return self._frozen or datetime.now(UTC) + self._ahead

    @staticmethod
    def real() -> datetime:
        """Return the time it is outside of the sandbox."""
        return datetime.now(UTC)

    @property
    def frozen(self) -> bool:
        """Whether it stands still."""
        return self._frozen is not None

    @property
    def ahead_seconds(self) -> float:
        """How far it is ahead of the real time (behind, if negative)."""
        return (self() - datetime.now(UTC)).total_seconds()

    def advance(self, seconds: float) -> None:
        """Move the clock forward (or back, with a negative number). Raises OverflowError out of years 1 to 9999."""
        self.set(self() + timedelta(seconds=seconds))

    def set(self, moment: datetime) -> None:
        """Put the clock to a moment (aware); it runs on from there, unless it is frozen."""
        moment = moment.astimezone(UTC)
        if self._frozen is not None:
            self._frozen = moment
        self._ahead = moment - datetime.now(UTC)

    def freeze(self) -> None:
        """Stop at this moment; setting and advancing still move it."""
        self._frozen = self()

    def run(self) -> None:
        """Run on from where it stands."""
        if self._frozen is not None:
            self._ahead = self._frozen - datetime.now(UTC)
            self._frozen = None

    def reset(self) -> None:
        """Show the real time again."""
        self._ahead, self._frozen = timedelta(0), None

    def state(self) -> dict[str, Any]:
        """Return what puts it back, as plain JSON."""
        frozen = self._frozen.isoformat() if self._frozen else None
        return {"ahead_seconds": self._ahead.total_seconds(), "frozen": frozen}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Put it back."""
        self._ahead = timedelta(seconds=state["ahead_seconds"])
        self._frozen = datetime.fromisoformat(state["frozen"]) if state["frozen"] else None
