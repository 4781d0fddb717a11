"""Intuit's limits on requests, counted on the sandbox's clock: a refused request counts for nothing [INF].

Each window counts in twenty slots of a ring, so that a request costs the same whatever the limit, and so does memory.
"""

from __future__ import annotations

from collections.abc import Set
from dataclasses import dataclass, field
from datetime import datetime

from qbo_sandbox.books.times import PACIFIC

_SLOTS = 20
_DAY = 24 * 3600.0


class BadLimits(ValueError):
    """The limits asked for are not `off`, `intuit` or a number above zero."""


@dataclass(slots=True)
class Window:
    """Counts what happened in the last `seconds`, to the slot: never for longer, at most a twentieth shorter."""

    most: float
    seconds: float
    _slots: list[int] = field(default_factory=lambda: [0] * _SLOTS)
    _now: int = 0
    _count: int = 0

    def has_room(self, now: float) -> bool:
        """Whether one more is within the limit."""
        slot = int(now * _SLOTS / self.seconds)
        if slot != self._now:
            self._move_to(slot)
        return self._count < self.most

    def take(self) -> None:
        """Count one, at the moment asked for last."""
        self._slots[self._now % _SLOTS] += 1
        self._count += 1

    def _move_to(self, slot: int) -> None:
        if not 0 < slot - self._now < _SLOTS:  # long ago, or the clock was put back: all is forgotten
            self._slots = [0] * _SLOTS
            self._count = 0
        else:
            for passed in range(self._now + 1, slot + 1):
                self._count -= self._slots[passed % _SLOTS]
                self._slots[passed % _SLOTS] = 0
        self._now = slot


@dataclass
class Quota:
    """CorePlus reads of all apps and companies of one developer in one month. [DOC] Errors are not counted."""

    monthly: int | None = None
    used: int = 0
    month: str = ""

    def has_room(self, now: datetime) -> bool:
        """Whether one more read is within the quota; a new month (Pacific, as Intuit's days are) begins at nothing."""
        month = now.astimezone(PACIFIC).strftime("%Y-%m")
        if month != self.month:
            self.month, self.used = month, 0
        return self.monthly is None or self.used < self.monthly


class Limits:
    """What Intuit allows, all times `scale`: `off`, `intuit` (1) or a number.

    [DOC] 500 requests a minute for each company, 10 a second for each company and app, 40 batches a minute for each
    company and app, 120 for each company, 40 mails a day from a sandbox company. [3P] 200 reports a minute.
    """

    def __init__(self, setting: str) -> None:
        self.set(setting)
        self.quota = Quota()

    def set(self, setting: str) -> None:
        """Change the limits and count anew. Raises BadLimits."""
        self._scale = _scale(setting)
        self.setting = setting
        self._windows: dict[tuple[str, ...], Window] = {}

    def take(self, client_id: str, realm_id: str, now: float, kinds: Set[str]) -> bool:
        """Count one request; return whether it is within the limits. `kinds` may hold batch, report and mail."""
        if self._scale is None:
            return True
        counted = [self._window(10, 1.0, "second", realm_id, client_id), self._window(500, 60.0, "minute", realm_id)]
        if "batch" in kinds:
            counted.append(self._window(40, 60.0, "batches", realm_id, client_id))
            counted.append(self._window(120, 60.0, "batches", realm_id))
        if "report" in kinds:
            counted.append(self._window(200, 60.0, "reports", realm_id))
        if "mail" in kinds:
            counted.append(self._window(40, _DAY, "mails", realm_id))
        for window in counted:
            if not window.has_room(now):
                return False
        for window in counted:
            window.take()
        return True

    def _window(self, most: float, seconds: float, *of: str) -> Window:
        window = self._windows.get(of)
        if window is None:
            assert self._scale is not None
            window = self._windows[of] = Window(most * self._scale, seconds)
        return window


def _scale(setting: str) -> float | None:
    if setting == "off":
        return None
    if setting == "intuit":
        return 1.0
    try:
        scale = float(setting)
    except ValueError as error:
        raise BadLimits(f"{setting!r}: limits are off, intuit or a number such as 2") from error
    if not 0 < scale < float("inf"):
        raise BadLimits(f"{setting!r}: a scale is a number above zero")
    return scale
