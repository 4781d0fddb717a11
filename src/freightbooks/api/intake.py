"""Takes documents from another TMS: parties, shipments, invoices, costs, advances, in the fields of the CSV files."""

from __future__ import annotations

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Router, Schema
from pydantic import BeforeValidator, ConfigDict, Field, WithJsonSchema, create_model

from freightbooks.api.answers import FAILURES, Detail, Failure, Refused
from freightbooks.api.callers import organization_of
from freightbooks.freight.one_import import ImportUnderWay
from freightbooks.sources.rows import KINDS, RowFault, RowsRefused, take_rows

router = Router(tags=["intake"])
MOST_ROWS = 5000
_MOST_TOLD = 1000


def _as_text(value: Any) -> Any:
    """Read a cell as a CSV file would have it. A number with a fraction has lost its cents: it is refused."""
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, float):
        raise ValueError('Write it as a string, such as "1234.50": a JSON number is not exact.')
    return value


Cell = Annotated[
    str,
    BeforeValidator(_as_text),
    WithJsonSchema({"type": ["string", "integer", "boolean", "null"], "examples": ["1234.50"]}),
]


class _RowSchema(Schema):
    model_config = ConfigDict(extra="forbid")


def _row(kind: str, columns: tuple[str, ...]) -> type[Schema]:
    fields: dict[str, Any] = dict.fromkeys(columns, (Cell, ""))
    fields["id"] = (Cell, Field(description="The id in your TMS: the same id again is the same row, changed or not"))
    return create_model(f"{kind.capitalize()}Row", __base__=_RowSchema, **fields)


_FIELDS: dict[str, Any] = {
    kind: (list[_row(kind, columns)], Field([], max_length=MOST_ROWS))  # type: ignore[misc]  # made at run time
    for kind, columns in KINDS.items()
}
RowsIn: type[Schema] = create_model("RowsIn", __base__=_RowSchema, **_FIELDS)


class KindOut(Schema):
    """What became of the rows of one kind."""

    new: int
    changed: int
    unchanged: int


class IntakeOut(Schema):
    """Every row went in. `announced` is of how many documents posting was told."""

    taken: dict[str, KindOut]
    announced: int


@router.post("", response={200: IntakeOut, 409: Failure, 413: Failure, **FAILURES}, summary="Hand in documents")
def take(request: HttpRequest, rows: RowsIn) -> IntakeOut:  # type: ignore[valid-type]  # made at run time
    """All rows go in, or none. The same rows again change nothing. A field left out is empty, as in a CSV file."""
    given = {kind: [row.model_dump() for row in getattr(rows, kind)] for kind in KINDS if getattr(rows, kind)}
    if sum(map(len, given.values())) > MOST_ROWS:
        say = "Send them in several requests, costs with their invoices."
        raise Refused(413, f"There are more than {MOST_ROWS:,} rows.", say)
    try:
        taken = take_rows(organization_of(request), given)
    except RowsRefused as refusal:
        details = [_detail(fault) for fault in refusal.faults[:_MOST_TOLD]]
        say = "Correct what `details` names, and send all of it again."
        raise Refused(422, str(refusal), say, code="rows_refused", details=details) from refusal
    except ImportUnderWay as error:
        wait = {"Retry-After": "5"}
        say = "Send it again in a moment."
        raise Refused(409, str(error), say, code="import_under_way", headers=wait) from error
    return IntakeOut(
        taken={
            kind: KindOut(new=one.new, changed=one.changed, unchanged=one.unchanged)
            for kind, one in taken.kinds.items()
        },
        announced=taken.announced,
    )


def _detail(fault: RowFault) -> Detail:
    where = f"{fault.kind}[{fault.position}].{fault.field}"
    return Detail(where=where, message=f"{fault.value[:80]!r}: {fault.sentence}", remedy=fault.remedy)
