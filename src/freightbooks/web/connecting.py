"""Connecting a QuickBooks company, coming back from Intuit, reconnecting, disconnecting. Admins only.

The Content-Security-Policy's `form-action` also holds for the redirects that follow a form, and Intuit's sign-in
redirects through several sites. So the form answers with a page of our own that goes on to Intuit by itself.
"""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from freightbooks.connections import connect
from freightbooks.connections.models import Connection
from freightbooks.mapping import lists
from freightbooks.posting import progress
from freightbooks.quickbooks.errors import QuickBooksError
from freightbooks.web.access import MemberRequest, administrator, connection_or_404
from freightbooks.web.forms import AppForm, ConnectForm


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
            return _to_intuit(request, connection)
        except connect.ConnectFailed as failure:
            form.add_error(None, str(failure))
    return render(
        request,
        "web/connect.html",
        {"form": form, "callback": _callback_address(request)},
        status=400 if form.errors else 200,
    )


@require_POST
@administrator
def begin(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Connect or reconnect a company that is set up already."""
    connection = connection_or_404(request, connection_id)
    try:
        return _to_intuit(request, connection)
    except connect.ConnectFailed as failure:
        messages.error(request, str(failure))
        return redirect("connection", connection.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def connection_page(request: MemberRequest, connection_id: int) -> HttpResponse:
    """What happened to a company that stopped, and the ways to repair it; a new app's keys are saved here."""
    connection = connection_or_404(request, connection_id)
    form = AppForm(request.POST or None, initial={"client_id": connection.client_id})
    if request.method == "POST" and form.is_valid():
        try:
            connect.set_app(
                connection, form.cleaned_data["client_id"], form.cleaned_data["client_secret"], user=request.user
            )
            return _to_intuit(request, connection)
        except connect.ConnectFailed as failure:
            form.add_error(None, str(failure))
    return render(
        request,
        "web/connection.html",
        {
            "connection": connection,
            "form": form,
            "callback": _callback_address(request),
            "work": progress.counts(connection),
        },
        status=400 if form.errors else 200,
    )


@require_GET
@administrator
def callback(request: MemberRequest) -> HttpResponse:
    """Intuit sends the browser back here: with a code, or with the reason why not."""
    state, error = request.GET.get("state", ""), request.GET.get("error", "")
    key = request.session.session_key or ""
    try:
        if error:
            connection = connect.denied(key, state, error, user=request.user)
            messages.info(request, "QuickBooks was not connected: the consent was not given. Nothing has changed.")
            return redirect(_on_hub(connection))
        connection = connect.complete(
            key, state, request.GET.get("code", ""), request.GET.get("realmId", ""), user=request.user
        )
    except connect.ConnectFailed as failure:
        messages.error(request, str(failure))
        return redirect("hub")
    try:
        lists.refresh(connection)
    except QuickBooksError:
        messages.warning(
            request,
            f"{connection.company_name} is connected, but its accounts could not be read yet. "
            "Read them again on the Mapping page.",
        )
    else:
        messages.success(request, f"{connection.company_name} is connected. Next: say where each cost lands.")
    return redirect(_on_hub(connection))


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
    return render(request, "web/disconnect.html", {"connection": connection, "work": progress.counts(connection)})


def _to_intuit(request: MemberRequest, connection: Connection) -> HttpResponse:
    if request.session.session_key is None:
        request.session.save()
    address = connect.begin(connection, request.user, request.session.session_key or "", _callback_address(request))
    return render(request, "web/to_intuit.html", {"address": address, "connection": connection})


def _callback_address(request: MemberRequest) -> str:
    """Return the redirect address to register with the Intuit app, as this installation is reached."""
    return request.build_absolute_uri(reverse("connect-callback"))


def _on_hub(connection: Connection) -> str:
    return f"{reverse('hub')}?company={connection.pk}"
