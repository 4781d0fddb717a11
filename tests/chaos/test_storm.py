"""A short storm: three small months through killed workers, restarts of PostgreSQL, faults of QuickBooks and meddling.

`make chaos SEEDS=1000` is the long one; what it prints for a seed that fails replays it alone.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from conftest import RUN_DIRECTORY


@pytest.mark.xdist_group("killed worker")
def test_nothing_is_lost_and_nothing_is_twice_in_a_storm(database: str, tmp_path: Path) -> None:
    from chaos.storm import Storm
    from chaos.workers import Workers

    workers = Workers(tmp_path / "workers.log")
    try:
        outcome = Storm(range(1, 4), RUN_DIRECTORY, workers).run()
    finally:
        workers.close()
    told = {seed: [*outcome.told[seed], *outcome.objections[seed]] for seed in outcome.failed}
    assert not outcome.failed, "\n".join(line for seed, lines in told.items() for line in (f"seed {seed}:", *lines))
    assert outcome.documents > 40
    assert len(outcome.struck) > 12, "too little happened to prove anything"


@pytest.mark.chaos
def test_a_worker_dies_at_every_point_it_can_be_made_to_die_at(database: str, tmp_path: Path) -> None:
    from chaos.killing import POINTS
    from chaos.points import never_reached

    assert not never_reached(tuple(POINTS), RUN_DIRECTORY, tmp_path / "workers.log")
