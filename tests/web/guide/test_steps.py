"""How each step stands follows from what is known, and only what nobody can see is taken on a person's word."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from freightbooks.guide.steps import TICKED, Facts, State, Step, Ticked, next_step, standings

PRIYA = Ticked("Priya Raman", datetime(2026, 11, 9, 14, 0, tzinfo=UTC))


def stand(step: Step, **known: Any) -> tuple[State, str]:
    one = next(one for one in standings(Facts(**known)) if one.step == step)
    return one.state, one.sentence


def test_at_first_everything_is_to_do_and_the_first_step_comes_first() -> None:
    steps = standings(Facts())
    assert {one.state for one in steps} == {State.TO_DO}
    assert [one.number for one in steps] == list(range(1, 10))
    assert next_step(steps) == Step.OVERVIEW


@pytest.mark.parametrize("step", sorted(TICKED))
def test_a_tick_says_who_and_when(step: Step) -> None:
    assert stand(step, ticks={step: PRIYA}) == (State.DONE, "Priya Raman, Nov 9, 2026")


@pytest.mark.parametrize("step", [Step.KEYS, Step.CONNECT, Step.MAPPING])
def test_a_tick_does_not_make_done_what_we_can_see_is_not(step: Step) -> None:
    assert stand(step, ticks={step: PRIYA})[0] == State.TO_DO


@pytest.mark.parametrize(
    ("step", "known", "expected"),
    [
        (Step.KEYS, {"has_keys": True}, (State.DONE, "Intuit accepts them")),
        (Step.KEYS, {"keys_refused": "Copy both again."}, (State.FAILED, "Copy both again.")),
        (
            Step.KEYS,
            {"has_keys": True, "keys_stopped": True, "stopped": "Intuit refuses the app"},
            (State.FAILED, "Intuit refuses the app"),
        ),
        (Step.CONNECT, {"has_keys": True}, (State.TO_DO, "")),
        (Step.CONNECT, {"connected": True, "company": "Acme LLC"}, (State.DONE, "Acme LLC")),
        (Step.CONNECT, {"refused": "It took too long."}, (State.FAILED, "It took too long.")),
        (Step.CONNECT, {"stopped": "Somebody disconnected"}, (State.FAILED, "Somebody disconnected")),
        (Step.MAPPING, {"connected": True}, (State.FAILED, "The accounts could not be read from QuickBooks yet")),
        (
            Step.MAPPING,
            {"lists_read": True, "defaults_missing": ("carrier costs",)},
            (State.TO_DO, "No default yet for carrier costs"),
        ),
        (
            Step.MAPPING,
            {"lists_read": True, "costs": 12, "costs_mapped": 9},
            (State.TO_DO, "9 of 12 costs are mapped"),
        ),
        (
            Step.MAPPING,
            {"lists_read": True, "costs": 2, "costs_mapped": 2, "parties_to_choose": 3},
            (State.TO_DO, "3 shippers or carriers to choose"),
        ),
        (
            Step.MAPPING,
            {"lists_read": True, "costs": 12, "costs_mapped": 12},
            (State.DONE, "All 12 costs are mapped"),
        ),
        (Step.APP, {"has_keys": True}, (State.DONE, "Intuit knows the app")),
        (
            Step.QUESTIONS,
            {"has_keys": True, "for_production": False},
            (State.NOT_NEEDED, "Only production keys need it"),
        ),
        (Step.QUESTIONS, {"has_keys": True}, (State.TO_DO, "")),
    ],
)
def test_the_facts_decide(step: Step, known: dict[str, Any], expected: tuple[State, str]) -> None:
    assert stand(step, **known) == expected


def test_what_failed_comes_before_what_follows_it() -> None:
    known = Facts(ticks=dict.fromkeys(TICKED - {Step.TEST}, PRIYA), has_keys=True, refused="Refused.")
    assert next_step(standings(known)) == Step.CONNECT


def test_hearing_of_payments_is_done_by_the_token_or_let_be() -> None:
    step, told = Step.NOTIFICATIONS, datetime(2026, 11, 7, 9, 41, tzinfo=UTC)
    assert stand(step, has_keys=True) == (State.TO_DO, "")
    assert stand(step, has_keys=True, for_production=False)[0] == State.NOT_NEEDED
    entered = {"has_keys": True, "for_production": False, "verifier_entered": True}
    assert stand(step, **entered) == (State.DONE, "The verifier token is entered")
    assert stand(step, **entered, told_at=told) == (State.DONE, "Last told Nov 7")
    assert stand(step, has_keys=True, ticks={step: PRIYA})[0] == State.DONE
