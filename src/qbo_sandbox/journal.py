"""The durable record of a sandbox: one JSON line for each change, handed to the system before the answer leaves.

A process killed at any moment loses nothing it has answered; a last line cut short is dropped at the next start.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class JournalBroken(Exception):
    """A line in the middle of the journal cannot be read; the message says which."""


class Journal:
    """An append-only file. Without a path it keeps nothing."""

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._file = None
        if path is not None:
            path.parent.mkdir(parents=True, exist_ok=True)
            _drop_torn_line(path)
            self._file = path.open("ab", buffering=0)

    def append(self, record: dict[str, Any]) -> None:
        """Write one record."""
        if self._file is not None:
            self._file.write(json.dumps(record, separators=(",", ":")).encode() + b"\n")

    def records(self) -> Iterator[dict[str, Any]]:
        """Yield what earlier runs have written. Raises JournalBroken."""
        if self._path is None or not self._path.exists():
            return
        with self._path.open("rb") as file:
            for number, line in enumerate(file, start=1):
                try:
                    yield json.loads(line)
                except ValueError as error:
                    raise JournalBroken(f"{self._path}: line {number} cannot be read") from error

    def close(self) -> None:
        """Close the file."""
        if self._file is not None:
            self._file.close()


def _drop_torn_line(path: Path) -> None:
    if not path.exists():
        return
    with path.open("rb+") as file:
        end = file.seek(0, 2)
        while end:
            start = max(0, end - 65536)
            file.seek(start)
            position = file.read(end - start).rfind(b"\n")
            if position >= 0:
                file.truncate(start + position + 1)
                return
            end = start
        file.truncate(0)
