"""Answers a query from the books: filters, sorts and pages the objects of one entity, by index where there is one."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal, InvalidOperation
from typing import Any

from qbo_sandbox.books import json_text
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.entity import Entity
from qbo_sandbox.books.store import Record
from qbo_sandbox.querying.statement import Condition, Statement, invalid, read_statement

Test = Callable[[Record], bool]
_BY_SPELLING = {name.lower(): entity for name, entity in ENTITIES.items()}


@dataclass(frozen=True)
class Found:
    """The answer of a query: either a count, or the texts of the objects of one page."""

    entity: str
    count: int | None
    texts: tuple[str, ...]
    start: int
    total: int | None

    def as_text(self) -> str:
        """Return the `QueryResponse` as JSON text."""
        if self.count is not None:
            return f'{{"totalCount":{self.count}}}'
        if not self.texts:
            return "{}"
        total = f',"totalCount":{self.total}' if self.total is not None else ""
        rows = ",".join(self.texts)
        return f'{{"{self.entity}":[{rows}],"startPosition":{self.start},"maxResults":{len(self.texts)}{total}}}'


def answer(company: Company, text: str) -> Found:
    """Answer a query, or refuse it (4000, 4001)."""
    statement = read_statement(text, company.quirks)
    entity = _BY_SPELLING.get(statement.entity.lower())
    if entity is None:
        raise invalid(f"invalid context declaration: {statement.entity}")
    with company.lock:
        rows = _matching(company, entity, statement)
        if statement.counting:
            return Found(entity.name, len(rows), (), 1, None)
        _sort(company, entity, statement, rows)
        page = rows[statement.start - 1 : statement.start - 1 + statement.most]
        texts = tuple(_text(company, entity, statement.columns, row) for row in page)
        counted = entity.counted and not statement.columns
        return Found(entity.name, None, texts, statement.start, len(rows) if counted else None)


def _matching(company: Company, entity: Entity, statement: Statement) -> list[Record]:
    table = company.table(entity.name)
    rows: Iterable[Record] = table
    tests: list[Test] = []
    asks_for_active = False
    by_index: list[Record] | None = None
    for condition in statement.conditions:
        name, kind = _filterable(entity, condition.name)
        asks_for_active = asks_for_active or name == "Active"
        if by_index is None and condition.operator in ("=", "in") and table.is_indexed(name) and name != "Active":
            found: dict[str, Record] = {}
            for value in condition.values:
                for record in table.with_value(name, value):
                    found.setdefault(record.qbo_id, record)
            by_index = list(found.values())
            continue
        tests.append(_test(company, entity, name, kind, condition))
    if by_index is not None:
        rows = by_index
    if "Active" in entity.fields and not asks_for_active:
        tests.append(lambda record: record.active)
    return [record for record in rows if all(test(record) for test in tests)]


def _filterable(entity: Entity, given: str) -> tuple[str, str]:
    wanted = given.lower()
    for name, kind in entity.filterable.items():
        if name.lower() == wanted:
            return name, kind
    if wanted == "metadata.lastupdatedtime":
        return "MetaData.LastUpdatedTime", "time"
    raise invalid(f"property '{given}' is not queryable")


def _value_of(company: Company, entity: Entity, record: Record, name: str) -> Any:
    if name == "Id":
        return record.qbo_id
    if name == "MetaData.CreateTime":
        return record.created
    if name == "MetaData.LastUpdatedTime":
        return record.updated
    if name in entity.derived:
        return entity.derive(company, record).get(name)
    return record.body.get(name)


def _test(company: Company, entity: Entity, name: str, kind: str, condition: Condition) -> Test:
    read = _READERS[kind]
    operator = condition.operator
    if operator == "like":
        pattern = re.compile(".*".join(re.escape(part) for part in condition.values[0].split("%")), re.I | re.S)
        return lambda record: bool(pattern.fullmatch(str(_value_of(company, entity, record, name) or "")))
    wanted = [read(value, name) for value in condition.values]
    if operator == "in":
        among = set(wanted)
        return lambda record: _shown(read, _value_of(company, entity, record, name), name) in among
    compare = _COMPARE[operator]
    against = wanted[0]

    def test(record: Record) -> bool:
        value = _shown(read, _value_of(company, entity, record, name), name)
        return value is not None and compare(value, against)

    return test


def _shown(read: Callable[[str, str], Any], value: Any, name: str) -> Any:
    if value is None:
        return None
    if isinstance(value, dict):
        value = value.get("value", "")
    if isinstance(value, bool):
        return value
    return read(str(value), name)


def _number(text: str, name: str) -> Decimal:
    try:
        return Decimal(text)
    except InvalidOperation as error:
        raise invalid(f"value {text} of property {name} is not a number") from error


def _day(text: str, name: str) -> date:
    try:
        return date.fromisoformat(text[:10])
    except ValueError as error:
        raise invalid(f"value {text} of property {name} is not a date") from error


def _time(text: str, name: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError as error:
        raise invalid(f"value {text} of property {name} is not a time") from error
    from qbo_sandbox.books.times import PACIFIC

    return moment if moment.tzinfo else moment.replace(tzinfo=PACIFIC)


def _flag(text: str, name: str) -> bool:
    if text.lower() not in ("true", "false"):
        raise invalid(f"value {text} of property {name} is not true or false")
    return text.lower() == "true"


_READERS: dict[str, Callable[[str, str], Any]] = {
    "text": lambda text, _name: text.casefold(),
    "id": lambda text, _name: text,
    "reference": lambda text, _name: text,
    "number": _number,
    "date": _day,
    "time": _time,
    "flag": _flag,
}
_COMPARE: dict[str, Callable[[Any, Any], bool]] = {
    "=": lambda one, other: bool(one == other),
    "!=": lambda one, other: bool(one != other),
    "<": lambda one, other: bool(one < other),
    ">": lambda one, other: bool(one > other),
    "<=": lambda one, other: bool(one <= other),
    ">=": lambda one, other: bool(one >= other),
}


def _sort(company: Company, entity: Entity, statement: Statement, rows: list[Record]) -> None:
    if not statement.orders:
        if entity.order:
            rows.sort(key=lambda record: str(_value_of(company, entity, record, entity.order) or ""))
        else:
            rows.sort(key=lambda record: (record.updated, int(record.qbo_id)), reverse=True)
        return
    for given, descending in reversed(statement.orders):
        name, kind = _filterable(entity, given)
        read = _READERS[kind]

        def key(record: Record, name: str = name, kind: str = kind, read: Any = read) -> tuple[bool, Any]:
            value = _shown(read, _value_of(company, entity, record, name), name)
            if kind == "id":
                value = int(value)
            return (value is not None, value if value is not None else 0)

        rows.sort(key=key, reverse=descending)


def _text(company: Company, entity: Entity, columns: tuple[str, ...], record: Record) -> str:
    if not columns:
        return company.text(record)
    shown = company.show(record)
    wanted = {column.lower().partition(".")[0] for column in columns}
    always = {"id", "sparse", "domain"}
    kept = {name: value for name, value in shown.items() if name.lower() in wanted | always}
    return json_text.dumps(kept | {"sparse": True})
