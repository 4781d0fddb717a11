"""The paths of the accounting API, from the table of entities."""

from __future__ import annotations

from typing import Any

from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.entity import Entity
from qbo_sandbox.books.mailing import FORMS
from qbo_sandbox.reports.catalog import REPORTS
from qbo_sandbox.wire.batches import MOST_ITEMS

Paths = dict[str, dict[str, Any]]

_COMPANY = "/v3/company/{realm}"
_WRITES = ("create", "update", "delete", "void")
_DIGITS = {"type": "string", "pattern": "^[0-9]{1,18}$"}
_TIME = {"type": "string", "format": "date-time"}


def accounting_paths() -> Paths:
    """Return the paths of the accounting API, by address and verb."""
    paths: Paths = {}
    for entity in ENTITIES.values():
        paths |= _entity_paths(entity)
    paths[f"{_COMPANY}/exchangerate"]["get"] = _rate()
    paths[f"{_COMPANY}/query"] = _query()
    paths[f"{_COMPANY}/batch"] = _batch()
    paths[f"{_COMPANY}/cdc"] = _cdc()
    paths[f"{_COMPANY}/upload"] = _upload()
    paths[f"{_COMPANY}/download/{{id}}"] = _download()
    for name in REPORTS:
        paths[f"{_COMPANY}/reports/{name}"] = _report(name)
    return paths


def _entity_paths(entity: Entity) -> Paths:
    base = f"{_COMPANY}/{entity.called.lower()}"
    answer = _wrapped(entity.name)
    paths: Paths = {}
    reading = _operation(f"Read one {entity.name}", f"read{entity.name}", entity.name, answer, [_path("id")])
    if entity.operations:
        paths[base] = {"post": _write(entity, answer)}
    if entity.id_family == "singleton":
        whole = _operation(f"Read {entity.name}", f"readThe{entity.name}", entity.name, answer, [])
        paths.setdefault(base, {})["get"] = whole
    paths[f"{base}/{{id}}"] = {"get": reading}
    if entity.name in FORMS:
        file = {"application/pdf": {"schema": {"type": "string", "format": "binary"}}}
        drawn = _operation(f"Get one {entity.name} as PDF", f"pdf{entity.name}", entity.name, file, [_path("id")])
        sent = _operation(
            f"E-mail one {entity.name}",
            f"send{entity.name}",
            entity.name,
            answer,
            [_path("id"), _asked("sendTo", {"type": "string"}), *_ONCE],
        )
        paths[f"{base}/{{id}}/pdf"] = {"get": drawn}
        paths[f"{base}/{{id}}/send"] = {"post": sent}
    return paths


def _write(entity: Entity, answer: dict[str, Any]) -> dict[str, Any]:
    operations = [each for each in _WRITES if each in entity.operations]
    parameters = [_asked("operation", {"type": "string", "enum": operations}), _asked("include", {"type": "string"})]
    summary = f"{', '.join(operations).capitalize()} one {entity.name}"
    shown = _operation(summary, f"write{entity.name}", entity.name, answer, [*parameters, *_ONCE])
    return shown | {"requestBody": _sent({"$ref": f"#/components/schemas/{entity.name}"})}


def _rate() -> dict[str, Any]:
    asked = [
        _asked("sourcecurrencycode", {"type": "string"}, True),
        _asked("asofdate", {"type": "string", "format": "date"}),
    ]
    answer = _wrapped("ExchangeRate")
    return _operation("Read the rate of a currency on a day", "rateOfCurrency", "ExchangeRate", answer, asked)


def _query() -> dict[str, Any]:
    rows = {"type": "array", "items": {"type": "object"}}
    counts = {name: {"type": "integer"} for name in ("startPosition", "maxResults", "totalCount")}
    found = {"type": "object", "properties": counts | dict.fromkeys(ENTITIES, rows)}
    answer = _json({"type": "object", "properties": {"QueryResponse": found, "time": _TIME}})
    statement = {"type": "string", "examples": ["select * from Invoice where TxnDate > '2026-01-01' maxresults 10"]}
    got = _operation(
        "Query by a statement in the address", "query", "Query", answer, [_asked("query", statement, True)]
    )
    posted = _operation("Query by a statement in the body", "queryByPost", "Query", answer, [])
    body = {"content": {"text/plain": {"schema": {"type": "string"}}}}
    return {"get": got, "post": posted | {"requestBody": body}}


def _batch() -> dict[str, Any]:
    item = {
        "type": "object",
        "description": "Either a Query, or one property that is named for an entity and holds the object to write.",
        "properties": {
            "bId": {"type": "string"},
            "operation": {"type": "string", "enum": list(_WRITES)},
            "optionsData": {"type": "string"},
            "Query": {"type": "string"},
            "Invoice": {"$ref": "#/components/schemas/Invoice"},
            "Bill": {"$ref": "#/components/schemas/Bill"},
        },
        "additionalProperties": {"type": "object"},
    }
    items = {"type": "array", "items": item, "minItems": 1, "maxItems": MOST_ITEMS}
    answers = {"BatchItemResponse": {"type": "array", "items": {"type": "object"}}, "time": _TIME}
    answer = _json({"type": "object", "properties": answers})
    done = _operation(f"Do up to {MOST_ITEMS} writes and queries", "batch", "Batch", answer, [*_ONCE])
    return {"post": done | {"requestBody": _sent({"type": "object", "properties": {"BatchItemRequest": items}})}}


def _cdc() -> dict[str, Any]:
    asked = [_asked("entities", {"type": "string"}, True), _asked("changedSince", {"type": "string"}, True)]
    answer = _json({"type": "object", "properties": {"CDCResponse": {"type": "array"}, "time": _TIME}})
    return {"get": _operation("Read what changed since a time", "changedSince", "Changes", answer, asked)}


def _upload() -> dict[str, Any]:
    parts = {
        "file_metadata_01": {"type": "string", "description": "An Attachable in JSON: what the file belongs to."},
        "file_content_01": {"type": "string", "format": "binary"},
    }
    sent = {"multipart/form-data": {"schema": {"type": "object", "properties": parts}}}
    answers = {"AttachableResponse": {"type": "array", "items": {"type": "object"}}, "time": _TIME}
    answer = _json({"type": "object", "properties": answers})
    done = _operation("Upload files; further pairs are numbered _02 and on", "upload", "Attachable", answer, [])
    return {"post": done | {"requestBody": {"required": True, "content": sent}}}


def _download() -> dict[str, Any]:
    answer = {"text/plain": {"schema": {"type": "string", "format": "uri"}}}
    return {"get": _operation("Get an address that gives a file", "download", "Attachable", answer, [_path("id")])}


def _report(name: str) -> dict[str, Any]:
    days = [_asked(each, {"type": "string", "format": "date"}) for each in ("start_date", "end_date", "report_date")]
    parts = {"Header": {"type": "object"}, "Columns": {"type": "object"}, "Rows": {"type": "object"}}
    answer = _json({"type": "object", "properties": parts})
    return {"get": _operation(f"Work out the report {name}", f"report{name}", "Reports", answer, days)}


def _operation(
    summary: str, name: str, tag: str, content: dict[str, Any], parameters: list[dict[str, Any]]
) -> dict[str, Any]:
    fault = _json({"$ref": "#/components/schemas/Fault"})
    return {
        "summary": summary,
        "operationId": name,
        "tags": [tag],
        "security": [{"bearer": []}],
        "parameters": [_path("realm"), *parameters, _asked("minorversion", {"type": "integer"})],
        "responses": {
            "200": {"description": "Done", "content": content},
            "400": {"description": "Refused by the books, with a code and its words", "content": fault},
            "401": {"description": "No good token", "content": _json({"type": "object"})},
            "403": {"description": "A good token, but not for this company", "content": _json({"type": "object"})},
            "413": {"description": "Larger than anything QuickBooks takes"},
            "429": {"description": "Too many requests", "content": _json({"type": "object"})},
        },
    }


def _wrapped(entity: str) -> dict[str, Any]:
    shown = {entity: {"$ref": f"#/components/schemas/{entity}"}, "time": _TIME}
    return _json({"type": "object", "properties": shown})


def _json(schema: dict[str, Any]) -> dict[str, Any]:
    return {"application/json": {"schema": schema}}


def _sent(schema: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": _json(schema)}


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": _DIGITS}


def _asked(name: str, schema: dict[str, Any], needed: bool = False) -> dict[str, Any]:
    return {"name": name, "in": "query", "required": needed, "schema": schema}


_ONCE = (_asked("requestid", {"type": "string", "maxLength": 50}),)
