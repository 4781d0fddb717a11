"""Keeps the rows that could not go in, as they were and with the reason, in a file to mend and import again.

Rejects of an earlier import are never lost: what a new file would take the place of is set aside under its date.
"""

from __future__ import annotations

import csv
import filecmp
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TextIO

REASON = "reject_reason"
RAW = "reject_raw"
"""The row as it stood, where it could not be parted into the file's columns."""


class Rejects:
    """The rejects file of one CSV file. It appears when the first row is rejected."""

    def __init__(self, path: Path, header: Sequence[str], imported: Path) -> None:
        self._path = path
        self._kept = [position for position, name in enumerate(header) if name not in (REASON, RAW)]
        self._header = [header[position] for position in self._kept]
        self._draft = path.with_name(f".{path.name}.new")
        self._file: TextIO | None = None
        self._mends_itself = path.exists() and imported.exists() and path.samefile(imported)

    def add(self, cells: Sequence[str], reason: str, raw: str = "") -> None:
        """Keep one row."""
        if self._file is None:
            self._draft.parent.mkdir(parents=True, exist_ok=True)
            self._file = self._draft.open("w", encoding="utf-8", errors="surrogateescape", newline="")
            csv.writer(self._file).writerow([*self._header, REASON, RAW])
        kept = [cells[position] if position < len(cells) else "" for position in self._kept]
        csv.writer(self._file).writerow([*kept, reason, raw])

    def finish(self) -> Path | None:
        """Put the file in its place and return it; None without a rejected row. A file that is all mended goes."""
        if self._file is None:
            if self._mends_itself:
                self._path.unlink()
            return None
        self._file.close()
        if self._path.exists() and not self._mends_itself and not filecmp.cmp(self._path, self._draft, shallow=False):
            self._set_aside()
        self._draft.replace(self._path)
        return self._path

    def _set_aside(self) -> None:
        written = datetime.fromtimestamp(self._path.stat().st_mtime, UTC)
        folder = self._path.parent / f"{written:%Y-%m-%dT%H%M%S.%fZ}"
        folder.mkdir(exist_ok=True)
        self._path.rename(folder / self._path.name)
