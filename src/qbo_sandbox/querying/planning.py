"""Chooses where a query looks: in an index, in the latest changes, or through the whole table.

A plan changes how long an answer takes, never what it is: every condition the candidates do not meet by themselves
stays a test.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entity import Entity
from qbo_sandbox.books.store import Record, Table
from qbo_sandbox.querying.conditions import Test, property_named, test_of, value_of
from qbo_sandbox.querying.statement import Condition

Order = tuple[str, str, bool]  # property, its kind, descending
_RANGES = frozenset({"<", ">", "<=", ">="})
_UPDATED = "MetaData.LastUpdatedTime"


@dataclass(frozen=True)
class Plan:
    """Where to look, what is left to test, and whether the candidates come in the order asked for."""

    candidates: Iterable[Record]
    tests: tuple[Test, ...]
    in_order: bool
    whole: bool  # whether the candidates are all there is


@dataclass(frozen=True)
class _Asked:
    """A condition with the true name and the kind of its property, and its test."""

    name: str
    kind: str
    condition: Condition
    test: Test


def plan(company: Company, entity: Entity, conditions: tuple[Condition, ...], orders: list[Order]) -> Plan:
    """Return the plan of a query, or refuse its conditions (4001)."""
    table = company.table(entity.name)
    asked = []
    for condition in conditions:
        name, kind = property_named(entity, condition.name)
        asked.append(_Asked(name, kind, condition, test_of(company, entity, name, kind, condition)))
    tests = [each.test for each in asked]
    if "Active" in entity.fields and "Active" not in (each.name for each in asked):
        tests.append(lambda record: record.active)  # lists hide what is inactive unless asked
    found = _by_value(table, asked)
    if found is None:
        found = _by_day(table, asked)
    if found is not None:
        return Plan(found, tuple(tests), in_order=False, whole=False)
    newest_first = not orders and not entity.order
    bound = _changed_since(asked)
    if newest_first and bound is not None and (latest := table.changed_since(bound)) is not None:
        return Plan(latest, tuple(tests), in_order=True, whole=False)
    if newest_first:
        return Plan(table.newest_first(), tuple(tests), in_order=True, whole=True)
    if [name for name, _kind, _descending in orders] == ["Id"]:
        by_id = reversed(table.records.values()) if orders[0][2] else iter(table)
        return Plan(by_id, tuple(tests), in_order=True, whole=True)
    return Plan(table, tuple(tests), in_order=False, whole=True)


def _by_value(table: Table, asked: list[_Asked]) -> list[Record] | None:
    """Return what the first equality on an indexed property gives."""
    for each in asked:
        if each.condition.operator in ("=", "in") and each.kind != "date" and table.is_indexed(each.name):
            values = each.condition.values
            found = {record.qbo_id: record for value in values for record in table.with_value(each.name, value)}
            return _if_few(list(found.values()), table)
    return None


def _by_day(table: Table, asked: list[_Asked]) -> list[Record] | None:
    """Return what lies on the days that meet every condition on an indexed date; days are few, objects many."""
    names = [each.name for each in asked if each.kind == "date" and table.is_indexed(each.name)]
    if not names:
        return None
    name = names[0]
    on_it = [each.condition for each in asked if each.name == name]
    if not all(condition.operator in _RANGES or condition.operator in ("=", "in") for condition in on_it):
        return None
    bounds = [
        (condition.operator, [value_of("date", value, name) for value in condition.values]) for condition in on_it
    ]
    days = [day for day in table.values(name) if all(_meets(day, operator, wanted) for operator, wanted in bounds)]
    if sum(table.how_many(name, day) for day in days) * 2 > len(table):
        return None
    return [record for day in days for record in table.with_value(name, day)]


def _meets(day: str, operator: str, wanted: list[str]) -> bool:
    if operator in ("=", "in"):
        return day in wanted
    against = wanted[0]
    if operator == "<":
        return day < against
    if operator == "<=":
        return day <= against
    return day > against if operator == ">" else day >= against


def _if_few(found: list[Record], table: Table) -> list[Record] | None:
    """Return the objects an index gave, or None where going through the table in its own order is the shorter way."""
    return found if len(found) * 2 <= len(table) or len(found) <= 100 else None


def _changed_since(asked: list[_Asked]) -> datetime | None:
    """Return the latest moment the conditions ask to be changed at or after."""
    bounds: list[datetime] = [
        value_of("time", each.condition.values[0], each.name)
        for each in asked
        if each.name == _UPDATED and each.condition.operator in (">", ">=")
    ]
    return max(bounds, default=None)
