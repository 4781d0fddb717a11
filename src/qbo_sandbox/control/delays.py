"""Latency and the seed of chance over HTTP."""

from __future__ import annotations

from typing import Any

from qbo_sandbox.chance import LARGEST_SEED
from qbo_sandbox.control.asking import Asked, BadAsk, Part
from qbo_sandbox.control.route import Control
from qbo_sandbox.latency import Delay

_GROUP = "Latency and chance"
_LONGEST_MS = 600_000
_EXAMPLE = {"delays": [{"path": "/v3/", "min_ms": 20.0, "max_ms": 250.0}]}


def show_latency(asked: Asked) -> dict[str, Any]:
    """Return the delays as the control plane shows them."""
    delays = asked.sandbox.troubles.latency.delays
    return {"delays": [{"path": each.path, "min_ms": each.least_ms, "max_ms": each.most_ms} for each in delays]}


def _set(asked: Asked) -> Any:
    body = asked.body
    path = body.get("path", "/")
    if not path.startswith("/"):
        raise BadAsk("path begins with a slash, such as /v3/ or /oauth2/.")
    if ("ms" in body) == ("min_ms" in body or "max_ms" in body):
        raise BadAsk("Give either ms, or min_ms and max_ms; ms 0 answers at once.")
    least, most = body.get("min_ms", body.get("ms", 0.0)), body.get("max_ms", body.get("ms", 0.0))
    if least > most:
        raise BadAsk("min_ms must not be above max_ms.")
    asked.sandbox.troubles.set_delay(Delay(least, most, path))
    return show_latency(asked)


def _clear(asked: Asked) -> Any:
    asked.sandbox.troubles.clear_delays()
    return show_latency(asked)


def _seed(asked: Asked) -> Any:
    return {"seed": asked.sandbox.chance.seed}


def _reseed(asked: Asked) -> Any:
    asked.sandbox.chance.reseed(asked.body["seed"])
    return _seed(asked)


CONTROLS = (
    Control("GET", "/latency", "Tell how long answers take, by path.", show_latency, answers=_EXAMPLE, group=_GROUP),
    Control(
        "POST",
        "/latency",
        "Make answers take their time: all of them, or those below a path; the longest path that fits decides.",
        _set,
        {
            "ms": Part("number", "how long, in milliseconds", least=0, most=_LONGEST_MS),
            "min_ms": Part("number", "with max_ms: the least, drawn from the seed", least=0, most=_LONGEST_MS),
            "max_ms": Part("number", "the most", least=0, most=_LONGEST_MS),
            "path": Part("text", "what the path begins with; / (everything) if left out"),
        },
        example={"min_ms": 20, "max_ms": 250, "path": "/v3/"},
        answers=_EXAMPLE,
        group=_GROUP,
    ),
    Control("DELETE", "/latency", "Answer at once everywhere.", _clear, answers={"delays": []}, group=_GROUP),
    Control("GET", "/seed", "Tell the seed of everything random.", _seed, answers={"seed": 7}, group=_GROUP),
    Control(
        "POST",
        "/seed",
        "Begin everything random anew from a seed: fault draws, latency, disorder of webhooks.",
        _reseed,
        {"seed": Part("whole", "any whole number from 0", needed=True, least=0, most=LARGEST_SEED)},
        example={"seed": 7},
        answers={"seed": 7},
        group=_GROUP,
    ),
)
