"""Keeps everything below /api/ to the API's manners: no cookie is looked at, and every failure is JSON.

Ninja answers what its routes raise. What never reaches a route (no such address, a method it does not take, a host that
is not ours, a crash) is Django's answer, a page for people; here it gets the one shape of an error.
"""

from __future__ import annotations

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse, HttpResponseBase

from freightbooks.api.answers import failure

Answer = Callable[[HttpRequest], HttpResponseBase]
BELOW = "/api/"


def manners(get_response: Answer) -> Answer:
    """Take the cookies off requests of programs, and turn failures that are not JSON into JSON."""

    def respond(request: HttpRequest) -> HttpResponseBase:
        if not request.path_info.startswith(BELOW):
            return get_response(request)
        request.COOKIES = {}
        response = get_response(request)
        if response.status_code < 400 or response.get("Content-Type", "").startswith("application/json"):
            return response
        return _as_failure(response)

    return respond


def _as_failure(response: HttpResponseBase) -> HttpResponse:
    kept = {name: response[name] for name in ("Allow",) if response.has_header(name)}
    return failure(response.status_code, headers=kept)
