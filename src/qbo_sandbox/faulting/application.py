"""The ASGI application of a sandbox, with its troubles in front: without any, a request costs one truth test more."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.routing import BaseRoute

from qbo_sandbox.books import json_text
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.faulting.actions import ACTIONS, Course, Reply, json_reply, refusal_in
from qbo_sandbox.faulting.cutting import Receive, Send, cut
from qbo_sandbox.faulting.exchange import Exchange, exchange_of, needs_body
from qbo_sandbox.wire.bodies import raw_body, read_body
from qbo_sandbox.wire.refused_ahead import REFUSED_AHEAD

if TYPE_CHECKING:
    from qbo_sandbox.app import Sandbox

_NEVER_TROUBLED = ("/_sandbox", "/bookkeeper")
_MOST_READ_AHEAD = 32 * 1024 * 1024


class TroubledApplication(Starlette):
    """A Starlette application whose requests meet the sandbox's fault rules and latency first."""

    def __init__(self, sandbox: Sandbox, routes: Sequence[BaseRoute]) -> None:
        super().__init__(routes=routes)
        self._sandbox = sandbox
        self._troubles = sandbox.troubles

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if self._troubles.any and scope["type"] == "http" and not scope["path"].startswith(_NEVER_TROUBLED):
            await self._troubled(scope, receive, send)
        else:
            await super().__call__(scope, receive, send)

    async def _troubled(self, scope: Any, receive: Receive, send: Send) -> None:
        seconds = self._troubles.latency.seconds(scope["path"])
        if seconds:
            await asyncio.sleep(seconds)
        raw: bytes = b""
        sent: Body = {}
        if self._troubles.rules and needs_body(scope["method"], scope["path"]):
            raw, receive = await _read_ahead(receive)
            sent = await _understood(scope, raw)
        exchange = exchange_of(scope, raw, sent)
        course = self._decide(exchange)
        if not course.rules:
            await super().__call__(scope, receive, send)
            return
        for what in course.tokens:
            self._sandbox.trouble_tokens(what, exchange.realm_id, exchange.bearer)
        for wait in course.hang_before:
            if not await self._troubles.hang(wait):
                course.cut_before, course.instead = True, None
                break
        instead = None if course.cut_before else course.instead or _gateway_outside_the_api(exchange, course)
        if course.cut_before or instead is not None:
            self._note(exchange, course, instead.status if instead else 0)
            if instead is None:
                await cut(receive, send, at_once=True)
            else:
                await _reply(send, instead)
            return
        await self._through(scope, receive, send, course)

    def _decide(self, exchange: Exchange) -> Course:
        """Return what the rules make of a request, and count it with them."""
        course = Course(self._sandbox.clock())
        for rule in self._troubles.fitting(exchange):
            action = ACTIONS[rule.action]
            items = rule.match.fits_items(exchange) if action.by_item else ()
            for deed in items:
                if (
                    deed.position is not None
                    and deed.position not in course.items
                    and rule.meets(self._troubles.chance)
                ):
                    course.items[deed.position] = refusal_in(rule.settings)
                    course.rules.append(rule.id)
            if not items and rule.meets(self._troubles.chance):
                action.write_down(course, rule)
                course.rules.append(rule.id)
                if action.final:
                    break
        self._troubles.note_spent()
        return course

    async def _through(self, scope: Any, receive: Receive, send: Send, course: Course) -> None:
        """Let the request through to the books, and do to its answer what is to be done."""
        requests = self._sandbox.requests
        before = requests[-1] if requests else None
        token = REFUSED_AHEAD.set(course.ahead)
        try:
            if not course.changes_the_answer:
                await super().__call__(scope, receive, send)
                return
            answer = await _captured(super().__call__, scope, receive)
        finally:
            REFUSED_AHEAD.reset(token)
            if requests and requests[-1] is not before:
                requests[-1]["faults"] = list(dict.fromkeys(course.rules))
        for wait in course.hang_after:
            course.cut_after = not await self._troubles.hang(wait) or course.cut_after
        if course.cut_after:
            await cut(receive, send, at_once=True)
            return
        answer = course.afterwards or _changed(answer, course)
        if course.keep is not None:
            await _start(send, answer)
            await send({"type": "http.response.body", "body": answer.body[: course.keep], "more_body": True})
            await cut(receive, send, at_once=False)
            return
        await _reply(send, answer, course.slow)

    def _note(self, exchange: Exchange, course: Course, status: int) -> None:
        """Keep a request the API never saw among the last ones; status 0 is none at all."""
        if exchange.is_api:
            self._sandbox.requests.append(
                {
                    "at": self._sandbox.clock().isoformat(),
                    "method": exchange.method,
                    "path": exchange.path,
                    "requestid": "",
                    "kind": exchange.deeds[0].operation,
                    "status": status,
                    "faults": list(dict.fromkeys(course.rules)),
                }
            )


def _gateway_outside_the_api(exchange: Exchange, course: Course) -> Reply | None:
    """Return the gateway's fault as the OAuth addresses give it: they have no books to refuse through."""
    fault = course.by_the_gateway
    if fault is None or exchange.is_api:
        return None
    return json_reply(fault.status, fault.as_text(course.moment))


async def _read_ahead(receive: Receive) -> tuple[bytes, Receive]:
    """Return the body of a request, and a `receive` that gives it again."""
    messages: deque[Any] = deque()
    pieces: list[bytes] = []
    length = 0
    while length <= _MOST_READ_AHEAD:
        message = await receive()
        messages.append(message)
        if message["type"] != "http.request":
            break
        pieces.append(message.get("body", b""))
        length += len(pieces[-1])
        if not message.get("more_body", False):
            break

    async def again() -> Any:
        return messages.popleft() if messages else await receive()

    return b"".join(pieces), again


async def _understood(scope: Any, raw: bytes) -> Body:
    """Return the object in a body as the API would read it; empty when it would not."""

    async def receive() -> Any:
        return {"type": "http.request", "body": raw, "more_body": False}

    if not scope["path"].startswith("/v3/company/"):
        return {}
    request = Request(scope, receive)
    try:
        return read_body(request, await raw_body(request), Quirks())
    except (Refusal, HTTPException):
        return {}


async def _captured(app: Any, scope: Any, receive: Receive) -> Reply:
    """Run the application, and return its answer whole."""
    status, headers, pieces = 500, {}, []

    async def keep(message: Any) -> None:
        nonlocal status, headers
        if message["type"] == "http.response.start":
            status = message["status"]
            headers = {name.decode("latin-1"): value.decode("latin-1") for name, value in message["headers"]}
        elif message["type"] == "http.response.body":
            pieces.append(message.get("body", b""))

    await app(scope, receive, keep)
    return Reply(status, headers, b"".join(pieces))


def _changed(answer: Reply, course: Course) -> Reply:
    body = _without_items(answer.body, course.dropped) if course.dropped else answer.body
    return Reply(course.status or answer.status, {**answer.headers, "content-length": str(len(body))}, body)


def _without_items(body: bytes, dropped: set[int]) -> bytes:
    """Return the answer to a batch without some of its items; what is no JSON answer of a batch stays as it is."""
    try:
        shown = json_text.loads(body)
        items = shown["BatchItemResponse"]
    except (ValueError, TypeError, KeyError):
        return body
    shown["BatchItemResponse"] = [item for position, item in enumerate(items) if position not in dropped]
    return json_text.dumps(shown).encode()


async def _start(send: Send, reply: Reply) -> None:
    headers = [(name.lower().encode("latin-1"), value.encode("latin-1")) for name, value in reply.headers.items()]
    await send({"type": "http.response.start", "status": reply.status, "headers": headers})


async def _reply(send: Send, reply: Reply, slow: tuple[float, int] | None = None) -> None:
    """Send an answer, at once or in pieces over some seconds."""
    await _start(send, reply)
    if slow is not None:
        seconds, pieces = slow
        size = max(1, -(-len(reply.body) // pieces))
        for at in range(0, len(reply.body), size):
            await send({"type": "http.response.body", "body": reply.body[at : at + size], "more_body": True})
            await asyncio.sleep(seconds / pieces)
    await send({"type": "http.response.body", "body": b"" if slow else reply.body})
