"""Whose request it is, for routes: the organization a key belongs to, and rows of it by id."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest

from freightbooks.organizations.api_keys import Caller
from freightbooks.organizations.models import Organization


def caller_of(request: HttpRequest) -> Caller:
    """Return the program behind the request, as its key told."""
    return cast(Caller, request.auth)  # type: ignore[attr-defined]


def organization_of(request: HttpRequest) -> Organization:
    """Return the one organization whose rows this request may see."""
    return caller_of(request).organization
