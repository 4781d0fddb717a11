"""Who may open a page, and which rows they may see. Knows roles and organizations; renders nothing."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Concatenate, ParamSpec, cast

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme, urlencode

from freightbooks.connections import audit
from freightbooks.connections.audit import Action
from freightbooks.connections.models import Connection
from freightbooks.organizations.models import Membership, Organization, User
from freightbooks.posting.models import Posting

P = ParamSpec("P")


class MemberRequest(HttpRequest):
    """A request of a person who is signed in and belongs to an organization, as the guards below pass it on.

    `organization` is the one whose rows it may see; no others. The middleware fills both from the membership.
    """

    user: User
    membership: Membership
    organization: Organization


View = Callable[Concatenate[MemberRequest, P], HttpResponseBase]
Page = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def member(view: View[P]) -> Page[P]:
    """Let any member in; send everyone else to sign in."""
    return _guard(view, lambda _: True, "")


def accountant(view: View[P]) -> Page[P]:
    """Let in who may change mappings, retry, release and skip; viewers only look."""
    return _guard(
        view, lambda membership: membership.may_change, "Only accountants and admins can do this. You can look."
    )


def administrator(view: View[P]) -> Page[P]:
    """Let in who may connect companies and manage people."""
    return _guard(view, lambda membership: membership.may_administer, "Only an admin can do this.")


def _guard(view: View[P], allowed: Callable[[Membership], bool], refusal: str) -> Page[P]:
    @wraps(view)
    def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if not request.user.is_authenticated:
            return redirect(f"{reverse('sign-in')}?{urlencode({'next': request.get_full_path()})}")
        membership: Membership | None = getattr(request, "membership", None)
        if membership is None:
            raise PermissionDenied("You do not belong to an organization yet. Ask an admin to add you.")
        if not allowed(membership):
            _write_down(cast(MemberRequest, request), refusal)
            raise PermissionDenied(refusal)
        return view(cast(MemberRequest, request), *args, **kwargs)

    return guarded


def _write_down(request: MemberRequest, refusal: str) -> None:
    """Note in the audit that somebody tried to change what is not theirs to change. Looking is not noted."""
    if request.method == "POST":
        detail = f"{request.path}: {refusal}"
        audit.write(Action.REFUSED, organization=request.organization, actor=request.user, detail=detail)


def connections_of(organization: Organization) -> QuerySet[Connection]:
    """Return the organization's QuickBooks companies, the first connected first."""
    return Connection.objects.filter(organization=organization).order_by("pk")


def connection_or_404(request: MemberRequest, connection_id: int) -> Connection:
    """Return one of the organization's own companies; another's does not exist here."""
    connection = connections_of(request.organization).filter(pk=connection_id).first()
    if connection is None:
        _write_down(request, "There is no such company in this organization.")
        raise Http404
    return connection


def postings_of(organization: Organization) -> QuerySet[Posting]:
    """Return the postings of the organization's documents, with what is shown of them."""
    return Posting.objects.filter(connection__organization=organization).select_related(
        "connection", "problem", "invoice__party", "invoice__shipment", "advance__party", "advance__shipment"
    )


def chosen_connection(request: MemberRequest) -> Connection | None:
    """Return the company named by `?company=`, else the organization's first. None: it has none."""
    companies = list(connections_of(request.organization))
    wanted = request.GET.get("company") or request.POST.get("company")
    return next((company for company in companies if str(company.pk) == wanted), companies[0] if companies else None)


def safe_next(request: HttpRequest, otherwise: str) -> str:
    """Return where a form asked to go afterwards, if it is a page of ours."""
    wanted = request.POST.get("next", "")
    if url_has_allowed_host_and_scheme(wanted, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return wanted
    return otherwise
