"""Reads the plain text of a public page into headings, lists and paragraphs. Pure.

`# ` and `## ` begin a heading, `- ` an entry of a list; an empty line ends a paragraph. Nothing else has a meaning, so
nothing a person writes can become a link, a picture or a script.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    """What a block is."""

    TITLE = "title"
    HEADING = "heading"
    LIST = "list"
    PARAGRAPH = "paragraph"


@dataclass(frozen=True)
class Block:
    """A block of text. A list has several lines, every other one has one."""

    kind: Kind
    lines: tuple[str, ...]


def blocks(text: str) -> list[Block]:
    """Return the blocks of a text."""
    found: list[Block] = []
    open_kind: Kind | None = None
    for raw in text.splitlines():
        line = raw.strip()
        kind, words = _read(line)
        if not line:
            open_kind = None
        elif kind == open_kind and kind is Kind.PARAGRAPH:
            found[-1] = Block(kind, (f"{found[-1].lines[0]} {words}",))
        elif kind == open_kind and kind is Kind.LIST:
            found[-1] = Block(kind, (*found[-1].lines, words))
        elif kind is Kind.PARAGRAPH and open_kind is Kind.LIST:  # an entry that goes on in the next line
            before = found[-1].lines
            found[-1] = Block(Kind.LIST, (*before[:-1], f"{before[-1]} {words}"))
        else:
            found.append(Block(kind, (words,)))
            open_kind = kind
    return found


def _read(line: str) -> tuple[Kind, str]:
    for mark, kind in (("## ", Kind.HEADING), ("# ", Kind.TITLE), ("- ", Kind.LIST)):
        if line.startswith(mark):
            return kind, line[len(mark) :].strip()
    return Kind.PARAGRAPH, line
