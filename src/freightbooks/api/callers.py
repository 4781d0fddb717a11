"""Whose request it is, for routes: the organization a key belongs to, and rows of it by id."""

from __future__ import annotations

from typing import cast

from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from freightbooks.freight.models import Advance, Invoice
from freightbooks.organizations.api_keys import Caller
from freightbooks.organizations.models import Organization


def caller_of(request: HttpRequest) -> Caller:
    """Return the program behind the request, as its key told."""
    return cast(Caller, request.auth)  # type: ignore[attr-defined]


def organization_of(request: HttpRequest) -> Organization:
    """Return the one organization whose rows this request may see."""
    return caller_of(request).organization


def document_or_404(organization: Organization, document_id: str) -> Invoice | Advance:
    """Return a document of the organization by its id in the API; another organization's is not there."""
    kind, _, number = document_id.partition("-")
    if kind == "invoice":
        invoices = Invoice.objects.select_related("party", "shipment")
        return get_object_or_404(invoices, organization=organization, pk=int(number))
    advances = Advance.objects.select_related("party", "shipment")
    return get_object_or_404(advances, organization=organization, pk=int(number))
