"""What every answer of the API has in common: the one shape of an error, and pages of a list.

An amount of money is a string with two decimals, a moment is ISO 8601 in UTC, a day is `2026-11-07`.
"""

from __future__ import annotations

import base64
import binascii
import json
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from django.http import HttpResponse, JsonResponse
from ninja import Schema
from ninja.errors import HttpError
from pydantic import Field, PlainSerializer, WithJsonSchema

from freightbooks.money import to_cents

MOST_A_PAGE = 500
T = TypeVar("T")

Money = Annotated[
    Decimal,
    PlainSerializer(lambda amount: format(to_cents(amount), "f"), return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?\d+\.\d{2}$", "examples": ["2469.15"]}),
]
"""An amount to the cent; a JSON number would lose cents in the hands of most readers."""

Limit = Annotated[int, Field(ge=1, le=MOST_A_PAGE, description="How many at most")]
After = Annotated[str, Field(max_length=500, description="`next` of the page before")]


class Detail(Schema):
    """One thing wrong with what was sent: where, and what."""

    where: str
    """Such as `query.limit`, or `invoices[3].amount`."""
    message: str
    remedy: str = ""


class Problem(Schema):
    """What went wrong."""

    code: str
    """One word for programs, such as `not_found`."""
    message: str
    """A sentence for a person."""
    remedy: str = ""
    details: list[Detail] = []


class Failure(Schema):
    """Every answer from 400 upwards."""

    error: Problem


FAILURES: dict[int, type[Failure]] = dict.fromkeys((400, 401, 403, 404, 422, 429), Failure)
"""What a route may answer besides its own; for `response={200: ..., **FAILURES}`."""


class Page(Schema, Generic[T]):
    """A page of a list. `next` is what to send as `after` for the page that follows; null on the last one."""

    items: list[T]
    next: str | None


CODES = {
    400: "bad_request",
    401: "no_key",
    403: "not_allowed",
    404: "not_found",
    405: "method_not_allowed",
    409: "conflict",
    413: "too_large",
    422: "invalid",
    429: "too_many_requests",
    500: "our_mistake",
    503: "not_now",
}
_SENTENCES = {
    400: ("The request could not be read.", "Check its address, its headers and its body."),
    401: (
        "There is no good API key with this request.",
        "Send `Authorization: Bearer fbk_...` with a good key.",
    ),
    403: ("This key does not go that far.", "Ask an admin for a key that reads and writes."),
    404: ("There is nothing at this address for this key.", "Check the address and the id."),
    405: ("This address does not take this method.", "Look it up in /api/v1/openapi.json."),
    413: ("The request is too large.", "Send it in smaller parts."),
    422: ("The request cannot be taken as it is.", "Correct what `details` names, and send it again."),
    429: ("Too many requests with this key in this minute.", "Wait as long as Retry-After says."),
    500: ("Something went wrong on our side.", "Try again; if it stays, tell who runs this installation."),
    503: ("This cannot be done right now.", "Try again in a moment."),
}


class Refused(HttpError):
    """The request is refused: raise it anywhere below a route. `details` is for what is wrong piece by piece."""

    def __init__(
        self,
        status: int,
        message: str,
        remedy: str = "",
        *,
        code: str = "",
        details: list[Detail] | None = None,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(status, message)
        self.remedy, self.code, self.details, self.headers = remedy, code, details or [], headers or {}


def failure(
    status: int,
    message: str = "",
    remedy: str = "",
    *,
    code: str = "",
    details: list[Detail] | None = None,
    headers: dict[str, str] | None = None,
) -> HttpResponse:
    """Write the one shape of an error; without words, the usual ones of its status."""
    usual = _SENTENCES.get(status, _SENTENCES[500 if status >= 500 else 400])
    said = Problem(
        code=code or CODES.get(status, "failed"),
        message=message or usual[0],
        remedy=remedy or ("" if message else usual[1]),
        details=details or [],
    )
    return JsonResponse({"error": said.model_dump()}, status=status, headers=headers or {})


def cursor(*place: str | int) -> str:
    """Return the word for a place in a list; to callers it is opaque."""
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place(after: str, *kinds: type) -> list[Any]:
    """Read a `cursor` back, its parts of these types. Raises Refused for anything else."""
    try:
        parts = json.loads(base64.urlsafe_b64decode(after + "=" * (-len(after) % 4)))
    except (ValueError, binascii.Error):
        parts = None
    good = isinstance(parts, list) and len(parts) == len(kinds)
    if not good or any(type(part) is not kind for part, kind in zip(parts, kinds, strict=True)):
        raise Refused(422, "`after` is not a place in this list.", "Send `next` of the page before, as it is.")
    return list(parts)
