"""JSON in and out with exact decimals: a number never passes through float. Knows nothing of bookkeeping."""

from __future__ import annotations

import json
from decimal import Decimal
from json.encoder import encode_basestring
from typing import Any

_LARGEST_EXPONENT = 30


def _exact(text: str) -> Decimal:
    number = Decimal(text)
    if abs(number.adjusted()) > _LARGEST_EXPONENT:
        raise ValueError(f"number out of range: {text[:40]}")
    return number


def _no_constant(name: str) -> Any:
    raise ValueError(f"{name} is not JSON")


def loads(text: str | bytes) -> Any:
    """Return the value of `text`; raise ValueError when it is not JSON, RecursionError when it nests too deep."""
    return json.loads(text, parse_float=_exact, parse_constant=_no_constant)


def number_text(number: Decimal) -> str:
    """Return `number` as QuickBooks prints it: zero is `0`, all else keeps its digits."""
    return format(number, "f") if number else "0"


def dumps(value: Any) -> str:
    """Return `value` as compact JSON text."""
    pieces: list[str] = []
    _write(value, pieces.append)
    return "".join(pieces)


def _write(value: Any, put: Any) -> None:
    kind = type(value)
    if kind is str:
        put(encode_basestring(value))
    elif kind is dict:
        separator = "{"
        for key, each in value.items():
            put(separator)
            put(encode_basestring(key))
            put(":")
            if type(each) is str:
                put(encode_basestring(each))
            else:
                _write(each, put)
            separator = ","
        put("}" if value else "{}")
    elif kind is Decimal:
        put(number_text(value))
    elif kind is list or kind is tuple:
        separator = "["
        for each in value:
            put(separator)
            _write(each, put)
            separator = ","
        put("]" if value else "[]")
    elif value is None:
        put("null")
    elif kind is bool:
        put("true" if value else "false")
    elif kind is int:
        put(str(value))
    else:
        raise TypeError(f"{kind.__name__} has no place in an answer of QuickBooks")
