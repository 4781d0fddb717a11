"""The page Changes in QuickBooks: how a company's changes are heard of, and how to have Intuit tell of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from freightbooks import jobs
from freightbooks.connections import audit
from freightbooks.connections.audit import Action
from freightbooks.connections.failures import BadForm
from freightbooks.connections.models import Connection
from freightbooks.guide import addresses as intuit_addresses
from freightbooks.receiving import addresses
from freightbooks.receiving.entities import DOCUMENTS, FED, PAYMENTS, SETTINGS
from freightbooks.receiving.feeds import every, feed_of
from freightbooks.receiving.standing import Hearing, Listening, listening_of
from freightbooks.web.access import MemberRequest, accountant, administrator, connection_or_404, member
from freightbooks.web.reached import base_address
from freightbooks.web.status import Status

EVENTS = (*PAYMENTS, *DOCUMENTS, *(each for each in FED if each not in PAYMENTS + DOCUMENTS), *SETTINGS)
"""What to choose at Intuit, by the names of its form."""
_LOOKS = {
    Hearing.GOOD: ("posted", "posted"),
    Hearing.QUIET: ("removed", "archived"),
    Hearing.OFF: ("removed", "archived"),
    Hearing.DOUBT: ("waiting", "waiting"),
}


class VerifierForm(forms.Form):
    """The verifier token of an Intuit app's webhooks."""

    verifier_token = forms.CharField(
        label="Verifier token",
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "off", "maxlength": 200, "spellcheck": "false"}),
        help_text="Stored encrypted, and never shown again. It tells Intuit’s notifications from anybody else’s.",
        error_messages={"required": "Copy the verifier token here."},
    )


@require_safe
@member
def changes_heard(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Show how the changes of a company are heard of."""
    return _page(request, connection_or_404(request, connection_id), VerifierForm())


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def enter_verifier(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Keep the verifier token of a company's app."""
    connection = connection_or_404(request, connection_id)
    if request.method != "POST":
        return redirect("changes-heard", connection.pk)
    form = VerifierForm(request.POST)
    if form.is_valid():
        try:
            addresses.set_verifier(connection, form.cleaned_data["verifier_token"], user=request.user)
        except BadForm as failure:
            form.add_error("verifier_token", str(failure))
        else:
            messages.success(request, "The verifier token is kept. Intuit’s first notification can take five minutes.")
            return redirect("changes-heard", connection.pk)
    why = " ".join(str(sentence) for errors in form.errors.values() for sentence in errors)
    audit.about(connection, Action.REFUSED, actor=request.user, detail=why)
    return _page(request, connection, form, status=400)


@require_POST
@accountant
def look_for_changes(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Ask for a look at the change feed now."""
    connection = connection_or_404(request, connection_id)
    jobs.request_sweep(connection.pk)
    messages.success(request, "A worker looks at the change feed now. Reload this page in a moment.")
    return redirect("changes-heard", connection.pk)


def of_notifications(request: HttpRequest, connection: Connection) -> dict[str, Any]:
    """Return what is shown to set notifications up: on this page, and in the setup guide."""
    base = base_address(request)
    address = addresses.address_of(connection)
    return {
        "notification_address": base + reverse("intuit-notifications", args=[address.key]),
        "reachable": address.last_heard_at is not None
        or not intuit_addresses.warnings(base, settings.CSRF_TRUSTED_ORIGINS),
        "events": EVENTS,
        "verifier": address,
    }


def _page(request: MemberRequest, connection: Connection, form: VerifierForm, *, status: int = 200) -> HttpResponse:
    now = timezone.now()
    listening = listening_of(connection, now)
    context: dict[str, Any] = {
        "connection": connection,
        "listening": listening,
        "title": _title(connection, listening),
        "looks": [
            (Status(*_LOOKS[ear.hearing], name), ear)
            for name, ear in (("Notifications", listening.notifications), ("Change feed", listening.changes))
        ],
        "minutes": round(every(feed_of(connection.pk), now).total_seconds() / 60),
        "form": form,
    }
    if request.membership.may_administer:
        context |= of_notifications(request, connection)
    return render(request, "web/changes_heard.html", context, status=status)


def _title(connection: Connection, listening: Listening) -> str:
    if not connection.realm_id:
        return f"{connection} is not connected yet"
    if not connection.healthy:
        return f"Changes in {connection} are looked for as soon as it is connected again"
    if listening.changes.hearing is Hearing.DOUBT:
        return f"Changes in {connection} may not have been heard of"
    if listening.notifications.hearing is Hearing.GOOD:
        return f"{connection} tells us of every change at once"
    if listening.notifications.hearing is Hearing.DOUBT:
        return f"Changes in {connection} are found, but its notifications need a look"
    return f"Changes in {connection} are looked for every few minutes"
