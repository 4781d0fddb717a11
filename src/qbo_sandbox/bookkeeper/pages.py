"""The bookkeeper's pages, family by family; each family has its file."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import FileResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.bookkeeper.chart import chart_routes
from qbo_sandbox.bookkeeper.creating import creating_routes
from qbo_sandbox.bookkeeper.deposits import deposit_routes
from qbo_sandbox.bookkeeper.desk import ACTOR_COOKIE, Desk, is_from_elsewhere
from qbo_sandbox.bookkeeper.editing import editing_routes
from qbo_sandbox.bookkeeper.lists import list_routes
from qbo_sandbox.bookkeeper.names import name_routes
from qbo_sandbox.bookkeeper.one import one_routes
from qbo_sandbox.bookkeeper.report_pages import report_routes
from qbo_sandbox.bookkeeper.requests import request_routes
from qbo_sandbox.bookkeeper.settings import settings_routes
from qbo_sandbox.bookkeeper.settling import settling_routes
from qbo_sandbox.bookkeeper.users import user_routes

if TYPE_CHECKING:
    from qbo_sandbox.app import Sandbox

_STYLE = Path(__file__).parent / "style.css"


def bookkeeper_routes(sandbox: Sandbox) -> list[BaseRoute]:
    """Return the routes of the bookkeeper's pages."""
    desk = Desk(sandbox)

    async def first(_request: Request) -> Response:
        return RedirectResponse(f"/bookkeeper/{next(iter(sandbox.companies))}/list/invoices")

    async def of_company(request: Request) -> Response:
        return RedirectResponse(f"/bookkeeper/{request.path_params['realm']}/list/invoices")

    async def choose_company(request: Request) -> Response:
        realm = request.query_params.get("realm", "")
        return RedirectResponse(f"/bookkeeper/{realm}/list/invoices" if realm in sandbox.companies else "/bookkeeper/")

    async def sit_down(request: Request) -> Response:
        if is_from_elsewhere(request):
            return Response("This form was sent from another site.", 403)
        form = await request.form()
        answer = RedirectResponse(f"/bookkeeper/{request.path_params['realm']}/list/invoices", 303)
        answer.set_cookie(ACTOR_COOKIE, str(form.get("user", "")), httponly=True, samesite="strict")
        return answer

    async def style(_request: Request) -> Response:
        return FileResponse(_STYLE, media_type="text/css", headers={"Cache-Control": "no-cache"})

    return [
        Route("/", lambda _request: RedirectResponse("/bookkeeper/")),
        Route("/bookkeeper", lambda _request: RedirectResponse("/bookkeeper/")),
        Route("/bookkeeper/", first),
        Route("/bookkeeper/style.css", style),
        Route("/bookkeeper/company", choose_company),
        Route("/bookkeeper/{realm}", of_company),
        Route("/bookkeeper/{realm}/", of_company),
        Route("/bookkeeper/{realm}/sit-down", sit_down, methods=["POST"]),
        *list_routes(desk),
        *chart_routes(desk),
        *report_routes(desk),
        *settling_routes(desk),
        *deposit_routes(desk),
        *creating_routes(desk),
        *settings_routes(desk),
        *user_routes(desk),
        *request_routes(desk),
        *name_routes(desk),
        *editing_routes(desk),
        *one_routes(desk),  # last: its addresses fit anything
    ]
