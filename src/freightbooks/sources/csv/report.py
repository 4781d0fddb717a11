"""What an import tells: the rows of each file, and every problem with its place and what to do."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Problem:
    """One thing wrong with one row. `line` is 0 when it is about the file."""

    file: str
    line: int
    column: str
    value: str
    sentence: str
    remedy: str

    def __str__(self) -> str:
        where = f"{self.file}, line {self.line}" if self.line else self.file
        what = f", {self.column} {self.value!r}" if self.column else ""
        return f"{where}{what}: {self.sentence}. {self.remedy}".strip()


@dataclass(frozen=True)
class FileReport:
    """What became of one file's rows."""

    name: str
    read: int = 0
    new: int = 0
    changed: int = 0
    unchanged: int = 0
    rejected: int = 0


@dataclass(frozen=True)
class ImportReport:
    """What became of an import. `ok` when nothing was rejected; `problems` has the first thousand of each file."""

    files: tuple[FileReport, ...]
    problems: tuple[Problem, ...]
    warnings: tuple[str, ...]
    rejects: tuple[Path, ...]
    announced: int

    @property
    def ok(self) -> bool:
        """Whether every row went in."""
        return not self.problems

    @property
    def changed(self) -> int:
        """How many rows were new or differed."""
        return sum(each.new + each.changed for each in self.files)
