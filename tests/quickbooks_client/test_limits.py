"""The pace: never over a limit, nine tenths of what is allowed, and no person behind a minute that is spent."""

from __future__ import annotations

import asyncio
import itertools
import math
from concurrent.futures import ThreadPoolExecutor
from time import monotonic

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from freightbooks.quickbooks.limits import Allowance, Place, hold, scale_of, take
from freightbooks.quickbooks.pace import OwnPace


class Time:
    """A clock that moves when someone sleeps."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now

    async def sleep(self, seconds: float) -> None:
        assert seconds > 0
        self.now = math.nextafter(self.now + seconds, math.inf)


def pace_of(time: Time) -> OwnPace:
    return OwnPace(clock=time, sleep=time.sleep)


def turns(asked: list[tuple[str, bool]], time: Time, pace: OwnPace) -> list[float]:
    async def take_all() -> list[float]:
        at: list[float] = []
        for kind, people in asked:
            await pace.turn(kind, people=people)
            at.append(time.now)
        return at

    return asyncio.run(take_all())


def most_within(times: list[float], seconds: float) -> int:
    return max((sum(1 for other in times if start <= other < start + seconds) for start in times), default=0)


def places(asked: list[tuple[Place, bool, float]]) -> list[tuple[Place, float]]:
    """Take places at these moments, however far ahead they lie: as many processes would at once."""
    allowance, taken = Allowance(), []
    now = 1000.0
    for place, people, later in asked:
        now += later
        allowance, moment = take(allowance, place, people=people, now=now, scale=1.0)
        taken.append((place, moment))
    return taken


_PLACES = st.sampled_from([Place.REQUEST, Place.REQUEST, Place.BATCH])
ASKED = st.lists(
    st.tuples(
        st.sampled_from([Place.REQUEST, Place.REQUEST, Place.BATCH]), st.booleans(), st.sampled_from([0.0, 0.05])
    ),
    max_size=900,
)


@settings(max_examples=20, deadline=None)
@given(ASKED)
def test_no_window_ever_holds_more_places_than_quickbooks_allows(asked: list[tuple[Place, bool, float]]) -> None:
    taken = places(asked)
    requests = [moment for place, moment in taken if place is Place.REQUEST]
    assert most_within(requests, 1.0) <= 10
    assert most_within(requests, 60.0) <= 500
    assert most_within([moment for place, moment in taken if place is Place.BATCH], 60.0) <= 40


def test_batches_and_single_requests_beside_them_reach_nine_tenths_of_the_ceiling() -> None:
    taken = places([(Place.BATCH, False, 0.0)] * 390 + [(Place.REQUEST, False, 0.0)] * 4700)
    batches = max(moment for place, moment in taken if place is Place.BATCH) - 1000
    requests = max(moment for place, moment in taken if place is Place.REQUEST) - 1000
    documents = 390 / batches * 60 * 30 + (4700 / requests - 390 / batches) * 60
    assert documents >= 0.94 * 1660


def test_a_person_goes_at_once_while_a_backfill_has_spent_its_minute() -> None:
    allowance = Allowance()
    for _ in range(300):
        allowance, _ = take(allowance, Place.REQUEST, people=False, now=1000.0, scale=1.0)
        allowance, _ = take(allowance, Place.BATCH, people=False, now=1000.0, scale=1.0)
    for place in (Place.REQUEST, Place.REQUEST, Place.BATCH):
        allowance, moment = take(allowance, place, people=True, now=1000.0, scale=1.0)
        assert moment == 1000.0


def test_people_who_have_spent_what_is_kept_for_them_stand_in_line_with_the_rest() -> None:
    taken = places([(Place.REQUEST, True, 0.0)] * 20)
    assert taken[-1][1] - 1000.0 < 20 * 61.2 / 470


def test_after_the_first_no_batch_waits_longer_than_two_seconds() -> None:
    time = Time()
    at = turns([("batch", False)] * 100, time, pace_of(time))
    assert max(after - before for before, after in itertools.pairwise(at)) < 2.0


def test_a_hold_stops_everything_for_its_time_and_slows_what_follows() -> None:
    time = Time()
    pace = pace_of(time)
    asyncio.run(pace.hold(30))
    assert turns([("read", True)], time, pace)[0] >= 1030.0
    assert pace.allowance.pace(time.now) == pytest.approx(0.8, abs=0.03)


def test_a_storm_of_refusals_counts_once_and_the_pace_comes_back_minute_by_minute() -> None:
    allowance = Allowance()
    for _ in range(10):
        allowance = hold(allowance, 1, now=1000.0)
    assert allowance.pace(1000.0) == pytest.approx(0.8)
    assert allowance.pace(1060.0) == pytest.approx(0.85)
    assert allowance.pace(1300.0) == 1.0
    assert hold(allowance, 1, now=1060.0).pace(1060.0) == pytest.approx(0.68)


def test_requests_held_up_on_the_way_do_not_leave_all_at_once() -> None:
    time = Time()
    pace = pace_of(time)
    turns([("read", False)], time, pace)
    late = turns([("read", False)] * 5, time, pace)
    assert min(after - before for before, after in itertools.pairwise(late)) >= 0.1


@pytest.mark.parametrize(("text", "scale"), [("off", None), ("intuit", 1.0), ("", 1.0), ("2.5", 2.5)])
def test_the_setting_is_intuit_off_or_a_factor(text: str, scale: float | None) -> None:
    assert scale_of(text) == scale


@pytest.mark.parametrize("text", ["0", "-1", "fast"])
def test_a_setting_that_means_nothing_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"scale|float"):
        scale_of(text)


def test_threads_with_event_loops_of_their_own_share_one_pace() -> None:
    pace = OwnPace(20)

    def take_some() -> list[float]:
        async def take_ten() -> list[float]:
            return [await stamped() for _ in range(10)]

        async def stamped() -> float:
            await pace.turn("read")
            return monotonic()

        return asyncio.run(take_ten())

    with ThreadPoolExecutor(4) as threads:
        at = sorted(moment for moments in threads.map(lambda _: take_some(), range(4)) for moment in moments)
    assert at[-1] - at[0] >= 39 * 61.2 / 470 / 20 - 0.01
