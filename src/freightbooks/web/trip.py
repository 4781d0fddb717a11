"""The way to Intuit's sign-in: a page of our own that goes on there by itself, and the address to come back to.

The Content-Security-Policy's `form-action` also holds for the redirects that follow a form, and Intuit's sign-in
redirects through several sites; so a form answers with this page rather than with a redirect.
"""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render

from freightbooks.connections import connect
from freightbooks.connections.models import Connection
from freightbooks.web.access import MemberRequest
from freightbooks.web.reached import full_address


def to_intuit(request: MemberRequest, connection: Connection) -> HttpResponse:
    """Answer with the page that goes on to Intuit's sign-in. Raises ConnectFailed."""
    if request.session.session_key is None:
        request.session.save()
    address = connect.begin(connection, request.user, request.session.session_key or "", callback_address(request))
    return render(request, "web/to_intuit.html", {"address": address, "connection": connection})


def callback_address(request: MemberRequest) -> str:
    """Return the redirect address to register with the Intuit app, as this installation is reached."""
    return full_address(request, "connect-callback")
