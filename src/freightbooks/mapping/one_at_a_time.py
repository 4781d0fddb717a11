"""Lets one transaction at a time change the mapping of a connection, in the whole cluster."""

from __future__ import annotations

from django.db import connection as database

_LOCK_CLASS = 0x46424D50  # "FBMP": our mappings among the advisory locks of the database


def only_one(connection_id: int) -> None:
    """Wait for any other transaction that changes this connection's mapping; the lock goes with the transaction."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (_LOCK_CLASS, connection_id))
