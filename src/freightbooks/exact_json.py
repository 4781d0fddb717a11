"""JSON whose numbers are exact: a Decimal is written as a plain number and read back as the same Decimal."""

from __future__ import annotations

import json
from decimal import Decimal
from json.encoder import encode_basestring_ascii as quoted
from typing import Any


def loads(text: str | bytes) -> Any:
    """Read JSON, every number with a fraction as Decimal. Raises ValueError."""
    return json.loads(text, parse_float=Decimal)


def dumps(value: Any) -> str:
    """Write JSON without white space, in the order given. Raises TypeError for a float: it is not exact."""
    pieces: list[str] = []
    _write(value, pieces)
    return "".join(pieces)


def _write(value: Any, pieces: list[str]) -> None:
    # The commonest first: every document that is sent, and every answer that is kept, passes through here.
    if isinstance(value, str):
        pieces.append(quoted(value))
    elif isinstance(value, dict):
        separator = "{"
        for name, each in value.items():
            pieces.append(f"{separator}{quoted(name)}:")
            _write(each, pieces)
            separator = ","
        pieces.append("}" if value else "{}")
    elif isinstance(value, Decimal):
        pieces.append(format(value, "f"))
    elif isinstance(value, (list, tuple)):
        separator = "["
        for each in value:
            pieces.append(separator)
            _write(each, pieces)
            separator = ","
        pieces.append("]" if value else "[]")
    elif isinstance(value, float):
        raise TypeError(f"{value!r} is a float; exact amounts are Decimal")
    else:
        pieces.append(json.dumps(value))
