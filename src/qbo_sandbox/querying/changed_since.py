"""Change data capture: what became of the objects of some entities since a moment, deletions included.

Walks each table from its latest change back, so that few changes cost little in a large company.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice, takewhile

from qbo_sandbox.books import json_text
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import entity_named
from qbo_sandbox.books.entity import Entity
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.refusals import missing, refuse
from qbo_sandbox.books.times import PACIFIC
from qbo_sandbox.querying.statement import invalid

MOST_OBJECTS = 1000
LOOK_BACK = timedelta(days=30)
NOT_CAPTURED = frozenset({"JournalCode", "TaxAgency", "TimeActivity", "TaxCode", "TaxRate"})  # [DOC]
_OFFSET_WITHOUT_PLUS = re.compile(r" (?=\d\d:?\d\d$)")


@dataclass(frozen=True)
class Changed:
    """The changed objects of one entity, as texts in their order; the deleted ones as tombstones."""

    entity: str
    texts: tuple[str, ...]
    counted: bool  # whether it tells totalCount, as its `select *` does (recorded: estimates do not)

    def as_text(self) -> str:
        """Return the `QueryResponse` as JSON text."""
        if not self.texts:
            return "{}"
        count = len(self.texts)
        rows = ",".join(self.texts)
        total = f',"totalCount":{count}' if self.counted else ""
        return f'{{"{self.entity}":[{rows}],"startPosition":1,"maxResults":{count}{total}}}'


def changed_since(company: Company, entities: str, since: str) -> list[Changed]:
    """Return what changed, entity for entity in the order asked, at most 1,000 objects in all; or refuse.

    `entities` is a list with commas; `since` a day or a time, Pacific unless it says otherwise.
    """
    names = [name.strip() for name in entities.split(",") if name.strip()]
    absent = [name for name, given in (("entities", names), ("changedSince", since.strip())) if not given]
    if absent:
        raise missing(*absent)
    asked = [_captured(name) for name in names]
    first = _moment(company, since.strip())
    found: list[Changed] = []
    room = MOST_OBJECTS
    with company.lock:
        for entity in asked:
            texts = islice(_texts(company, entity, first), room)
            found.append(Changed(entity.name, tuple(texts), entity.counted))
            room -= len(found[-1].texts)
    return found


def as_text(found: Iterable[Changed]) -> str:
    """Return the `CDCResponse` as JSON text."""
    answers = ",".join(each.as_text() for each in found)
    return f'[{{"QueryResponse":[{answers}]}}]'


def tombstone(qbo_id: str, when: str) -> Body:
    """Return how a deleted object is shown."""
    return {"domain": "QBO", "status": "Deleted", "Id": qbo_id, "MetaData": {"LastUpdatedTime": when}}


def _captured(name: str) -> Entity:
    if name.lower() in {each.lower() for each in NOT_CAPTURED}:
        raise refuse("2000", "Invalid or unsupported object name", f"Object Name: {name}")
    return entity_named(name)


def _moment(company: Company, text: str) -> datetime:
    """Return the second changes are asked from: an object's LastUpdatedTime has no smaller part to compare."""
    try:
        moment = datetime.fromisoformat(_OFFSET_WITHOUT_PLUS.sub("+", text))  # a bare `+` in an address is a space
        moment = (moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)).replace(microsecond=0)
        moment.astimezone(PACIFIC)  # a year that has no place in another zone
    except (ValueError, OverflowError) as error:
        raise refuse("2060", "Invalid Date Format", f"Supplied value: {text}", "changedSince") from error
    earliest = company.now() - LOOK_BACK
    if moment < earliest.replace(microsecond=0):
        if company.quirks.changes_of_long_ago_are_refused:
            raise invalid(f"changedSince {text} is more than {LOOK_BACK.days} days ago")
        return earliest
    return moment


def _texts(company: Company, entity: Entity, first: datetime) -> Iterator[str]:
    """Yield the texts of the changed objects of one entity in the order of their changes, the deleted ones last.

    [DOC] Objects deleted within the look-back period are returned after active objects.
    """
    table = company.table(entity.name)
    in_order = table.is_in_order_since(first)
    changed = ((record.updated, record.qbo_id) for record in table.newest_first())
    deleted = ((when, qbo_id) for qbo_id, when in table.tombstones_latest_first())
    for _when, qbo_id in _recent(company, changed, first, in_order=in_order):
        yield company.text(table.records[qbo_id])
    for when, qbo_id in _recent(company, deleted, first, in_order=in_order):
        yield json_text.dumps(tombstone(qbo_id, when))


def _recent(
    company: Company, changes: Iterator[tuple[str, str]], first: datetime, *, in_order: bool
) -> Iterable[tuple[str, str]]:
    """Return time and id of the changes since a moment, of those given from the latest back."""

    def is_recent(change: tuple[str, str]) -> bool:
        return datetime.fromisoformat(change[0]) >= first

    recent = takewhile(is_recent, changes) if in_order else filter(is_recent, changes)
    return recent if company.quirks.latest_change_first else reversed(list(recent))
