"""The Mapping page: the tabs that say where each cost, payment type, party, office and mode lands in QuickBooks.

Decides nothing: what may be chosen is `mapping.legality`'s word, and every change goes through `mapping.changes`.
"""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET, require_POST

from freightbooks.connections.models import Connection
from freightbooks.mapping import lists, rules
from freightbooks.mapping.models import PURPOSES, MappingChange, Section
from freightbooks.mapping.versions import TRACKING
from freightbooks.quickbooks.errors import QuickBooksError
from freightbooks.web.access import MemberRequest, accountant, chosen_connection, member
from freightbooks.web.cost_tables import Accounts, cost_lines, item_choices, payment_lines
from freightbooks.web.mapping_base import (
    COST_TABS,
    PAYMENT_TAB,
    TABS,
    TRACKING_TAB,
    back_to,
    base_context,
    line_of_text,
    posted_connection,
)
from freightbooks.web.party_tables import ENTITIES, PAGE_SIZE, names_to_link, parties
from freightbooks.web.tracking_tables import tracking_tables

CHANGES_SHOWN = 8
_SHOW_LABELS = (
    ("all", "All"),
    ("used", "Used"),
    ("overrides", "Overrides"),
    ("unmapped", "No account"),
    ("trouble", "To fix"),
)
_STATE_LABELS = {
    "unresolved": "To choose",
    "linked": "Linked",
    "wanted": "To be made",
    "making": "Being made",
    "none": "Not needed yet",
}


@require_GET
@member
def mapping(request: MemberRequest, tab: str) -> HttpResponse:
    """Show one tab for one company."""
    if tab not in TABS:
        raise Http404
    connection = chosen_connection(request)
    context = base_context(request, connection, tab)
    if connection is None:
        return render(request, "web/mapping_none.html", context)
    history = MappingChange.objects.filter(connection=connection).order_by("-pk")
    sections = [TRACKING] if tab == TRACKING_TAB else [TABS[tab].lower()]
    context["history"] = list(history.filter(section__in=sections)[:CHANGES_SHOWN])
    if tab in COST_TABS:
        return render(request, "web/mapping_costs.html", context | _costs(request, connection, COST_TABS[tab]))
    if tab == PAYMENT_TAB:
        return render(request, "web/mapping_payments.html", context | _payments(connection))
    if tab == TRACKING_TAB:
        return render(request, "web/mapping_tracking.html", context | {"tables": tracking_tables(connection)})
    return render(request, "web/mapping_parties.html", context | _parties(request, connection, tab))


def _costs(request: MemberRequest, connection: Connection, section: Section) -> dict[str, Any]:
    accounts = Accounts(connection)
    default, default_by, lines = cost_lines(connection, section, accounts)
    text, find = line_of_text(request.GET.get("q", "")), line_of_text(request.GET.get("find", ""))
    found = [line for line in lines if text.casefold() in f"{line.code} {line.name} {line.landing.label}".casefold()]
    shows = {
        "all": found,
        "used": [line for line in found if line.lines],
        "overrides": [line for line in found if line.overridden],
        "unmapped": [line for line in found if not line.landing.id],
        "trouble": [line for line in found if line.troubled],
    }
    show = request.GET.get("show", "")
    show = show if show in shows else "all"
    changing = request.GET.get("change", "") if request.membership.may_change else ""
    line = next((each for each in lines if each.code == changing), None)
    items = section == Section.CUSTOMER_COSTS
    return {
        "section": section,
        "with_items": items,
        "default": default,
        "default_by": default_by,
        "lines": shows[show],
        "text": text,
        "show": show,
        "shows": [(key, label, len(shows[key])) for key, label in _SHOW_LABELS if key == "all" or shows[key]],
        "choices": accounts.choices(PURPOSES[section]),
        "offered": accounts.choices(PURPOSES[section], find) if line else [],
        "items": item_choices(connection, accounts, line.code, line.name, find) if items and line else [],
        "find": find,
        "total": len(lines),
        "mapped": sum(not line.troubled for line in lines),
        "unmapped": sum(not line.landing.id for line in lines),
        "refused": sum(line.troubled and bool(line.landing.id) for line in lines),
        "on_default": sum(not line.overridden for line in lines),
        "changing": changing,
    }


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
    text = line_of_text(request.GET.get("q", ""))
    page_text = request.GET.get("page", "1")
    page = max(1, int(page_text)) if page_text.isdigit() and len(page_text) < 9 else 1
    state = state if state in _STATE_LABELS else ""
    found = parties(connection, tab, state=state, text=text, page=page)
    changing = request.GET.get("change", "") if request.membership.may_change else ""
    find = line_of_text(request.GET.get("find", ""))
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
        "names": names_to_link(connection, ENTITIES[tab], find) if changing and find else [],
    }


@require_POST
@accountant
def read_again(request: MemberRequest, tab: str) -> HttpResponse:
    """Read the accounts and names from QuickBooks again."""
    connection = posted_connection(request)
    try:
        lists.refresh(connection)
        messages.success(request, "Accounts and names are as QuickBooks has them now.")
    except QuickBooksError as failure:
        messages.error(request, f"QuickBooks did not give its lists ({failure}). What is shown is as of the last time.")
    return back_to(connection, tab if tab in TABS else "carrier-costs")


@require_POST
@accountant
def suggest(request: MemberRequest, tab: str) -> HttpResponse:
    """Fill what is not set yet by the rules of names and account types; each says which rule chose it."""
    connection = posted_connection(request)
    rules.fill(connection)
    messages.success(request, "What was not set is filled by rule. Look it over: each line says which rule chose it.")
    return back_to(connection, tab if tab in TABS else "carrier-costs")
