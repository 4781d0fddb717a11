"""Connecting a QuickBooks company, coming back from Intuit's sign-in, disconnecting. Admins only."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from freightbooks.connections import audit, connect, denials
from freightbooks.connections.audit import Action
from freightbooks.connections.models import Connection, OtherCompany
from freightbooks.mapping import lists
from freightbooks.posting import progress
from freightbooks.quickbooks.errors import QuickBooksError
from freightbooks.web.access import MemberRequest, administrator, connection_or_404, connections_of
from freightbooks.web.companies import waiting_for
from freightbooks.web.forms import ConnectForm
from freightbooks.web.guide_return import back_to_the_guide
from freightbooks.web.trip import callback_address, to_intuit


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def new(request: MemberRequest) -> HttpResponse:
    """Ask for the app's keys and the environment, then go to Intuit."""
    form = ConnectForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        try:
            connection = connect.new_connection(
                request.organization,
                discovery_url=data["discovery_url"],
                api_base=data["api_base"],
                client_id=data["client_id"],
                client_secret=data["client_secret"],
                user=request.user,
            )
            return to_intuit(request, connection)
        except connect.ConnectFailed as failure:
            form.add_error(None, str(failure))
    elif why := form.pasted_wrong():
        audit.write(Action.REFUSED, organization=request.organization, actor=request.user, detail=why)
    return render(
        request,
        "web/connect.html",
        {"form": form, "callback": callback_address(request)},
        status=400 if form.errors else 200,
    )


@require_POST
@administrator
def begin(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Connect or reconnect a company that is set up already."""
    connection = connection_or_404(request, connection_id)
    try:
        return to_intuit(request, connection)
    except connect.ConnectFailed as failure:
        messages.error(request, str(failure))
        return redirect("connection", connection.pk)


@require_GET
@administrator
@back_to_the_guide
def callback(request: MemberRequest) -> HttpResponse:
    """Intuit sends the browser back here: with a code, or with the reason why not."""
    state, error = request.GET.get("state", ""), request.GET.get("error", "")
    key = request.session.session_key or ""
    try:
        if error:
            connection = connect.denied(key, state, error, user=request.user, organization=request.organization)
            messages.warning(request, denials.sentence_of(error))
            return redirect(_page_of(connection))
        connection = connect.complete(
            key,
            state,
            request.GET.get("code", ""),
            request.GET.get("realmId", ""),
            user=request.user,
            organization=request.organization,
        )
    except connect.ConnectFailed as failure:
        return _not_connected(request, failure)
    return _connected(request, connection)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def disconnect(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Say what disconnecting will do and to how many documents; then do it."""
    connection = connection_or_404(request, connection_id)
    if request.method == "POST":
        try:
            connect.disconnect(connection, request.user)
        except connect.ConnectFailed as failure:
            messages.error(request, str(failure))
        else:
            messages.success(request, f"{connection} is disconnected. What was posted stays in QuickBooks.")
        return redirect(_on_hub(connection))
    return render(
        request,
        "web/disconnect.html",
        {"connection": connection, "work": progress.counts(connection), "waiting": waiting_for(connection)},
    )


def _connected(request: MemberRequest, connection: Connection) -> HttpResponse:
    """Read the lists of a company that was just connected, and say what comes next."""
    again = connection.lists_read_at is not None
    try:
        lists.refresh(connection)
    except QuickBooksError:
        messages.warning(
            request,
            f"{connection.company_name} is connected, but its accounts could not be read yet. "
            "Read them again on the Mapping page.",
        )
    else:
        following = "What waited goes on by itself." if again else "Next: say where each cost lands."
        messages.success(request, f"{connection.company_name} is connected. {following}")
    return redirect(_on_hub(connection))


def _not_connected(request: MemberRequest, failure: connect.ConnectFailed) -> HttpResponse:
    """Say why a way back from Intuit did not connect. One that belongs to no trip of ours is written down here."""
    if isinstance(failure, connect.TripExpired):
        audit.write(Action.REFUSED, organization=request.organization, actor=request.user, detail=str(failure))
    connection = connections_of(request.organization).filter(pk=failure.connection_id or 0).first()
    if connection is not None and OtherCompany.objects.filter(connection=connection).exists():
        return redirect("connection-other", connection.pk)
    messages.error(request, str(failure))
    return redirect("hub" if connection is None else _page_of(connection))


def _page_of(connection: Connection) -> str:
    """Where a company that is not connected is dealt with: the hub for a new one, its repairs for one that was."""
    return reverse("connection", args=[connection.pk]) if connection.realm_id else _on_hub(connection)


def _on_hub(connection: Connection) -> str:
    return f"{reverse('hub')}?company={connection.pk}"
