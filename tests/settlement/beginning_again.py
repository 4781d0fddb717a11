"""Puts the freight side back to how it was, within one database, in a fraction of what a new database costs."""

from __future__ import annotations

from django.db import connection, transaction

_KEPT_ASIDE = "as_posted"
_MOVING = (
    "settlement_", "receiving_", "posting_", "freight_", "mapping_", "problems_", "reports_", "cancelling_",
    "outbound_", "paying_", "procrastinate_jobs", "procrastinate_events",
)  # fmt: skip


class Beginning:
    """What there was when it was taken; `again` puts it back."""

    def __init__(self) -> None:
        with connection.cursor() as cursor:
            cursor.execute("SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY tablename")
            self.tables = [name for (name,) in cursor.fetchall() if name.startswith(_MOVING)]
            cursor.execute(f"CREATE SCHEMA {_KEPT_ASIDE}")
            for name in self.tables:
                cursor.execute(f'CREATE TABLE {_KEPT_ASIDE}."{name}" AS TABLE public."{name}"')

    def again(self) -> None:
        """Put every row back. Nobody else may be at work."""
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no triggers, no foreign keys
            for name in self.tables:
                columns = self._columns(cursor, name)
                cursor.execute(f'DELETE FROM public."{name}"')
                cursor.execute(
                    f'INSERT INTO public."{name}" ({columns}) OVERRIDING SYSTEM VALUE'
                    f' SELECT {columns} FROM {_KEPT_ASIDE}."{name}"'
                )

    def _columns(self, cursor: object, name: str) -> str:
        cursor.execute(  # type: ignore[attr-defined]
            "SELECT column_name FROM information_schema.columns WHERE table_schema = 'public' AND table_name = %s"
            " AND is_generated = 'NEVER' ORDER BY ordinal_position",
            [name],
        )
        return ", ".join(f'"{column}"' for (column,) in cursor.fetchall())  # type: ignore[attr-defined]
