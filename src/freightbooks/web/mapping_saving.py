"""Changing the mapping from its pages: first what a change would move, then saving it as one version."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Party
from freightbooks.mapping import changes, versions
from freightbooks.mapping.legality import why_not_item
from freightbooks.mapping.models import PURPOSES, ListedObject, ListKind, Section
from freightbooks.posting import what_if
from freightbooks.posting.what_if import WhatIf
from freightbooks.web.access import MemberRequest, accountant, chosen_connection
from freightbooks.web.cost_tables import Accounts, Landing, cost_lines, payment_lines
from freightbooks.web.mapping_base import (
    COST_TABS,
    PAYMENT_TAB,
    TRACKING_TAB,
    back_to,
    base_context,
    posted_connection,
)
from freightbooks.web.party_tables import ENTITIES, KINDS

MOST_CODES = 1000
_PURPOSES = ("bank", "advance", "fee")
_PURPOSE_LABELS = {"bank": "Paid from", "advance": "Held in", "fee": "The issuer’s fee"}


@dataclass(frozen=True)
class Changed:
    """One line of what would be saved."""

    name: str
    before: str
    after: str


@require_GET
@accountant
def preview(request: MemberRequest, tab: str) -> HttpResponse:
    """Show what a change would move, with the button that saves it."""
    connection = chosen_connection(request)
    if connection is None or (tab not in COST_TABS and tab != PAYMENT_TAB):
        raise Http404
    context = base_context(request, connection, tab)
    found = _costs(request, connection, tab) if tab in COST_TABS else _payment_type(request, connection)
    side = "customer" if tab == "customer-costs" else "carrier"
    back = f"{reverse('mapping', args=[tab])}?company={connection.pk}"
    number = (context["latest"].version if context["latest"] else 0) + 1
    return render(request, "web/mapping_what_if.html", context | found | {"side": side, "back": back, "number": number})


def _costs(request: MemberRequest, connection: Connection, tab: str) -> dict[str, Any]:
    section = COST_TABS[tab]
    codes = list(dict.fromkeys(request.GET.getlist("code")))[:MOST_CODES]
    account, item_id = request.GET.get("account", ""), request.GET.get("item", "")
    accounts = Accounts(connection)
    default, _, lines = cost_lines(connection, section, accounts)
    names = {line.code: line.name for line in lines}
    landings: dict[str, Landing] = {"": default} | {line.code: line.landing for line in lines}
    item, refusal = None, "" if codes else "Tick the costs first."
    if item_id:
        items = ListedObject.objects.filter(connection=connection, kind=ListKind.ITEM)
        item = items.filter(qbo_id=item_id).first()
        refusal = "QuickBooks has no such product or service." if item is None else why_not_item(item) or refusal
        account = item.income_account_id if item else ""
    target = accounts.landing(account, PURPOSES[section])
    refusal = refusal or target.refusal
    after = target.label if account else "the default" if codes != [""] else "no default"
    found = WhatIf() if refusal else what_if.of_costs(connection, section, dict.fromkeys(codes, account))
    return {
        "changed": [
            Changed(
                names.get(code, code) if code else "The default",
                landings[code].label if code in landings and landings[code].id else "no account",
                f"{item.name}, to {after}" if item else after,
            )
            for code in codes
        ],
        "refusal": refusal,
        "found": found,
        "costs": ",".join(found.codes),
        "fields": [("code", code) for code in codes] + [("item", item_id) if item_id else ("account", account)],
        "save": reverse("mapping-cost", args=[tab]),
    }


def _payment_type(request: MemberRequest, connection: Connection) -> dict[str, Any]:
    method = request.GET.get("method", "")[:40]
    chosen = {purpose: request.GET.get(purpose, "") for purpose in _PURPOSES}
    accounts = Accounts(connection)
    line = next((each for each in payment_lines(connection, accounts) if each.method == method), None)
    before = {purpose: getattr(line, purpose) if line else Landing() for purpose in _PURPOSES}
    after = {purpose: accounts.landing(account_id, purpose) for purpose, account_id in chosen.items()}
    refusal = next((f"{each.label}: {each.refusal}" for each in after.values() if each.refusal), "")
    return {
        "changed": [
            Changed(
                _PURPOSE_LABELS[purpose], before[purpose].label or "no account", after[purpose].label or "no account"
            )
            for purpose in _PURPOSES
            if before[purpose].id != after[purpose].id
        ],
        "method": method,
        "refusal": refusal,
        "found": WhatIf() if refusal else what_if.of_payment_type(connection, method, chosen),
        "costs": "",
        "fields": [("method", method), *chosen.items()],
        "save": reverse("mapping-payment"),
    }


@require_POST
@accountant
def change_cost(request: MemberRequest, tab: str) -> HttpResponse:
    """Save accounts of costs, of a section's default, or the item of one cost; an empty account is the default."""
    if tab not in COST_TABS:
        raise Http404
    connection = posted_connection(request)
    section, codes = COST_TABS[tab], request.POST.getlist("code")[:MOST_CODES] or [""]
    account, item = request.POST.get("account", ""), request.POST.get("item", "")
    try:
        # Looked at before it is saved: afterwards nobody could tell which costs moved with the default.
        lands_on = _account_of_item(connection, item) if item else account
        moved = what_if.of_costs(connection, section, dict.fromkeys(codes, lands_on)) if _move(request) else None
        if item and section == Section.CUSTOMER_COSTS:
            changes.set_item(connection, codes[0], item, request.user)
        else:
            changes.set_costs(connection, section, dict.fromkeys(codes, account), request.user)
        posted = what_if.move_posted(connection, section, _moving(moved, codes), request.user.name) if moved else 0
        messages.success(request, _saved(connection, "Documents that waited for this are in the queue.", posted))
    except changes.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return back_to(connection, tab)


def _account_of_item(connection: Connection, item_id: str) -> str:
    items = ListedObject.objects.filter(connection=connection, kind=ListKind.ITEM, qbo_id=item_id)
    return items.values_list("income_account_id", flat=True).first() or ""


def _move(request: MemberRequest) -> bool:
    return bool(request.POST.get("posted_too"))


def _moving(moved: WhatIf, codes: list[str]) -> list[str]:
    """Return the costs whose posted documents follow: those that land elsewhere now."""
    return list(moved.codes) or [code for code in codes if code]


def _saved(connection: Connection, what: str, posted: int) -> str:
    latest = versions.latest(connection)
    said = f"Saved as version {latest.version}. {what}" if latest else f"Saved. {what}"
    return f"{said} {posted:,} posted ones are being changed in QuickBooks." if posted else said


@require_POST
@accountant
def change_payment_type(request: MemberRequest) -> HttpResponse:
    """Set the accounts of one payment type."""
    connection = posted_connection(request)
    method = request.POST.get("method", "")[:40]
    try:
        changes.set_payment_type(
            connection,
            method,
            bank_account_id=request.POST.get("bank", ""),
            advance_account_id=request.POST.get("advance", ""),
            fee_account_id=request.POST.get("fee", ""),
            by=request.user,
        )
        posted = what_if.move_posted_of_method(connection, method, request.user.name) if _move(request) else 0
        messages.success(request, _saved(connection, "Advances that waited for this are in the queue.", posted))
    except changes.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return back_to(connection, PAYMENT_TAB)


@require_POST
@accountant
def change_party(request: MemberRequest, tab: str) -> HttpResponse:
    """Link a party to the QuickBooks name a person chose, have a new one made for it, or take the link back.

    A record that is another party's already is linked only when the person says once more that it is both.
    """
    if tab not in ENTITIES:
        raise Http404
    connection = posted_connection(request)
    number, qbo_id = request.POST.get("party", ""), request.POST.get("qbo_id", "")
    party = get_object_or_404(
        Party,
        organization=request.organization,
        kind__in=KINDS[tab],
        pk=int(number) if number.isdigit() and len(number) < 16 else 0,
    )
    entity = ENTITIES[tab]
    try:
        if request.POST.get("new"):
            changes.make_party(connection, party, entity, request.user)
            messages.success(request, f"A new {entity.lower()} will be made for {party.name}.")
        elif request.POST.get("unlink"):
            changes.unlink_party(connection, party, entity, request.user)
            messages.success(request, f"{party.name} is linked to nobody any more. Its next document decides anew.")
        elif request.POST.get("confirmed"):
            changes.link_party(connection, party, entity, qbo_id, request.user, confirmed=True)
            messages.success(request, f"{party.name} is linked too.")
        else:
            changes.link_party(connection, party, entity, qbo_id, request.user)
            messages.success(request, f"{party.name} is linked.")
    except changes.AlreadyLinked as refusal:
        context = base_context(request, connection, tab) | {"party": party, "qbo_id": qbo_id, "refusal": str(refusal)}
        record = ListedObject.objects.filter(connection=connection, kind=entity, qbo_id=qbo_id).first()
        return render(request, "web/mapping_confirm.html", context | {"record": record, "entity": entity}, status=409)
    except changes.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return back_to(connection, tab, state=request.POST.get("state", ""), q=request.POST.get("q", ""))


@require_POST
@accountant
def change_tracking(request: MemberRequest) -> HttpResponse:
    """Save the classes or locations of one table, those that changed, as one version."""
    connection = posted_connection(request)
    target = request.POST.get("target", "")
    if target not in ("class", "location"):
        raise Http404
    given = zip(request.POST.getlist("by"), request.POST.getlist("value"), request.POST.getlist("record"), strict=False)
    rows = connection.tracking_mappings.filter(target=target).values_list("by", "value", "qbo_id")
    before = {(by, value): qbo_id for by, value, qbo_id in rows}
    try:
        with versions.one_version(connection):
            for by, value, record in given:
                if before.get((by, value), "") != record:
                    changes.set_tracking(connection, target, by, value, record, request.user)
        messages.success(request, _saved(connection, "Documents that are posted from now on follow it.", 0))
    except changes.NotAllowed as refusal:
        messages.error(request, str(refusal))
    return back_to(connection, TRACKING_TAB)
