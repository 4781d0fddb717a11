"""One write, whatever brought it: a request of its own or an item of a batch."""

from __future__ import annotations

from qbo_sandbox.books import json_text
from qbo_sandbox.books.commits import Commit, Piece
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import entity_named, recurring
from qbo_sandbox.books.fields import Body

OPERATIONS = frozenset({"create", "update", "delete", "void"})


def options_of(text: object) -> frozenset[str]:
    """Return the options of an `include` list or of `optionsData`, in lower case."""
    return frozenset(each.strip() for each in str(text).lower().split(",")) - {""} if text else frozenset()


def perform_one(
    company: Company, entity: str, operation: str, body: Body, include: frozenset[str], commit: Commit
) -> Piece:
    """Do one write; return the piece of the answer that shows the object: its position in the commit, or its text."""
    if entity_named(entity).wrapped:
        body = recurring.lifted(body)
    if operation == "delete":
        qbo_id = company.delete(entity, body)
        if entity_named(entity).wrapped:
            return json_text.dumps(recurring.deleted(body, qbo_id))
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
