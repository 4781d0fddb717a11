"""The two envelopes faults come in: `Fault` from the books, `fault` from the gateway in front of them."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from qbo_sandbox.books import json_text
from qbo_sandbox.books.refusals import FaultError, Refusal
from qbo_sandbox.books.times import stamp_with_milliseconds


@dataclass
class GatewayFault(Exception):
    """A request is turned away before the books see it."""

    status: int
    type: str
    code: str
    message: str
    detail: str | None

    def as_text(self, now: datetime) -> str:
        """Return the body: lower-case keys, null siblings, time in milliseconds, as the gateway writes it."""
        error = {"message": self.message, "detail": self.detail, "code": self.code, "element": None}
        return json_text.dumps(
            {
                "warnings": None,
                "intuitObject": None,
                "fault": {"error": [error], "type": self.type},
                "report": None,
                "queryResponse": None,
                "batchItemResponse": [],
                "attachableResponse": [],
                "syncErrorResponse": None,
                "requestId": None,
                "time": int(now.timestamp() * 1000),
                "status": None,
                "cdcresponse": [],
            }
        )

    def as_fault_text(self, now: datetime) -> str:
        """Return the fault as the books would write it, which is the shape its XML has."""
        error = {"Message": self.message, "Detail": self.detail, "code": self.code}
        fault = {"Error": [error], "type": self.type}
        return json_text.dumps({"Fault": fault, "time": stamp_with_milliseconds(now)})


def token_refused(detail: str, word: str = "AuthenticationFailed") -> GatewayFault:
    """Return the 401 of a token that is missing, unknown, expired or revoked."""
    return GatewayFault(401, "AUTHENTICATION", "3200", f"message={word}; errorCode=003200; statusCode=401", detail)


def not_authorized(word: str = "ApplicationAuthorizationFailed") -> GatewayFault:
    """Return the 403 of a token that is good, but not for this company."""
    return GatewayFault(403, "SERVICE", "3100", f"message={word}; errorCode=003100; statusCode=403", None)


def throttled() -> GatewayFault:
    """Return the 429 of too many requests."""
    message = "message=ThrottleExceeded; errorCode=003001; statusCode=429"
    return GatewayFault(429, "SERVICE", "3001", message, None)


def fault_of(refusal: Refusal) -> str:
    """Return a `Fault` as JSON text."""
    return json_text.dumps({"Error": [_error(error) for error in refusal.errors], "type": refusal.kind})


def refusal_text(refusal: Refusal, now: datetime) -> str:
    """Return the body of a refused request. The answer to a malformed id has no time, as recorded."""
    if refusal.errors[0].code == "2030":
        return f'{{"Fault":{fault_of(refusal)}}}'
    return f'{{"Fault":{fault_of(refusal)},"time":"{stamp_with_milliseconds(now)}"}}'


def _error(error: FaultError) -> dict[str, str]:
    shown = {"Message": error.message, "Detail": error.detail, "code": error.code}
    return shown if error.element is None else shown | {"element": error.element}
