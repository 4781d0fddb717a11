"""Refuses query parameters a route does not have: a filter with a slip of the pen would list everything."""

from __future__ import annotations

import re
from functools import cache

from django.http import HttpRequest
from ninja import NinjaAPI

from freightbooks.api.answers import Detail, Refused

_WORD = re.compile(r"<(?:\w+:)?(\w+)>")


def refuse_unknown_parameters(api: NinjaAPI, request: HttpRequest) -> None:
    """Raise Refused when the request has a query parameter that the document of the API does not name."""
    match = request.resolver_match
    if match is None:
        return
    path = "/" + _WORD.sub(r"{\1}", match.route)
    known = _known(api).get((path, str(request.method).lower()))
    unknown = [] if known is None else sorted(request.GET.keys() - known)
    if unknown:
        names = ", ".join(sorted(known or ())) or "none"
        raise Refused(
            422,
            "The request has a parameter that is not known here.",
            f"The parameters are: {names}.",
            details=[Detail(where=f"query.{name[:100]}", message="It is not known here.") for name in unknown[:20]],
        )


@cache
def _known(api: NinjaAPI) -> dict[tuple[str, str], frozenset[str]]:
    """Return the query parameters of each (path, method), from the document of the API."""
    return {
        (path, method): frozenset(
            parameter["name"] for parameter in operation.get("parameters", ()) if parameter["in"] == "query"
        )
        for path, operations in api.get_openapi_schema()["paths"].items()
        for method, operation in operations.items()
    }
