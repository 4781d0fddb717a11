"""A connected organization, and a worker that is alive."""

from collections.abc import Iterator

import pytest

from connections.conftest import (
    _no_discovery_is_remembered,
    admin,
    connect_to,
    connection,
    organization,
)
from main_job.brokerage import start_worker, wait_until

__all__ = ["_no_discovery_is_remembered", "admin", "connect_to", "connection", "organization"]


@pytest.fixture
def worker(database: str) -> Iterator[None]:
    """A worker process that has been heard of."""
    from django.db import connection as database_connection

    process = start_worker()

    def heard_of() -> bool:
        with database_connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM procrastinate_workers")
            return bool(cursor.fetchone()[0])

    wait_until(heard_of, "a worker", 60)
    yield
    process.terminate()
    process.wait()
