"""The clock of a sandbox: read it, set it, move it on."""

from __future__ import annotations

from typing import Any

from qbo_sandbox.control.asking import Asked, BadAsk, Part
from qbo_sandbox.control.route import Control

_GROUP = "Clock"


def _now(asked: Asked) -> Any:
    return {"now": asked.sandbox.clock().isoformat()}


def _move(asked: Asked) -> Any:
    clock = asked.sandbox.clock
    try:
        if "set" in asked.body:
            clock.set(asked.body["set"])
        if "advance_seconds" in asked.body:
            clock.advance(asked.body["advance_seconds"])
        return _now(asked)
    except OverflowError as error:
        raise BadAsk("The clock goes from year 1 to year 9999.") from error


CONTROLS = (
    Control("GET", "/clock", "Tell the time of the sandbox.", _now, group=_GROUP),
    Control(
        "POST",
        "/clock",
        "Set the clock, or move it on (or back).",
        _move,
        {
            "set": Part("moment", "the time to put it to; it runs on from there"),
            "advance_seconds": Part("number", "how many seconds to move it on; negative moves it back"),
        },
        example={"advance_seconds": 86400},
        answers={"now": "2026-03-03T18:00:00+00:00"},
        group=_GROUP,
    ),
)
