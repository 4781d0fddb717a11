"""Keeps the rows that could not go in, as they were and with the reason, in a file to mend and import again."""

from __future__ import annotations

import csv
from collections.abc import Sequence
from pathlib import Path
from typing import TextIO

REASON = "reject_reason"


class Rejects:
    """The rejects file of one CSV file. It appears when the first row is rejected."""

    def __init__(self, path: Path, header: Sequence[str]) -> None:
        self._path = path
        self._header = [name for name in header if name != REASON]
        self._kept = [position for position, name in enumerate(header) if name != REASON]
        self._draft = path.with_name(f".{path.name}.new")
        self._file: TextIO | None = None
        self.count = 0

    def add(self, cells: Sequence[str], reason: str) -> None:
        """Keep one row."""
        if self._file is None:
            self._draft.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._draft.open("w", encoding="utf-8", errors="surrogateescape", newline="")
            csv.writer(self._file).writerow([*self._header, REASON])
        kept = [cells[position] if position < len(cells) else "" for position in self._kept]
        csv.writer(self._file).writerow([*kept, reason])
        self.count += 1

    def finish(self) -> Path | None:
        """Put the file in its place; without a rejected row, take an older one away."""
        if self._file is None:
            self._path.unlink(missing_ok=True)
            return None
        self._file.close()
        self._draft.replace(self._path)
        return self._path
