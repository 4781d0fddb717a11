"""Writes a report as QuickBooks' JSON: the keys, their order and what is left out are as recorded."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from qbo_sandbox.books.times import stamp
from qbo_sandbox.reports.shape import Cell, Column, Data, Report, Row

Json = dict[str, Any]


def as_json(report: Report, now: datetime) -> Json:
    """Return a report as the object an answer is; `now` is when it was made."""
    heading = report.heading
    head: Json = {"Time": stamp(now), "ReportName": heading.name}
    told = (
        ("DateMacro", heading.macro),
        ("ReportBasis", heading.basis),
        ("StartPeriod", heading.since),
        ("EndPeriod", heading.until),
        ("SummarizeColumnsBy", heading.columns_by),
        ("Currency", heading.currency),
        *heading.filters,
    )
    head |= {name: value for name, value in told if value}
    options = (*heading.options, ("NoReportData", "true" if report.is_empty else "false"))
    head["Option"] = [{"Name": name, "Value": value} for name, value in options]
    rows = [_row(row, typed=report.rows_are_typed) for row in report.rows]
    return {
        "Header": head,
        "Columns": {"Column": [_column(column) for column in report.columns]},
        "Rows": {"Row": rows} if rows else {},
    }


def _column(column: Column) -> Json:
    told = [("StartDate", column.since), ("EndDate", column.until), ("ColKey", column.key)]
    meta = [{"Name": name, "Value": value} for name, value in told if value]
    return {"ColTitle": column.title, "ColType": column.kind, "MetaData": meta}


def _row(row: Row, *, typed: bool) -> Json:
    if isinstance(row, Data):
        shown: Json = {"ColData": _cells(row.cells)} | ({"type": "Data"} if typed else {})
    else:
        shown = {}
        if row.header:
            shown["Header"] = {"ColData": _cells(row.header)}
        if row.rows:
            shown["Rows"] = {"Row": [_row(each, typed=typed) for each in row.rows]}
        if row.summary:
            shown["Summary"] = {"ColData": _cells(row.summary)}
        shown["type"] = "Section"
    if row.group:
        shown["group"] = row.group
    return shown


def _cells(cells: Iterable[Cell]) -> list[dict[str, str]]:
    return [
        {"value": cell.value} if cell.qbo_id is None else {"value": cell.value, "id": cell.qbo_id} for cell in cells
    ]
