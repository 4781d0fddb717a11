"""Reads the body of a request into the nested dicts the books take, from JSON or XML. Knows no entity's rules."""

from __future__ import annotations

import re
import zlib
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request

from qbo_sandbox.books import json_text
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import Refusal, refuse, unreadable, unsupported_operation
from qbo_sandbox.wire.xml_in import read_xml

LARGEST = 20_000_000  # bytes; QuickBooks tells no limit but 10,000 lines, which are far less
_DEEPEST = 100
_NESTING = (dict, list)
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
_XML_TYPES = frozenset({"application/xml", "text/xml"})
# Types a body of JSON is read under. Any other is refused: a form (curl's own default), a file, a page.
_JSON_TYPES = frozenset({"", "application/json", "text/json", "application/text", "application/javascript"})
_COMPRESSED = {"gzip": 31, "x-gzip": 31, "deflate": 47}  # zlib's window bits; the SDKs for Java and .NET send these


async def raw_body(request: Request, most: int = LARGEST) -> bytes:
    """Return the bytes of a request, unpacked. Raises HTTPException 413 above `most` bytes, 400 when not packed."""
    pieces: list[bytes] = []
    size = 0
    try:
        async for piece in request.stream():
            size += len(piece)
            if size > most:
                raise HTTPException(413)
            pieces.append(piece)
    except ClientDisconnect as error:  # gone before it said everything: nothing to do, nobody to answer
        raise HTTPException(400) from error
    raw = b"".join(pieces)
    bits = _COMPRESSED.get(request.headers.get("content-encoding", "").strip().lower())
    return _unpacked(raw, bits, most) if bits and raw else raw


def _unpacked(raw: bytes, bits: int, most: int) -> bytes:
    unpacking = zlib.decompressobj(bits)
    try:
        text = unpacking.decompress(raw, most)
    except zlib.error as error:
        raise HTTPException(400) from error
    if unpacking.unconsumed_tail:
        raise HTTPException(413)
    return text


def media_type(request: Request) -> str:
    """Return the media type of a request's body, in lower case and without parameters; empty when not told."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def read_body(request: Request, raw: bytes, quirks: Quirks) -> Body:
    """Return the object in the body of a request, or refuse it (500 for bad UTF-8, 2010 when it cannot be read)."""
    kind = media_type(request)
    if kind in _XML_TYPES or (kind not in _JSON_TYPES and kind.endswith("+xml")):
        _utf8(raw if b"encoding=" not in raw[:100].lower() else b"")
        return read_xml(raw)
    if kind not in _JSON_TYPES and not kind.endswith("+json"):
        raise _wrong_type(kind, quirks)
    text = _utf8(raw)
    if text.lstrip()[:1] == "<":
        return read_xml(raw)
    try:
        body = json_text.loads(text)
        if _SURROGATE.search(text):
            json_text.dumps(body).encode()  # half of a surrogate pair is JSON, but no text
    except (ValueError, RecursionError) as error:
        raise unreadable("the request body as JSON") from error
    if not isinstance(body, dict):
        raise unreadable("an object out of the request body")
    if _is_deeper(body, _DEEPEST):
        raise unreadable("the request body: it nests too deep")
    return body


def _is_deeper(value: Any, left: int) -> bool:
    """Return whether lists and objects nest deeper than `left`; what is kept must be shown again without fail."""
    if left == 0:
        return True
    for each in value.values() if type(value) is dict else value:
        if type(each) in _NESTING and _is_deeper(each, left - 1):
            return True
    return False


def _utf8(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise unsupported_operation(
            "com.sun.org.apache.xerces.internal.impl.io.MalformedByteSequenceException: "
            "Invalid byte 1 of 1-byte UTF-8 sequence."
        ) from error


def _wrong_type(kind: str, quirks: Quirks) -> Refusal:
    if quirks.wrong_content_type_is_1050:
        return refuse("1050", "Invalid Content Type", f"Invalid Content Type : {kind}", None)
    return unsupported_operation("Cannot consume content type")
