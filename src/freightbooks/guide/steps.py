"""The steps of setting up a QuickBooks company, and how each stands. Pure: facts in, standings out.

Where we can know, the facts decide; what only a person can know, the person ticks.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum


class Step(StrEnum):
    """A step, as its page's address names it. The order is the order of the guide."""

    OVERVIEW = "overview"
    APP = "app"
    QUESTIONS = "questions"
    ADDRESSES = "addresses"
    KEYS = "keys"
    CONNECT = "connect"
    NOTIFICATIONS = "notifications"
    MAPPING = "mapping"
    TEST = "test"


TITLES: Mapping[Step, str] = {
    Step.OVERVIEW: "What you need",
    Step.APP: "Create the Intuit app",
    Step.QUESTIONS: "Answer Intuit’s questions",
    Step.ADDRESSES: "Give Intuit the addresses",
    Step.KEYS: "Enter Client ID and secret",
    Step.CONNECT: "Connect to QuickBooks",
    Step.NOTIFICATIONS: "Hear of payments at once",
    Step.MAPPING: "Say where each cost lands",
    Step.TEST: "Test it",
}
TICKED = frozenset({Step.OVERVIEW, Step.APP, Step.QUESTIONS, Step.ADDRESSES, Step.NOTIFICATIONS, Step.TEST})
"""The steps a person ticks."""


class State(StrEnum):
    """How a step stands."""

    DONE = "done"
    TO_DO = "to do"
    FAILED = "failed"
    NOT_NEEDED = "not needed"


@dataclass(frozen=True)
class Ticked:
    """Who said that a step is done, and when."""

    by: str
    at: datetime


@dataclass(frozen=True)
class Facts:
    """What is known of a setup. Empty texts and zeros: nothing is."""

    ticks: Mapping[Step, Ticked] = field(default_factory=dict)
    has_keys: bool = False
    for_production: bool = True  # development keys need neither questionnaire nor public addresses
    keys_refused: str = ""
    connected: bool = False
    company: str = ""
    stopped: str = ""  # why it waits for a person
    keys_stopped: bool = False  # it waits because of the app's keys
    refused: str = ""  # how the last try to connect ended, if it did not connect
    verifier_entered: bool = False
    told_at: datetime | None = None  # when Intuit last told of a change
    lists_read: bool = False
    costs: int = 0  # costs seen in freight documents
    costs_mapped: int = 0
    defaults_missing: tuple[str, ...] = ()
    parties_to_choose: int = 0
    posted: int = 0


@dataclass(frozen=True)
class Standing:
    """How a step stands, with the reason in words."""

    step: Step
    number: int
    state: State
    sentence: str = ""

    @property
    def title(self) -> str:
        """What the step is called."""
        return TITLES[self.step]

    @property
    def may_be_ticked(self) -> bool:
        """Whether a person says that it is done."""
        return self.step in TICKED


def standings(facts: Facts) -> tuple[Standing, ...]:
    """Return how every step stands, in order."""
    return tuple(Standing(step, number, *_stands(step, facts)) for number, step in enumerate(Step, start=1))


def next_step(steps: tuple[Standing, ...]) -> Step:
    """Return the step to go on with: the first that failed or is to do, else the last."""
    return next((one.step for one in steps if one.state in (State.TO_DO, State.FAILED)), steps[-1].step)


def _stands(step: Step, facts: Facts) -> tuple[State, str]:
    if step in _DECIDED_BY_FACTS:
        return _DECIDED_BY_FACTS[step](facts)
    if step == Step.NOTIFICATIONS and facts.verifier_entered:
        told = facts.told_at
        return State.DONE, f"Last told {told:%b %-d}" if told is not None else "The verifier token is entered"
    ticked = facts.ticks.get(step)
    if ticked is not None:
        return State.DONE, f"{ticked.by}, {ticked.at:%b %-d, %Y}"
    if step == Step.APP and facts.has_keys:
        return State.DONE, "Intuit knows the app"
    if step in (Step.QUESTIONS, Step.ADDRESSES) and facts.has_keys and not facts.for_production:
        return State.NOT_NEEDED, "Only production keys need it"
    if step == Step.NOTIFICATIONS and facts.has_keys and not facts.for_production:
        return State.NOT_NEEDED, "Changes are found within minutes without it"
    return State.TO_DO, ""


def _keys(facts: Facts) -> tuple[State, str]:
    if facts.keys_refused:
        return State.FAILED, facts.keys_refused
    if facts.keys_stopped:
        return State.FAILED, facts.stopped
    return (State.DONE, "Intuit accepts them") if facts.has_keys else (State.TO_DO, "")


def _connect(facts: Facts) -> tuple[State, str]:
    if facts.stopped:
        return State.FAILED, facts.stopped
    if facts.connected:
        return State.DONE, facts.company
    return (State.FAILED, facts.refused) if facts.refused else (State.TO_DO, "")


def _mapping(facts: Facts) -> tuple[State, str]:
    if facts.connected and not facts.lists_read:
        return State.FAILED, "The accounts could not be read from QuickBooks yet"
    if not facts.lists_read:
        return State.TO_DO, "After connecting"
    if facts.costs_mapped < facts.costs:
        return State.TO_DO, f"{facts.costs_mapped:,} of {facts.costs:,} costs are mapped"
    if facts.defaults_missing and not facts.costs:
        return State.TO_DO, f"No default yet for {' and '.join(facts.defaults_missing)}"
    if facts.parties_to_choose:
        return State.TO_DO, f"{facts.parties_to_choose:,} shippers or carriers to choose"
    return State.DONE, f"All {facts.costs:,} costs are mapped" if facts.costs else "A default is set for every cost"


_DECIDED_BY_FACTS = {Step.KEYS: _keys, Step.CONNECT: _connect, Step.MAPPING: _mapping}
