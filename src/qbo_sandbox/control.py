"""The control addresses of a sandbox, under `/_sandbox/`: health, counts, clock, the last requests."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

if TYPE_CHECKING:
    from qbo_sandbox.app import Sandbox


def control_routes(sandbox: Sandbox) -> list[BaseRoute]:
    """Return the control routes of a sandbox."""

    async def health(_request: Request) -> Response:
        return JSONResponse({"status": "ok", "companies": list(sandbox.companies)})

    async def counts(_request: Request) -> Response:
        return JSONResponse(sandbox.counts)

    async def requests(_request: Request) -> Response:
        return JSONResponse(list(sandbox.requests))

    async def clock(request: Request) -> Response:
        if request.method == "POST":
            asked = await request.json()
            try:
                if "set" in asked:
                    sandbox.clock.set(datetime.fromisoformat(asked["set"]))
                sandbox.clock.advance(float(asked.get("advance_seconds", 0)))
            except (TypeError, ValueError) as error:
                return JSONResponse({"error": f"give set (a time with offset) or advance_seconds: {error}"}, 400)
        return JSONResponse({"now": sandbox.clock().isoformat()})

    return [
        Route("/_sandbox/health", health),
        Route("/_sandbox/counts", counts),
        Route("/_sandbox/requests", requests),
        Route("/_sandbox/clock", clock, methods=["GET", "POST"]),
    ]
