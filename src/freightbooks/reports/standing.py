"""Where a document stands in the words of the report, and its place in the report's order. Pure, and the same in SQL.

A place is one number: side (2 bits), standing (4), day counted backwards (16), posting counted backwards (41). So one
index answers "this side, this standing, these days, newest first" as one stretch of numbers, and the stretches of
several sides and standings are merged by what is left of the number when the side is cut off: errors first, then the
newest. Cut the standing off as well, and it is newest first.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import models

from freightbooks.posting.gates import Gate


class Kind(models.TextChoices):
    """Which document it is: the side of an invoice, or an advance."""

    CUSTOMER = "customer", "Customer invoice"
    CARRIER = "carrier", "Carrier invoice"
    ADVANCE = "advance", "Advance"


class Standing(models.TextChoices):
    """Where a document stands. In the order of the report: what needs a person comes first."""

    FAILED = "failed", "Failed"
    UNCERTAIN = "uncertain", "No answer yet"
    HELD = "held", "Held back"
    WAITING = "waiting", "Waiting"
    QUEUE = "queue", "In the queue"
    HEALED = "healed", "Healed"
    NOTED = "noted", "Posted with a note"
    POSTED = "posted", "Posted"
    REMOVED = "removed", "Removed"
    SKIPPED = "skipped", "Skipped"
    ARCHIVED = "archived", "Archived"


AT_STAKE = (Standing.FAILED, Standing.UNCERTAIN, Standing.HELD)
"""Not in QuickBooks, or not surely, and staying so until somebody does something."""
IN_BOOKS = (Standing.POSTED, Standing.NOTED, Standing.HEALED)
ON_THE_WAY = (Standing.WAITING, Standing.QUEUE)
ASIDE = (Standing.REMOVED, Standing.SKIPPED, Standing.ARCHIVED)
GROUPS: dict[str, tuple[Standing, ...]] = {
    "at-stake": AT_STAKE,
    "in-books": IN_BOOKS,
    "on-the-way": ON_THE_WAY,
    "aside": ASIDE,
}
"""Several standings under one word, as the filter may name them."""

OPENS_BY_ITSELF = (Gate.HISTORY, Gate.NOT_APPROVED, Gate.PAUSED, Gate.CONNECTION)
"""Gates that open without anyone repairing the document or its mapping."""

KINDS: tuple[Kind, ...] = tuple(Kind)
STANDINGS: tuple[Standing, ...] = tuple(Standing)
WAITS = (
    ("under a minute", 60),
    ("1 to 5 minutes", 300),
    ("5 to 60 minutes", 3600),
    ("1 to 4 hours", 4 * 3600),
    ("4 to 24 hours", 24 * 3600),
    ("1 to 3 days", 3 * 24 * 3600),
    ("over 3 days", None),
)
"""How long from approval to posted, in steps: the words, and where the step ends in seconds."""

_EPOCH = date(1970, 1, 1)
_DAYS = 1 << 16
_IDS = 1 << 41
KIND_SHIFT, STANDING_SHIFT, DAY_SHIFT = 61, 57, 41
WITHOUT_KIND = (1 << KIND_SHIFT) - 1
WITHOUT_STANDING = (1 << STANDING_SHIFT) - 1


@dataclass(frozen=True)
class Stretch:
    """The places of one side and standing, within some days: `first` to `last`, both included."""

    kind: Kind
    standing: Standing
    first: int
    last: int


def place(kind: Kind, standing: Standing, day: date, posting_id: int) -> int:
    """Return the place of a document in the report's order."""
    return _base(kind, standing) + (_backwards(day) << DAY_SHIFT) + (_IDS - 1 - posting_id)


def stretch(kind: Kind, standing: Standing, since: date | None, until: date | None) -> Stretch:
    """Return the places of a side and a standing between two days; None leaves an end open."""
    base = _base(kind, standing)
    first = base + (_backwards(until) << DAY_SHIFT if until else 0)
    last = base + (((_backwards(since) + 1) << DAY_SHIFT) - 1 if since else WITHOUT_STANDING)
    return Stretch(kind, standing, first, last)


def _base(kind: Kind, standing: Standing) -> int:
    return (KINDS.index(kind) << KIND_SHIFT) + (STANDINGS.index(standing) << STANDING_SHIFT)


def _backwards(day: date) -> int:
    return min(max(_DAYS - 1 - (day - _EPOCH).days, 0), _DAYS - 1)


def month_of(day: date) -> date:
    """Return the first day of a day's month."""
    return day.replace(day=1)


def next_month(day: date) -> date:
    """Return the first day of the month after a day's."""
    return month_of(month_of(day) + timedelta(days=32))
