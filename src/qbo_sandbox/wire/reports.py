"""The address of the reports: `GET /v3/company/{realm}/reports/{name}`."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.books import json_text
from qbo_sandbox.books.company import Company
from qbo_sandbox.reports.as_json import as_json
from qbo_sandbox.reports.catalog import run_report
from qbo_sandbox.wire.answers import PREFIX, Answered, Responder


def report_routes(api: Responder) -> list[BaseRoute]:
    """Return the route of the reports."""

    async def report(request: Request) -> Response:
        def work(company: Company) -> Answered:
            found = run_report(company, request.path_params["name"], dict(request.query_params))
            return Answered(200, json_text.dumps(as_json(found, company.now())))

        return api.respond(request, "read", work)

    return [Route(f"{PREFIX}/reports/{{name}}", report, methods=["GET"])]
