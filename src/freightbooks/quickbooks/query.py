"""Writes the pieces of QuickBooks' query language that need care: literals and lists of them.

Every value stands in single quotes, numbers and dates too; a quote inside is escaped with a backslash (doubling it does
not work). There is no OR: several values of one field are asked for with IN.
"""

from __future__ import annotations

from collections.abc import Iterable

EVEN_INACTIVE = "Active IN (true, false)"
"""Name lists hide what is inactive unless the condition speaks of Active; the names stay taken all the same."""


def literal(text: str) -> str:
    """Return `text` as a quoted value of a statement."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def where_in(field: str, values: Iterable[str]) -> str:
    """Return the condition that `field` is one of `values`. Raises ValueError for none: that asks for nothing."""
    literals = [literal(value) for value in values]
    if not literals:
        raise ValueError(f"no values to look for in {field}")
    return f"{field} IN ({', '.join(literals)})"
