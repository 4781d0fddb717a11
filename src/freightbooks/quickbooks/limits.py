"""Intuit's limits for a company, and the places that are still free below them. Pure: the clock is an argument.

500 requests a minute for a company; 10 a second and 40 batches a minute for a company and app. Places are spread over
the minute rather than spent at once, so that a delay on the way does not heap requests up beyond a limit. A part of
each limit is kept for people: what they click never stands behind a backfill that has spent its minute.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import Enum

REQUESTS_PER_MINUTE = 500
REQUESTS_PER_SECOND = 10
BATCHES_PER_MINUTE = 40
KEPT_REQUESTS = 30
"""Of the requests a minute, those that only people's work may take, beside its share of the rest."""
KEPT_BATCHES = 1
MINUTE = 61.2
"""Seconds a minute is taken to last: requests may arrive closer together than they were sent."""
SPACING = 1.0 / REQUESTS_PER_SECOND
"""Seconds between any two requests of one process as they leave, whatever held them up before."""
AT_ONCE = 2
"""So many of people's requests may go at once: with a second of the others' eight that is ten."""
SLOWED = 0.8
"""What a 429 leaves of the pace: somebody else uses the company's limits too."""
SLOWEST = 0.2
REGAINED_PER_SECOND = 0.05 / 60
"""A twentieth of the pace comes back with each minute without a 429."""
_SAME_THROTTLE = 5.0
"""Seconds in which several refusals count as one: they were all on their way already."""


class Place(Enum):
    """What a request asks for. A batch takes a place among batches first, and then one among requests."""

    REQUEST = "request"
    BATCH = "batch"


@dataclass(frozen=True)
class Allowance:
    """What is taken of a company's limits, by all who talk to it. Moments are seconds of one clock.

    Each `_at` is when the next place of its kind is free. `factor` is the share of Intuit's limits to use, as it was
    at `slowed_at`, the last time QuickBooks said 429; nothing goes out before `held_until`.
    """

    requests_at: float = 0.0
    batches_at: float = 0.0
    kept_requests_at: float = 0.0
    kept_batches_at: float = 0.0
    held_until: float = 0.0
    factor: float = 1.0
    slowed_at: float = 0.0
    throttles: int = 0

    def pace(self, now: float) -> float:
        """Return the share of Intuit's limits to use now: what was lost at the last 429 comes back by and by."""
        return min(1.0, self.factor + max(0.0, now - self.slowed_at) * REGAINED_PER_SECOND)


def take(allowance: Allowance, place: Place, *, people: bool, now: float, scale: float) -> tuple[Allowance, float]:
    """Take the next free place; return what is left, and the moment the request may go at.

    `people`: somebody waits for it. `scale` multiplies every limit.
    """
    share = allowance.pace(now) * scale
    earliest = max(now, allowance.held_until)
    if place is Place.BATCH:
        step = MINUTE / ((BATCHES_PER_MINUTE - KEPT_BATCHES) * share)
        common = max(earliest, allowance.batches_at)
        kept = max(earliest, allowance.kept_batches_at)
        if people and kept < common:
            return replace(allowance, kept_batches_at=kept + MINUTE / (KEPT_BATCHES * share)), kept
        return replace(allowance, batches_at=common + step), common
    step = MINUTE / ((REQUESTS_PER_MINUTE - KEPT_REQUESTS) * share)
    kept_step = MINUTE / (KEPT_REQUESTS * share)
    common = max(earliest, allowance.requests_at)
    kept = max(earliest, allowance.kept_requests_at - kept_step * (AT_ONCE - 1))
    if people and kept < common:
        return replace(allowance, kept_requests_at=max(earliest, allowance.kept_requests_at) + kept_step), kept
    return replace(allowance, requests_at=common + step), common


def hold(allowance: Allowance, seconds: float, *, now: float) -> Allowance:
    """Let nothing out for a while, and go slower afterwards: QuickBooks said it is too much."""
    held = replace(allowance, held_until=max(allowance.held_until, now + seconds), throttles=allowance.throttles + 1)
    if allowance.throttles and now - allowance.slowed_at < _SAME_THROTTLE:
        return held
    return replace(held, factor=max(SLOWEST, allowance.pace(now) * SLOWED), slowed_at=now)


def scale_of(text: str) -> float | None:
    """Read a setting: `intuit` for Intuit's limits, a number to multiply them by, `off` for none (None).

    Raises ValueError for what is neither, or allows next to nothing.
    """
    if text == "off":
        return None
    scale = 1.0 if text in ("", "intuit") else float(text)
    if not 0.05 <= scale < float("inf"):
        raise ValueError(f"a pace needs a scale that leaves a few batches a minute, not {text}")
    return scale
