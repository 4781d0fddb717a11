"""What the quirks mean and where each comes from, read from the comments beside them, the one place that says.

Works for any dataclass of quirks whose fields have a comment above them that begins with a source tag.
"""

from __future__ import annotations

import dataclasses
import inspect
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

_FIELD = re.compile(r"\s+(\w+): \w+ = ")
_QUOTED = re.compile(r'"([^"]+)"')


@dataclass(frozen=True)
class QuirkNote:
    """One quirk: its default, what else it may be, and the comment of its author."""

    name: str
    default: Any
    choices: tuple[Any, ...]
    source: str  # DOC, CAP, 3P or INF: the first tag of the comment
    meaning: str


@cache
def quirk_notes(quirks: type) -> Mapping[str, QuirkNote]:
    """Return the note of every quirk of a dataclass, by name, in its order."""
    comments: dict[str, str] = {}
    gathered: list[str] = []
    for line in inspect.getsource(quirks).splitlines():
        text = line.strip()
        if text.startswith("#"):
            gathered.append(text.lstrip("# "))
        elif (field := _FIELD.match(line)) is not None:
            comments[field[1]] = " ".join(gathered)
            gathered = []
    return {field.name: _note(field, comments.get(field.name, "")) for field in dataclasses.fields(quirks)}


def _note(field: dataclasses.Field[Any], comment: str) -> QuirkNote:
    tag = re.search(r"\[(\w+)\]", comment)
    choices: tuple[Any, ...] = ()
    if isinstance(field.default, bool):
        choices = (True, False)
    elif isinstance(field.default, str):
        choices = tuple(dict.fromkeys([field.default, *_QUOTED.findall(comment)]))
    return QuirkNote(field.name, field.default, choices, tag[1] if tag else "INF", comment)
