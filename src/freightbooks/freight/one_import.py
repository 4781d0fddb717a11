"""Lets one import at a time take freight into an organization, in the whole cluster.

Two at once would announce each other's documents while half their costs are still to come.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import OperationalError, transaction
from django.db import connection as database
from psycopg.errors import LockNotAvailable

from freightbooks.organizations.models import Organization

LOCK_CLASS = 0x4642494D  # "FBIM": our imports among the advisory locks of the database
PATIENCE_SECONDS = 30.0
"""How long a second import waits for the first: an import that was just killed may take a moment to be gone."""


class ImportUnderWay(Exception):
    """Another import into this organization did not end in the time we waited."""


@contextmanager
def one_import(organization: Organization, patience: float = PATIENCE_SECONDS) -> Iterator[None]:
    """Be the only import into this organization. The lock goes with the database session, so with a killed process.

    Raises ImportUnderWay when another one holds it for longer than `patience` seconds.
    """
    try:
        with transaction.atomic(), database.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", (f"{int(patience * 1000)}ms",))
            cursor.execute("SELECT pg_advisory_lock(%s, %s)", (LOCK_CLASS, organization.pk))
    except OperationalError as error:
        if isinstance(error.__cause__, LockNotAvailable):
            raise ImportUnderWay(f"Another import into {organization} is under way.") from error
        raise
    try:
        yield
    finally:
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_advisory_unlock(%s, %s)", (LOCK_CLASS, organization.pk))
