"""JSON whose numbers are exact: a Decimal is written as a plain number and read back as the same Decimal."""

from __future__ import annotations

import json
from decimal import Decimal
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
    if isinstance(value, Decimal):
        pieces.append(format(value, "f"))
    elif isinstance(value, dict):
        separator = "{"
        for name, each in value.items():
            pieces.append(f"{separator}{json.dumps(name)}:")
            _write(each, pieces)
            separator = ","
        pieces.append("}" if value else "{}")
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
