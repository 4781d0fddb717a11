"""Writes many postings in one statement, whatever the columns: their values travel as one JSON text.

An array a column would have every quote in every payload escaped in Python; a case a value is slower still.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from functools import cache
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db import connection as database

from freightbooks.posting.models import Posting


def write(postings: Sequence[Posting], names: tuple[str, ...]) -> None:
    """Write these fields of these postings. The caller has locked the rows, or knows that nobody else writes them."""
    if not postings:
        return
    statement, fields = _statement(names)
    rows = [
        {"id": posting.pk} | {column: getattr(posting, attribute) for column, attribute in fields}
        for posting in postings
    ]
    with database.cursor() as cursor:
        cursor.execute(statement, [json.dumps(rows, cls=_Encoder)])


@cache
def _statement(names: tuple[str, ...]) -> tuple[str, list[tuple[str, str]]]:
    fields: list[Any] = [Posting._meta.get_field(name) for name in names]
    sets = ", ".join(f"{field.column} = v.{field.column}" for field in fields)
    columns = ", ".join(["id bigint", *(f"{field.column} {field.db_type(database)}" for field in fields)])
    statement = (
        f"UPDATE {Posting._meta.db_table} AS p SET {sets}"  # noqa: S608 - our own names
        f" FROM json_to_recordset(%s::json) AS v({columns}) WHERE p.id = v.id"
    )
    return statement, [(field.column, field.attname) for field in fields]


class _Encoder(DjangoJSONEncoder):
    """Writes a moment whole, to the microsecond: Django's own cuts it."""

    def default(self, o: Any) -> Any:
        return o.isoformat() if hasattr(o, "isoformat") else super().default(o)
