"""Intuit's limits on requests, counted in sliding windows on the sandbox's clock."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime


class BadLimits(ValueError):
    """The limits asked for are not `off`, `intuit` or a number above zero."""


@dataclass
class _Window:
    most: float
    seconds: float
    times: deque[float] = field(default_factory=deque)

    def has_room(self, now: float) -> bool:
        while self.times and self.times[0] <= now - self.seconds:
            self.times.popleft()
        return len(self.times) < self.most


class Limits:
    """500 requests a minute and 10 a second, 40 batches a minute, for each app and company; all times `scale`."""

    def __init__(self, setting: str, clock: Callable[[], datetime]) -> None:
        self._clock = clock
        self._scale = _scale(setting)
        self._windows: dict[tuple[str, str], tuple[_Window, ...]] = {}

    def take(self, client_id: str, realm_id: str, *, batch: bool) -> bool:
        """Count one request; return whether it is within the limits."""
        if self._scale is None:
            return True
        windows = self._windows.setdefault(
            (client_id, realm_id),
            (_Window(10 * self._scale, 1), _Window(500 * self._scale, 60), _Window(40 * self._scale, 60)),
        )
        now = self._clock().timestamp()
        counted = windows if batch else windows[:2]
        if not all(window.has_room(now) for window in counted):
            return False
        for window in counted:
            window.times.append(now)
        return True


def _scale(setting: str) -> float | None:
    if setting == "off":
        return None
    if setting == "intuit":
        return 1.0
    try:
        scale = float(setting)
    except ValueError as error:
        raise BadLimits(f"{setting!r}: limits are off, intuit or a number such as 2") from error
    if not scale > 0:
        raise BadLimits(f"{setting!r}: a scale is above zero")
    return scale
