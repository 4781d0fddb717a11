"""Answers a query from the books: filters, sorts and pages the objects of one entity."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import partial
from itertools import islice
from typing import Any

from qbo_sandbox.books import json_text
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import entity_called
from qbo_sandbox.books.entity import Entity
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.store import Record
from qbo_sandbox.querying.conditions import Getter, getter_of, moment_of, not_there, property_named
from qbo_sandbox.querying.planning import Order, plan
from qbo_sandbox.querying.statement import Statement, invalid, read_statement

_ALWAYS_SHOWN = frozenset({"id", "domain", "sparse"})


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
    entity = entity_called(statement.entity)
    if entity is None:
        raise invalid(f"invalid context declaration: {statement.entity}")
    for column in statement.columns:
        if column.partition(".")[0].lower() not in (name.lower() for name in entity.fields):
            raise not_there(entity, column)
    with company.lock:
        rows, total = _rows(company, entity, statement)
        above = _constants(company, entity, statement) if entity.constants else []
        total += len(above)
        if statement.counting:
            return Found(entity.name, total, (), 1, None)
        page = islice(rows, statement.start - 1, statement.start - 1 + statement.most)
        shown = [*above, *page] if statement.start == 1 else page
        texts = tuple(_text(company, entity, statement.columns, row) for row in shown)
        counted = entity.counted and not statement.columns
        return Found(entity.name, None, texts, statement.start, total if counted else None)


def _rows(company: Company, entity: Entity, statement: Statement) -> tuple[Iterable[Record], int]:
    """Return every object a statement asks for, in its order, and how many they are."""
    orders = [(*property_named(entity, name), descending) for name, descending in statement.orders]
    planned = plan(company, entity, statement.conditions, orders)
    if planned.whole and planned.in_order and not planned.tests:
        return planned.candidates, len(company.table(entity.name))
    candidates = planned.candidates
    for test in planned.tests:
        candidates = filter(test, candidates)
    rows = list(candidates)
    if not planned.in_order and not statement.counting:
        _sort(company, entity, orders, rows)
    return rows, len(rows)


def _constants(company: Company, entity: Entity, statement: Statement) -> list[Record]:
    """Return the objects every company has that a statement asks for. They are no part of a page, but stand above it.

    They have no numbers for ids, so that a statement that asks for an id never means them.
    """
    if any(condition.name.lower() == "id" for condition in statement.conditions):
        return []
    tests = plan(company, entity, statement.conditions, []).tests
    always_active = [(each, replace(each, body=each.body | {"Active": True})) for each in entity.constants]
    return [each for each, active in always_active if all(test(active) for test in tests)]


def _sort(company: Company, entity: Entity, orders: list[Order], rows: list[Record]) -> None:
    if not orders:
        if entity.order:
            rows.sort(key=lambda record: str(record.body.get(entity.order, "")))
        else:
            rows.sort(key=lambda record: (moment_of(record.updated), int(record.qbo_id)), reverse=True)
    for name, kind, descending in reversed(orders):
        rows.sort(key=partial(_sort_key, getter_of(company, entity, name, kind)), reverse=descending)


def _sort_key(get: Getter, record: Record) -> tuple[bool, Any]:
    """Return a key that puts objects without a value before all others."""
    value = get(record)
    return (value is not None, 0 if value is None else value)


def _text(company: Company, entity: Entity, columns: tuple[str, ...], record: Record) -> str:
    if not columns or entity.wrapped:  # a template tells all it is in the transaction inside
        return company.text(record)
    wanted = _by_part(columns) | {name: [""] for name in _ALWAYS_SHOWN}
    return json_text.dumps(_picked(company.show(record), wanted) | {"sparse": True})


def _by_part(columns: Iterable[str]) -> dict[str, list[str]]:
    """Return the columns by what they begin with: `MetaData.CreateTime` as `{"metadata": ["CreateTime"]}`."""
    parts: dict[str, list[str]] = {}
    for column in columns:
        name, _, inner = column.partition(".")
        parts.setdefault(name.lower(), []).append(inner)
    return parts


def _picked(shown: Body, wanted: dict[str, list[str]]) -> Body:
    """Return the wanted parts of an object, an empty text standing for the whole of a part."""
    kept: Body = {}
    for name, value in shown.items():
        inner = wanted.get(name.lower())
        if inner is not None:
            kept[name] = value if "" in inner else _inside(value, inner)
    return kept


def _inside(value: Any, columns: list[str]) -> Any:
    if isinstance(value, list):
        return [_inside(each, columns) for each in value]
    if not isinstance(value, dict):
        return value
    return _picked(value, _by_part(columns))
