"""Writes, one or up to thirty at once: each item of a batch stands for itself, and one refused takes none with it."""

from __future__ import annotations

from qbo_sandbox.books import json_text
from qbo_sandbox.books.commits import Commit, Piece
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import entity_named
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.refusals import Refusal, missing, refuse, unsupported_operation
from qbo_sandbox.querying.answering import answer as answer_query
from qbo_sandbox.wire.faults import fault_of

MOST_ITEMS = 30
OPERATIONS = frozenset({"create", "update", "delete", "void"})


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
    for position, item in enumerate(items):
        if position:
            pieces.append(",")
        pieces += _item(company, item if isinstance(item, dict) else {}, commit)
    return pieces


def _item(company: Company, item: Body, commit: Commit) -> list[Piece]:
    batch_id = json_text.dumps(str(item.get("bId", "")))
    try:
        if "Query" in item:
            found = answer_query(company, str(item["Query"]))
            return [f'{{"QueryResponse":{found.as_text()},"bId":{batch_id}}}']
        names = [name for name in item if name not in ("bId", "operation", "optionsData")]
        if len(names) != 1 or not isinstance(item[names[0]], dict):
            raise missing("an entity for the batch item")
        entity = entity_named(names[0]).name
        operation = str(item.get("operation", "")).lower()
        if operation not in OPERATIONS:
            raise unsupported_operation(operation or "without a name")
        include = frozenset(str(item.get("optionsData", "")).lower().split(",")) - {""}
        if operation == "update" and "Id" not in item[names[0]]:
            raise missing("Id")
        piece = perform_one(company, entity, operation, item[names[0]], include, commit)
        return [f'{{"{entity}":', piece, f',"bId":{batch_id}}}']
    except Refusal as refusal:
        return [f'{{"Fault":{fault_of(refusal)},"bId":{batch_id}}}']


def perform_one(
    company: Company, entity: str, operation: str, body: Body, include: frozenset[str], commit: Commit
) -> Piece:
    """Do one write; return the piece of the answer that shows the object: its position in the commit, or its text."""
    if operation == "delete":
        qbo_id = company.delete(entity, body)
        return json_text.dumps({"domain": "QBO", "status": "Deleted", "Id": qbo_id})
    if operation == "void" or "void" in include:
        record = company.void(entity, body)
    elif operation == "update" or body.get("Id") or entity_named(entity).id_family == "singleton":
        record = company.update(entity, body, include=include)
    else:
        record = company.create(entity, body, include=include)
    text = company.text(record)
    if commit.objects and commit.objects[-1][1] == text:
        return len(commit.objects) - 1
    return text
