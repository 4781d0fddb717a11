"""Reads a request in XML into the dicts a request in JSON would give, by the kinds of field of the entity it names.

No document type, no entity and no processing instruction is taken, and nothing nests deeper than an object can.
Numbers and booleans stay text, which the kinds of field read as well; an element that may repeat becomes a list.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any
from xml.etree.ElementTree import Element, ParseError, TreeBuilder, XMLParser

from qbo_sandbox.books import json_text
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.fields import Anything, Body, Kind, Many, Struct
from qbo_sandbox.books.lines import DETAILS, Lines
from qbo_sandbox.books.refusals import Refusal, unreadable

_DEEPEST = 30
_MOST_ELEMENTS = 500_000
# Fields kept as they come (no kind tells that they repeat), which QuickBooks' schema lets repeat.
_REPEATED = frozenset(
    {"Line", "LinkedTxn", "CustomField", "POCustomField", "NameValue", "AttachableRef", "TaxLine", "TxnTaxLine"}
)
# References whose names do not end in `Ref`.
_REFERENCES = frozenset({"HomeCurrency", "DefaultTerms", "DefaultMarkupAccount"})
# Fields kept as they come, which are numbers in JSON.
_NUMBERS = frozenset({"Amount", "DiscountRate", "NetAmountTaxable", "Percent", "Rate", "TaxPercent", "TotalTax"})
_NO_KINDS: Mapping[str, Kind] = {}


class _Plain(TreeBuilder):
    """Builds elements, and refuses whatever could make a small document a large one."""

    def __init__(self) -> None:
        super().__init__()
        self._depth = 0
        self._elements = 0

    def start(self, tag: str, attributes: Mapping[Any, Any], /) -> Element:
        self._depth += 1
        self._elements += 1
        if self._depth > _DEEPEST or self._elements > _MOST_ELEMENTS:
            raise _malformed("too many elements, one in the other")
        return super().start(_local(tag), dict(attributes))

    def end(self, tag: str, /) -> Element:
        self._depth -= 1
        return super().end(_local(tag))

    def doctype(self, name: str, *_ids: str | None) -> None:
        raise _malformed(f"a document type: {name}")


def read_xml(raw: bytes) -> Body:
    """Return the body a request in XML stands for, or refuse it (2010)."""
    parser = XMLParser(target=_Plain())  # noqa: S314 - it takes no document type, hence no entities
    try:
        parser.feed(raw)
        root: Element = parser.close()
    except (ParseError, ValueError, LookupError) as error:
        raise _malformed(str(error)) from error
    if root.tag == "IntuitBatchRequest":
        return {"BatchItemRequest": [_batch_item(item) for item in root if item.tag == "BatchItemRequest"]}
    return _object(root)


def _batch_item(item: Element) -> Body:
    body: Body = dict(item.attrib)
    for inner in item:
        body[inner.tag] = _object(inner) if len(inner) else inner.text or ""
    return body


def _object(element: Element) -> Body:
    entity = ENTITIES.get(element.tag)
    body = _children(element, entity.fields if entity else _NO_KINDS)
    body.update({name: each for name, each in element.attrib.items() if name in ("domain", "sparse", "status")})
    return body


def _children(element: Element, kinds: Mapping[str, Kind]) -> Body:
    body: Body = {}
    for inner in element:
        kind = kinds.get(inner.tag)
        value = _value(inner, kind)
        if isinstance(kind, Many | Lines) or inner.tag in _REPEATED:
            body.setdefault(inner.tag, []).append(value)
        else:
            body[inner.tag] = value
    return body


def _value(element: Element, kind: Kind | None) -> Any:
    kinds = _kinds_inside(element.tag, kind)
    if len(element):
        return _children(element, kinds)
    text = element.text or ""
    if kinds:
        return {"value": text} if "value" in kinds and text else {}
    if element.tag.endswith("Ref") or element.tag in _REFERENCES:
        text = text.strip()
        named = {name: each for name, each in element.attrib.items() if name in ("name", "type")}
        return {"value": text, **named} if text else None
    return _as_json_has_it(element.tag, text) if isinstance(kind, Anything | None) else text


def _as_json_has_it(tag: str, text: str) -> Any:
    """Return the value of a field without a kind of its own, which is shown again as it came."""
    if text in ("true", "false") and (tag == "BooleanValue" or not tag.endswith("Value")):
        return text == "true"
    if tag in _NUMBERS and text:
        try:
            number = json_text.loads(text)
        except ValueError:
            return text
        return number if isinstance(number, int | Decimal) else text
    return text


def _kinds_inside(tag: str, kind: Kind | None) -> Mapping[str, Kind]:
    if isinstance(kind, Many):
        kind = kind.kind
    if isinstance(kind, Lines):
        return kind.struct.fields
    if isinstance(kind, Struct):
        return kind.fields
    return DETAILS[tag].fields if tag in DETAILS else _NO_KINDS


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _malformed(what: str) -> Refusal:
    return unreadable(f"the request body as XML: {what[:200]}")
