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

    def get(self, qbo_id: str) -> Record | None:
        """Return the object with this id, or None."""
        return self.records.get(qbo_id)

    def put(self, record: Record) -> None:
        """Add an object, or put it in the place of its former self."""
        before = self.records.get(record.qbo_id)
        if before is not None:
            self._unindex(before)
        self.records[record.qbo_id] = record
        for name, index in self._indexes.items():
            key = _key(record.body.get(name))
            if key is not None:
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

    def changed_since(self, moment: datetime) -> Iterator[Record] | None:
        """Return the objects changed at `moment` or after, from the latest back, or None where their order is mixed."""
        if moment <= self._unordered_until:
            return None
        return takewhile(lambda record: datetime.fromisoformat(record.updated) >= moment, self.newest_first())

    def _note_change(self, qbo_id: str, when: str) -> None:
        self._changed.pop(qbo_id, None)
        self._changed[qbo_id] = None
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

    def _unindex(self, record: Record) -> None:
        for name, index in self._indexes.items():
            key = _key(record.body.get(name))
            if key is not None:
                holders = index[key]
                holders.pop(record.qbo_id, None)
                if not holders:
                    del index[key]

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


def _key(value: Any) -> str | None:
    """Return what an index files a value under: text without case, a reference under the id it holds."""
    if isinstance(value, dict):
        value = value.get("value")
    return value.casefold() if isinstance(value, str) else None
