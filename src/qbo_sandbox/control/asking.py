"""What a control route takes: the properties of its body, each with its kind, and the sentence for what is wrong.

One description of a property reads it, refuses it and writes its schema.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import TYPE_CHECKING, Any

from qbo_sandbox.books import json_text

if TYPE_CHECKING:
    from starlette.requests import Request

    from qbo_sandbox.app import Sandbox
    from qbo_sandbox.books.company import Company


class BadAsk(Exception):
    """A control request cannot be done; the message is a sentence that says what is allowed."""

    def __init__(self, sentence: str, status: int = 400) -> None:
        super().__init__(sentence)
        self.status = status


@dataclass(frozen=True)
class Part:
    """One property of a body. `kind` is a key of KINDS."""

    kind: str
    meaning: str
    needed: bool = False
    choices: tuple[Any, ...] = ()
    least: float | None = None
    most: float | None = None
    example: Any = None


@dataclass(frozen=True)
class Asked:
    """A control request, read and found in order."""

    sandbox: Sandbox
    request: Request
    path: Mapping[str, str]
    body: Mapping[str, Any]

    @property
    def company(self) -> Company:
        """The company named in the path. Raises BadAsk (404)."""
        realm_id = self.path["realm"]
        company = self.sandbox.companies.get(realm_id)
        if company is None:
            there = ", ".join(self.sandbox.companies)
            raise BadAsk(f"There is no company {realm_id}; the companies are {there}.", 404)
        return company


def read_body(raw: bytes, parts: Mapping[str, Part]) -> dict[str, Any]:
    """Return the properties of a JSON body as Python values. Raises BadAsk."""
    if not raw.strip():
        sent: Any = {}
    else:
        try:
            sent = json_text.loads(raw.decode())
            json_text.dumps(sent).encode()  # half of a surrogate pair is JSON, but no text
        except (ValueError, RecursionError) as error:
            raise BadAsk("The body must be JSON in UTF-8.") from error
    if not isinstance(sent, dict):
        raise BadAsk("The body must be a JSON object.")
    return read_parts(sent, parts, "")


def read_parts(sent: Mapping[str, Any], parts: Mapping[str, Part], where: str) -> dict[str, Any]:
    """Return the properties of an object as Python values; `where` names the object. Raises BadAsk."""
    for name in sent:
        if name not in parts:
            known = f"it takes {', '.join(parts)}" if parts else "it takes nothing"
            raise BadAsk(f"{where or 'The body'} has an unknown property {name!r}; {known}.")
    read = {name: read_value(name, sent[name], parts[name]) for name in sent if sent[name] is not None}
    for name, part in parts.items():
        if part.needed and name not in read:
            raise BadAsk(f"{name} is needed: {part.meaning}")
    return read


def read_value(name: str, value: Any, part: Part) -> Any:
    """Return one value as Python has it. Raises BadAsk."""
    kind = KINDS[part.kind]
    try:
        found = kind.read(value)
    except (ValueError, TypeError, InvalidOperation, OverflowError) as error:
        raise BadAsk(f"{name} must be {kind.spoken}.") from error
    if part.choices and found not in part.choices:
        raise BadAsk(f"{name} must be one of {', '.join(map(str, part.choices))}.")
    if part.least is not None and found < part.least:
        raise BadAsk(f"{name} must be at least {part.least:g}.")
    if part.most is not None and found > part.most:
        raise BadAsk(f"{name} must be at most {part.most:g}.")
    return found


@dataclass(frozen=True)
class _Kind:
    """A kind of value: how it is read (raising ValueError or TypeError), called, and written as JSON schema."""

    read: Callable[[Any], Any]
    spoken: str
    schema: Mapping[str, Any]


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError
    return value


def _number(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float | Decimal):
        raise TypeError
    if not math.isfinite(value):
        raise ValueError
    return float(value)


def _whole(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError
    return value


def _flag(value: Any) -> bool:
    if not isinstance(value, bool):
        raise TypeError
    return value


def _amount(value: Any) -> Decimal:
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise TypeError
    amount = Decimal(value)
    if not amount.is_finite() or abs(amount) >= 10**11 or amount != amount.quantize(Decimal("0.01")):
        raise ValueError
    return amount.quantize(Decimal("0.01"))


def _moment(value: Any) -> datetime:
    moment = datetime.fromisoformat(_text(value))
    if moment.tzinfo is None:
        raise ValueError
    return moment


def _day(value: Any) -> date:
    return date.fromisoformat(_text(value))


def _words(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError
    return tuple(_text(each) for each in value)


def _wholes(value: Any) -> tuple[int, ...]:
    if not isinstance(value, list | tuple):
        raise TypeError
    return tuple(_whole(each) for each in value)


def _object(value: Any) -> dict[str, Any]:
    if not isinstance(value, dict):
        raise TypeError
    return value


KINDS: Mapping[str, _Kind] = {
    "text": _Kind(_text, "a text", {"type": "string"}),
    "number": _Kind(_number, "a number", {"type": "number"}),
    "whole": _Kind(_whole, "a whole number", {"type": "integer"}),
    "flag": _Kind(_flag, "true or false", {"type": "boolean"}),
    "amount": _Kind(_amount, "an amount of at most two decimals", {"anyOf": [{"type": "number"}, {"type": "string"}]}),
    "moment": _Kind(
        _moment, "a time with its offset, such as 2026-03-02T10:00:00-08:00", {"type": "string", "format": "date-time"}
    ),
    "day": _Kind(_day, "a day, such as 2026-03-31", {"type": "string", "format": "date"}),
    "words": _Kind(_words, "a list of texts", {"type": "array", "items": {"type": "string"}}),
    "wholes": _Kind(_wholes, "a list of whole numbers", {"type": "array", "items": {"type": "integer"}}),
    "object": _Kind(_object, "an object", {"type": "object"}),
    "anything": _Kind(lambda value: value, "any value", {}),
}
