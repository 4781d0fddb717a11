"""Reads a report's JSON the way a client does: rows by their label, figures by their column."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from qbo_sandbox.books.company import Company
from qbo_sandbox.reports.as_json import as_json
from qbo_sandbox.reports.catalog import run_report

Json = dict[str, Any]


@dataclass(frozen=True)
class Read:
    """A report as its JSON."""

    json: Json

    @property
    def columns(self) -> list[str]:
        return [column["ColTitle"] for column in self.json["Columns"]["Column"]]

    @property
    def rows(self) -> list[Json]:
        return list(self.json["Rows"].get("Row", []))

    def everything(self) -> Iterator[Json]:
        """Return every row and section, depth first."""

        def walk(rows: list[Json]) -> Iterator[Json]:
            for row in rows:
                yield row
                yield from walk(row.get("Rows", {}).get("Row", []))

        return walk(self.rows)

    def data(self) -> list[list[str]]:
        return [[cell["value"] for cell in row["ColData"]] for row in self.everything() if "ColData" in row]

    def group(self, name: str) -> Json:
        (found,) = [row for row in self.everything() if row.get("group") == name]
        return found

    def total(self, group: str, column: int = -1) -> Decimal:
        """Return a figure of the summary of a section."""
        return Decimal(self.group(group)["Summary"]["ColData"][column]["value"] or 0)

    def figure(self, label: str, column: int = -1) -> Decimal:
        """Return a figure of the row of data with this label."""
        (row,) = [row for row in self.data() if row[0] == label]
        return Decimal(row[column] or 0)


def report(company: Company, name: str, **parameters: str) -> Read:
    """Work a report out and read it."""
    return Read(as_json(run_report(company, name, parameters), company.now()))
