"""Four workers with data folders of their own on one database, as on four machines; one is killed in the middle."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from main_job.brokerage import first_loads, wait_until

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage


def worker_on_a_machine(folder: Path) -> subprocess.Popen[bytes]:
    """Start a worker with a data folder of its own; the keys and the database are shared."""
    from freightbooks.config import data_dir

    keys = (data_dir() / "vault.keys").read_text().split()
    own = {"FREIGHTBOOKS_DATA": str(folder), "FREIGHTBOOKS_KEYS": ",".join(keys)}
    return subprocess.Popen(
        [sys.executable, "-m", "freightbooks.cli", "worker"], env={**os.environ, **own}, start_new_session=True
    )


@pytest.mark.xdist_group("killed worker")
def test_four_workers_post_once_and_go_on_when_one_is_killed(brokerage: Brokerage, tmp_path: Path) -> None:
    brokerage.take_in(first_loads(tmp_path / "month", 150))
    machines = [worker_on_a_machine(tmp_path / f"machine {number}") for number in range(4)]
    try:
        wait_until(lambda: brokerage.counts().posted >= 30, "the first documents")
        os.killpg(machines[0].pid, signal.SIGKILL)
        wait_until(lambda: brokerage.counts().at_rest, "the end of posting", 180)
    finally:
        for machine in machines[1:]:
            machine.terminate()
    assert [machine.wait(60) for machine in machines[1:]] == [0, 0, 0]
    counts = brokerage.counts()
    markers = brokerage.markers()
    assert counts.failed == 0
    assert len(markers) == len(set(markers)) == counts.posted
    assert brokerage.sandbox.company.trial_balance() == 0


def test_a_worker_of_the_version_before_goes_on_beside_a_database_that_was_brought_up_to_date(database: str) -> None:
    """What a release adds leaves alone what the old version writes: each new column has a default in the database."""
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    added = [
        (loader.get_migration("posting", "0007_doubt_and_merging"), "posting"),
        (loader.get_migration("connections", "0005_shared_pace_and_months"), "connections"),
    ]
    for migration, app in added:
        for operation in migration.operations:
            assert type(operation).__name__ in ("AddField", "CreateModel", "AddIndex", "RunSQL", "AlterField"), app
            field = getattr(operation, "field", None)
            if type(operation).__name__ == "AddField":
                assert field.null or field.has_db_default(), f"{app}: {operation.name} would refuse the old version"
