"""The last requests to the API: what was asked, how it was answered, and with which fault."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.bookkeeper.desk import Desk

_SHOWN = 200
_LAST_WORDS = re.compile(r"[^{}<>]+")


@dataclass(frozen=True)
class RequestRow:
    """One request."""

    at: str
    method: str
    path: str
    request_id: str
    status: int
    fault: str


def request_routes(desk: Desk) -> list[BaseRoute]:
    """Return the route of the last requests."""

    async def requests(request: Request) -> Response:
        realm = request.path_params["realm"]
        refused = request.query_params.get("state") == "refused"
        prefix = f"/v3/company/{realm}"
        rows = [_row(each, prefix) for each in reversed(desk.sandbox.requests) if each["path"].startswith(prefix)]
        failed = sum(1 for row in rows if row.status >= 400)
        return desk.page(
            request,
            "requests.html",
            "Last requests",
            rows=[row for row in rows if row.status >= 400 or not refused][:_SHOWN],
            count=len(rows),
            failed=failed,
            refused=refused,
            counts=desk.sandbox.counts.get(realm, {}),
        )

    return [Route("/bookkeeper/{realm}/requests", requests)]


def _row(request: dict[str, Any], prefix: str) -> RequestRow:
    path = request["path"].removeprefix(prefix) or "/"
    return RequestRow(
        request["at"][11:19],
        request["method"],
        path,
        request["requestid"],
        request["status"],
        _fault(request.get("fault", "")),
    )


def _fault(text: str) -> str:
    """Return the codes and words of a fault: `6240 The name supplied already exists.`"""
    try:
        told = json.loads(text) if text else {}
    except ValueError:
        return " ".join(_LAST_WORDS.findall(text))[:300]
    fault = told.get("Fault") or told.get("fault") or {}
    errors = fault.get("Error") or fault.get("error") or []
    return "; ".join(f"{each.get('code')} {_first(each, 'Detail', 'detail', 'Message', 'message')}" for each in errors)


def _first(error: dict[str, Any], *names: str) -> str:
    return next((str(error[name]) for name in names if error.get(name)), "")
