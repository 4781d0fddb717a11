"""The small lists: Term, Class, Department."""

from __future__ import annotations

from decimal import Decimal

from qbo_sandbox.books.entities.listing import FILTERS, full_name, naming, plain_name, tracked, under_parent
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Anything, Computed, Flag, Number, Ref, Text, address
from qbo_sandbox.books.refusals import missing


def _kind_of_term(draft: Draft) -> None:
    body = draft.body
    body.setdefault("DiscountPercent", Decimal(0))
    if "DayOfMonthDue" in body:
        body["Type"] = "DATE_DRIVEN"
        return
    if "DueDays" not in body:
        raise missing("DueDays")
    body["Type"] = "STANDARD"
    if draft.company.is_planting:  # the terms a company begins with tell it, those made later do not [DOC]
        body.setdefault("DiscountDays", Decimal(0))


TERM = Entity(
    name="Term",
    fields={
        "Name": Text(31, is_name=True),
        "Active": Flag(),
        "Type": Computed(),
        "DiscountPercent": Number(Decimal(0), Decimal(100)),
        "DueDays": Number(Decimal(0), Decimal(999)),
        "DiscountDays": Number(Decimal(0), Decimal(999)),
        "DayOfMonthDue": Number(Decimal(1), Decimal(31)),
        "DueNextMonthDays": Number(Decimal(0), Decimal(999)),
        "DiscountDayOfMonth": Number(Decimal(1), Decimal(31)),
        **META,
    },
    required=("Name",),
    steps=(_kind_of_term, naming("Name")),
    id_family="Term",
    name_space="Term",
    unique_name=plain_name,
    name_field="Name",
    indexed=("Name",),
    filterable=FILTERS | {"Type": "text", "DueDays": "number"},
    order="Name",
)


def _classes_are_on(draft: Draft) -> bool:
    company = draft.company
    return any(company.preference("AccountingInfoPrefs", f"ClassTrackingPerTxn{each}") for each in ("", "Line"))


def _departments_are_on(draft: Draft) -> bool:
    return bool(draft.company.preference("AccountingInfoPrefs", "TrackDepartments"))


CLASS = Entity(
    name="Class",
    fields={
        "Name": Text(100, is_name=True),
        "SubClass": Flag(),
        "ParentRef": Ref("Class", named=False),
        "FullyQualifiedName": Computed(),
        "Active": Flag(),
        **META,
    },
    required=("Name",),
    steps=(tracked(_classes_are_on, "Class tracking"), naming("Name"), under_parent("SubClass", levels=False)),
    id_family="Class",
    first_id=5000000000000085682,
    name_space="Class",
    unique_name=full_name,
    name_field="FullyQualifiedName",
    indexed=("Name", "ParentRef"),
    filterable=FILTERS,
    order="FullyQualifiedName",
    counted=True,
)

DEPARTMENT = Entity(
    name="Department",
    fields={
        "Name": Text(100, is_name=True),
        "SubDepartment": Flag(),
        "ParentRef": Ref("Department", named=False),
        "FullyQualifiedName": Computed(),
        "Active": Flag(),
        "Address": address(),
        "TxnLocationType": Anything(),
        **META,
    },
    required=("Name",),
    steps=(
        tracked(_departments_are_on, "Location tracking"),
        naming("Name"),
        under_parent("SubDepartment", levels=False),
    ),
    id_family="Department",
    name_space="Department",
    unique_name=full_name,
    name_field="FullyQualifiedName",
    indexed=("Name", "ParentRef"),
    filterable=FILTERS,
    order="FullyQualifiedName",
)

FAMILY = (TERM, CLASS, DEPARTMENT)
