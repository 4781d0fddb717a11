"""Reads what the change feed (CDC) answered: objects as they are now, and tombstones of those that are gone. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

MOST_CHANGED = 1000
"""The objects one answer holds at most, over all entities asked for. Intuit has no second page of it."""


@dataclass(frozen=True)
class Changed:
    """One answer. `rows` are objects by entity, deleted ones as `{"status": "Deleted", "Id": ...}`.

    `at` is QuickBooks' own time of the answer, UTC; None when it told none.
    """

    rows: Mapping[str, tuple[dict[str, Any], ...]]
    at: datetime | None

    @property
    def count(self) -> int:
        """How many objects it holds."""
        return sum(len(rows) for rows in self.rows.values())

    @property
    def full(self) -> bool:
        """Whether it holds as many as it may, so that others may be missing."""
        return self.count >= MOST_CHANGED


def read_changes(body: Mapping[str, Any]) -> Changed | None:
    """Return what a CDC answer says; None when it is not one."""
    responses = body.get("CDCResponse")
    if not isinstance(responses, list):
        return None
    rows: dict[str, list[dict[str, Any]]] = {}
    for response in responses:
        answers = response.get("QueryResponse") if isinstance(response, dict) else None
        for answer in answers if isinstance(answers, list) else []:
            for entity, found in answer.items() if isinstance(answer, dict) else ():
                if isinstance(found, list):
                    rows.setdefault(entity, []).extend(row for row in found if isinstance(row, dict) and "Id" in row)
    return Changed({entity: tuple(found) for entity, found in rows.items()}, moment_of(body.get("time")))


def is_deleted(row: Mapping[str, Any]) -> bool:
    """Whether a row is the tombstone of an object that is gone."""
    return str(row.get("status", "")).lower() == "deleted"


def moment_of(text: Any) -> datetime | None:
    """Read one of QuickBooks' times (`2026-01-15T09:30:00-08:00`, nine decimals in CloudEvents); None: not one."""
    if not isinstance(text, str) or len(text) > 40:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return None
    return (moment if moment.tzinfo else moment.replace(tzinfo=UTC)).astimezone(UTC)


def updated_at(row: Mapping[str, Any]) -> datetime | None:
    """Return an object's LastUpdatedTime, UTC; QuickBooks keeps whole seconds."""
    metadata = row.get("MetaData")
    return moment_of(metadata.get("LastUpdatedTime")) if isinstance(metadata, Mapping) else None
