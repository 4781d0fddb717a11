"""`/batch`: up to thirty writes and queries at once. Each stands for itself, and one refused takes none with it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.books import json_text
from qbo_sandbox.books.commits import Commit, Piece
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import entity_named
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.refusals import Refusal, missing, refuse, unsupported_operation
from qbo_sandbox.querying.answering import answer as answer_query
from qbo_sandbox.querying.changed_since import as_text, changed_since
from qbo_sandbox.wire.answers import PREFIX, Responder, now_text
from qbo_sandbox.wire.bodies import raw_body
from qbo_sandbox.wire.faults import fault_of
from qbo_sandbox.wire.once import once
from qbo_sandbox.wire.refused_ahead import REFUSED_AHEAD
from qbo_sandbox.wire.writes import OPERATIONS, options_of, perform_one

MOST_ITEMS = 30


def batch_routes(api: Responder) -> list[BaseRoute]:
    """Return the address of batches."""

    async def batch(request: Request) -> Response:
        raw = await raw_body(request)
        return api.respond(request, "batch", lambda company: once(company, request, raw, _batch))

    return [Route(f"{PREFIX}/batch", batch, methods=["POST"])]


def _batch(company: Company, _request: Request, body: Body, commit: Commit) -> list[Piece]:
    pieces: list[Piece] = ['{"BatchItemResponse":[']
    pieces += run_batch(company, body, commit)
    pieces.append(f'],"time":"{now_text(company)}"}}')
    return pieces


def run_batch(company: Company, body: Body, commit: Commit) -> list[Piece]:
    """Return the pieces of `BatchItemResponse`, without its brackets. Refuses a batch that is too long (1040)."""
    items = body.get("BatchItemRequest")
    if not isinstance(items, list) or not items:
        raise missing("BatchItemRequest")
    if len(items) > MOST_ITEMS:
        raise refuse(
            "1040", "Batch limit exceeded", f"The maximum number of batch items is {MOST_ITEMS}; got {len(items)}"
        )
    pieces: list[Piece] = []
    ahead = REFUSED_AHEAD.get()
    refused_items = ahead.items if ahead is not None else {}
    for position, item in enumerate(items):
        if position:
            pieces.append(",")
        pieces += _item(company, item if isinstance(item, dict) else {}, commit, refused_items.get(position))
    return pieces


def _item(company: Company, item: Body, commit: Commit, ahead: Refusal | None) -> list[Piece]:
    batch_id = f',"bId":{json_text.dumps(str(item["bId"]))}' if item.get("bId") is not None else ""
    try:
        if ahead is not None:
            raise ahead
        if "Query" in item:
            found = answer_query(company, str(item["Query"]))
            return [f'{{"QueryResponse":{found.as_text()}{batch_id}}}']
        if "CDCQuery" in item:
            return [f'{{"CDCResponse":{_changes(company, item["CDCQuery"])}{batch_id}}}']
        names = [name for name in item if name not in ("bId", "operation", "optionsData")]
        if len(names) != 1 or not isinstance(item[names[0]], dict):
            raise missing("an entity for the batch item")
        entity = entity_named(names[0]).name
        operation = str(item.get("operation", "")).lower()
        if operation not in OPERATIONS:
            raise unsupported_operation(operation or "without a name")
        include = options_of(item.get("optionsData", ""))
        if operation == "update" and "Id" not in item[names[0]]:
            raise missing("Id")
        piece = perform_one(company, entity, operation, item[names[0]], include, commit)
        return [f'{{"{entity}":', piece, f"{batch_id}}}"]
    except Refusal as refusal:
        return [f'{{"Fault":{fault_of(refusal)}{batch_id}}}']


def _changes(company: Company, asked: object) -> str:
    """Return the `CDCResponse` of an item: `{"Entities": "Invoice,Bill", "ChangedSince": "2026-01-01"}`."""
    if not isinstance(asked, dict):
        raise missing("CDCQuery.Entities")
    entities = asked.get("Entities") or ""
    names = ",".join(map(str, entities)) if isinstance(entities, list) else str(entities)
    return as_text(changed_since(company, names, str(asked.get("ChangedSince") or "")))
