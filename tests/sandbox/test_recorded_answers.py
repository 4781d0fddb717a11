"""What recordings of Intuit's sandbox companies show, this sandbox answers to the same requests, key for key."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from qbo_sandbox.books import json_text
from sandbox.api_client import Answer, Api
from sandbox.builders import Books

RECORDINGS = Path(__file__).parent / "recordings"


@dataclass(frozen=True)
class Exchange:
    """A request and the answer recorded for it."""

    verb: str
    target: str
    body: str
    status: int
    answer: Any


def _recorded(path: Path) -> Iterator[tuple[str, list[Exchange]]]:
    for section in path.read_text().split("\n== ")[0:]:
        title, _, rest = section.removeprefix("== ").partition("\n")
        exchanges = []
        for text in rest.split("\n> ")[0:]:
            request, _, answer = text.removeprefix("> ").partition("\n< ")
            first, _, body = request.partition("\n")
            verb, _, target = first.partition(" ")
            status, _, shown = answer.partition("\n")
            exchanges.append(Exchange(verb, target, body, int(status), json_text.loads(shown)))
        yield title, exchanges


COMPANIES = [
    pytest.param(exchanges, id=f"{path.stem}: {title}")
    for path in sorted(RECORDINGS.glob("*.txt"))
    for title, exchanges in _recorded(path)
]


def differences(recorded: Any, answered: Any, at: str = "") -> Iterator[str]:
    """Yield each place where an answer is not what was recorded: keys and their order, types, numbers as printed."""
    if recorded == "~":
        if not isinstance(answered, str) or not answered:
            yield f"{at}: recorded a text, got {answered!r}"
    elif isinstance(recorded, dict) and isinstance(answered, dict):
        if list(recorded) != list(answered):
            yield f"{at or 'answer'}:\n    recorded {' '.join(recorded)}\n    got      {' '.join(answered)}"
        for key in recorded.keys() & answered.keys():
            yield from differences(recorded[key], answered[key], f"{at}.{key}" if at else key)
    elif isinstance(recorded, list) and isinstance(answered, list):
        if len(recorded) != len(answered):
            yield f"{at}: recorded {len(recorded)}, got {len(answered)}"
        for position, (one, other) in enumerate(zip(recorded, answered, strict=False)):
            yield from differences(one, other, f"{at}[{position}]")
    elif type(recorded) is not type(answered) or str(recorded) != str(answered):
        yield f"{at}: recorded {recorded!r}, got {answered!r}"


def _send(api: Api, exchange: Exchange) -> Answer:
    if exchange.verb == "QUERY":
        return api.query(exchange.target)
    path, _, parameters = exchange.target.partition("?")
    given = dict(pair.split("=", 1) for pair in parameters.split("&") if pair)
    return api.send(exchange.verb, path, exchange.body or None, None, **given)


@pytest.mark.parametrize("exchanges", COMPANIES)
def test_the_answer_is_as_recorded(exchanges: list[Exchange]) -> None:
    api = Api(Books(seed="sample"))
    for exchange in exchanges:
        answered = _send(api, exchange)
        found = list(differences(exchange.answer, answered.body))
        assert answered.status == exchange.status, answered.text
        assert not found, f"{exchange.verb} {exchange.target}\n" + "\n".join(found)
