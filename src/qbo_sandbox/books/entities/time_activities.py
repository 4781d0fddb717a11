"""TimeActivity: hours an employee or a vendor worked, for whom and at what rate. It posts nothing."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime, time
from decimal import Decimal
from typing import Any

from qbo_sandbox.books.entities.transactions import OPERATIONS, dated, tracked_only
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Anything, Choice, Day, Flag, Kind, Money, Number, Reading, Ref, Text
from qbo_sandbox.books.refusals import FaultError, business, missing, missing_customer, refuse

_MOMENT = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:?\d{2})?")
_TIME_ALONE = re.compile(r"\d{2}:\d{2}(:\d{2})?(\.\d+)?(Z|[+-]\d{2}:?\d{2})?")
_WORKER = {"Employee": "EmployeeRef", "Vendor": "VendorRef"}


@dataclass(frozen=True)
class Moment(Kind):
    """A time of a day, `2026-01-31T08:00:00-08:00`, or without its day, which is then the one of the activity [DOC]."""

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        text = str(value)
        try:
            if _MOMENT.fullmatch(text):
                datetime.fromisoformat(text)
                return text
            if _TIME_ALONE.fullmatch(text):
                time.fromisoformat(text)
                return text
        except ValueError:
            pass
        reading.invalid.append(FaultError("2060", "Invalid Date Format", f"Supplied value: {value}", path))
        return text


def _worker(draft: Draft) -> None:
    """NameOf says which of the two did the work, and that one must be named (6290)."""
    body = draft.body
    wanted = _WORKER[body["NameOf"]]
    if wanted not in body:
        raise refuse("6290", "Invalid Employee or Vendor", f"You must specify the {body['NameOf'].lower()}.", wanted)
    for name in _WORKER.values():
        if name != wanted:
            body.pop(name, None)


def _time_given(draft: Draft) -> None:
    """Either how long, or from when to when."""
    body = draft.body
    if "StartTime" in body or "EndTime" in body:
        for name in ("StartTime", "EndTime"):
            if name not in body:
                raise missing(name)
            if _TIME_ALONE.fullmatch(body[name]):
                body[name] = f"{body['TxnDate']}T{body[name]}"
        start, end = (datetime.fromisoformat(body[name]) for name in ("StartTime", "EndTime"))
        if start.tzinfo is not None and end.tzinfo is not None:
            backwards = end < start
        else:
            backwards = end.replace(tzinfo=None) < start.replace(tzinfo=None)
        if backwards:
            raise business("The end time must be after the start time.")
        return
    if "Hours" not in body and "Minutes" not in body:
        raise missing("Hours")
    body.setdefault("Hours", Decimal(0))
    body.setdefault("Minutes", Decimal(0))


def _charged(draft: Draft) -> None:
    """What is billable is billable to somebody (6310)."""
    body = draft.body
    body.setdefault("BillableStatus", "NotBillable")
    body.setdefault("Taxable", False)
    if body["BillableStatus"] == "Billable" and "CustomerRef" not in body:
        raise missing_customer()
    item = draft.company.find("Item", body["ItemRef"]["value"]) if "ItemRef" in body else None
    if item is not None and "HourlyRate" not in body and item.body.get("UnitPrice"):
        body["HourlyRate"] = item.body["UnitPrice"]
    body.setdefault("HourlyRate", Decimal(0))  # shown of whatever has no rate [DOC]


TIME_ACTIVITY = Entity(
    name="TimeActivity",
    fields={
        "TxnDate": Day(),
        "NameOf": Choice(("Employee", "Vendor")),
        "EmployeeRef": Ref("Employee"),
        "VendorRef": Ref("Vendor"),
        "CustomerRef": Ref("Customer"),
        "ProjectRef": Anything(),
        "DepartmentRef": Ref("Department"),
        "ItemRef": Ref("Item"),
        "ClassRef": Ref("Class"),
        "PayrollItemRef": Anything(),
        "BillableStatus": Choice(("Billable", "NotBillable", "HasBeenBilled")),
        "Taxable": Flag(),
        "HourlyRate": Money(),
        "CostRate": Money(),
        "Hours": Number(Decimal(0), Decimal(8760)),
        "Minutes": Number(Decimal(0), Decimal(59)),
        "Seconds": Number(Decimal(0), Decimal(59)),
        "BreakHours": Number(Decimal(0), Decimal(8760)),
        "BreakMinutes": Number(Decimal(0), Decimal(59)),
        "BreakSeconds": Number(Decimal(0), Decimal(59)),
        "StartTime": Moment(),
        "EndTime": Moment(),
        "Description": Text(4000),
        "TransactionLocationType": Anything(),
        **META,
    },
    required=("NameOf",),
    steps=(dated, _worker, _time_given, tracked_only, _charged),
    operations=OPERATIONS,
    filterable={
        "Id": "id",
        "TxnDate": "date",
        "NameOf": "text",
        "EmployeeRef": "reference",
        "VendorRef": "reference",
        "CustomerRef": "reference",
        "ItemRef": "reference",
        "BillableStatus": "text",
        "MetaData.CreateTime": "time",
        "MetaData.LastUpdatedTime": "time",
    },
    indexed=("EmployeeRef", "VendorRef"),
)

FAMILY = (TIME_ACTIVITY,)
