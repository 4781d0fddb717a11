"""Counts what a connection's requests cost, by purpose, kind and month: Intuit meters reads, and limits batches."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db import connection as database

PURPOSES = frozenset({"connecting", "posting", "checking", "receiving"})
FREE_READS_A_MONTH = 500_000
"""Intuit's free tier, for all companies of an app together; beyond it reads are refused until the next month."""
_INTUITS_DAYS = ZoneInfo("America/Los_Angeles")


def add_counts(connection_id: int, purpose: str, counts: Counter[str]) -> None:
    """Add requests by kind. One statement a kind, so that two processes adding at once lose nothing."""
    month = month_of(datetime.now(_INTUITS_DAYS))
    with database.cursor() as cursor:
        for kind, count in sorted(counts.items()):
            cursor.execute(
                "WITH by_month AS (INSERT INTO connections_monthlycount AS counted (connection_id, month, kind, count)"
                " VALUES (%s, %s, %s, %s) ON CONFLICT (connection_id, month, kind)"
                " DO UPDATE SET count = counted.count + EXCLUDED.count)"
                " INSERT INTO connections_requestcount (connection_id, purpose, kind, count) VALUES (%s, %s, %s, %s)"
                " ON CONFLICT (connection_id, purpose, kind)"
                " DO UPDATE SET count = connections_requestcount.count + EXCLUDED.count",
                (connection_id, month, kind, count, connection_id, purpose, kind, count),
            )


def month_of(moment: datetime) -> date:
    """Return the first day of the month that Intuit counts a moment in."""
    return moment.astimezone(_INTUITS_DAYS).date().replace(day=1)
