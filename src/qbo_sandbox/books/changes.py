"""What a commit changed, told to whoever subscribes to a company: webhooks, or a test. Knows nothing of how it is sent.

A change carries no object: QuickBooks tells which one, and the reader fetches it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company
    from qbo_sandbox.books.quirks import Quirks


class Operation(StrEnum):
    """What happened to an object, in the words of QuickBooks' notifications."""

    CREATE = "Create"
    UPDATE = "Update"
    DELETE = "Delete"
    VOID = "Void"
    MERGE = "Merge"
    EMAILED = "Emailed"


class Change(NamedTuple):
    """One object, and what happened to it. `deleted_id` is the object a merge did away with."""

    entity: str
    qbo_id: str
    operation: Operation
    moment: datetime
    deleted_id: str = ""


Subscriber = Callable[["Company", Sequence[Change]], None]
"""Called once for each commit that changed something, inside the company's lock: be quick, never raise, never write."""

_PARTIES = frozenset({"Customer", "Vendor", "Employee"})


def told(changes: Sequence[Change], moved: Sequence[tuple[str, str]], moment: datetime, quirks: Quirks) -> list[Change]:
    """Return what a commit tells: each change, and an Update of each object that only shows something else now."""
    known = {(change.entity, change.qbo_id) for change in changes}
    followed = [
        Change(entity, qbo_id, Operation.UPDATE, moment)
        for entity, qbo_id in moved
        if (entity, qbo_id) not in known and _is_told(entity, quirks)
    ]
    return [*changes, *followed]


def _is_told(entity: str, quirks: Quirks) -> bool:
    if entity == "Account":
        return quirks.moved_account_balance_is_told
    if entity in _PARTIES:
        return quirks.moved_party_balance_is_told
    return quirks.moved_document_balance_is_told
