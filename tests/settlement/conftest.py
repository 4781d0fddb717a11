"""A small brokerage posted once into a sandbox company; each test gets both as they were then, and a bookkeeper."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import django
import psycopg
import pytest
from psycopg import sql
from psycopg.conninfo import conninfo_to_dict, make_conninfo

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freightbooks.settings")
django.setup()

from django.db import connections  # noqa: E402  (the models need Django set up first)

from qbo_sandbox.app import Options, Sandbox  # noqa: E402
from qbo_sandbox.pytest_plugin import RunningSandbox  # noqa: E402
from qbo_sandbox.server import ThreadedServer  # noqa: E402
from settlement.way_back import WayBack, posted_brokerage  # noqa: E402

_POSTED = f"posted_{os.environ.get('PYTEST_XDIST_WORKER', 'main')}"


def _at_the_server(statement: str, *names: str) -> None:
    with psycopg.connect(make_conninfo(os.environ["DATABASE_URL"], dbname="postgres"), autocommit=True) as server:
        server.execute(sql.SQL(statement).format(*(sql.Identifier(name) for name in names)))


def _cut_off(database: str) -> None:
    with psycopg.connect(make_conninfo(os.environ["DATABASE_URL"], dbname="postgres"), autocommit=True) as server:
        server.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [database])


@pytest.fixture(scope="session")
def posted(migrated_template: str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[RunningSandbox]:
    """The sandbox into which the small month was posted; the database is kept as a template."""
    current = str(conninfo_to_dict(os.environ["DATABASE_URL"])["dbname"])
    connections.close_all()
    _at_the_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", current)
    _at_the_server("CREATE DATABASE {} TEMPLATE {}", current, migrated_template)
    server = ThreadedServer(Sandbox(Options(company="brokerage"))).start()
    sandbox = RunningSandbox(**server.sandbox.ready(server.base_url), sandbox=server.sandbox)
    posted_brokerage(sandbox, Path(tmp_path_factory.mktemp("month")))
    connections.close_all()
    _at_the_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", _POSTED)
    _cut_off(current)  # the connections of the threads that posted
    _at_the_server("ALTER DATABASE {} RENAME TO {}", current, _POSTED)
    server.sandbox.snapshots.take("posted")
    yield sandbox
    server.stop()
    connections.close_all()
    _at_the_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", _POSTED)


@pytest.fixture
def way_back(posted: RunningSandbox) -> Iterator[WayBack]:
    """Both sides as they were when the small month had been posted."""
    current = str(conninfo_to_dict(os.environ["DATABASE_URL"])["dbname"])
    connections.close_all()
    _at_the_server("DROP DATABASE IF EXISTS {} WITH (FORCE)", current)
    _at_the_server("CREATE DATABASE {} TEMPLATE {}", current, _POSTED)
    posted.sandbox.snapshots.restore("posted")
    yield WayBack.of(posted)
    connections.close_all()
