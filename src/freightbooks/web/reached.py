"""The addresses of this installation as the browser of a request reaches them, also behind a reverse proxy."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from freightbooks.guide import addresses


def base_address(request: HttpRequest) -> str:
    """Return `scheme://host[:port]`."""
    return addresses.base_of(
        request.scheme or "http",
        request.get_host(),
        settings.CSRF_TRUSTED_ORIGINS,
        https=settings.SESSION_COOKIE_SECURE,
    )


def full_address(request: HttpRequest, name: str, *arguments: object) -> str:
    """Return the whole address of a page."""
    return f"{base_address(request)}{reverse(name, args=arguments)}"
