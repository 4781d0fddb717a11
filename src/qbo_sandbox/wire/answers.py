"""How every request of the accounting API is let in, done and answered: statuses, envelopes and headers.

A family of addresses gives `respond` the work to do on the company; nobody else builds a response or admits a request.
Requests are handled one at a time by the event loop; the books are in memory.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from time import perf_counter

from starlette.requests import Request
from starlette.responses import Response

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.refusals import Refusal, business
from qbo_sandbox.books.times import stamp_with_milliseconds
from qbo_sandbox.wire.faults import GatewayFault, not_authorized, refusal_text
from qbo_sandbox.wire.formats import wants_xml
from qbo_sandbox.wire.gateway import Gateway
from qbo_sandbox.wire.refused_ahead import REFUSED_AHEAD
from qbo_sandbox.wire.xml_out import as_xml

PREFIX = "/v3/company/{realm}"


@dataclass(frozen=True)
class Answered:
    """The answer of a request: its HTTP status and its text in JSON, of which XML is made for who wants that."""

    status: int
    text: str


@dataclass(frozen=True)
class File:
    """An answer that is a file, whatever format the request asks for."""

    content: bytes
    media_type: str
    status: int = 200


Work = Callable[[Company], Answered | File]


def _no_company() -> Refusal:
    """Return the refusal of an address with something else in the company's place (a client without its realm id)."""
    return business("Unexpected Internal Error. (-30000)")


class Responder:
    """Answers requests of the accounting API, for those `gateway` lets in."""

    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    def respond(
        self, request: Request, kind: str, work: Work, *, without_company: Callable[[], Refusal] = _no_company
    ) -> Response:
        """Do the work of a request and answer it. `kind` (read, write or batch) is what it counts as.

        `without_company` refuses an address that has something else in the place of the company's id.
        """
        began = perf_counter()
        realm_id = request.path_params["realm"]
        company = self._gateway.company(realm_id)
        in_xml = wants_xml(request)
        content_type = _XML_TYPE if in_xml else _JSON_TYPE
        answered: Answered | File
        ahead = REFUSED_AHEAD.get()
        try:
            if ahead is not None and ahead.by_the_gateway is not None:
                raise ahead.by_the_gateway
            try:
                self._gateway.admit(request, realm_id, batch=kind == "batch")
                if company is None:
                    raise not_authorized()
                company.base_url = f"{request.scope['scheme']}://{request.headers.get('host', '')}"
                if ahead is not None and ahead.by_the_books is not None:
                    raise ahead.by_the_books
                answered = work(company)
                if answered.status == 200:
                    content_type = _XML_ANSWER if in_xml else _JSON_ANSWER
            except Refusal as refusal:
                answered = refused(self._now(company), refusal)
            except GatewayFault as fault:
                if fault.status != 403 or realm_id.isdecimal():
                    raise
                answered = refused(self._now(company), without_company())
        except GatewayFault as fault:
            now = self._now(company)
            content_type = _GATEWAY_XML_TYPE if in_xml else _JSON_TYPE
            answered = Answered(fault.status, fault.as_fault_text(now) if in_xml else fault.as_text(now))
        if isinstance(answered, Answered) and answered.status != 200:
            request.state.fault = answered.text
        self._gateway.answered(request, realm_id, kind, answered.status)
        if isinstance(answered, File):
            return Response(answered.content, answered.status, _headers(answered.status, answered.media_type, began))
        text = as_xml(answered.text) if in_xml else answered.text
        return Response(text, answered.status, _headers(answered.status, content_type, began))

    @staticmethod
    def _now(company: Company | None) -> datetime:
        return company.now() if company else datetime.now(UTC)


_JSON_ANSWER = "application/json;charset=utf-8"
_JSON_TYPE = "application/json"
_XML_ANSWER = "application/xml;charset=utf-8"
_XML_TYPE = "application/xml"
_GATEWAY_XML_TYPE = "text/xml"  # as recorded


def _headers(status: int, content_type: str, began: float) -> dict[str, str]:
    taken = int((perf_counter() - began) * 1000)
    headers = {
        "intuit_tid": f"1-{secrets.token_hex(4)}-{secrets.token_hex(12)}",
        "QBO-Version": "sandbox",
        "Service-Time": f"total={taken}, db={taken}",
        "Expires": "0",
        "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
        "Content-Type": content_type,
    }
    if status == 401:
        headers["WWW-Authenticate"] = 'Bearer realm="Intuit", error="invalid_token"'
    return headers


def now_text(company: Company) -> str:
    """Return the `time` around an answer."""
    return stamp_with_milliseconds(company.now())


def refused(now: datetime, refusal: Refusal) -> Answered:
    """Return the answer of a request the books refuse."""
    return Answered(refusal.status, refusal_text(refusal, now))
