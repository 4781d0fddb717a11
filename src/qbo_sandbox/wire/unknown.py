"""Addresses and verbs QuickBooks does not have: code 500, in the words recorded."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Match, Route

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.refusals import Refusal, unsupported_operation
from qbo_sandbox.wire.answers import PREFIX, Answered, Responder

_VERBS = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]


def unknown_routes(api: Responder, known: list[BaseRoute]) -> list[BaseRoute]:
    """Return what answers every address and verb that none of the `known` routes has; it must come last."""

    async def unknown(request: Request) -> Response:
        there = any(route.matches(request.scope)[0] is Match.PARTIAL for route in known)

        def refuse_it(_company: Company) -> Answered:
            raise _no_method(request) if there else no_resource(request)

        return api.respond(request, "read", refuse_it)

    async def no_company(request: Request) -> Response:
        def refuse_it(_company: Company) -> Answered:
            raise no_resource(request)

        return api.respond(request, "read", refuse_it, without_company=lambda: no_resource(request))

    return [
        Route(PREFIX, no_company, methods=_VERBS),
        Route(f"{PREFIX}/{{rest:path}}", unknown, methods=_VERBS),
    ]


def no_resource(request: Request) -> Refusal:
    """Return the refusal of an address that leads nowhere."""
    path = request.url.path
    return unsupported_operation(f"Could not find resource for relative : {path} of full path: {request.url}")


def _no_method(request: Request) -> Refusal:
    # [INF] The words are those of RESTEasy, which QuickBooks wraps the same way for an unknown address (recorded).
    return unsupported_operation(f"No resource method found for {request.method}, return 405 with Allow header")
