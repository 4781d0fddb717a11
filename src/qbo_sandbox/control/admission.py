"""Limits, the consent page and the quirks of access over HTTP, changed while the sandbox runs."""

from __future__ import annotations

from dataclasses import asdict, fields
from typing import Any

from qbo_sandbox.access.quirks import NUMBERS, AccessQuirks
from qbo_sandbox.books.quirk_notes import quirk_notes
from qbo_sandbox.control.asking import Asked, BadAsk, Part
from qbo_sandbox.control.route import Control
from qbo_sandbox.limits import BadLimits

_LIMITS = "Limits"
_ACCESS = "Access"
_KINDS = {bool: "flag", int: "whole", str: "text"}
_ASK = "ask"


def _limits(asked: Asked) -> Any:
    limits = asked.sandbox.limits
    quota = limits.quota
    return {"limits": limits.setting, "core_plus_quota": quota.monthly, "core_plus_used": quota.used}


def _set_limits(asked: Asked) -> Any:
    limits, body = asked.sandbox.limits, asked.body
    try:
        if "limits" in body:
            limits.set(body["limits"])
    except BadLimits as error:
        raise BadAsk(f"{error}.") from error
    if "core_plus_quota" in body:
        limits.quota.monthly = body["core_plus_quota"] if body["core_plus_quota"] >= 0 else None
    if "core_plus_used" in body:
        limits.quota.has_room(asked.sandbox.clock())  # a new month begins first
        limits.quota.used = body["core_plus_used"]
    return _limits(asked)


def _access(asked: Asked) -> Any:
    door = asked.sandbox.door
    return {
        "consent": door.auto_consent or _ASK,
        "access_token_seconds": door.grants.access_seconds,
        "rotation": "strict" if door.grants.strict_rotation else "daily",
        **asdict(door.quirks),
    }


def _set_access(asked: Asked) -> Any:
    door, body = asked.sandbox.door, dict(asked.body)
    if "consent" in body:
        consent = body.pop("consent")
        door.auto_consent = "" if consent == _ASK else consent
    if "access_token_seconds" in body:
        door.grants.access_seconds = body.pop("access_token_seconds")
    if "rotation" in body:
        door.grants.strict_rotation = body.pop("rotation") == "strict"
    for name, value in body.items():
        door.set_quirk(name, value)
    return _access(asked)


def _part(name: str) -> Part:
    note = quirk_notes(AccessQuirks)[name]
    choices: tuple[Any, ...] = NUMBERS.get(name) or note.choices
    return Part(_KINDS[type(note.default)], note.meaning, choices=choices)


_QUIRKS = {field.name: _part(field.name) for field in fields(AccessQuirks)}

CONTROLS = (
    Control("GET", "/limits", "Tell the limits, and the CorePlus reads of this month.", _limits, group=_LIMITS),
    Control(
        "POST",
        "/limits",
        "Change the limits, or the monthly quota of CorePlus reads over all companies and apps.",
        _set_limits,
        {
            "limits": Part("text", "off, intuit, or a number that multiplies Intuit's limits"),
            "core_plus_quota": Part("whole", "reads a month; -1 for no quota", least=-1),
            "core_plus_used": Part("whole", "how many of them are used", least=0),
        },
        example={"limits": "intuit"},
        answers={"limits": "intuit", "core_plus_quota": None, "core_plus_used": 0},
        group=_LIMITS,
    ),
    Control("GET", "/access", "Tell how consent, tokens and the quirks of access are set.", _access, group=_ACCESS),
    Control(
        "POST",
        "/access",
        "Let the consent page answer itself, change the life of tokens, or set a quirk of access.",
        _set_access,
        {
            "consent": Part("text", "ask, or answer every request for consent", choices=(_ASK, "allow", "deny")),
            "access_token_seconds": Part("whole", "how long access tokens live", least=1, most=86400),
            "rotation": Part("text", "how often refresh tokens change", choices=("daily", "strict")),
            **_QUIRKS,
        },
        example={"consent": "allow"},
        answers={"consent": "allow", "access_token_seconds": 3600, "rotation": "daily"} | asdict(AccessQuirks()),
        group=_ACCESS,
    ),
)
