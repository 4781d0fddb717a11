"""Writes an answer in XML: the values of the JSON answer as the elements and attributes of QuickBooks' schema.

Everything is written as JSON first, which stays the fast way; XML is made from it at the very edge.
The shapes are those of recorded answers: `<CustomerRef name="Ann">1</CustomerRef>`, `<Invoice domain="QBO" ...>`.
"""

from __future__ import annotations

import re
from decimal import Decimal
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from qbo_sandbox.books import json_text

NAMESPACE = "http://schema.intuit.com/finance/v3"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
_NOT_XML = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_OBJECT_ATTRIBUTES = ("domain", "sparse", "status")
_ATTRIBUTES = {
    "QueryResponse": ("startPosition", "maxResults", "totalCount"),
    "BatchItemResponse": ("bId",),
    "Fault": ("type",),
    "Error": ("code", "element"),
    "Row": ("type", "group", "id"),
    "ColData": ("value", "id", "href"),
}
_FIRST = ("Id", "SyncToken", "MetaData")  # the schema's order, where JSON has these further down
_SIMPLE = frozenset({"value", "name", "type"})  # a reference: an id with attributes


def as_xml(text: str) -> str:
    """Return the XML of an answer given as JSON text."""
    body = json_text.loads(text)
    pieces = [_HEAD]
    if "Rows" in body:  # a report stands without an envelope, in JSON as in XML
        _element("Report", body, pieces, f' xmlns="{NAMESPACE}"')
        return "".join(pieces)
    time = body.pop("time", None)
    pieces.append(f'<IntuitResponse xmlns="{NAMESPACE}"')
    pieces.append(f" time={quoteattr(str(time))}>" if time is not None else ">")
    for name, value in body.items():
        _element(name, value, pieces)
    pieces.append("</IntuitResponse>")
    return "".join(pieces)


def _element(name: str, value: Any, pieces: list[str], more: str = "") -> None:
    if isinstance(value, list):
        for each in value:
            _element(name, each, pieces)
    elif isinstance(value, dict):
        if name == "LineEx":
            value = {"NameValue": [each.get("value") for each in value.get("any", ())]}
        if "value" in value and name != "ColData" and _SIMPLE.issuperset(value):
            more += _attributes(value, ("name", "type"))
            pieces.append(f"<{name}{more}>{_text(value['value'])}</{name}>")
        else:
            _complex(name, value, pieces, more)
    elif value is not None:
        pieces.append(f"<{name}>{_text(value)}</{name}>")


def _complex(name: str, value: dict[str, Any], pieces: list[str], more: str) -> None:
    attributes = _ATTRIBUTES.get(name) or (_OBJECT_ATTRIBUTES if "domain" in value else ())
    pieces.append(f"<{name}{more}{_attributes(value, attributes)}")
    inner = [each for each in _FIRST if each in value and each not in attributes]
    inner += [each for each in value if each not in attributes and each not in inner]
    if not inner:
        pieces.append("/>")
        return
    pieces.append(">")
    for each in inner:
        _element(each, value[each], pieces)
    pieces.append(f"</{name}>")


def _attributes(value: dict[str, Any], names: tuple[str, ...]) -> str:
    given = ((name, value[name]) for name in names if value.get(name) is not None)
    return "".join(f" {name}={quoteattr(_plain(each))}" for name, each in given)


def _text(value: Any) -> str:
    return escape(_plain(value))


def _plain(value: Any) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return json_text.number_text(value)
    return _NOT_XML.sub("\N{REPLACEMENT CHARACTER}", str(value))
