"""Remembers on which line each id of a file stood: on disk, so that a million rows take no more memory than a few."""

from __future__ import annotations

import sqlite3
from types import TracebackType
from typing import Self


class SeenIds:
    """The ids of one file so far. Use it in a `with`."""

    def __init__(self) -> None:
        self._lines = sqlite3.connect("", isolation_level=None)  # "": a file of its own, gone when closed
        self._lines.execute("CREATE TABLE seen (id TEXT PRIMARY KEY, line INTEGER NOT NULL) WITHOUT ROWID")
        self._lines.execute("BEGIN")

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._lines.close()

    def line_of(self, external_id: str) -> int | None:
        """Return the line an id stood on first, if it did."""
        found = self._lines.execute("SELECT line FROM seen WHERE id = ?", (external_id,)).fetchone()
        return None if found is None else int(found[0])

    def add(self, external_id: str, line: int) -> None:
        """Note an id that has not been there before."""
        self._lines.execute("INSERT INTO seen VALUES (?, ?)", (external_id, line))
