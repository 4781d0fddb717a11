"""The body of a batch and the reading of its answer, item by item. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from freightbooks.quickbooks.exchange import Exchange
from freightbooks.quickbooks.faults import Fault, fault_in

MOST_ITEMS = 30
"""QuickBooks refuses a longer batch with 1040."""


@dataclass(frozen=True)
class BatchItem:
    """One operation of a batch; its bId is its position."""

    operation: str  # "create", "update", "delete"; "void" only by itself
    entity: str
    body: dict[str, Any]
    options: str = ""  # as in `?include=`: "allowduplicatedocnum"


@dataclass(frozen=True)
class BatchAnswer:
    """What became of one item: the object as QuickBooks has it now, or the fault."""

    object: dict[str, Any] | None
    fault: Fault | None


@dataclass(frozen=True)
class BatchResult:
    """The answers in the order of the items."""

    answers: tuple[BatchAnswer, ...]
    exchange: Exchange


def batch_body(items: Sequence[BatchItem]) -> dict[str, Any]:
    """Return the body of a batch. Raises ValueError for none, or for more than QuickBooks takes."""
    if not 1 <= len(items) <= MOST_ITEMS:
        raise ValueError(f"a batch has 1 to {MOST_ITEMS} items, not {len(items)}")
    return {
        "BatchItemRequest": [
            {"bId": str(position), "operation": item.operation, item.entity: item.body}
            | ({"optionsData": item.options} if item.options else {})
            for position, item in enumerate(items)
        ]
    }


def read_answers(items: Sequence[BatchItem], body: dict[str, Any]) -> tuple[BatchAnswer, ...] | None:
    """Return the answer to each item, in order; None when any is missing or unreadable: its outcome is not known."""
    rows = body.get("BatchItemResponse")
    if not isinstance(rows, list):
        return None
    by_id = {str(row.get("bId")): row for row in rows if isinstance(row, dict)}
    answers: list[BatchAnswer] = []
    for position, item in enumerate(items):
        row = by_id.get(str(position), {})
        fault = fault_in(row)
        found = row.get(item.entity)
        if fault is None and not isinstance(found, dict):
            return None
        answers.append(BatchAnswer(None if fault else found, fault))
    return tuple(answers)
