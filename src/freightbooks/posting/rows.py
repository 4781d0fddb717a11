"""Writes many postings in one statement, whatever the columns: one array a column, rather than a case a value."""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection as database
from django.db.models import JSONField

from freightbooks import exact_json
from freightbooks.posting.models import Posting


def write(postings: Sequence[Posting], names: tuple[str, ...]) -> None:
    """Write these fields of these postings. The caller has locked the rows, or knows that nobody else writes them."""
    if not postings:
        return
    statement, fields = _statement(names)
    columns = [[_value(field, posting) for posting in postings] for field in fields]
    with database.cursor() as cursor:
        cursor.execute(statement, [[posting.pk for posting in postings], *columns])


@cache
def _statement(names: tuple[str, ...]) -> tuple[str, list[Any]]:
    fields: list[Any] = [Posting._meta.get_field(name) for name in names]
    types = [str(field.db_type(database)) for field in fields]
    columns = [str(field.column) for field in fields]
    sets = ", ".join(f"{column} = v.{column}" for column in columns)
    arrays = ", ".join(f"%s::{kind}[]" for kind in ("bigint", *types))
    table = Posting._meta.db_table
    statement = f"UPDATE {table} AS p SET {sets} FROM unnest({arrays}) AS v(id, {', '.join(columns)}) WHERE p.id = v.id"  # noqa: S608 - our own names
    return statement, fields


def _value(field: Any, posting: Posting) -> object:
    value = getattr(posting, field.attname)
    if isinstance(field, JSONField):
        return exact_json.dumps(value)
    return field.get_prep_value(value)
