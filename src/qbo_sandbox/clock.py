"""A clock that can be moved, for tests of a hundred days and of five years."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta


class Clock:
    """The real time, plus what it was moved by."""

    def __init__(self) -> None:
        self._ahead = timedelta(0)

    def __call__(self) -> datetime:
        return datetime.now(UTC) + self._ahead

    def advance(self, seconds: float) -> None:
        """Move the clock forward (or back, with a negative number)."""
        self._ahead += timedelta(seconds=seconds)

    def set(self, moment: datetime) -> None:
        """Put the clock to a moment (aware); it runs on from there."""
        self._ahead = moment - datetime.now(UTC)
