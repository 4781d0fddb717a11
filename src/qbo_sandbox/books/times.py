"""Times as QuickBooks prints them: Pacific, with offset; milliseconds only around an answer, never inside."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

PACIFIC = ZoneInfo("America/Los_Angeles")


def stamp(moment: datetime) -> str:
    """Return `moment` (aware) to the second: `2020-09-29T05:58:07-07:00`."""
    return moment.astimezone(PACIFIC).isoformat(timespec="seconds")


def stamp_with_milliseconds(moment: datetime) -> str:
    """Return `moment` (aware) to the millisecond: `2020-09-29T05:58:07.300-07:00`."""
    return moment.astimezone(PACIFIC).isoformat(timespec="milliseconds")


def day_of(moment: datetime) -> date:
    """Return the day it is at the servers of QuickBooks."""
    return moment.astimezone(PACIFIC).date()
