"""The pages for what went wrong: not found, not allowed, our own mistake. They leak nothing.

A form that expired is Django's own view with the template `403_csrf.html`.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template import loader


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001  (Django names it)
    """404: it is not here, or it is another organization's; the page does not tell which."""
    return _page(
        request, 404, "There is nothing at this address", "It may have been moved, or the link is not complete."
    )


def not_allowed(request: HttpRequest, exception: Exception) -> HttpResponse:
    """403: the person's role does not go this far. Our own refusals say why."""
    return _page(request, 403, "Your role does not allow this", str(exception) or "Ask an admin of your organization.")


def our_mistake(_request: HttpRequest) -> HttpResponse:
    """500: drawn without the frame and without the database, which may be what failed."""
    return HttpResponse(loader.get_template("web/500.html").render(), status=500)


def _page(request: HttpRequest, status: int, title: str, sentence: str) -> HttpResponse:
    return render(request, "web/error.html", {"title": title, "sentence": sentence, "status": status}, status=status)
