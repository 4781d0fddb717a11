"""Addresses QuickBooks does not have: code 500, in the words recorded."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.refusals import Refusal, unsupported_operation
from qbo_sandbox.wire.answers import PREFIX, Answered, Responder

_VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE"]


def unknown_routes(api: Responder) -> list[BaseRoute]:
    """Return what answers every address no other family has; it must come last."""

    async def unknown(request: Request) -> Response:
        def refuse_it(_company: Company) -> Answered:
            raise no_resource(request)

        return api.respond(request, "read", refuse_it)

    return [Route(f"{PREFIX}/{{rest:path}}", unknown, methods=_VERBS)]


def no_resource(request: Request) -> Refusal:
    """Return the refusal of an address that leads nowhere."""
    path = request.url.path
    return unsupported_operation(f"Could not find resource for relative : {path} of full path: {request.url}")
