"""What a storm does to one company's requests, its tokens and its QuickBooks: each fault by name, drawn from the seed.

A fault here strikes one company only. What strikes all of them (killed workers, PostgreSQL, the clock) is in
`disasters.py`; what a bookkeeper does is in `meddling.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from chaos.nursery import READ_SECONDS

if TYPE_CHECKING:
    from chaos.story import Story

HANG_SECONDS = READ_SECONDS * 1.4
Strike = Callable[["Story", random.Random], str]


@dataclass(frozen=True)
class Fault:
    """A fault, how often it is drawn among the others, and what it does; `strike` returns what it drew, in words."""

    name: str
    weight: int
    strike: Strike


def _met(action: str, **fixed: Any) -> Strike:
    """Let the next requests of the company meet a rule: mostly a batch, sometimes anything."""

    def strike(story: Story, chance: random.Random) -> str:
        times, after = chance.randint(1, 3), chance.randint(0, 2)
        told = {name: chance.choice(value) if isinstance(value, list) else value for name, value in fixed.items()}
        what = {} if chance.random() < 0.25 else {"operation": "batch"}
        story.fault(action, times=times, after=after, **what, **told)
        return f"{times} after {after}" + (f", {told}" if told else "")

    return strike


def _some_items(story: Story, chance: random.Random) -> str:
    items = sorted(chance.sample(range(6), chance.randint(1, 4)))
    story.fault("drop_items", operation="batch", items=items, times=chance.randint(1, 2))
    return f"items {items} left out"


def _items_refused(story: Story, chance: random.Random) -> str:
    items, code = sorted(chance.sample(range(12), chance.randint(1, 6))), chance.choice(("3001", "10000"))
    story.fault("refuse", code=code, message="Not now", items=items, times=len(items) * chance.randint(1, 2))
    return f"items {items} with {code}"


def _half_a_batch(story: Story, chance: random.Random) -> str:
    """The books take some items, refuse the others for the moment, and nobody is told."""
    items = sorted(chance.sample(range(12), chance.randint(1, 6)))
    story.fault("refuse", code="10000", items=items, times=len(items))
    story.fault("commit_and_cut", operation="batch")
    return f"all but {items}, unanswered"


def _refused_for_no_reason(story: Story, chance: random.Random) -> str:
    items = sorted(chance.sample(range(6), chance.randint(1, 3)))
    code = chance.choice(("2500", "6000", "5020", "2020"))
    story.fault("refuse", code=code, items=items, times=len(items))
    return f"items {items} with {code}"


def _storm_of_429(story: Story, chance: random.Random) -> str:
    times = chance.randint(3, 25)
    story.fault("throttle", times=times, path=f"/v3/company/{story.realm_id}/")
    return f"{times} in a row"


def _tokens(story: Story, chance: random.Random) -> str:
    what, after = chance.choices(("expire", "rotate", "revoke"), (4, 3, 2))[0], chance.randint(0, 3)
    story.fault("tokens", what=what, after=after, operation="batch")
    return f"{what} at batch {after + 1}"


def _subscription_ended(story: Story, chance: random.Random) -> str:
    story.company.subscribe(status="EXPIRED")
    return ""


def _books_closed(story: Story, chance: random.Random) -> str:
    from datetime import date

    day = date(2026, 10, chance.randint(1, 31))
    story.company.close_books(day)
    return f"through {day}"


def _organization_paused(story: Story, chance: random.Random) -> str:
    story.pause()
    return ""


FAULTS: tuple[Fault, ...] = (
    Fault("connection cut before QuickBooks did it", 4, _met("cut")),
    Fault("connection cut after QuickBooks did it", 5, _met("commit_and_cut")),
    Fault("answer torn in the middle", 2, _met("truncate_body", bytes=[0, 20, 300])),
    Fault("batch answered for some items only", 4, _some_items),
    Fault("half a batch done, and no answer", 4, _half_a_batch),
    Fault("items refused for the moment", 2, _items_refused),
    Fault("items refused for good, wrongly", 2, _refused_for_no_reason),
    Fault("200 with a fault", 2, _met("fault_in_200", code=["10000", "3001", "130"], message="Not now")),
    Fault("HTML 503 before QuickBooks did it", 2, _met("html", status=[500, 502, 503, 504])),
    Fault(
        "5xx after QuickBooks did it",
        3,
        _met("commit_and_answer", status=[500, 503, 504], **{"as": ["html", "gateway"]}),
    ),
    Fault("hang to the timeout, then done", 3, _met("hang", seconds=HANG_SECONDS)),
    Fault("done, then hang to the timeout", 2, _met("commit_and_hang", seconds=HANG_SECONDS)),
    Fault("slow answer", 1, _met("slow_body", seconds=READ_SECONDS * 0.8)),
    Fault("429 storm", 3, _storm_of_429),
    Fault("tokens expired, rotated or revoked mid-batch", 4, _tokens),
    Fault("subscription ended", 1, _subscription_ended),
    Fault("books closed", 1, _books_closed),
    Fault("organization paused", 1, _organization_paused),
)


def draw(chance: random.Random) -> Fault:
    """Draw a fault."""
    return chance.choices(FAULTS, [fault.weight for fault in FAULTS])[0]
