"""The addresses under `/v3/company/{realm}`: what each does to the books, and the envelope of its answer.

A write is judged, committed and journalled before its answer leaves, together with the answer remembered under its
`requestid`. Requests are handled one at a time by the event loop; the books are in memory.
"""

from __future__ import annotations

import hashlib
import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.books import json_text
from qbo_sandbox.books.commits import Commit, Piece
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import entity_named
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.refusals import SYSTEM, Refusal, refuse, unreadable, unsupported_operation
from qbo_sandbox.books.times import stamp_with_milliseconds
from qbo_sandbox.querying.answering import answer as answer_query
from qbo_sandbox.wire.batches import OPERATIONS, perform_one, run_batch
from qbo_sandbox.wire.faults import GatewayFault, not_authorized, refusal_text
from qbo_sandbox.wire.gateway import Gateway

_LONGEST_REQUEST_ID = 50
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


@dataclass(frozen=True)
class _Answered:
    status: int
    text: str


def api_routes(gateway: Gateway) -> list[BaseRoute]:
    """Return the routes of the accounting API, for requests `gateway` lets in."""
    api = _Api(gateway)
    prefix = "/v3/company/{realm}"
    return [
        Route(f"{prefix}/query", api.query, methods=["GET", "POST"]),
        Route(f"{prefix}/batch", api.batch, methods=["POST"]),
        Route(f"{prefix}/{{entity}}", api.entity, methods=["GET", "POST"]),
        Route(f"{prefix}/{{entity}}/{{qbo_id}}", api.one, methods=["GET"]),
        Route(f"{prefix}/{{rest:path}}", api.unknown, methods=["GET", "POST", "PUT", "PATCH", "DELETE"]),
    ]


class _Api:
    def __init__(self, gateway: Gateway) -> None:
        self._gateway = gateway

    async def query(self, request: Request) -> Response:
        if request.method == "POST":
            text = (await request.body()).decode("utf-8", "replace")
        else:
            text = request.query_params.get("query", "")

        def work(company: Company) -> _Answered:
            found = answer_query(company, text)
            return _Answered(200, f'{{"QueryResponse":{found.as_text()},"time":"{_now(company)}"}}')

        return self._respond(request, "read", work)

    async def batch(self, request: Request) -> Response:
        raw = await request.body()
        return self._respond(request, "batch", lambda company: _once(company, request, raw, _batch))

    async def entity(self, request: Request) -> Response:
        name = request.path_params["entity"]
        if request.method == "GET":

            def read(company: Company) -> _Answered:
                if entity_named(name).id_family != "singleton":
                    raise _no_resource(request)
                return _shown(company, entity_named(name).name, "1")

            return self._respond(request, "read", read)
        raw = await request.body()
        return self._respond(request, "write", lambda company: _once(company, request, raw, _write))

    async def one(self, request: Request) -> Response:
        name, qbo_id = request.path_params["entity"], request.path_params["qbo_id"]

        def read(company: Company) -> _Answered:
            entity = entity_named(name)
            own = entity.id_family == "singleton" and qbo_id == company.realm_id
            return _shown(company, entity.name, "1" if own else qbo_id)

        return self._respond(request, "read", read)

    async def unknown(self, request: Request) -> Response:
        def refuse_it(_company: Company) -> _Answered:
            raise _no_resource(request)

        return self._respond(request, "read", refuse_it)

    def _respond(self, request: Request, kind: str, work: Callable[[Company], _Answered]) -> Response:
        realm_id = request.path_params["realm"]
        company = self._gateway.company(realm_id)
        try:
            self._gateway.admit(request, realm_id, batch=kind == "batch")
            if company is None:
                raise not_authorized()
            try:
                answered = work(company)
            except Refusal as refusal:
                answered = _refused(company, refusal)
        except GatewayFault as fault:
            now = company.now() if company else datetime.now(UTC)
            answered = _Answered(fault.status, fault.as_text(now))
        self._gateway.answered(request, realm_id, kind, answered.status)
        headers = {
            "intuit_tid": f"1-{secrets.token_hex(4)}-{secrets.token_hex(12)}",
            "QBO-Version": "sandbox",
            "Cache-Control": "max-age=0, no-cache, no-store, must-revalidate, private",
            "Content-Type": "application/json;charset=utf-8" if answered.status == 200 else "application/json",
        }
        if answered.status == 401:
            headers["WWW-Authenticate"] = 'Bearer realm="Intuit", error="invalid_token"'
        return Response(answered.text, answered.status, headers)


def _now(company: Company) -> str:
    return stamp_with_milliseconds(company.now())


def _refused(company: Company, refusal: Refusal) -> _Answered:
    return _Answered(500 if refusal.kind == SYSTEM else 400, refusal_text(refusal, company.now()))


def _shown(company: Company, entity: str, qbo_id: str) -> _Answered:
    record = company.read(entity, qbo_id)
    return _Answered(200, f'{{"{entity}":{company.text(record)},"time":"{_now(company)}"}}')


def _no_resource(request: Request) -> Refusal:
    path = request.url.path
    return unsupported_operation(f"Could not find resource for relative : {path} of full path: {request.url}")


def _body(raw: bytes) -> Body:
    try:
        text = raw.decode()
    except UnicodeDecodeError as error:
        raise unsupported_operation(
            "com.sun.org.apache.xerces.internal.impl.io.MalformedByteSequenceException: "
            "Invalid byte 1 of 1-byte UTF-8 sequence."
        ) from error
    try:
        body = json_text.loads(text)
        if _SURROGATE.search(text):
            json_text.dumps(body).encode()  # half of a surrogate pair is JSON, but no text
    except (ValueError, RecursionError) as error:
        raise unreadable("the request body as JSON") from error
    if not isinstance(body, dict):
        raise unreadable("an object out of the request body")
    return body


Work = Callable[[Company, Request, Body, Commit], list[Piece]]


def _once(company: Company, request: Request, raw: bytes, work: Work) -> _Answered:
    """Do a write, or give the answer already given under its requestid."""
    request_id = request.query_params.get("requestid", "")
    if len(request_id) > _LONGEST_REQUEST_ID:
        raise refuse("2130", "Invalid Request Id Format", f"Supplied value: {request_id}", "requestid")
    fingerprint = _fingerprint(request, raw)
    with company.lock:
        if request_id and (before := company.remembered(request_id)) is not None:
            if before.fingerprint != fingerprint and not company.quirks.other_body_gets_first_answer:
                raise refuse("600", "Duplicate Request ID", f"requestid {request_id} was used for another request")
            return _Answered(before.status, before.text)
        try:
            with company.commit() as commit:
                pieces = work(company, request, _body(raw), commit)
                if request_id:
                    commit.remember(request_id, 200, pieces, fingerprint)
            return _Answered(200, "".join(commit.objects[at][1] if isinstance(at, int) else at for at in pieces))
        except Refusal as refusal:
            refused = _refused(company, refusal)
            if request_id and company.quirks.refusals_are_remembered:
                with company.commit() as commit:
                    commit.remember(request_id, refused.status, [refused.text], fingerprint)
            return refused


def _fingerprint(request: Request, raw: bytes) -> str:
    operation = request.query_params.get("operation", "")
    return hashlib.sha256(f"{request.method} {request.url.path} {operation} ".encode() + raw).hexdigest()


def _batch(company: Company, _request: Request, body: Body, commit: Commit) -> list[Piece]:
    pieces: list[Piece] = ['{"BatchItemResponse":[']
    pieces += run_batch(company, body, commit)
    pieces.append(f'],"time":"{_now(company)}"}}')
    return pieces


def _write(company: Company, request: Request, body: Body, commit: Commit) -> list[Piece]:
    entity = entity_named(request.path_params["entity"]).name
    include = frozenset(request.query_params.get("include", "").lower().split(",")) - {""}
    operation = request.query_params.get("operation", "").lower()
    if operation and operation not in OPERATIONS:
        raise unsupported_operation(operation)
    piece = perform_one(company, entity, operation, body, include, commit)
    return [f'{{"{entity}":', piece, f',"time":"{_now(company)}"}}']
