"""What a condition of a query holds an object to: the properties that can be asked, their kinds, and how they compare.

Text compares without case, as QuickBooks does. A property without a value meets no comparison but `!=`.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entity import Entity
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.store import Record
from qbo_sandbox.books.times import PACIFIC
from qbo_sandbox.querying.statement import Condition, invalid

_OFFSET_WITHOUT_PLUS = re.compile(r" (?=\d\d:?\d\d$)")  # a bare `+` in an address arrives as a space

Test = Callable[[Record], bool]
Getter = Callable[[Record], Any]

_REFS = "AttachableRef."

# A scan reads the same few days and seconds over and over.
moment_of = lru_cache(maxsize=20_000)(datetime.fromisoformat)
_day_of = lru_cache(maxsize=20_000)(date.fromisoformat)


def property_named(entity: Entity, given: str) -> tuple[str, str]:
    """Return the true spelling and the kind of a property that can be asked, or refuse it (4001)."""
    wanted = given.lower()
    name = next((each for each in entity.filterable if each.lower() == wanted), None)
    if name is not None and (name in entity.fields or "." in name):
        return name, entity.filterable[name]
    if wanted.partition(".")[0] in (field.lower() for field in entity.fields):
        raise invalid(f"property '{given}' is not queryable")
    raise not_there(entity, given)


def not_there(entity: Entity, given: str) -> Refusal:
    """Return the refusal of a property the entity does not have."""
    return invalid(f"Property {given} not found for Entity {entity.name}")


def getter_of(company: Company, entity: Entity, name: str, kind: str) -> Getter:
    """Return what reads a property of an object as it compares; None stands for no value."""
    if name == "Id":
        return lambda record: int(record.qbo_id)
    if name == "MetaData.CreateTime":
        return lambda record: moment_of(record.created)
    if name == "MetaData.LastUpdatedTime":
        return lambda record: moment_of(record.updated)
    if name.startswith(_REFS):  # it is sorted by the first of them
        return lambda record: _of_ref((record.body.get("AttachableRef") or [{}])[0], name, kind)
    if name in entity.derived:
        return lambda record: _compared(entity.derive(company, record).get(name), name, kind)
    if kind == "date":  # kept as `2026-01-31`, whose order as text is that of the days
        return lambda record: record.body.get(name)
    return lambda record: _compared(record.body.get(name), name, kind)


def _compared(value: Any, name: str, kind: str) -> Any:
    if isinstance(value, dict):  # a reference compares by the id it holds, an e-mail address by its text
        value = value.get("value", value.get("Address"))
    if value is None or isinstance(value, bool | Decimal):
        return value
    return _READERS[kind](str(value), name)


def test_of(company: Company, entity: Entity, name: str, kind: str, condition: Condition) -> Test:
    """Return the test of one condition; refuse a value that is not of the property's kind (4001)."""
    if name.startswith(_REFS):
        holds = _test_by(lambda each: _of_ref(each, name, kind), name, kind, condition)
        return lambda record: any(holds(each) for each in record.body.get("AttachableRef", ()))
    return _test_by(getter_of(company, entity, name, kind), name, kind, condition)


def _of_ref(ref: Any, name: str, kind: str) -> Any:
    """Return a property of one thing an attachment is attached to, `AttachableRef.EntityRef.Type`."""
    found = ref
    for step in name.split(".")[1:]:
        found = found.get(step, found.get(step.lower())) if isinstance(found, dict) else None
    return _compared(found, name, kind)


def _test_by(get: Callable[[Any], Any], name: str, kind: str, condition: Condition) -> Callable[[Any], bool]:
    """Return the test of what `get` reads."""
    if condition.operator == "like":
        parts = [re.escape(part) for part in condition.values[0].split("%")]
        pattern = re.compile(".*".join(parts), re.IGNORECASE | re.DOTALL)

        def is_like(record: Record) -> bool:
            value = get(record)
            return value is not None and pattern.fullmatch(str(value)) is not None

        return is_like
    read = _READERS[kind]
    wanted = [read(value, name) for value in condition.values]
    if condition.operator == "in":
        among = frozenset(wanted)
        return lambda record: get(record) in among
    against = wanted[0]
    if condition.operator == "!=":
        return lambda record: bool(get(record) != against)
    compare = _COMPARISONS[condition.operator]

    def compares(record: Record) -> bool:
        value = get(record)
        return value is not None and compare(value, against)

    return compares


def value_of(kind: str, text: str, name: str) -> Any:
    """Return a value of a statement as its property compares; refuse one that is not of its kind (4001)."""
    return _READERS[kind](text, name)


def _text(text: str, _name: str) -> str:
    return text.casefold()


def _reference(text: str, _name: str) -> str:
    return text


def _id(text: str, name: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise invalid(f"value {text} of property {name} is not a number")
    return int(text)


def _number(text: str, name: str) -> Decimal:
    try:
        number = Decimal(text)
    except InvalidOperation as error:
        raise invalid(f"value {text} of property {name} is not a number") from error
    if not number.is_finite():
        raise invalid(f"value {text} of property {name} is not a number")
    return number


def _day(text: str, name: str) -> str:
    try:
        return _day_of(text[:10]).isoformat()
    except ValueError as error:
        raise invalid(f"value {text} of property {name} is not a date") from error


def _time(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(_OFFSET_WITHOUT_PLUS.sub("+", text))
    except ValueError as error:
        raise invalid(f"value {text} of property {name} is not a time") from error
    return moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)


def _flag(text: str, name: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise invalid(f"value {text} of property {name} is not true or false")
    return text.lower() == "true"


_READERS: dict[str, Callable[[str, str], Any]] = {
    "text": _text,
    "id": _id,
    "reference": _reference,
    "number": _number,
    "date": _day,
    "time": _time,
    "flag": _flag,
}
_COMPARISONS: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: bool(one == other),
    "<": lambda one, other: bool(one < other),
    ">": lambda one, other: bool(one > other),
    "<=": lambda one, other: bool(one <= other),
    ">=": lambda one, other: bool(one >= other),
}
