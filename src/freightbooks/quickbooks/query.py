"""Writing queries safely: values in single quotes, quotes and backslashes escaped with a backslash."""

from __future__ import annotations

from collections.abc import Iterable


def literal(text: str) -> str:
    """Return `text` as a value of a query; numbers and dates are quoted too."""
    escaped = text.replace("\\", "\\\\").replace("'", "\\'")
    return f"'{escaped}'"


def where_in(field: str, values: Iterable[str]) -> str:
    """Return the condition that `field` is one of `values`."""
    return f"{field} in ({', '.join(literal(value) for value in values)})"
