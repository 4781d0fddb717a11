"""What is remembered of one request to QuickBooks, and what a fault says. Never holds a token or a body."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class Exchange:
    """One HTTP request: what it was, how it was answered, how long it took. `http_status` None: no answer came."""

    method: str
    path: str
    kind: str  # read, write or batch
    request_id: str
    http_status: int | None
    code: str
    intuit_tid: str
    started_at: datetime
    duration_ms: int


@dataclass(frozen=True)
class FaultError:
    """One error of a fault, in QuickBooks' words."""

    code: str
    message: str
    detail: str
    element: str


@dataclass(frozen=True)
class Fault:
    """A refusal. `type` is QuickBooks' own: ValidationFault, SystemFault, AUTHENTICATION, SERVICE."""

    type: str
    errors: tuple[FaultError, ...]

    @property
    def code(self) -> str:
        """The first error's code, without leading zeros."""
        return (self.errors[0].code.lstrip("0") or "0") if self.errors else ""

    @property
    def text(self) -> str:
        """What QuickBooks says, for a person."""
        said = [error.detail or error.message for error in self.errors]
        return " ".join(part for part in said if part) or self.type


def read_fault(body: Any) -> Fault | None:
    """Read either envelope, `Fault` of the books or `fault` of the gateway; None when there is neither."""
    if not isinstance(body, dict):
        return None
    found = body.get("Fault") or body.get("fault")
    if not isinstance(found, dict):
        return None
    errors = found.get("Error") or found.get("error") or []
    return Fault(str(found.get("type") or ""), tuple(_error(each) for each in errors if isinstance(each, dict)))


def _error(each: dict[str, Any]) -> FaultError:
    return FaultError(
        str(each.get("code") or ""),
        str(each.get("Message") or each.get("message") or ""),
        str(each.get("Detail") or each.get("detail") or ""),
        str(each.get("element") or ""),
    )
