"""Decides what an HTTP answer of QuickBooks means: something to use, or which error. Pure; no socket, no clock.

What is not surely a refusal or a success is unknown: a proxy's page with status 404 says nothing about the books.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any

from freightbooks import exact_json
from freightbooks.quickbooks.errors import ReconnectReason
from freightbooks.quickbooks.faults import Fault, fault_in, fault_in_xml

_THROTTLED = "3001"
_WAIT_CODES = frozenset({"130", "140", "150"})
"""Accessing wrong cluster, company locked out, company under maintenance: they pass, and nothing was written."""


class Meaning(Enum):
    """What an answer comes to."""

    DONE = "done"
    REFUSED = "refused"
    THROTTLED = "throttled"
    TOKEN_REFUSED = "token refused"  # noqa: S105 - a name of an outcome
    NO_ENTRY = "no entry"
    UNKNOWN = "unknown"


@dataclass(frozen=True)
class Verdict:
    """The meaning of an answer, with what it was read from."""

    meaning: Meaning
    body: dict[str, Any] | None = None
    fault: Fault | None = None
    reason: ReconnectReason | None = None

    @property
    def code(self) -> str:
        """QuickBooks' code, or nothing."""
        return self.fault.code if self.fault else ""


def judge(status: int, content: bytes) -> Verdict:
    """Read an answer of the accounting API."""
    body = _json(content)
    fault = fault_in(body) if body is not None else fault_in_xml(content.decode("utf-8", "replace"))
    if status == 429 or (fault and fault.code == _THROTTLED):
        return Verdict(Meaning.THROTTLED, fault=fault)
    if status == 401:
        return Verdict(Meaning.TOKEN_REFUSED, fault=fault, reason=ReconnectReason.GRANT_DEAD)
    if status >= 500:
        return Verdict(Meaning.UNKNOWN, fault=fault)
    if fault is not None:
        return _judge_fault(status, fault)
    if status == 200 and body is not None:
        return Verdict(Meaning.DONE, body=body)
    return Verdict(Meaning.UNKNOWN)


def _judge_fault(status: int, fault: Fault) -> Verdict:
    if fault.code in _WAIT_CODES:
        return Verdict(Meaning.THROTTLED, fault=fault)
    if fault.code == "6190":  # invalid company status: the subscription ended, whatever is asked
        return Verdict(Meaning.NO_ENTRY, fault=fault, reason=ReconnectReason.SUBSCRIPTION_ENDED)
    if fault.code == "120":  # the user who connected is no admin any more
        return Verdict(Meaning.NO_ENTRY, fault=fault, reason=ReconnectReason.USER_NOT_ADMIN)
    if status == 403 or fault.code in ("3100", "3200", "100", "110"):
        return Verdict(Meaning.NO_ENTRY, fault=fault, reason=ReconnectReason.NOT_AUTHORIZED)
    return Verdict(Meaning.REFUSED, fault=fault)


def _json(content: bytes) -> dict[str, Any] | None:
    try:
        read = exact_json.loads(content)
    except (ValueError, RecursionError):
        return None
    return read if isinstance(read, dict) else None
