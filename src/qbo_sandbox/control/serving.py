"""Serves the table of control routes. What cannot be done is answered with 400 and a sentence, never with a 5xx."""

from __future__ import annotations

import inspect
from collections.abc import Awaitable, Callable
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.books import json_text
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.control.asking import Asked, BadAsk, read_body
from qbo_sandbox.control.route import Control
from qbo_sandbox.control.table import CONTROLS

if TYPE_CHECKING:
    from qbo_sandbox.app import Sandbox

PREFIX = "/_sandbox"


def control_routes(sandbox: Sandbox) -> list[BaseRoute]:
    """Return the control routes of a sandbox."""
    by_path: dict[str, dict[str, Control]] = {}
    for control in CONTROLS:
        by_path.setdefault(control.path, {})[control.method] = control
    return [
        *(
            Route(PREFIX + path, _endpoint(sandbox, controls), methods=list(controls))
            for path, controls in by_path.items()
        ),
        Route(PREFIX, lambda _request: RedirectResponse(PREFIX + "/")),
        Route(PREFIX + "/", _page),
        Route(PREFIX + "/{rest:path}", _unknown, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


def _endpoint(sandbox: Sandbox, controls: dict[str, Control]) -> Callable[[Request], Awaitable[Response]]:
    async def answer(request: Request) -> Response:
        control = controls["GET" if request.method == "HEAD" else request.method]
        try:
            body = read_body(await request.body(), control.takes)
            found = control.perform(Asked(sandbox, request, request.path_params, body))
            if inspect.isawaitable(found):
                found = await found
        except BadAsk as error:
            return _json({"error": str(error)}, error.status)
        except Refusal as refusal:  # the books' own rules hold for people too
            errors = [
                {"code": error.code, "message": error.message, "detail": error.detail} for error in refusal.errors
            ]
            return _json({"error": f"The books refuse it: {refusal}", "errors": errors}, 400)
        return found if isinstance(found, Response) else _json(found, 200)

    return answer


async def _page(_request: Request) -> Response:
    from qbo_sandbox.control.describing import as_page  # it describes what is served here

    return HTMLResponse(as_page())


async def _unknown(request: Request) -> Response:
    return _json(
        {"error": f"There is no control route {request.method} {request.url.path}; GET {PREFIX}/ lists them."}, 404
    )


def _json(body: object, status: int) -> Response:
    return Response(json_text.dumps(without_floats(body)), status, media_type="application/json")


def without_floats(value: Any) -> Any:
    """Return a value as the sandbox's own JSON takes it: seconds and shares as exact decimals."""
    if isinstance(value, float):
        return Decimal(repr(value))
    if isinstance(value, dict):
        return {name: without_floats(each) for name, each in value.items()}
    if isinstance(value, list | tuple):
        return [without_floats(each) for each in value]
    return value
