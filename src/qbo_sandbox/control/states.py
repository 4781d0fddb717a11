"""The state of a sandbox as a whole: a summary, reset to the seed, snapshots by name."""

from __future__ import annotations

import re
from typing import Any

from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.control.asking import Asked, BadAsk, Part
from qbo_sandbox.control.clocks import show_clock
from qbo_sandbox.control.delays import show_latency
from qbo_sandbox.control.fault_rules import show_rule
from qbo_sandbox.control.route import Control
from qbo_sandbox.snapshots import SEED, UnknownSnapshot

_GROUP = "State"
_NAME = re.compile(r"[A-Za-z0-9._-]{1,64}")
_TAKEN = {"name": "before-closing", "taken_at": "2026-03-02T18:00:00+00:00", "companies": ["9341450000000000"]}


def _state(asked: Asked) -> Any:
    sandbox = asked.sandbox
    return {
        "companies": {
            realm_id: {
                "name": company.name,
                "plan": company.subscription.plan.name,
                "subscription": company.subscription.status,
                "books_closed_through": company.preference("AccountingInfoPrefs", "BookCloseDate"),
                "objects": {name: len(company.table(name)) for name in ENTITIES if len(company.table(name))},
            }
            for realm_id, company in sandbox.companies.items()
        },
        "answers": sandbox.counts,
        "clock": show_clock(asked),
        "seed": sandbox.chance.seed,
        "limits": sandbox.limits.setting,
        "latency": show_latency(asked)["delays"],
        "faults": [show_rule(rule) for rule in list(sandbox.troubles.rules.values())],
        "hanging": sandbox.troubles.hanging,
        "snapshots": list(sandbox.snapshots.named()),
    }


def _reset(asked: Asked) -> Any:
    asked.sandbox.reset()
    return {"companies": list(asked.sandbox.companies), "now": asked.sandbox.clock().isoformat()}


def _take(asked: Asked) -> Any:
    name = asked.body.get("name") or f"s{len(asked.sandbox.snapshots.named()) + 1}"
    if not _NAME.fullmatch(name):
        raise BadAsk("name has 1 to 64 letters, digits, dots, dashes and underscores.")
    if name == SEED:
        raise BadAsk(f"{SEED} is the state of the start; POST /_sandbox/reset goes back to it.")
    asked.sandbox.snapshots.take(name)
    return _shown(asked, name)


def _shown(asked: Asked, name: str) -> dict[str, Any]:
    snapshot = asked.sandbox.snapshots.named()[name]
    return {"name": name, "taken_at": snapshot.taken_at, "companies": list(snapshot.companies)}


def _list(asked: Asked) -> Any:
    return {"snapshots": [_shown(asked, name) for name in asked.sandbox.snapshots.named()]}


def _restore(asked: Asked) -> Any:
    name = _there(asked)
    asked.sandbox.snapshots.restore(name)
    return _shown(asked, name)


def _delete(asked: Asked) -> Any:
    name = _there(asked)
    shown = _shown(asked, name)
    asked.sandbox.snapshots.forget(name)
    return shown


def _there(asked: Asked) -> str:
    name = asked.path["name"]
    if name not in asked.sandbox.snapshots.named():
        there = ", ".join(asked.sandbox.snapshots.named()) or "none"
        raise BadAsk(f"There is no snapshot {name}; there are: {there}.", 404) from UnknownSnapshot(name)
    return name


CONTROLS = (
    Control(
        "GET",
        "/state",
        "Sum up the sandbox: companies with their objects, answers counted, clock, seed, limits, latency, faults.",
        _state,
        answers={
            "companies": {
                "9341450000000000": {
                    "name": "Blue Ridge Freight Brokers LLC",
                    "plan": "QuickBooks Online Plus",
                    "subscription": "TRIAL",
                    "books_closed_through": None,
                    "objects": {"Account": 22, "Term": 4},
                }
            },
            "answers": {},
            "clock": {"now": "2026-03-02T18:00:00+00:00", "ahead_seconds": 0.0, "frozen": False},
            "seed": 7,
            "limits": "off",
            "latency": [],
            "faults": [],
            "hanging": 0,
            "snapshots": [],
        },
        group=_GROUP,
    ),
    Control(
        "POST",
        "/reset",
        "Go back to the seed. The keys, the company's id and the tokens of the ready file stay good; faults, latency, "
        "counts and what the clock was moved by are gone; snapshots stay.",
        _reset,
        answers={"companies": ["9341450000000000"], "now": "2026-03-02T18:00:00+00:00"},
        group=_GROUP,
    ),
    Control(
        "POST",
        "/snapshots",
        "Take a snapshot of everything: books, answers remembered by requestid, grants, people, clock; fault rules, "
        "latency and counts are not in it. It takes the place of an older one of its name, and lasts across restarts.",
        _take,
        {"name": Part("text", "letters, digits, dots, dashes and underscores; s1, s2 ... if left out")},
        example={"name": "before-closing"},
        answers=_TAKEN,
        group=_GROUP,
    ),
    Control("GET", "/snapshots", "List the snapshots.", _list, answers={"snapshots": [_TAKEN]}, group=_GROUP),
    Control("POST", "/snapshots/{name}/restore", "Go back to a snapshot.", _restore, answers=_TAKEN, group=_GROUP),
    Control("DELETE", "/snapshots/{name}", "Delete a snapshot.", _delete, answers=_TAKEN, group=_GROUP),
)
