"""The objects of one company in memory, with the indexes that keep look-ups flat. No rule of bookkeeping lives here."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from itertools import takewhile
from typing import Any

Body = dict[str, Any]

_LONG_AGO = datetime.min.replace(tzinfo=UTC)


@dataclass(slots=True)
class Record:
    """One object as stored. `body` holds neither ids nor times nor anything that follows from other objects."""

    entity: str
    qbo_id: str
    sync_token: int
    created: str
    updated: str
    body: Body
    text: str = ""  # the answer's text, kept until something it shows changes
    text_version: int = -1

    @property
    def active(self) -> bool:
        """Whether it can still be used; transactions always can."""
        return self.body.get("Active") is not False


class Table:
    """The objects of one entity: by id in the order they came, and by each indexed property."""

    def __init__(self, indexed: Iterable[str]) -> None:
        self.records: dict[str, Record] = {}
        self.tombstones: dict[str, str] = {}  # id -> when deleted
        self._changed: dict[str, None] = {}  # every id, in the order of the latest change
        self._last_change = ""
        self._last_moment = _LONG_AGO
        self._unordered_until = _LONG_AGO  # up to here a clock set back has mixed up the order of the changes
        self._indexes: dict[str, dict[str, dict[str, None]]] = {name: {} for name in indexed}
        self._plain = [(name, index) for name, index in self._indexes.items() if "." not in name]
        self._inner = [(name.split("."), index) for name, index in self._indexes.items() if "." in name]

    def get(self, qbo_id: str) -> Record | None:
        """Return the object with this id, or None."""
        return self.records.get(qbo_id)

    def put(self, record: Record) -> None:
        """Add an object, or put it in the place of its former self."""
        before = self.records.get(record.qbo_id)
        if before is not None:
            self._unindex(before)
        self.records[record.qbo_id] = record
        for name, index in self._plain:
            key = _key(record.body.get(name))
            if key is not None:
                index.setdefault(key, {})[record.qbo_id] = None
        for path, index in self._inner:
            for key in _inner_keys(record.body, path):
                index.setdefault(key, {})[record.qbo_id] = None
        self._note_change(record.qbo_id, record.updated)

    def touch(self, record: Record, when: str) -> None:
        """Note that what an object shows has moved without an edit: a newer time under the same SyncToken."""
        record.updated = when
        record.text_version = -1
        self._note_change(record.qbo_id, when)

    def newest_first(self) -> Iterator[Record]:
        """Return the objects from the latest change back; nothing may be written while it is read."""
        return (self.records[qbo_id] for qbo_id in reversed(self._changed))

    def tombstones_latest_first(self) -> Iterator[tuple[str, str]]:
        """Return id and time of each deletion, from the latest back; nothing may be written while it is read."""
        return reversed(self.tombstones.items())

    def is_in_order_since(self, moment: datetime) -> bool:
        """Whether changes and deletions at `moment` or after stand in the order of their times."""
        return moment > self._unordered_until

    def changed_since(self, moment: datetime) -> Iterator[Record] | None:
        """Return the objects changed at `moment` or after, from the latest back, or None where their order is mixed."""
        if not self.is_in_order_since(moment):
            return None
        return takewhile(lambda record: datetime.fromisoformat(record.updated) >= moment, self.newest_first())

    def _note_change(self, qbo_id: str, when: str) -> None:
        self._changed.pop(qbo_id, None)
        self._changed[qbo_id] = None
        self._pass(when)

    def _pass(self, when: str) -> None:
        if when != self._last_change:
            moment = datetime.fromisoformat(when)
            if moment < self._last_moment:
                self._unordered_until = max(self._unordered_until, self._last_moment)
            self._last_change, self._last_moment = when, moment

    def drop(self, qbo_id: str, when: str) -> None:
        """Delete an object, and remember when."""
        record = self.records.pop(qbo_id)
        self._unindex(record)
        del self._changed[qbo_id]
        self.tombstones[qbo_id] = when
        self._pass(when)

    def _unindex(self, record: Record) -> None:
        for name, index in self._plain:
            key = _key(record.body.get(name))
            if key is not None:
                _take_out(index, key, record.qbo_id)
        for path, index in self._inner:
            for key in _inner_keys(record.body, path):
                _take_out(index, key, record.qbo_id)

    def is_indexed(self, name: str) -> bool:
        """Return whether `with_value` can answer for this property."""
        return name == "Id" or name in self._indexes

    def with_value(self, name: str, value: str) -> list[Record]:
        """Return the objects whose indexed property equals `value`, whatever its case."""
        if name == "Id":
            record = self.records.get(value)
            return [record] if record else []
        return [self.records[qbo_id] for qbo_id in self._indexes[name].get(value.casefold(), ())]

    def values(self, name: str) -> Iterator[str]:
        """Return every value an indexed property has somewhere."""
        return iter(self._indexes[name])

    def how_many(self, name: str, value: str) -> int:
        """Return how many objects have this value in an indexed property."""
        return len(self._indexes[name].get(value, ()))

    def __iter__(self) -> Iterator[Record]:
        return iter(self.records.values())

    def __len__(self) -> int:
        return len(self.records)


def _take_out(index: dict[str, dict[str, None]], key: str, qbo_id: str) -> None:
    holders = index[key]
    holders.pop(qbo_id, None)
    if not holders:
        del index[key]


def _inner_keys(body: Body, path: list[str]) -> set[str]:
    """Return what an index files a property of the things in a list under, `AttachableRef.EntityRef.value`."""
    found: set[str] = set()
    for each in body.get(path[0]) or ():
        value: Any = each
        for step in path[1:]:
            value = value.get(step) if isinstance(value, dict) else None
        key = _key(value)
        if key is not None:
            found.add(key)
    return found


def _key(value: Any) -> str | None:
    """Return what an index files a value under: text without case, a reference under the id it holds."""
    if isinstance(value, dict):
        value = value.get("value")
    return value.casefold() if isinstance(value, str) else None
