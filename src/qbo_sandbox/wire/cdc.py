"""Change data capture: `GET /cdc?entities=Invoice,Bill&changedSince=...`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.books.company import Company
from qbo_sandbox.querying.changed_since import as_text, changed_since
from qbo_sandbox.wire.answers import PREFIX, Answered, Responder, now_text


def cdc_routes(api: Responder) -> list[BaseRoute]:
    """Return the route of change data capture."""

    async def cdc(request: Request) -> Response:
        asked = request.query_params

        def work(company: Company) -> Answered:
            found = changed_since(company, asked.get("entities", ""), asked.get("changedSince", ""))
            return Answered(200, f'{{"CDCResponse":{as_text(found)},"time":"{now_text(company)}"}}')

        return api.respond(request, "read", work)

    return [Route(f"{PREFIX}/cdc", cdc, methods=["GET"])]
