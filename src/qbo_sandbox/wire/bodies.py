"""Reads the body of a request into the nested dicts the books take. Knows no entity's rules."""

from __future__ import annotations

import re

from qbo_sandbox.books import json_text
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.refusals import unreadable, unsupported_operation

_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")


def read_body(raw: bytes) -> Body:
    """Return the object in the body of a request, or refuse it (500 for bad UTF-8, 2010 for bad JSON)."""
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
