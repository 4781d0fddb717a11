"""After any life, whatever was lost, doubled or late, one last sweep leaves no difference between both sides.

A few lives in every run; `make way-back LIVES=2000` lives as many. A life that fails tells its seed, and
`make way-back SEED=17` lives that one again, alone.
"""

from __future__ import annotations

import asyncio
import os
import sys

from settlement.agreeing import disagreements
from settlement.beginning_again import Beginning
from settlement.lives import Life
from settlement.way_back import WayBack

LIVES = int(os.environ.get("WAY_BACK_LIVES", "4"))
SEED = os.environ.get("WAY_BACK_SEED", "")
FIRST = int(os.environ.get("WAY_BACK_FIRST", "1"))
STEPS = int(os.environ.get("WAY_BACK_STEPS", "14"))


def test_no_difference_after_random_lives(way_back: WayBack) -> None:
    seeds = [int(SEED)] if SEED else range(FIRST, FIRST + LIVES)
    beginning = Beginning()
    loop = asyncio.new_event_loop()
    try:
        for number, seed in enumerate(seeds, 1):
            if number > 1:
                way_back.brokerage.sandbox.sandbox.snapshots.restore("posted")
                beginning.again()
            _live_one(way_back, seed, loop)
            if number % 20 == 0:
                sys.__stderr__.write(f"{number} lives, no difference\n")  # type: ignore[union-attr]
    finally:
        loop.run_until_complete(loop.shutdown_default_executor())
        loop.close()


def _live_one(way_back: WayBack, seed: int, loop: asyncio.AbstractEventLoop) -> None:
    life = Life(way_back, seed, loop)
    try:
        life.live(STEPS)
        found = disagreements(way_back, life)
    except BaseException as error:
        story = "\n  ".join(life.steps)
        raise AssertionError(f"life {seed} (make way-back SEED={seed}) broke off:\n  {story}") from error
    story = "\n  ".join(life.steps)
    assert not found, "\n".join([f"life {seed} (make way-back SEED={seed}):", f"  {story}", "disagree:", *found])
