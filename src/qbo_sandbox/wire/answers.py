"""How every request of the accounting API is let in, done and answered: statuses, envelopes and headers.

A family of addresses gives `respond` the work to do on the company; nobody else builds a response or admits a request.
Requests are handled one at a time by the event loop; the books are in memory.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.times import stamp_with_milliseconds
from qbo_sandbox.wire.faults import GatewayFault, not_authorized, refusal_text
from qbo_sandbox.wire.gateway import Gateway

PREFIX = "/v3/company/{realm}"


@dataclass(frozen=True)
class Answered:
    """The answer of a request: its HTTP status and its text in JSON."""

    status: int
    text: str


Work = Callable[[Company], Answered]


class Responder:
    """Answers requests of the accounting API, for those `gateway` lets in."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def respond(self, request: Request, kind: str, work: Work) -> Response:
        """Do the work of a request and answer it. `kind` (read, write or batch) is what it counts as."""
        realm_id = request.path_params["realm"]
        company = self._gateway.company(realm_id)
        try:
            if company is None:
                self._gateway.admit(request, realm_id, batch=kind == "batch")
                raise not_authorized()
            try:
                self._gateway.admit(request, realm_id, batch=kind == "batch")
                answered = work(company)
            except Refusal as refusal:
                answered = refused(company, refusal)
        except GatewayFault as fault:
            now = company.now() if company else datetime.now(UTC)
            answered = Answered(fault.status, fault.as_text(now))
        self._gateway.answered(request, realm_id, kind, answered.status)
        return Response(answered.text, answered.status, _headers(answered.status))


def _headers(status: int) -> dict[str, str]:
    headers = {
        "intuit_tid": f"1-{secrets.token_hex(4)}-{secrets.token_hex(12)}",
        "QBO-Version": "sandbox",
        "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
        "Content-Type": "application/json;charset=utf-8" if status == 200 else "application/json",
    }
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="Intuit", error="invalid_token"'
    return headers


def now_text(company: Company) -> str:
    """Return the `time` around an answer."""
    return stamp_with_milliseconds(company.now())


def refused(company: Company, refusal: Refusal) -> Answered:
    """Return the answer of a request the books refuse."""
    return Answered(refusal.status, refusal_text(refusal, company.now()))
