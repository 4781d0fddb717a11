"""The number a document gets in QuickBooks, and the mark by which we know it again. Pure.

QuickBooks holds 21 characters of DocNumber (error 2050 beyond); freight numbers may be longer.
"""

from __future__ import annotations

import base64
import hashlib
import re

from freightbooks.freight.statuses import Side

MAX_DOC_NUMBER = 21
_KEPT = 15

_MARKER = re.compile(r"\[FB (?P<kind>invoice|bill|advance) (?P<external_id>[^\]]+)\]\s*$")


def doc_number(number: str) -> str:
    """Return `number` as QuickBooks can hold it: white space collapsed, and cut by the stated rule.

    A number over 21 characters keeps its first 15, then a dash and five characters that stand for the whole of it
    (base 32 of its SHA-256), so that two long numbers that begin alike stay apart, and the same one is always the same.
    """
    plain = " ".join(number.split())
    if len(plain) <= MAX_DOC_NUMBER:
        return plain
    digest = base64.b32encode(hashlib.sha256(plain.encode()).digest()).decode()
    return f"{plain[:_KEPT]}-{digest[:5]}"


def invoice_marker(side: str, external_id: str) -> str:
    """Return the mark at the end of the memo of an invoice of ours: `[FB bill AP500001]`."""
    return f"[FB {'invoice' if side == Side.CUSTOMER else 'bill'} {external_id}]"


def advance_marker(external_id: str) -> str:
    """Return the mark at the end of the memo of a check of ours: `[FB advance P1]`."""
    return f"[FB advance {external_id}]"


def read_marker(private_note: str) -> str:
    """Return the mark at the end of a QuickBooks memo, or an empty string when it has none."""
    found = _MARKER.search(private_note)
    return found.group(0).strip() if found else ""
