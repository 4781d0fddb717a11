"""Takes rows from a program, in the fields of the CSV files: all go in, or none, and each fault has its place."""

from __future__ import annotations

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction

from freightbooks.freight.intake import Row, announce_pending, note_costs
from freightbooks.freight.one_import import one_import
from freightbooks.organizations.models import Organization
from freightbooks.sources.csv.fields import Fields
from freightbooks.sources.csv.files import storable
from freightbooks.sources.csv.tables import FILES, FileKind, Ids

PATIENCE_SECONDS = 5.0
"""How long rows wait for another import of the same organization."""


def name_of(kind: FileKind) -> str:
    """`invoices`, for invoices.csv."""
    return kind.name.removesuffix(".csv")


KINDS: dict[str, tuple[str, ...]] = {name_of(kind): kind.required for kind in FILES}
"""The kinds of rows in the order they are taken, and the fields of each."""


@dataclass(frozen=True)
class RowFault:
    """One thing wrong with one row: `position` counts from 0 among the rows of its kind."""

    kind: str
    position: int
    field: str
    value: str
    sentence: str
    remedy: str


@dataclass(frozen=True)
class KindTaken:
    """What became of the rows of one kind."""

    new: int
    changed: int
    unchanged: int


@dataclass(frozen=True)
class RowsTaken:
    """What became of all rows, and of how many documents the other rooms were told."""

    kinds: Mapping[str, KindTaken]
    announced: int


class RowsRefused(Exception):
    """Something is wrong with a row, so none went in."""

    def __init__(self, faults: Sequence[RowFault]) -> None:
        super().__init__(f"{len(faults)} things are wrong with these rows; none went in.")
        self.faults = tuple(faults)


def take_rows(organization: Organization, given: Mapping[str, Sequence[Mapping[str, str]]]) -> RowsTaken:
    """Take rows of some kinds, texts by field; the same rows again change nothing. A field left out is empty.

    Raises RowsRefused, or ImportUnderWay when another import of this organization does not end.
    """
    with one_import(organization, PATIENCE_SECONDS), transaction.atomic():
        faults: list[RowFault] = []
        taken: dict[str, KindTaken] = {}
        refused: set[str] = set()
        for kind in FILES:
            rows = given.get(name_of(kind), ())
            if rows:
                found, taken[name_of(kind)] = _take(organization, kind, rows, refused)
                faults += found
        if faults:
            raise RowsRefused(faults)  # the transaction is undone with it
        return RowsTaken(taken, announce_pending(organization))


def _take(
    organization: Organization, kind: FileKind, rows: Sequence[Mapping[str, str]], refused: set[str]
) -> tuple[list[RowFault], KindTaken]:
    """Take the rows of one kind. `refused` gathers the ids of rows that did not go in: what points at them is not told
    of again."""
    ids = _ids(organization, kind, rows)
    faults: list[RowFault] = []
    good: list[tuple[int, Row]] = []
    first_at: dict[str, int] = {}
    for position, row in enumerate(rows):
        fields = Fields({column: row.get(column, "") for column in kind.required})
        read = kind.read(fields, ids)
        external_id = read["external_id"]
        if external_id in first_at:
            fields.fault("id", external_id, f"row {first_at[external_id]} has this id too", "Give each row its own.")
        first_at.setdefault(external_id, position)
        for name in row.keys() - set(kind.required):
            fields.fault(name, row[name], "there is no such field", f"The fields are {', '.join(kind.required)}.")
        told = [fault for fault in fields.faults if not (fault.column.endswith("_id") and fault.value in refused)]
        faults += [
            RowFault(name_of(kind), position, fault.column, fault.value, fault.sentence, fault.remedy) for fault in told
        ]
        if fields.faults:
            refused.add(external_id)
        else:
            good.append((position, read))
    done = kind.take(organization, [read for _, read in good])
    for index, refusal in done.refused.items():
        position, read = good[index]
        refused.add(read["external_id"])
        value = rows[position].get(refusal.field, "")
        faults.append(RowFault(name_of(kind), position, refusal.field, value, refusal.sentence, refusal.remedy))
    if kind.costs:
        whole = {read["invoice_id"] for _, read in good} - {None}
        note_costs(str(uuid.uuid4()), accepted=whole, rejected=())
    return faults, KindTaken(done.new, done.changed, done.unchanged)


def _ids(organization: Organization, kind: FileKind, rows: Sequence[Mapping[str, str]]) -> Ids:
    found: Ids = {}
    for column, find in kind.lookups:
        wanted = {row.get(column, "").strip() for row in rows}
        found[column] = find(organization, {each for each in wanted if each and storable(each)})
    return found
