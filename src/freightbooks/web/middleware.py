"""What every request and answer carries: the security policy, and the organization the person is working in."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.utils.cache import patch_vary_headers

from freightbooks.organizations.models import Membership

Answer = Callable[[HttpRequest], HttpResponseBase]

SESSION_KEY = "organization"

POLICY = "; ".join(
    (
        "default-src 'none'",
        "script-src 'self'",
        "style-src 'self'",
        "img-src 'self' data:",  # the stylesheet draws the arrow of a select from a data: picture
        "connect-src 'self'",
        "form-action 'self'",
        "base-uri 'none'",
        "frame-ancestors 'none'",
    )
)


def content_security_policy(get_response: Answer) -> Answer:
    """Allow nothing from elsewhere and nothing inline, and keep pages about money out of shared caches.

    A fragment for htmx and the whole page live at one address, so caches must tell them apart by htmx's headers.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        response = get_response(request)
        response.setdefault("Content-Security-Policy", POLICY)
        response.setdefault("Cache-Control", "private, no-cache")
        patch_vary_headers(response, ["HX-Request", "HX-Target"])
        return response

    return respond


def current_organization(get_response: Answer) -> Answer:
    """Set `request.membership` and `request.organization`: the session's choice if the person belongs to it, else the
    first organization they belong to. Both are None for nobody and for people without one.
    """

    def respond(request: HttpRequest) -> HttpResponseBase:
        membership = _membership(request)
        request.membership = membership  # type: ignore[attr-defined]
        request.organization = membership.organization if membership else None  # type: ignore[attr-defined]
        return get_response(request)

    return respond


def _membership(request: HttpRequest) -> Membership | None:
    user: Any = request.user
    if not user.is_authenticated:
        return None
    memberships = list(user.memberships.select_related("organization").order_by("organization__name"))
    request.memberships = memberships  # type: ignore[attr-defined]
    chosen = request.session.get(SESSION_KEY)
    return next((one for one in memberships if one.organization_id == chosen), memberships[0] if memberships else None)
