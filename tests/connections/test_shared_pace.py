"""Several processes that talk to one company keep its limits together, and what they cost is written down."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys

from freightbooks.connections.models import Allowance
from freightbooks.connections.shared_pace import SharedPace, allowance_of

_TAKES_TEN = """
import asyncio, sys
from freightbooks.start import start
start()
from freightbooks.connections.shared_pace import SharedPace
async def take():
    pace = SharedPace("https://books.example 1", 20.0)
    for _ in range(10):
        await pace.turn("read")
asyncio.run(take())
"""


def test_processes_at_once_take_each_place_once(database: str) -> None:
    crowd = [subprocess.Popen([sys.executable, "-c", _TAKES_TEN], env=dict(os.environ)) for _ in range(3)]
    assert [each.wait(60) for each in crowd] == [0, 0, 0]
    row = Allowance.objects.get()
    step = 61.2 / 470 / 20
    allowance, now = allowance_of(row.company)
    assert allowance.requests_at == row.requests_at
    assert row.requests_at <= now + 30 * step


def test_a_429_met_by_one_process_holds_and_slows_the_others(database: str) -> None:
    async def meets() -> None:
        await SharedPace("https://books.example 1", 1.0).hold(0.3)

    async def asks() -> float:
        begun = asyncio.get_running_loop().time()
        await SharedPace("https://books.example 1", 1.0).turn("read")
        return asyncio.get_running_loop().time() - begun

    asyncio.run(meets())
    assert asyncio.run(asks()) > 0.2
    allowance, now = allowance_of("https://books.example 1")
    assert allowance.throttles == 1
    assert 0.79 < allowance.pace(now) < 0.82
