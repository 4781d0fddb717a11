"""The clock of a sandbox: read it, set it, move it on, stop it."""

from __future__ import annotations

from typing import Any

from qbo_sandbox.control.asking import Asked, BadAsk, Part
from qbo_sandbox.control.route import Control

_GROUP = "Clock"
_EXAMPLE = {"now": "2026-03-03T18:00:00+00:00", "ahead_seconds": 86400.0, "frozen": False}


def show_clock(asked: Asked) -> dict[str, Any]:
    """Return the clock as the control plane shows it."""
    clock = asked.sandbox.clock
    return {
        "now": clock().isoformat(),
        "ahead_seconds": round(clock.ahead_seconds, 3),
        "frozen": clock.frozen,
    }


def _move(asked: Asked) -> Any:
    clock, body = asked.sandbox.clock, asked.body
    if not body:
        raise BadAsk("Give set, advance_seconds or frozen.")
    before = clock.state()
    try:
        if "set" in body:
            clock.set(body["set"])
        if "advance_seconds" in body:
            clock.advance(body["advance_seconds"])
        if "frozen" in body:
            (clock.freeze if body["frozen"] else clock.run)()
        if not 1900 <= clock().year <= 9000:  # times are shown in other zones, and reckoned with
            raise OverflowError
    except OverflowError as error:
        clock.restore(before)
        raise BadAsk("The clock goes from the year 1900 to the year 9000.") from error
    asked.sandbox.keep_clock()
    return show_clock(asked)


CONTROLS = (
    Control("GET", "/clock", "Tell the time of the sandbox.", show_clock, answers=_EXAMPLE, group=_GROUP),
    Control(
        "POST",
        "/clock",
        "Set the clock, move it on (or back), stop it or let it run; in this order if several are asked for.",
        _move,
        {
            "set": Part("moment", "the time to put it to; it runs on from there unless it is frozen"),
            "advance_seconds": Part("number", "how many seconds to move it on; negative moves it back"),
            "frozen": Part("flag", "true stops it (it can still be set and moved), false lets it run on"),
        },
        example={"advance_seconds": 86400},
        answers=_EXAMPLE,
        group=_GROUP,
    ),
)
