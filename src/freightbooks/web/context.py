"""What the frame around every page shows: where one is, what needs a person, which companies stopped, who looks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Count, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest
from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.organizations.models import Membership, Organization
from freightbooks.settlement.models import Drift, DriftState
from freightbooks.web.banners import Banner, banner_of
from freightbooks.web.problems import count_causes


@dataclass(frozen=True)
class Shell:
    """The counts and names of the frame."""

    organization: Organization
    membership: Membership
    memberships: list[Membership]
    place: str
    companies: int
    stopped: list[Connection]
    banners: list[Banner]
    problems: int
    unresolved: int
    changed: int


def shell(request: HttpRequest) -> dict[str, Any]:
    """Give templates `shell`, or nothing for people without an organization. Costs two queries a page."""
    membership: Membership | None = getattr(request, "membership", None)
    if membership is None:
        return {"shell": None}
    if getattr(request, "htmx", None) and not getattr(request.htmx, "boosted", False):  # type: ignore[attr-defined]
        return {"shell": None}  # a fragment has no frame
    unresolved = Count("party_links", filter=Q(party_links__state="unresolved"))
    open_drifts = Drift.objects.filter(connection=OuterRef("pk"), state=DriftState.OPEN).order_by().values("connection")
    changed = Coalesce(Subquery(open_drifts.annotate(count=Count("pk")).values("count")), 0)
    companies = list(
        Connection.objects.filter(organization=membership.organization)
        .annotate(unresolved=unresolved, changed=changed)
        .order_by("pk")
    )
    match = request.resolver_match
    may, now = membership.may_administer, timezone.now()
    banners = [found for one in companies if (found := banner_of(one, now, may_administer=may))]
    return {
        "shell": Shell(
            organization=membership.organization,
            membership=membership,
            memberships=getattr(request, "memberships", []),
            place=(match.url_name or "").split("-")[0] if match else "",
            companies=len(companies),
            stopped=[one for one in companies if one.stopped],
            banners=sorted(banners, key=lambda one: one.kind != "failed"),
            problems=count_causes(membership.organization),
            unresolved=sum(one.unresolved for one in companies),
            changed=sum(one.changed for one in companies),
        )
    }
