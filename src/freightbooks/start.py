"""Gets a process ready: the data folder, the database, Django. Every command goes through here."""

from __future__ import annotations

import os
from pathlib import Path

from freightbooks import embedded_postgres, masked_logs
from freightbooks.config import data_dir


def start(data: Path | None = None) -> None:
    """Set up Django on `DATABASE_URL`, or on the embedded PostgreSQL of the data folder. Raises PostgresDidNotStart."""
    if data is not None:
        os.environ["FREIGHTBOOKS_DATA"] = str(data.absolute())
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freightbooks.settings")
    masked_logs.begin()
    embedded_postgres.ensure_database_url(data_dir())
    import django

    django.setup()


def migrate() -> None:
    """Bring the database's tables up to date."""
    from django.core.management import call_command

    call_command("migrate", verbosity=0, interactive=False)
