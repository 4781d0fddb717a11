"""What the frame around every page shows: where one is, open problems, companies that stopped, who is signed in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, Q
from django.http import HttpRequest

from freightbooks.connections.models import Connection
from freightbooks.connections.states import ConnectionState
from freightbooks.organizations.models import Membership, Organization
from freightbooks.problems.models import Problem


@dataclass(frozen=True)
class Shell:
    """The counts and names of the frame."""

    organization: Organization
    membership: Membership
    memberships: list[Membership]
    place: str
    companies: int
    stopped: list[Connection]
    open_problems: int
    unresolved: int


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates `shell`, or nothing for people without an organization. Costs two queries a page."""
    membership: Membership | None = getattr(request, "membership", None)
    if membership is None:
        return {"shell": None}
    if getattr(request, "htmx", None) and not getattr(request.htmx, "boosted", False):  # type: ignore[attr-defined]
        return {"shell": None}  # a fragment has no frame
    unresolved = Count("party_links", filter=Q(party_links__state="unresolved"))
    companies = list(
        Connection.objects.filter(organization=membership.organization).annotate(unresolved=unresolved).order_by("pk")
    )
    match = request.resolver_match
    return {
        "shell": Shell(
            organization=membership.organization,
            membership=membership,
            memberships=getattr(request, "memberships", []),
            place=(match.url_name or "").split("-")[0] if match else "",
            companies=len(companies),
            stopped=[one for one in companies if one.state == ConnectionState.NEEDS_ATTENTION],
            open_problems=Problem.objects.filter(
                connection__organization=membership.organization, closed_at=None
            ).count(),
            unresolved=sum(one.unresolved for one in companies),
        )
    }
