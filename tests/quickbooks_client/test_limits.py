"""The pace: never over a limit, and no document behind a minute that is spent."""

from __future__ import annotations

import asyncio
import itertools
import math
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freightbooks.quickbooks.limits import Pace


class Time:
    """A clock that moves when someone sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now = math.nextafter(self.now + seconds, math.inf)


def turns(kinds: list[str], time: Time, pace: Pace) -> list[float]:
    async def take() -> list[float]:
        at: list[float] = []
        for kind in kinds:
            await pace.turn(kind)
            at.append(time.now)
        return at

    return asyncio.run(take())


def most_within(times: list[float], seconds: float) -> int:
    return max((sum(1 for other in times if start <= other < start + seconds) for start in times), default=0)


@settings(max_examples=20, deadline=None)
@given(st.lists(st.sampled_from(["read", "write", "batch", "batch"]), max_size=700))
def test_no_window_ever_holds_more_than_quickbooks_allows(kinds: list[str]) -> None:
    time = Time()
    at = turns(kinds, time, Pace(clock=time, sleep=time.sleep))
    assert most_within(at, 1.0) <= 10
    assert most_within(at, 60.0) <= 500
    assert most_within([when for when, kind in zip(at, kinds, strict=True) if kind == "batch"], 60.0) <= 40


def test_batches_reach_nine_tenths_of_the_ceiling() -> None:
    time = Time()
    at = turns(["batch"] * 400, time, Pace(clock=time, sleep=time.sleep))
    assert 400 / (at[-1] - at[0]) * 60 >= 0.95 * 40


def test_after_the_first_few_no_batch_waits_longer_than_two_seconds() -> None:
    time = Time()
    at = turns(["batch"] * 100, time, Pace(clock=time, sleep=time.sleep))
    assert max(after - before for before, after in itertools.pairwise(at)) < 2.0
    assert at[1] - at[0] < 0.2, "a person's document goes out at once on a quiet connection"


def test_a_hold_stops_everything_for_its_time() -> None:
    time = Time()
    pace = Pace(clock=time, sleep=time.sleep)
    pace.hold(30)
    assert turns(["read"], time, pace)[0] >= 1030.0


@pytest.mark.parametrize(("text", "off"), [("off", True), ("intuit", False), ("2.5", False)])
def test_the_setting_is_intuit_off_or_a_factor(text: str, off: bool) -> None:
    assert (Pace.parse(text) is None) is off


@pytest.mark.parametrize("text", ["0", "-1", "fast"])
def test_a_setting_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"scale|float"):
        Pace.parse(text)


def test_a_read_does_not_stand_behind_batches_that_wait() -> None:
    time = Time()
    pace = Pace(clock=time, sleep=time.sleep)
    turns(["batch"] * 10, time, pace)
    before = time.now
    assert turns(["read"], time, pace)[0] - before < 0.2


def test_threads_with_event_loops_of_their_own_share_one_pace() -> None:
    pace = Pace(20)

    def take_some() -> list[float]:
        async def take() -> list[float]:
            return [await stamped() for _ in range(10)]

        async def stamped() -> float:
            await pace.turn("read")
            return monotonic()

        return asyncio.run(take())

    with ThreadPoolExecutor(4) as threads:
        at = sorted(moment for moments in threads.map(lambda _: take_some(), range(4)) for moment in moments)
    assert at[-1] - at[0] >= 39 * 61.2 / 500 / 20 - 0.01
