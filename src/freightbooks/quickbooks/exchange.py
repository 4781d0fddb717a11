"""The record of one HTTP request to QuickBooks and its answer, without bodies and without secrets."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from freightbooks.quickbooks.faults import Fault, FaultError

__all__ = ["Exchange", "Fault", "FaultError"]


@dataclass(frozen=True)
class Exchange:
    """One request that reached QuickBooks, or may have. `code` is QuickBooks' own, empty when all went well."""

    method: str
    path: str
    kind: str  # "read", "write" or "batch": Intuit meters and limits each differently
    request_id: str  # empty for a read
    http_status: int | None  # None: no answer came
    code: str
    intuit_tid: str
    started_at: datetime  # UTC
    duration_ms: int
