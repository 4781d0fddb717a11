"""RecurringTransaction: a transaction to be made again and again, with its schedule. It posts nothing, nor is it made.

The transaction it is a template of holds everything, its ids and times included: `{"Bill": {"Id": "20", ...}}`.
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from qbo_sandbox.books.entities import (
    deposits,
    estimates,
    journal,
    purchase_orders,
    purchases,
    receipts,
    sales,
    transfers,
)
from qbo_sandbox.books.entity import META, SILENT, Draft, Entity
from qbo_sandbox.books.fields import Body, Choice, Computed, Day, Flag, Kind, NameOf, Number, Struct, Text
from qbo_sandbox.books.refusals import missing, not_found, refuse
from qbo_sandbox.books.store import Record

_COUNT = Number(Decimal(0), Decimal(999))
_SCHEDULE = Struct(
    "RecurringScheduleInfo",
    {
        "StartDate": Day(),
        "EndDate": Day(),
        **dict.fromkeys(("DaysBefore", "MaxOccurrences", "RemindDays"), _COUNT),
        "IntervalType": Text(30),
        "NumInterval": _COUNT,
        "DayOfMonth": _COUNT,
        **{name: Text(30) for name in ("DayOfWeek", "MonthOfYear", "WeekOfMonth")},
        "NextDate": Day(),
        "PreviousDate": Day(),
    },
)
_INFO = Struct(
    "RecurringInfo",
    {
        "Name": Text(100),
        "RecurType": Choice(("Automated", "Reminder", "Unscheduled")),
        "Active": Flag(),
        "ScheduleInfo": _SCHEDULE,
    },
    required=("Name",),
)
_NOT_YET = ("TxnDate", "DueDate", "DocNumber")  # what only the transactions made of it have
_WORKED_OUT = frozenset({"Balance", "LinkedTxn"})  # of what nothing was paid or billed


class Template(Struct):
    """The transaction a template holds, with its schedule, ids and times."""

    def __init__(self, entity: Entity) -> None:
        own: dict[str, Kind] = {"RecurringInfo": _INFO, "RecurDataRef": Computed()}
        super().__init__(entity.name, {**SILENT, **entity.fields, **own})
        self.entity = entity

    def show(self, value: Any, name_of: NameOf) -> Any:
        return dict(self._shown(value, name_of))

    def _shown(self, value: Body, name_of: NameOf) -> Iterator[tuple[str, Any]]:
        for name, kind in self.fields.items():
            if name == "Balance" and name in self.entity.derived and "TotalAmt" in value:
                yield name, value["TotalAmt"]
            elif name == "LinkedTxn" and self.entity.name == "Invoice":
                yield name, []
            elif value.get(name) is not None:
                yield name, value[name] if kind.plain else kind.show(value[name], name_of)

    def restore(self, shown: Any) -> Any:
        kept = {name: each for name, each in shown.items() if name not in META and name not in _WORKED_OUT}
        return super().restore(kept)


_MODULES = (purchases, receipts, sales, deposits, estimates, journal, transfers, purchase_orders)
_KINDS = {entity.name: entity for module in _MODULES for entity in module.FAMILY}
_TEMPLATES = {
    name: Template(_KINDS[name])
    for name in (
        *("Bill", "Purchase", "CreditMemo", "Deposit", "Estimate", "Invoice", "JournalEntry", "RefundReceipt"),
        *("SalesReceipt", "Transfer", "VendorCredit", "PurchaseOrder"),
    )
}


def lifted(body: Body) -> Body:
    """Return a request with the id, the token and `sparse` of the transaction it holds at its top."""
    for name in _TEMPLATES:
        inner = body.get(name)
        if isinstance(inner, dict):
            told = {each: inner[each] for each in ("Id", "SyncToken", "sparse") if inner.get(each) is not None}
            return {**body, **told}
    return body


def deleted(body: Body, qbo_id: str) -> Body:
    """Return what is shown of a deleted template [DOC]."""
    names = [name for name in _TEMPLATES if name in body]
    return {"domain": "QBO", "status": "Deleted"} | {name: {"Id": qbo_id} for name in names}


def _one_transaction(draft: Draft) -> None:
    """It holds one transaction, and keeps its kind; that is judged and filled in as one of its own."""
    names = [name for name in _TEMPLATES if name in draft.body]
    if not names:
        raise missing("RecurringTransaction")
    if len(names) > 1:
        raise refuse("2600", "Invalid Request Conflict Element", " and ".join(names))
    (name,) = names
    if draft.before is not None and draft.before.body["Type"] != name:
        raise not_found()
    body = dict(draft.body[name])
    entity = _KINDS[name]
    absent = [each for each in (*entity.required, "RecurringInfo") if each not in body]
    if absent:
        raise missing(*absent)
    inner = Draft(draft.company, entity, draft.qbo_id, body, body, _as_its_own(draft.before, name), draft.include)
    for step in entity.steps:
        step(inner)
    kept = {each: value for each, value in inner.body.items() if each not in _NOT_YET and each not in _WORKED_OUT}
    kept["RecurringInfo"] = _scheduled(body["RecurringInfo"])
    kept["RecurDataRef"] = {"value": _template_number(draft, name)}
    draft.body = {"Type": name, name: kept}


def _as_its_own(before: Record | None, name: str) -> Record | None:
    if before is None:
        return None
    return Record(name, before.qbo_id, before.sync_token, before.created, before.updated, before.body[name])


def _scheduled(info: Body) -> Body:
    schedule = dict(info.get("ScheduleInfo", {}))
    if "StartDate" in schedule:
        schedule.setdefault("NextDate", schedule["StartDate"])
    return {"Active": True, "RecurType": "Automated", **info} | ({"ScheduleInfo": schedule} if schedule else {})


def _template_number(draft: Draft, name: str) -> str:
    if draft.before is not None:
        return str(draft.before.body[name]["RecurDataRef"]["value"])
    table = draft.company.table("RecurringTransaction")
    return str(len(table) + len(table.tombstones) + 1)


RECURRING_TRANSACTION = Entity(
    name="RecurringTransaction",
    fields={"Type": Computed(), **_TEMPLATES, **META},
    steps=(_one_transaction,),
    operations=frozenset({"create", "update", "delete"}),
    wrapped=True,
    shown_anew=True,
    indexed=("Type",),
    filterable={
        "Id": "id",
        "Type": "text",
        "MetaData.CreateTime": "time",
        "MetaData.LastUpdatedTime": "time",
    },
)

FAMILY = (RECURRING_TRANSACTION,)
