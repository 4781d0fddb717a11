"""The API as a whole: its routers, who may call it, and its one shape of an error.

A session cookie never opens it: only a key does, so no other site can make a browser call it.
"""

from __future__ import annotations

from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.module_loading import import_string
from ninja import NinjaAPI, Swagger
from ninja.errors import AuthenticationError, HttpError, ValidationError
from ninja.security import HttpBearer

from freightbooks.api.answers import Detail, Refused, failure
from freightbooks.api.routers import ROUTERS
from freightbooks.api.strictness import refuse_unknown_parameters
from freightbooks.organizations import api_keys
from freightbooks.organizations.api_keys import Caller

_READS = ("GET", "HEAD", "OPTIONS")


class ApiKeyAuth(HttpBearer):
    """`Authorization: Bearer fbk_...`; `request.auth` is then the Caller."""

    openapi_name = "ApiKey"

    def authenticate(self, request: HttpRequest, token: str) -> Caller | None:
        """Recognise the key. Raises Refused when it reads only and this writes, or has asked too often."""
        caller = api_keys.recognise(token)
        if caller is None:
            return None
        if caller.over_the_limit:
            raise Refused(
                429,
                f"This key has sent more than {api_keys.REQUESTS_A_MINUTE} requests in this minute.",
                "Wait as long as Retry-After says.",
                headers={"Retry-After": str(caller.seconds_left)},
            )
        if request.method not in _READS and not caller.may_write:
            raise Refused(403, "This key only reads.", "Ask an admin for a key that reads and writes.")
        refuse_unknown_parameters(api, request)
        return caller


api = NinjaAPI(
    title="Freightbooks",
    version="1",
    description=(
        "A freight brokerage's documents on their way into QuickBooks Online. Every request carries a key of one "
        "organization, `Authorization: Bearer fbk_...`, and sees that organization's rows only. Money is a string to "
        'the cent. Every answer from 400 upwards is `{"error": {code, message, remedy, details}}`.'
    ),
    urls_namespace="api",
    auth=ApiKeyAuth(),
    docs=Swagger(settings={"persistAuthorization": False}),
)
for _prefix, _dotted in ROUTERS:
    api.add_router(_prefix, import_string(_dotted))


@api.exception_handler(HttpError)
def _refused(_request: HttpRequest, error: HttpError) -> HttpResponse:
    if isinstance(error, Refused):
        return failure(
            error.status_code,
            str(error),
            error.remedy,
            code=error.code,
            details=error.details,
            headers=error.headers,
        )
    return failure(error.status_code)


@api.exception_handler(AuthenticationError)
def _no_key(_request: HttpRequest, _error: AuthenticationError) -> HttpResponse:
    return failure(401, headers={"WWW-Authenticate": "Bearer"})


@api.exception_handler(Http404)
def _not_found(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return failure(404)


@api.exception_handler(RequestDataTooBig)
def _too_large(_request: HttpRequest, _error: RequestDataTooBig) -> HttpResponse:
    return failure(413)


@api.exception_handler(ValidationError)
def _invalid(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    return failure(422, details=[Detail(where=_where(one["loc"]), message=str(one["msg"])) for one in error.errors])


def _where(location: tuple[Any, ...]) -> str:
    """Write pydantic's location as a person would: `body.invoices[3].amount`."""
    words = ""
    for part in location:
        words += f"[{part}]" if isinstance(part, int) else f".{part}"
    return words.lstrip(".")
