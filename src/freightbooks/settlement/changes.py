"""What happened in QuickBooks, in the one form in which it is applied. Knows no HTTP and no table."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Change:
    """One object of the company as it is now, or the news that it is gone.

    `object` is the entity as QuickBooks sent it, with every number a Decimal; None when it was deleted. `at` is its
    LastUpdatedTime, in UTC.
    """

    entity: str
    qbo_id: str
    object: Mapping[str, Any] | None
    at: datetime

    @property
    def deleted(self) -> bool:
        """Whether it is no longer in the company."""
        return self.object is None
