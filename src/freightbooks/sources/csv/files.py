"""Reads one CSV file row by row, in constant memory, whatever its line ends; tells what cannot be read, and where."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TextIO

csv.field_size_limit(1_000_000)


@dataclass(frozen=True)
class Line:
    """One row: where it begins in the file, its cells, and why it cannot be used (empty when it can)."""

    number: int
    cells: list[str]
    trouble: str = ""
    remedy: str = ""


class Unreadable(Exception):
    """The file as a whole cannot be used; the message says why and what to do."""


def read_header(path: Path, required: Sequence[str]) -> list[str]:
    """Return the columns of a file. Raises Unreadable: nothing in it, columns missing or twice."""
    with _open(path) as file:
        try:
            header = next(csv.reader(file), [])
        except csv.Error as error:
            raise Unreadable(
                f"its first line cannot be read ({error}): write the names of the columns there"
            ) from error
    header = [name.strip() for name in header]
    if not any(header):
        raise Unreadable("it is empty: write the names of the columns in its first line")
    missing = [name for name in required if name not in header]
    if missing:
        raise Unreadable(f"it has no column {', '.join(missing)}: add it, with the name in the first line")
    twice = sorted({name for name in header if header.count(name) > 1 and name})
    if twice:
        raise Unreadable(f"it has the column {', '.join(twice)} twice: take one out")
    return header


def read_lines(path: Path, width: int) -> Iterator[Line]:
    """Yield the rows after the first, empty lines left out."""
    with _open(path) as file:
        reader = csv.reader(file)
        next(reader, None)
        while True:
            number = reader.line_num + 1
            try:
                cells = next(reader)
            except StopIteration:
                return
            except csv.Error as error:
                yield Line(number, [], f"it cannot be read: {error}", "Check the quotes of this line.")
                continue
            if not cells:
                continue
            yield _checked(number, cells, width)


def _checked(number: int, cells: list[str], width: int) -> Line:
    if any("\udc80" <= c <= "\udcff" for cell in cells for c in cell):
        return Line(number, cells, "it is not UTF-8", "Save the file as UTF-8.")
    if len(cells) != width:
        text = f"it has {len(cells)} cells where there are {width} columns"
        return Line(number, cells, text, "Check its commas and quotes.")
    return Line(number, cells)


def _open(path: Path) -> TextIO:
    return path.open(encoding="utf-8-sig", errors="surrogateescape", newline="")
