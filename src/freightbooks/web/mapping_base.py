"""What the pages of the mapping share: their tabs, and the company they are about. Renders nothing."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode

from freightbooks.connections.models import Connection
from freightbooks.mapping import versions
from freightbooks.mapping.models import Section
from freightbooks.web.access import MemberRequest, connection_or_404, connections_of

COST_TABS = {"carrier-costs": Section.CARRIER_COSTS, "customer-costs": Section.CUSTOMER_COSTS}
PAYMENT_TAB, TRACKING_TAB = "payment-types", "class-and-location"
TABS = {
    "carrier-costs": "Carrier costs",
    "customer-costs": "Customer costs",
    PAYMENT_TAB: "Payment types",
    "shipper-id": "Shipper ID",
    "carrier-id": "Carrier ID",
    TRACKING_TAB: "Class and location",
}


def base_context(request: MemberRequest, connection: Connection | None, tab: str) -> dict[str, Any]:
    """Return what every page of the mapping shows around its own."""
    return {
        "tab": tab,
        "tab_name": TABS.get(tab, ""),
        "tabs": list(TABS.items()),
        "connection": connection,
        "companies": list(connections_of(request.organization)),
        "may_change": request.membership.may_change,
        "latest": versions.latest(connection) if connection else None,
    }


def posted_connection(request: MemberRequest) -> Connection:
    """Return the company a form is about; another organization's is not there (404)."""
    company = request.POST.get("company", "")
    return connection_or_404(request, int(company) if company.isdigit() and len(company) < 16 else 0)


def back_to(connection: Connection, tab: str, **filters: str) -> HttpResponse:
    """Go back to a tab."""
    query = urlencode({"company": str(connection.pk)} | {key: value for key, value in filters.items() if value})
    return redirect(f"{reverse('mapping', args=[tab])}?{query}")


def line_of_text(text: str) -> str:
    """Return what a person looks for, as one line of sensible length."""
    return " ".join(text.replace("\0", "").split())[:200]
