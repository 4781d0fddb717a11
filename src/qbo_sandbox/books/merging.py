"""Merging two objects of a list, as QuickBooks' users do by giving one the other's name: what refers to one then
refers to the other. Knows which pairs may be merged and how a reference inside an object moves; writes nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.fields import Kind, Many, PartyRef, Ref, Struct, TypedParty
from qbo_sandbox.books.lines import Lines
from qbo_sandbox.books.refusals import business, duplicate_name, missing, unsupported_operation
from qbo_sandbox.books.store import Body, Record
from qbo_sandbox.books.text_rules import fold

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

MERGEABLE = frozenset({"Customer", "Vendor", "Employee", "Account", "Class", "Department", "Item"})
_SUFFIX = " (deleted)"
_NAMES = ("Name", "DisplayName", "FullyQualifiedName", "PrintOnCheckName")


@dataclass(frozen=True, slots=True)
class Merge:
    """One object took over everything of another of its list."""

    entity: str
    kept_id: str
    gone_id: str


def hold_mergeable(company: Company, kept: Record, gone: Record) -> None:
    """Refuse a pair QuickBooks would not merge: of different kinds, in different currencies, one below the other."""
    if kept.entity not in MERGEABLE:
        raise unsupported_operation(f"merge of {kept.entity}")
    if kept.qbo_id == gone.qbo_id:
        raise missing("deletedId")
    for name in ("AccountType", "AccountSubType", "Type"):
        if kept.body.get(name) != gone.body.get(name):
            raise business("You can only merge two of the same type.")
    if kept.body.get("TrackQtyOnHand") or gone.body.get("TrackQtyOnHand"):
        raise business("You can't merge items whose quantity is tracked.")
    if kept.body.get("CurrencyRef") != gone.body.get("CurrencyRef"):
        raise business("The currency of the transaction is invalid for customer/vendor/account.")
    if _has_parents(kept) and any(each.qbo_id == kept.qbo_id for each in company.family_of(gone)):
        raise business("You can't merge a parent into what is below it.")
    names = {_own_name(each) for each in _children(company, kept)}
    if any(_own_name(each) in names for each in _children(company, gone)):
        raise duplicate_name("customer" if kept.entity == "Customer" else "customer, vendor or employee")


def _has_parents(record: Record) -> bool:
    return "ParentRef" in ENTITIES[record.entity].indexed


def _children(company: Company, parent: Record) -> list[Record]:
    if not _has_parents(parent):
        return []
    return company.table(parent.entity).with_value("ParentRef", parent.qbo_id)


def _own_name(record: Record) -> str:
    return fold(str(record.body.get("DisplayName") or record.body["Name"]))


def gone_body(record: Record) -> Body:
    """Return the body of what was merged away: inactive, and its names marked as deleted."""
    body = record.body | {"Active": False}
    for name in _NAMES:
        if name in body and not body[name].endswith(_SUFFIX):
            body[name] += _SUFFIX
    return body


def moved_body(record: Record, merge: Merge) -> Body:
    """Return a body with every reference to what is gone turned to what is kept; the same body when it has none."""
    body: Body = _moved_fields(ENTITIES[record.entity].fields, record.body, merge)
    return body


def _moved_fields(fields: Any, body: Body, merge: Merge) -> Body:
    changed: Body = {}
    for name, value in body.items():
        kind = fields.get(name)
        after = _moved(kind, value, merge) if kind is not None and not kind.plain else value
        if after is not value:
            changed[name] = after
    return {name: changed.get(name, value) for name, value in body.items()} if changed else body


def _moved(kind: Kind, value: Any, merge: Merge) -> Any:
    if isinstance(kind, Ref):
        hit = kind.entity == merge.entity and value["value"] == merge.gone_id
        return value | {"value": merge.kept_id} if hit else value
    if isinstance(kind, PartyRef):
        hit = value["type"] == merge.entity and value["value"] == merge.gone_id
        return value | {"value": merge.kept_id} if hit else value
    if isinstance(kind, TypedParty):
        hit = value["Type"] == merge.entity and value["EntityRef"]["value"] == merge.gone_id
        return value | {"EntityRef": {"value": merge.kept_id}} if hit else value
    if isinstance(kind, Struct):
        return _moved_fields(kind.fields, value, merge)
    if isinstance(kind, Lines | Many):
        inner = kind.struct if isinstance(kind, Lines) else kind.kind
        after = [_moved(inner, each, merge) for each in value]
        return after if any(new is not old for new, old in zip(after, value, strict=True)) else value
    return value
