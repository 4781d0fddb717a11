"""The Held and failed page: what keeps documents out of QuickBooks, by cause, with the money at stake."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from freightbooks.money import ZERO
from freightbooks.posting import actions
from freightbooks.web.access import (
    MemberRequest,
    accountant,
    chosen_connection,
    connection_or_404,
    connections_of,
    member,
    safe_next,
)
from freightbooks.web.holdings import MOST, Holding, held_by, holdings, mapping_tab


@require_GET
@member
def problems(request: MemberRequest) -> HttpResponse:
    """Show what holds documents of one company back: first what needs a person, then what opens by itself."""
    connection = chosen_connection(request)
    found = holdings(connection) if connection else []
    to_fix = [one for one in found if not one.nobodys_turn]
    waiting = [one for one in found if one.nobodys_turn]
    connection_id = connection.pk if connection else 0
    return render(
        request,
        "web/problems.html",
        {
            "connection": connection,
            "companies": list(connections_of(request.organization)),
            "to_fix": [(one, one.links(connection_id), mapping_tab(one)) for one in to_fix[:MOST]],
            "waiting": [(one, one.links(connection_id)) for one in waiting],
            "not_shown": max(0, len(to_fix) - MOST),
            "count": len(to_fix),
            "documents": sum(one.count for one in to_fix),
            "amounts": _together(to_fix),
            "may_change": request.membership.may_change,
        },
    )


def _together(found: Iterable[Holding]) -> dict[str, Decimal]:
    amounts: dict[str, Decimal] = {}
    for holding in found:
        for currency, amount in holding.amounts.items():
            amounts[currency] = amounts.get(currency, ZERO) + amount
    return amounts


@require_POST
@accountant
def retry_all(request: MemberRequest) -> HttpResponse:
    """Try every document of one cause again."""
    company = request.POST.get("company", "")
    if not company.isdigit():
        raise Http404
    connection = connection_or_404(request, int(company))
    count = actions.retry(held_by(connection, request.POST.dict()), request.user.name)
    if count:
        messages.success(request, f"{count:,} {'is' if count == 1 else 'are'} in the queue again.")
    else:
        messages.info(request, "There was nothing to try again: the cause is already gone.")
    return redirect(safe_next(request, reverse("problems")))
