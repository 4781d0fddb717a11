"""A worker killed at every turn, behind a network that loses answers, while a whole month posts."""

from __future__ import annotations

import json
import os
import random
import signal
from decimal import Decimal

import pytest

from main_job.brokerage import MONTH, connect, start_worker, wait_until
from main_job.proxy import LossyProxy
from qbo_sandbox.pytest_plugin import RunningSandbox

pytestmark = pytest.mark.chaos


@pytest.mark.parametrize("seed", range(3))
def test_the_books_come_out_the_same(database: str, qbo_sandbox: RunningSandbox, proxy: LossyProxy, seed: int) -> None:
    chance = random.Random(seed)
    expected = json.loads((MONTH / "expected.json").read_text())
    brokerage = connect(qbo_sandbox, api_base=proxy.base_url)
    brokerage.take_in(MONTH)
    for share in sorted(chance.sample(range(30, 2100), 8)):
        proxy.lose_answers, proxy.lose_requests = chance.randint(0, 2), chance.randint(0, 2)
        worker = start_worker()
        wait_until(
            lambda share=share: brokerage.counts().posted >= share or brokerage.counts().at_rest,  # type: ignore[misc]
            f"{share} documents posted",
            300,
        )
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
    worker = start_worker()
    wait_until(lambda: brokerage.counts().at_rest, "the end of posting", 600)
    worker.terminate()
    assert worker.wait(30) == 0
    totals = brokerage.totals()
    assert totals["Invoice"] == (expected["postable_customer"], Decimal(expected["postable_customer_amount"]))
    assert totals["Bill"] == (expected["postable_carrier"], Decimal(expected["postable_carrier_amount"]))
    markers = brokerage.markers()
    assert len(markers) == len(set(markers))
    assert brokerage.sandbox.company.trial_balance() == 0
