"""One embedded PostgreSQL for the test run; each xdist worker and each test that asks gets a database of its own.

A migrated template database is made once per worker; `database` copies it, which takes a few tens of milliseconds.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import make_conninfo

from freightbooks import embedded_postgres

pytest_plugins = ["qbo_sandbox.pytest_plugin"]

_WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")
_TEMPLATE = f"template_{_WORKER}"
_CURRENT = f"test_{_WORKER}"


def _run_directory() -> Path:
    """A short path (sockets have a length limit), removed at the end of the run."""
    root = Path(tempfile.mkdtemp(prefix="fb-tests-"))
    root.chmod(0o755)
    atexit.register(shutil.rmtree, root, ignore_errors=True)
    return root


RUN_DIRECTORY = _run_directory()
os.environ["FREIGHTBOOKS_DATA"] = str(RUN_DIRECTORY)
os.environ["FREIGHTBOOKS_SECRET_KEY"] = "tests-only-key-" + "x" * 40
os.environ["FREIGHTBOOKS_HOSTS"] = "*"
os.environ["DJANGO_SETTINGS_MODULE"] = "freightbooks.settings"
_SERVER_URL = embedded_postgres.start(RUN_DIRECTORY)
os.environ["DATABASE_URL"] = make_conninfo(_SERVER_URL, dbname=_CURRENT)


def _execute(statement: str, *names: str) -> None:
    with psycopg.connect(_SERVER_URL, autocommit=True) as connection:
        connection.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))


def _spare_the_disk() -> None:
    """Let the server of the tests not wait for the disk: dropping a database took most of a second."""
    for setting in ("fsync", "full_page_writes", "synchronous_commit", "autovacuum"):
        _execute(f"ALTER SYSTEM SET {setting} = off")
    _execute("SELECT pg_reload_conf()")


_spare_the_disk()


@pytest.fixture(scope="session")
def migrated_template() -> str:
    """The name of a database with every migration applied."""
    import django
    from django.core.management import call_command
    from django.db import connections

    _execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", _CURRENT)
    _execute("CREATE DATABASE {}", _CURRENT)
    django.setup()
    call_command("migrate", verbosity=0)
    connections.close_all()
    _execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", _TEMPLATE)
    _execute("ALTER DATABASE {} RENAME TO {}", _CURRENT, _TEMPLATE)
    return _TEMPLATE


@pytest.fixture
def database(migrated_template: str) -> Iterator[str]:
    """A fresh, migrated database that `DATABASE_URL` and Django point at. Yields its URL."""
    from django.db import connections

    connections.close_all()
    _execute("DROP DATABASE IF EXISTS {} WITH (FORCE)", _CURRENT)
    _execute("CREATE DATABASE {} TEMPLATE {}", _CURRENT, migrated_template)
    yield os.environ["DATABASE_URL"]
    connections.close_all()
