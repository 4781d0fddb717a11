"""Counts what a connection's requests cost, by purpose and kind: Intuit meters reads, and limits batches."""

from __future__ import annotations

from collections import Counter

from django.db import connection as database

PURPOSES = frozenset({"connecting", "posting", "checking"})


def add_counts(connection_id: int, purpose: str, counts: Counter[str]) -> None:
    """Add requests by kind. One statement a kind, so that two processes adding at once lose nothing."""
    with database.cursor() as cursor:
        for kind, count in sorted(counts.items()):
            cursor.execute(
                "INSERT INTO connections_requestcount (connection_id, purpose, kind, count) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (connection_id, purpose, kind)"
                " DO UPDATE SET count = connections_requestcount.count + EXCLUDED.count",
                (connection_id, purpose, kind, count),
            )
