"""The Mapping page: five tabs that say where each cost, payment type and party lands in QuickBooks.

Decides nothing: what may be chosen is `mapping.legality`'s word, and every change goes through `mapping.changes`.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Party
from freightbooks.mapping import changes, lists, rules
from freightbooks.mapping.models import MappingChange, Section
from freightbooks.quickbooks.errors import QuickBooksError
from freightbooks.web.access import (
    MemberRequest,
    accountant,
    chosen_connection,
    connection_or_404,
    connections_of,
    member,
)
from freightbooks.web.cost_tables import PURPOSES, Accounts, cost_lines, held_with, payment_lines
from freightbooks.web.party_tables import ENTITIES, KINDS, PAGE_SIZE, names_like, parties

COST_TABS = {"carrier-costs": Section.CARRIER_COSTS, "customer-costs": Section.CUSTOMER_COSTS}
TABS = {
    "carrier-costs": "Carrier costs",
    "customer-costs": "Customer costs",
    "payment-types": "Payment types",
    "shipper-id": "Shipper ID",
    "carrier-id": "Carrier ID",
}
CHANGES_SHOWN = 8


@require_GET
@member
def mapping(request: MemberRequest, tab: str) -> HttpResponse:
    """Show one tab for one company."""
    if tab not in TABS:
        raise Http404
    connection = chosen_connection(request)
    context: dict[str, Any] = {
        "tab": tab,
        "tab_name": TABS[tab],
        "tabs": list(TABS.items()),
        "connection": connection,
        "companies": list(connections_of(request.organization)),
        "may_change": request.membership.may_change,
        "here": request.get_full_path(),
    }
    if connection is None:
        return render(request, "web/mapping_none.html", context)
    history = MappingChange.objects.filter(connection=connection).order_by("-at")
    context["history"] = list(history.filter(section__in=[tab, TABS[tab], TABS[tab].lower()])[:CHANGES_SHOWN])
    if tab in COST_TABS:
        return render(request, "web/mapping_costs.html", context | _costs(request, connection, COST_TABS[tab]))
    if tab == "payment-types":
        return render(request, "web/mapping_payments.html", context | _payments(connection))
    return render(request, "web/mapping_parties.html", context | _parties(request, connection, tab))


def _costs(request: MemberRequest, connection: Connection, section: Section) -> dict[str, Any]:
    accounts = Accounts(connection)
    default, default_by, lines = cost_lines(connection, section, accounts)
    shows = {
        "all": lines,
        "used": [line for line in lines if line.lines],
        "overrides": [line for line in lines if line.overridden],
        "trouble": [line for line in lines if line.troubled],
    }
    show = request.GET.get("show", "")
    show = show if show in shows else "all"
    changing = request.GET.get("change", "") if request.membership.may_change else ""
    moves, stays = held_with(connection, section, [changing]) if changing else (0, 0)
    return {
        "section": section,
        "default": default,
        "default_by": default_by,
        "lines": shows[show],
        "show": show,
        "shows": [(key, label, len(shows[key])) for key, label in _SHOW_LABELS],
        "choices": accounts.choices(PURPOSES[section]),
        "total": len(lines),
        "mapped": sum(not line.troubled for line in lines),
        "unmapped": sum(not line.landing.id for line in lines),
        "refused": sum(bool(line.landing.refusal) for line in lines),
        "on_default": sum(not line.overridden for line in lines),
        "changing": changing,
        "moves": moves,
        "stays": stays,
    }


_SHOW_LABELS = (("all", "All"), ("used", "Used"), ("overrides", "Overrides"), ("trouble", "To fix"))


def _payments(connection: Connection) -> dict[str, Any]:
    accounts = Accounts(connection)
    lines = payment_lines(connection, accounts)
    return {
        "lines": lines,
        "banks": accounts.choices("bank"),
        "advance_accounts": accounts.choices("advance"),
        "fee_accounts": accounts.choices("fee"),
        "troubled": sum(line.troubled for line in lines),
    }


def _parties(request: MemberRequest, connection: Connection, tab: str) -> dict[str, Any]:
    state = request.GET.get("state", "")
    text = " ".join(request.GET.get("q", "").replace("\0", "").split())[:200]
    page_text = request.GET.get("page", "1")
    page = max(1, int(page_text)) if page_text.isdigit() and len(page_text) < 9 else 1
    state = state if state in _STATE_LABELS else ""
    found = parties(connection, tab, state=state, text=text, page=page)
    changing = request.GET.get("change", "") if request.membership.may_change else ""
    find = " ".join(request.GET.get("find", "").replace("\0", "").split())[:200]
    return {
        "entity": ENTITIES[tab],
        "found": found,
        "state": state,
        "text": text,
        "page": page,
        "pages": max(1, (found.matching + PAGE_SIZE - 1) // PAGE_SIZE),
        "states": [(key, label, found.counts.get(key, 0)) for key, label in _STATE_LABELS.items()],
        "total": sum(found.counts.values()),
        "linked": found.counts.get("linked", 0),
        "unresolved": found.counts.get("unresolved", 0),
        "changing": int(changing) if changing.isdigit() and len(changing) < 16 else None,
        "find": find,
        "names": names_like(connection, ENTITIES[tab], find) if changing and find else [],
    }


_STATE_LABELS = {
    "unresolved": "To choose",
    "linked": "Linked",
    "wanted": "To be made",
    "making": "Being made",
    "none": "Not needed yet",
}


@require_POST
@accountant
def change_cost(request: MemberRequest, tab: str) -> HttpResponse:
    """Set a section's default, or one cost's override; an empty account goes back to the default."""
    if tab not in COST_TABS:
        raise Http404
    connection = _connection(request)
    section, code, account = COST_TABS[tab], request.POST.get("code", ""), request.POST.get("account", "")
    try:
        if code:
            changes.set_cost(connection, section, code, account, request.user)
        else:
            changes.set_default(connection, section, account, request.user)
        messages.success(request, "Saved. Documents that waited for this are in the queue.")
    except changes.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return _back(connection, tab)


@require_POST
@accountant
def change_payment_type(request: MemberRequest) -> HttpResponse:
    """Set the accounts of one payment type."""
    connection = _connection(request)
    try:
        changes.set_payment_type(
            connection,
            request.POST.get("method", "")[:40],
            bank_account_id=request.POST.get("bank", ""),
            advance_account_id=request.POST.get("advance", ""),
            fee_account_id=request.POST.get("fee", ""),
            by=request.user,
        )
        messages.success(request, "Saved. Advances that waited for this are in the queue.")
    except changes.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return _back(connection, "payment-types")


@require_POST
@accountant
def change_party(request: MemberRequest, tab: str) -> HttpResponse:
    """Link a party to the QuickBooks name a person chose, or have a new one made for it."""
    if tab not in ENTITIES:
        raise Http404
    connection = _connection(request)
    number = request.POST.get("party", "")
    party = get_object_or_404(
        Party,
        organization=request.organization,
        kind__in=KINDS[tab],
        pk=int(number) if number.isdigit() and len(number) < 16 else 0,
    )
    try:
        if request.POST.get("new"):
            changes.make_party(connection, party, ENTITIES[tab], request.user)
            messages.success(request, f"A new {ENTITIES[tab].lower()} will be made for {party.name}.")
        else:
            changes.link_party(connection, party, ENTITIES[tab], request.POST.get("qbo_id", ""), request.user)
            messages.success(request, f"{party.name} is linked.")
    except changes.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return _back(connection, tab)


@require_POST
@accountant
def read_again(request: MemberRequest, tab: str) -> HttpResponse:
    """Read the accounts and names from QuickBooks again."""
    connection = _connection(request)
    try:
        lists.refresh(connection)
        messages.success(request, "Accounts and names are as QuickBooks has them now.")
    except QuickBooksError as failure:
        messages.error(request, f"QuickBooks did not give its lists ({failure}). What is shown is as of the last time.")
    return _back(connection, tab if tab in TABS else "carrier-costs")


@require_POST
@accountant
def suggest(request: MemberRequest, tab: str) -> HttpResponse:
    """Fill what is not set yet by the rules of names and account types; each says which rule chose it."""
    connection = _connection(request)
    with transaction.atomic():
        rules.fill(connection)
    messages.success(request, "What was not set is filled by rule. Look it over: each line says which rule chose it.")
    return _back(connection, tab if tab in TABS else "carrier-costs")


def _connection(request: MemberRequest) -> Connection:
    company = request.POST.get("company", "")
    return connection_or_404(request, int(company) if company.isdigit() and len(company) < 16 else 0)


def _back(connection: Connection, tab: str) -> HttpResponse:
    return redirect(f"{reverse('mapping', args=[tab])}?company={connection.pk}")
