"""Which costs freight has used, and what it calls them: one look into the index for each, however many lines."""

from __future__ import annotations

from collections.abc import Collection

from django.db import connection as database

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Cost
from freightbooks.freight.statuses import Side
from freightbooks.mapping.models import SIDES, Section


def used_codes(connection: Connection, side: Side) -> list[str]:
    """Return the codes of the costs freight has used on a side, in order."""
    table = Cost._meta.db_table
    of_side = f"FROM {table} WHERE organization_id = %s AND side = %s"
    with database.cursor() as cursor:
        cursor.execute(
            f"WITH RECURSIVE used(code) AS ("  # noqa: S608 - a table's own name
            f"(SELECT code {of_side} ORDER BY code LIMIT 1) UNION ALL "
            f"SELECT (SELECT code {of_side} AND code > used.code ORDER BY code LIMIT 1) FROM used "
            "WHERE used.code IS NOT NULL) SELECT code FROM used WHERE code IS NOT NULL",
            [connection.organization_id, side] * 2,
        )
        return [str(code) for (code,) in cursor.fetchall()]


def known_costs(connection: Connection, section: Section, *, both_sides: bool = False) -> dict[str, str]:
    """Return the names of the costs freight has used on a section's side, by code; or on either side."""
    others = [one for one in Section if one != section] if both_sides else []
    found: dict[str, str] = {}
    for one in [*others, section]:  # the section's own names come last, and stay
        codes = used_codes(connection, SIDES[one])
        found |= dict.fromkeys(codes, "") | cost_names(connection, one, codes)
    return found


def cost_name(connection: Connection, section: Section, code: str) -> str:
    """Return the name the TMS last gave a cost, or nothing."""
    return cost_names(connection, section, [code]).get(code, "") if code else ""


def cost_names(connection: Connection, section: Section, codes: Collection[str]) -> dict[str, str]:
    """Return the names the TMS last gave some costs, by code; those it never used are left out.

    One look into the index for each code, however many lines there are.
    """
    if not codes:
        return {}
    table = Cost._meta.db_table
    with database.cursor() as cursor:
        cursor.execute(
            f"SELECT wanted.code, last.name FROM unnest(%s::text[]) AS wanted(code) CROSS JOIN LATERAL "  # noqa: S608
            f"(SELECT name FROM {table} WHERE organization_id = %s AND side = %s AND code = wanted.code "
            "ORDER BY organization_id DESC, side DESC, code DESC, id DESC LIMIT 1) AS last",
            [list(codes), connection.organization_id, SIDES[section]],
        )
        return dict(cursor.fetchall())
