"""Where QuickBooks sends people's browsers: to launch the product, after disconnecting it there, to reconnect it.

The realm Intuit names in the address is a hint: it chooses among a person's own companies, and opens nothing else. A
page that is only opened changes nothing; what is done is done by a button. Nothing leads to an address from outside.
"""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_GET

from freightbooks.connections.models import Connection
from freightbooks.guide import disconnect_hints
from freightbooks.organizations.models import Membership
from freightbooks.web.access import MemberRequest, connections_of, member
from freightbooks.web.middleware import SESSION_KEY

_LONGEST_REALM = 32


@require_GET
@member
def launch(request: MemberRequest) -> HttpResponse:
    """Open the product at the company QuickBooks was at."""
    meant = _meant(request)
    return redirect(f"{reverse('hub')}?{urlencode({'company': meant.pk})}" if meant else reverse("hub"))


@require_GET
def disconnected(request: HttpRequest) -> HttpResponse:
    """Say what disconnecting did and how to connect again. Whoever comes, a worker looks whether it is so.

    It says the same whether a company is here or not; only its own people are told its name.
    """
    realm_id = _realm(request)
    disconnect_hints.look_into(realm_id)
    found = _of_own(request, realm_id)
    context = {
        "connection": found[0] if found else None,
        "may_administer": bool(found and found[1].may_administer),
        "reconnect": f"{reverse('reconnect')}?{urlencode({'realmId': realm_id})}" if realm_id else reverse("reconnect"),
    }
    return render(request, "web/disconnected.html", context)


@require_GET
@member
def reconnect(request: MemberRequest) -> HttpResponse:
    """Offer the one button that begins the sign-in at Intuit, for the company that is meant."""
    meant = _meant(request)
    if not request.membership.may_administer:
        return render(request, "web/reconnect.html", {"connection": meant, "title": "Ask an admin to reconnect"})
    companies = list(connections_of(request.organization))
    if not companies:
        return redirect("guide-start")
    if meant is None:
        stopped = [one for one in companies if one.stopped]
        meant = stopped[0] if len(stopped) == 1 else companies[0] if len(companies) == 1 else None
    title = f"Reconnect {meant} to QuickBooks" if meant else "Which company do you want to reconnect?"
    context = {"connection": meant, "companies": companies, "title": title, "may_administer": True}
    return render(request, "web/reconnect.html", context)


def _meant(request: MemberRequest) -> Connection | None:
    """Return the person's company QuickBooks was at, and work in its organization from now on."""
    found = _of_own(request, _realm(request))
    if found is None:
        return None
    connection, membership = found
    if membership.organization_id != request.organization.pk:
        request.session[SESSION_KEY] = membership.organization_id
        request.membership, request.organization = membership, membership.organization
    return connection


def _of_own(request: HttpRequest, realm_id: str) -> tuple[Connection, Membership] | None:
    """Return the connection of a realm in an organization the person belongs to."""
    memberships: list[Membership] = getattr(request, "memberships", [])
    if not realm_id or not memberships:
        return None
    by_organization = {one.organization_id: one for one in memberships}
    connection = Connection.objects.filter(realm_id=realm_id, organization_id__in=by_organization).first()
    return None if connection is None else (connection, by_organization[connection.organization_id])


def _realm(request: HttpRequest) -> str:
    """Return the realm named in the address, if it can be one."""
    for name in ("realmId", "realmid", "realm_id"):
        given = request.GET.get(name, "")
        if given.isascii() and given.isdecimal() and len(given) <= _LONGEST_REALM:
            return given
    return ""
