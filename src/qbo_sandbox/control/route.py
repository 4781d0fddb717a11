"""One control route as data: where it is, what it takes, what it does, and what it answers."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from starlette.responses import Response

from qbo_sandbox.control.asking import Asked, Part

Perform = Callable[[Asked], Any | Response | Awaitable[Any]]


@dataclass(frozen=True)
class Control:
    """A control route. `perform` returns what is answered as JSON, or a response of its own; it may be a coroutine.

    `path` stands below `/_sandbox`; `{realm}` in it is a company's id. `answers` is an example of the answer.
    """

    method: str
    path: str
    summary: str  # an imperative sentence, as docs and the page print it
    perform: Perform
    takes: Mapping[str, Part] = field(default_factory=dict)
    example: Mapping[str, Any] | None = None  # a body that works
    answers: Any = None
    group: str = "The sandbox"  # the heading it stands under
