"""What is about to be sent: operations, and the batches whose intent is in the database. Values only."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

BATCH = 30
"""QuickBooks' limit of operations in one batch."""


@dataclass(frozen=True)
class Outgoing:
    """One posting of a batch: what is done to which entity, and the body."""

    posting_id: int
    operation: str
    entity: str
    body: dict[str, Any]
    options: str = ""  # of QuickBooks, such as to take a number that is taken


@dataclass(frozen=True)
class OutgoingBatch:
    """A batch whose intent is in the database. `single`: its one operation goes out by itself."""

    batch_id: int
    request_id: str
    items: tuple[Outgoing, ...]
    single: bool = False
