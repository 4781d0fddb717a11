"""JSON schemas of the entities, from the kinds of their fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from qbo_sandbox.books.entity import META, SILENT, Entity
from qbo_sandbox.books.fields import (
    Choice,
    Computed,
    Currency,
    Day,
    Email,
    Flag,
    Kind,
    Many,
    Money,
    Number,
    PartyRef,
    Ref,
    Struct,
    TaxCode,
    Text,
    TypedParty,
)
from qbo_sandbox.books.lines import Lines

Schema = dict[str, Any]

_REFERENCE: Schema = {"$ref": "#/components/schemas/ReferenceType"}
_TIME: Schema = {"type": "string", "format": "date-time"}
_META: dict[str, Schema] = {
    "Id": {"type": "string", "description": "Sent on an update, never on a create."},
    "SyncToken": {"type": "string", "description": "As last read; a change without the latest is refused (5010)."},
    "MetaData": {"type": "object", "readOnly": True, "properties": {"CreateTime": _TIME, "LastUpdatedTime": _TIME}},
    "domain": {"type": "string"},
    "sparse": {"type": "boolean", "description": "On an update: leave what is not sent as it is."},
}
COMMON: dict[str, Schema] = {
    "ReferenceType": {
        "type": "object",
        "properties": {"value": {"type": "string"}, "name": {"type": "string"}, "type": {"type": "string"}},
        "required": ["value"],
    },
    "Fault": {
        "type": "object",
        "properties": {
            "Fault": {
                "type": "object",
                "properties": {
                    "type": {"type": "string"},
                    "Error": {
                        "type": "array",
                        "items": {
                            "type": "object",
                            "properties": {
                                name: {"type": "string"} for name in ("Message", "Detail", "code", "element")
                            },
                            "required": ["Message", "Detail", "code"],
                        },
                    },
                },
                "required": ["Error", "type"],
            },
            "time": _TIME,
        },
        "required": ["Fault"],
    },
}


def schema_of_entity(entity: Entity) -> Schema:
    """Return the schema of an object of this entity, as it is sent and as it is shown."""
    fields = {name: schema_of(kind) for name, kind in entity.fields.items() if name not in META}
    return {"type": "object", "properties": _META | fields, "description": _described(entity)}


def _described(entity: Entity) -> str:
    needed = ", ".join(entity.required)
    return f"A create needs {needed}." if needed else f"One {entity.name}."


def schema_of(kind: Kind) -> Schema:
    """Return the schema of a field; anything at all for a kind that takes anything."""
    for known, make in _SCHEMAS.items():
        if isinstance(kind, known):
            return make(kind)
    return {}


def _text(kind: Any) -> Schema:
    return {"type": "string", "maxLength": kind.longest}


def _number(kind: Any) -> Schema:
    return {"type": "number", "minimum": int(kind.lowest), "maximum": int(kind.highest)}


def _struct(kind: Any) -> Schema:
    properties = {name: schema_of(each) for name, each in kind.fields.items() if name not in SILENT}
    schema: Schema = {"type": "object", "properties": properties}
    return schema | {"required": list(kind.required)} if kind.required else schema


def _lines(kind: Any) -> Schema:
    schema = _struct(kind.struct)
    unused = [name for name in schema["properties"] if name.endswith("Detail") and name not in kind.details]
    for name in unused:
        del schema["properties"][name]
    if kind.details:
        schema["properties"]["DetailType"] = {"type": "string", "enum": list(kind.details)}
    return {"type": "array", "items": schema}


def _typed_party(_kind: Any) -> Schema:
    return {"type": "object", "properties": {"Type": {"type": "string"}, "EntityRef": _REFERENCE}}


def _email(_kind: Any) -> Schema:
    return {"type": "object", "properties": {"Address": {"type": "string", "maxLength": 100}}}


_SCHEMAS: dict[type[Kind], Callable[[Any], Schema]] = {
    Text: _text,
    Flag: lambda _kind: {"type": "boolean"},
    Money: lambda _kind: {"type": "number", "minimum": -99999999999, "maximum": 99999999999},
    Number: _number,
    Day: lambda _kind: {"type": "string", "format": "date"},
    Choice: lambda kind: {"type": "string", "enum": list(kind.values)},
    TaxCode: lambda _kind: _REFERENCE,
    Currency: lambda _kind: _REFERENCE,
    Ref: lambda _kind: _REFERENCE,
    PartyRef: lambda _kind: _REFERENCE,
    TypedParty: _typed_party,
    Email: _email,
    Computed: lambda _kind: {"readOnly": True},
    Struct: _struct,
    Many: lambda kind: {"type": "array", "items": schema_of(kind.kind)},
    Lines: _lines,
}
