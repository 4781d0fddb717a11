"""Answers a query from the books: filters, sorts and pages the objects of one entity, by index where there is one."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from itertools import islice
from typing import Any

from qbo_sandbox.books import json_text
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.entity import Entity
from qbo_sandbox.books.store import Record, Table
from qbo_sandbox.querying.conditions import Getter, Test, getter_of, not_there, property_named, test_of
from qbo_sandbox.querying.statement import Condition, Statement, invalid, read_statement

_BY_SPELLING = {name.lower(): entity for name, entity in ENTITIES.items()}
_ALWAYS_SHOWN = frozenset({"id", "domain"})


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
    for column in statement.columns:
        if column.partition(".")[0].lower() not in (name.lower() for name in entity.fields):
            raise not_there(entity, column)
    with company.lock:
        rows, total = _rows(company, entity, statement)
        if statement.counting:
            return Found(entity.name, total, (), 1, None)
        page = islice(rows, statement.start - 1, statement.start - 1 + statement.most)
        texts = tuple(_text(company, statement.columns, row) for row in page)
        counted = entity.counted and not statement.columns
        return Found(entity.name, None, texts, statement.start, total if counted else None)


def _rows(company: Company, entity: Entity, statement: Statement) -> tuple[Iterable[Record], int]:
    """Return every object a statement asks for, in its order, and how many they are."""
    table = company.table(entity.name)
    orders = [(*property_named(entity, name), descending) for name, descending in statement.orders]
    indexed, tests = _plan(company, entity, table, statement.conditions)
    already = None if indexed is not None else _already_sorted(entity, table, orders)
    if already is not None and not tests:
        return already, len(table)
    candidates: Iterable[Record] = indexed if indexed is not None else already if already is not None else table
    for test in tests:
        candidates = filter(test, candidates)
    rows = list(candidates)
    if already is None and not statement.counting:
        _sort(company, entity, orders, rows)
    return rows, len(rows)


def _plan(
    company: Company, entity: Entity, table: Table, conditions: tuple[Condition, ...]
) -> tuple[list[Record] | None, list[Test]]:
    """Return the objects one index gives (None: there is no index to use), and the tests still to be held."""
    tests: list[Test] = []
    indexed: list[Record] | None = None
    asked: set[str] = set()
    for condition in conditions:
        name, kind = property_named(entity, condition.name)
        asked.add(name)
        test = test_of(company, entity, name, kind, condition)
        if indexed is None and condition.operator in ("=", "in") and table.is_indexed(name):
            found = {record.qbo_id: record for value in condition.values for record in table.with_value(name, value)}
            indexed = list(found.values())
        else:
            tests.append(test)
    if "Active" in entity.fields and "Active" not in asked:  # lists hide what is inactive unless asked
        tests.append(lambda record: record.active)
    return indexed, tests


def _already_sorted(entity: Entity, table: Table, orders: list[tuple[str, str, bool]]) -> Iterator[Record] | None:
    """Return all objects when the table keeps them in the order that is asked for: by Id, or newest change first."""
    if not orders:
        return None if entity.order else table.newest_first()
    if [name for name, _kind, _descending in orders] != ["Id"]:
        return None
    return reversed(table.records.values()) if orders[0][2] else iter(table)


def _sort(company: Company, entity: Entity, orders: list[tuple[str, str, bool]], rows: list[Record]) -> None:
    if not orders:
        if entity.order:
            rows.sort(key=lambda record: str(record.body.get(entity.order, "")))
        else:
            rows.sort(key=lambda record: (datetime.fromisoformat(record.updated), int(record.qbo_id)), reverse=True)
    for name, kind, descending in reversed(orders):
        rows.sort(key=partial(_sort_key, getter_of(company, entity, name, kind)), reverse=descending)


def _sort_key(get: Getter, record: Record) -> tuple[bool, Any]:
    """Return a key that puts objects without a value before all others."""
    value = get(record)
    return (value is not None, 0 if value is None else value)


def _text(company: Company, columns: tuple[str, ...], record: Record) -> str:
    if not columns:
        return company.text(record)
    wanted = {column.partition(".")[0].lower() for column in columns} | _ALWAYS_SHOWN
    shown = company.show(record)
    kept = {name: value for name, value in shown.items() if name.lower() in wanted}
    return json_text.dumps(kept | {"sparse": True})
