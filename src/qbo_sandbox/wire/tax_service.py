"""`/taxservice/taxcode`: makes a tax code with its rates. Its answer has no envelope, as Intuit documents it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.books import json_text
from qbo_sandbox.books.commits import Commit, Piece
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.tax_service import serve_tax
from qbo_sandbox.wire.answers import PREFIX, Responder
from qbo_sandbox.wire.bodies import raw_body
from qbo_sandbox.wire.once import once


def tax_service_routes(api: Responder) -> list[BaseRoute]:
    """Return the address of the tax service."""

    async def tax_code(request: Request) -> Response:
        raw = await raw_body(request)
        return api.respond(request, "write", lambda company: once(company, request, raw, _serve))

    return [Route(f"{PREFIX}/taxservice/taxcode", tax_code, methods=["POST"])]


def _serve(company: Company, _request: Request, body: Body, _commit: Commit) -> list[Piece]:
    return [json_text.dumps(serve_tax(company, body))]
