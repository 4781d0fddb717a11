"""What the page Class and location shows: each office and mode freight has, and the class and location it gets."""

from __future__ import annotations

from dataclasses import dataclass

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Shipment
from freightbooks.mapping.models import ListedObject, ListKind, TrackingMapping, TrackingTarget

INACTIVE = "Inactive in QuickBooks"
GONE = "No longer in QuickBooks"


@dataclass(frozen=True)
class PlaceChoice:
    """A class or location to choose, or one that cannot be chosen with the reason."""

    id: str
    name: str
    refusal: str


@dataclass(frozen=True)
class PlaceLine:
    """One office or mode, or the rest, and where it goes. `refusal`: QuickBooks would not take it."""

    by: str
    value: str
    chosen: str
    refusal: str
    set_by: str

    @property
    def name(self) -> str:
        """As people say it."""
        return f"{self.by.capitalize()} {self.value}" if self.value else "Everything else"


@dataclass(frozen=True)
class TrackingTable:
    """Classes, or locations: whether the company keeps them, what there is, and what each office and mode gets."""

    target: str
    label: str
    plural: str
    kept: bool
    note: str
    choices: list[PlaceChoice]
    lines: list[PlaceLine]

    @property
    def set(self) -> int:
        """How many lines have one."""
        return sum(bool(line.chosen) for line in self.lines)


def tracking_tables(connection: Connection) -> list[TrackingTable]:
    """Return the tables of classes and of locations."""
    shipments = Shipment.objects.filter(organization_id=connection.organization_id)
    seen = [
        (by, value)
        for by in ("office", "mode")
        for value in shipments.exclude(**{by: ""}).order_by(by).values_list(by, flat=True).distinct()
    ]
    rows = {(row.target, row.by, row.value): row for row in TrackingMapping.objects.filter(connection=connection)}
    listed = ListedObject.objects.filter(connection=connection, kind__in=[ListKind.CLASS, ListKind.DEPARTMENT])
    by_kind: dict[str, dict[str, ListedObject]] = {ListKind.CLASS: {}, ListKind.DEPARTMENT: {}}
    for one in listed.order_by("-active", "name"):
        by_kind[one.kind][one.qbo_id] = one
    notes = {
        "line": "The company keeps one class for each line.",
        "form": "The company keeps one class for a whole form, which QuickBooks has on invoices and credit memos only.",
        "": "",
    }
    return [
        _table(
            TrackingTarget.CLASS,
            "Classes",
            bool(connection.class_tracking),
            notes.get(connection.class_tracking, ""),
            by_kind[ListKind.CLASS],
            seen,
            rows,
        ),
        _table(
            TrackingTarget.LOCATION,
            "Locations",
            connection.location_tracking,
            "",
            by_kind[ListKind.DEPARTMENT],
            seen,
            rows,
        ),
    ]


def _table(
    target: TrackingTarget,
    plural: str,
    kept: bool,
    note: str,
    listed: dict[str, ListedObject],
    seen: list[tuple[str, str]],
    rows: dict[tuple[str, str, str], TrackingMapping],
) -> TrackingTable:
    mapped = [(by, value) for of, by, value in rows if of == target and value]
    choices = [PlaceChoice(one.qbo_id, one.name, "" if one.active else INACTIVE) for one in listed.values()]
    lines = []
    for by, value in [*dict.fromkeys([*seen, *mapped]), ("", "")]:
        row = rows.get((target, by, value))
        chosen = row.qbo_id if row else ""
        there = listed.get(chosen)
        refusal = "" if not chosen or (there and there.active) else INACTIVE if there else GONE
        lines.append(PlaceLine(by, value, chosen, refusal, row.set_by if row and chosen else ""))
    return TrackingTable(target, target.label, plural, kept, note, choices, lines)
