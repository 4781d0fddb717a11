"""`/query`: a statement in the URL, or posted as text."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.books.company import Company
from qbo_sandbox.querying.answering import answer
from qbo_sandbox.wire.answers import PREFIX, Answered, Responder, now_text
from qbo_sandbox.wire.bodies import raw_body


def query_routes(api: Responder) -> list[BaseRoute]:
    """Return the address of the query language."""

    async def query(request: Request) -> Response:
        text = ""
        if request.method == "POST":
            text = (await raw_body(request)).decode("utf-8", "replace")
        if request.method == "GET" or not text:
            text = request.query_params.get("query", "")

        def work(company: Company) -> Answered:
            found = answer(company, text)
            return Answered(200, f'{{"QueryResponse":{found.as_text()},"time":"{now_text(company)}"}}')

        return api.respond(request, "read", work)

    return [Route(f"{PREFIX}/query", query, methods=["GET", "POST"])]
