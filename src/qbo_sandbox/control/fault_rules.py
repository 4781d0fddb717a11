"""Fault rules over HTTP: add, list, delete, and let what hangs go on. Holds what each action takes, in words."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.control.asking import Asked, BadAsk, Part, read_parts
from qbo_sandbox.control.route import Control
from qbo_sandbox.faulting.actions import refusal_in
from qbo_sandbox.faulting.edge import GATEWAY_STATUSES, HTML_STATUSES
from qbo_sandbox.faulting.exchange import OPERATIONS
from qbo_sandbox.faulting.refusable import BY_CODE, UnknownCode
from qbo_sandbox.faulting.rules import Match, Rule

if TYPE_CHECKING:
    from qbo_sandbox.app import Sandbox

_GROUP = "Faults"
_LONGEST_REGEX = 200
_LONGEST_WAIT = 3600


@dataclass(frozen=True)
class ActionTold:
    """An action in words, and what it takes."""

    summary: str
    takes: Mapping[str, Part] = field(default_factory=dict)


_REFUSAL = {
    "code": Part(
        "text", "the fault's code; any known to the sandbox, or any at all if `message` is given", needed=True
    ),
    "message": Part("text", "in the place of QuickBooks' own words"),
    "detail": Part("text", "in the place of QuickBooks' own words"),
    "element": Part("text", "in the place of QuickBooks' own"),
    "type": Part(
        "text",
        "the fault's type",
        choices=("ValidationFault", "SystemFault", "AuthenticationFault", "AuthorizationFault", "ThrottleFault"),
    ),
}
_SECONDS = {"seconds": Part("number", "how long (real time); left out: until released", least=0, most=_LONGEST_WAIT)}

TOLD: Mapping[str, ActionTold] = {
    "refuse": ActionTold(
        "Refuse before anything is committed, as the books would; items of a batch are refused singly.", _REFUSAL
    ),
    "fault_in_200": ActionTold("Refuse before anything is committed, with HTTP status 200 around the Fault.", _REFUSAL),
    "system_fault": ActionTold("Answer 500 with a SystemFault 10000; nothing is committed."),
    "gateway": ActionTold(
        "Turn away as Intuit's gateway does, in its own envelope; nothing is committed.",
        {
            "status": Part("whole", "the HTTP status", needed=True, choices=GATEWAY_STATUSES),
            "detail": Part("text", "the fault's detail, such as `Token expired`"),
        },
    ),
    "throttle": ActionTold("Answer 429 in the gateway's envelope; `times` says how many requests in a row."),
    "html": ActionTold(
        "Answer with the HTML page of the edge; nothing is committed.",
        {"status": Part("whole", "the HTTP status", needed=True, choices=HTML_STATUSES)},
    ),
    "oauth_error": ActionTold(
        "Answer as the token endpoint refuses.",
        {
            "error": Part("text", "such as `invalid_grant`", needed=True),
            "description": Part("text", "the error_description"),
            "status": Part("whole", "the HTTP status; 400 if left out", least=400, most=599),
        },
    ),
    "hang": ActionTold(
        "Wait, and then do the request as if nothing had been; a client that has given up does not stop it.", _SECONDS
    ),
    "cut": ActionTold("End the TCP connection before anything is committed."),
    "commit_and_cut": ActionTold("Do the request, then end the TCP connection without an answer."),
    "commit_and_answer": ActionTold(
        "Do the request, then answer with an error all the same.",
        {
            "status": Part("whole", "the HTTP status", needed=True, choices=HTML_STATUSES),
            "as": Part("text", "the edge's HTML (the default) or the gateway's envelope", choices=("html", "gateway")),
        },
    ),
    "commit_and_hang": ActionTold("Do the request, then wait before answering it.", _SECONDS),
    "drop_items": ActionTold(
        "Do a batch, and leave out of the answer the items whose positions `items` gives (JSON answers only)."
    ),
    "slow_body": ActionTold(
        "Answer in pieces over some seconds.",
        {
            "seconds": Part("number", "for the whole body", needed=True, least=0, most=_LONGEST_WAIT),
            "pieces": Part("whole", "how many; 10 if left out", least=1, most=10_000),
        },
    ),
    "truncate_body": ActionTold(
        "Do the request, send so much of the answer, then end the connection.",
        {"bytes": Part("whole", "how many bytes of the body; 20 if left out", least=0)},
    ),
    "tokens": ActionTold(
        "Expire, revoke or rotate the tokens of the grant the request comes with (of every grant, if it brings none) "
        "at that moment; then the request goes on and feels it.",
        {"what": Part("text", "what becomes of them", needed=True, choices=("expire", "revoke", "rotate"))},
    ),
}

_MATCH = {
    "method": Part("text", "GET, POST ...", choices=("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")),
    "operation": Part("text", f"one of {', '.join(OPERATIONS)}", choices=OPERATIONS),
    "entity": Part("text", "an entity of the API, such as Bill", choices=tuple(ENTITIES)),
    "realm": Part("text", "a company's id"),
    "path": Part("text", "what the path begins with, such as /v3/ or /oauth2/"),
    "path_regex": Part("text", f"a regular expression found in the path, at most {_LONGEST_REGEX} characters"),
    "items": Part("wholes", "positions in a batch, from 0; only requests with such items are met"),
}
_COUNTS = {
    "after": Part("whole", "how many fitting requests pass first; 0 if left out", least=0),
    "times": Part("whole", "how many requests are met then; 1 if left out, 0 for no end", least=0),
    "probability": Part("number", "the chance that a fitting request is met, drawn from the seed", least=0, most=1),
}
_ACTION = {"action": Part("text", "what happens; see the actions below", needed=True, choices=tuple(TOLD))}
_COMMON = {**_ACTION, **_MATCH, **_COUNTS}
_TAKES = {
    **_COMMON,
    **{
        name: replace(part, needed=False, choices=())  # each action holds its own, below
        for told in TOLD.values()
        for name, part in told.takes.items()
    },
}


def add_rule(sandbox: Sandbox, body: Mapping[str, Any]) -> Rule:
    """Add the fault rule a body describes. Raises BadAsk."""
    asked = read_parts(body, _TAKES, "")
    name = asked["action"]
    told = TOLD[name]
    allowed = {**_COMMON, **told.takes}
    for each in asked:
        if each not in allowed:
            raise BadAsk(f"The action {name} does not take {each}; it takes {', '.join(told.takes) or 'nothing more'}.")
    for each, part in told.takes.items():
        if part.needed and each not in asked:
            raise BadAsk(f"The action {name} needs {each}: {part.meaning}.")
        if part.choices and each in asked and asked[each] not in part.choices:
            raise BadAsk(f"{each} must be one of {', '.join(map(str, part.choices))}.")
    settings = {each: asked[each] for each in told.takes if each in asked}
    if "code" in settings:
        _hold_code(settings)
    if name == "drop_items" and not asked.get("items"):
        raise BadAsk("The action drop_items needs items: the positions in the batch, from 0.")
    if "realm" in asked and asked["realm"] not in sandbox.companies:
        raise BadAsk(f"There is no company {asked['realm']}; the companies are {', '.join(sandbox.companies)}.")
    match = _match(asked)
    times = asked.get("times", 1)
    return sandbox.troubles.add(
        name,
        match,
        settings,
        after=asked.get("after", 0),
        times=times or None,
        probability=asked.get("probability", 1.0),
    )


def _match(asked: Mapping[str, Any]) -> Match:
    pattern = asked.get("path_regex", "")
    if len(pattern) > _LONGEST_REGEX:
        raise BadAsk(f"path_regex has at most {_LONGEST_REGEX} characters.")
    try:
        re.compile(pattern)
    except (re.error, RecursionError, OverflowError) as error:
        raise BadAsk(f"path_regex must be a regular expression: {error}.") from error
    return Match(**{name: asked[name] for name in _MATCH if name in asked})


def _hold_code(settings: Mapping[str, Any]) -> None:
    try:
        refusal_in(settings)
    except UnknownCode as error:
        known = ", ".join(BY_CODE)
        raise BadAsk(f"code must be one of {known}, or come with a message of its own.") from error


def show_rule(rule: Rule) -> dict[str, Any]:
    """Return a rule as the control plane shows it."""
    match = {name: getattr(rule.match, name) for name in _MATCH if getattr(rule.match, name)}
    if rule.match.items is not None:
        match["items"] = list(rule.match.items)
    return {
        "id": rule.id,
        "action": rule.action,
        **match,
        **rule.settings,
        "after": rule.after,
        "times": rule.times or 0,
        "probability": rule.probability,
        "seen": rule.seen,
        "hits": rule.hits,
        "spent": rule.spent,
    }


def _add(asked: Asked) -> Any:
    return show_rule(add_rule(asked.sandbox, asked.body))


def _list(asked: Asked) -> Any:
    troubles = asked.sandbox.troubles
    return {"faults": [show_rule(rule) for rule in list(troubles.rules.values())], "hanging": troubles.hanging}


def _one(asked: Asked) -> Any:
    rule = asked.sandbox.troubles.rules.get(asked.path["id"])
    if rule is None:
        raise _no_rule(asked)
    return show_rule(rule)


def _delete(asked: Asked) -> Any:
    rule = asked.sandbox.troubles.remove(asked.path["id"])
    if rule is None:
        raise _no_rule(asked)
    return show_rule(rule)


def _delete_all(asked: Asked) -> Any:
    return {"deleted": asked.sandbox.troubles.clear()}


def _release(asked: Asked) -> Any:
    return {"released": asked.sandbox.troubles.release()}


def _no_rule(asked: Asked) -> BadAsk:
    return BadAsk(f"There is no fault {asked.path['id']}; GET /_sandbox/faults lists them.", 404)


_EXAMPLE = {
    "id": "f1",
    "action": "commit_and_cut",
    "operation": "create",
    "entity": "Bill",
    "after": 0,
    "times": 1,
    "probability": 1.0,
    "seen": 0,
    "hits": 0,
    "spent": False,
}

CONTROLS = (
    Control(
        "POST",
        "/faults",
        "Add a fault rule: which requests it meets, how many, and what happens to them.",
        _add,
        _TAKES,
        example={"action": "commit_and_cut", "operation": "create", "entity": "Bill", "times": 1},
        answers=_EXAMPLE,
        group=_GROUP,
    ),
    Control(
        "GET",
        "/faults",
        "List the fault rules with the hits of each, and count the requests that hang.",
        _list,
        answers={"faults": [_EXAMPLE], "hanging": 0},
        group=_GROUP,
    ),
    Control("DELETE", "/faults", "Delete every fault rule.", _delete_all, answers={"deleted": 1}, group=_GROUP),
    Control(
        "POST", "/faults/release", "Let every hanging request go on.", _release, answers={"released": 1}, group=_GROUP
    ),
    Control("GET", "/faults/{id}", "Show one fault rule.", _one, answers=_EXAMPLE, group=_GROUP),
    Control("DELETE", "/faults/{id}", "Delete one fault rule.", _delete, answers=_EXAMPLE, group=_GROUP),
)
