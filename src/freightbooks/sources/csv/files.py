"""Reads one CSV file row by row, in constant memory, whatever its line ends; tells what cannot be read, and where.

A quote that is never closed costs its own line only: reading goes on with the next one. Knows nothing of columns'
meaning.
"""

from __future__ import annotations

import csv
from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

_UTF_16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True)
class Line:
    """One row: where it begins in the file, its cells, and why it cannot be used (empty when it can).

    `at` is the position of the cell in trouble, where one is; `raw` the row as it stood, where its cells do not tell.
    """

    number: int
    cells: list[str]
    trouble: str = ""
    remedy: str = ""
    at: int | None = None
    raw: str = ""


class Unreadable(Exception):
    """The file as a whole cannot be used; the message says why and what to do."""


def read_header(path: Path, required: Sequence[str]) -> list[str]:
    """Return the columns of a file. Raises Unreadable: nothing in it, columns missing or twice."""
    with _open(path) as file:
        try:
            header = next(csv.reader(file, strict=True), [])
        except csv.Error as error:
            raise Unreadable(
                f"its first line cannot be read ({error}): write the names of the columns there"
            ) from error
    header = [name.strip() for name in header]
    if not any(header):
        raise Unreadable("it is empty: write the names of the columns in its first line")
    if any(_foreign(name) for name in header):
        raise Unreadable("its first line is not UTF-8: save the file as UTF-8")
    missing = [name for name in required if name not in header]
    if missing and len(header) == 1 and ";" in header[0]:
        raise Unreadable("its columns are parted by semicolons: save it with commas")
    if missing:
        raise Unreadable(f"it has no column {', '.join(missing)}: add it, with the name in the first line")
    twice = sorted({name for name in header if header.count(name) > 1 and name})
    if twice:
        raise Unreadable(f"it has the column {', '.join(twice)} twice: take one out")
    return header


def read_lines(path: Path, width: int) -> Iterator[Line]:
    """Yield the rows after the first, empty ones left out."""
    with _open(path) as file:
        source = _Source(file)
        reader = csv.reader(source, strict=True)
        next(reader, None)
        while True:
            number = source.begin_row()
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield _unreadable(number, source.back_to_second_line(), error)
                continue
            if any(cells):
                yield _checked(number, cells, width, source)


class _Source:
    """The lines of a file as they stand, with those of the present row kept, to go back to."""

    def __init__(self, file: TextIO) -> None:
        self._file = file
        self._ahead: deque[str] = deque()
        self._row: list[str] = []
        self._number = 0

    def __iter__(self) -> _Source:
        return self

    def __next__(self) -> str:
        line = self._ahead.popleft() if self._ahead else next(self._file)
        self._row.append(line)
        self._number += 1
        return line

    def begin_row(self) -> int:
        """Return the number of the line the next row begins on."""
        self._row.clear()
        return self._number + 1

    def raw(self) -> str:
        """Return the present row as it stands."""
        return "".join(self._row).rstrip("\r\n")

    def back_to_second_line(self) -> str:
        """Give the row up: return its first line, and go on with the one after it."""
        first, *others = self._row
        self._ahead.extendleft(reversed(others))
        self._number -= len(others)
        return first.rstrip("\r\n")


def shown(text: str) -> str:
    """Return a text fit to print, bytes that are not UTF-8 as `\\xe9`."""
    return text.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")


def storable(text: str) -> bool:
    """Whether PostgreSQL can hold a text at all: it refuses NUL, and what is not UTF-8."""
    return "\x00" not in text and not _foreign(text)


def _unreadable(number: int, first_line: str, error: csv.Error) -> Line:
    if "field limit" in str(error):
        return Line(number, [], "it has a cell too long to be read", "Check the quotes of this line.", raw=first_line)
    remedy = "Close the quote, and write a quote inside a quoted cell twice."
    return Line(number, [], "its quotes do not pair", remedy, raw=first_line)


def _checked(number: int, cells: list[str], width: int, source: _Source) -> Line:
    if len(cells) != width:
        text = f"it has {len(cells)} cells where there are {width} columns"
        return Line(number, cells, text, "Check its commas and quotes.", raw=source.raw())
    for position, cell in enumerate(cells):
        if _foreign(cell):
            return Line(number, cells, "it is not UTF-8", "Save the file as UTF-8.", at=position)
    return Line(number, cells)


def _foreign(text: str) -> bool:
    """Whether it holds bytes that are not UTF-8, which Python keeps as lone surrogates."""
    return not text.isascii() and any("\udc80" <= c <= "\udcff" for c in text)


def _open(path: Path) -> TextIO:
    try:
        with path.open("rb") as file:
            start = file.read(2)
        if start in _UTF_16:
            raise Unreadable("it is UTF-16: save it as UTF-8")
        return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
    except OSError as error:
        raise Unreadable(f"it cannot be opened ({error.strerror}): give its reader the right to read it") from error
