"""`/{entity}` and `/{entity}/{id}`: create, read, update, delete and void one object."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.books import json_text
from qbo_sandbox.books.commits import Commit, Piece
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import entity_named
from qbo_sandbox.books.entities.currency_lists import rate_asked_for
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.refusals import unsupported_operation
from qbo_sandbox.wire.answers import PREFIX, Answered, Responder, now_text
from qbo_sandbox.wire.bodies import raw_body
from qbo_sandbox.wire.once import once
from qbo_sandbox.wire.unknown import no_resource
from qbo_sandbox.wire.writes import OPERATIONS, options_of, perform_one


def object_routes(api: Responder) -> list[BaseRoute]:
    """Return the addresses of the objects of every entity."""

    async def entity(request: Request) -> Response:
        if request.method == "GET":
            return api.respond(request, "read", lambda company: _the_only_one(company, request))
        raw = await raw_body(request)
        return api.respond(request, "write", lambda company: once(company, request, raw, _write))

    async def one(request: Request) -> Response:
        return api.respond(request, "read", lambda company: _read(company, request))

    return [
        Route(f"{PREFIX}/{{entity}}", entity, methods=["GET", "POST"]),
        Route(f"{PREFIX}/{{entity}}/{{qbo_id}}", one, methods=["GET"]),
    ]


def _the_only_one(company: Company, request: Request) -> Answered:
    entity = entity_named(request.path_params["entity"])
    if entity.name == "ExchangeRate":
        rate = rate_asked_for(company, request.query_params)
        return Answered(200, f'{{"ExchangeRate":{json_text.dumps(rate)},"time":"{now_text(company)}"}}')
    if entity.id_family != "singleton":
        raise no_resource(request)
    return shown(company, entity.name, "1")


def _read(company: Company, request: Request) -> Answered:
    entity, qbo_id = entity_named(request.path_params["entity"]), request.path_params["qbo_id"]
    own = entity.id_family == "singleton" and qbo_id == company.realm_id
    return shown(company, entity.name, "1" if own else qbo_id)


def shown(company: Company, entity: str, qbo_id: str) -> Answered:
    """Return the answer that shows one object, or refuse (2030, 610)."""
    record = company.read(entity, qbo_id)
    return Answered(200, f'{{"{entity}":{company.text(record)},"time":"{now_text(company)}"}}')


def _write(company: Company, request: Request, body: Body, commit: Commit) -> list[Piece]:
    entity = entity_named(request.path_params["entity"]).name
    operation = request.query_params.get("operation", "").lower()
    if operation and operation not in OPERATIONS:
        raise unsupported_operation(operation)
    include = options_of(",".join(request.query_params.getlist("include")))
    piece = perform_one(company, entity, operation, body, include, commit)
    return [f'{{"{entity}":', piece, f',"time":"{now_text(company)}"}}']
