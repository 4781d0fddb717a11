"""Signing in and out, and choosing which organization to work in."""

from __future__ import annotations

from typing import Any

from django.contrib.auth import logout
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.views.decorators.http import require_POST

from freightbooks.organizations.models import Membership
from freightbooks.web.access import MemberRequest, member
from freightbooks.web.middleware import SESSION_KEY


class SignInForm(AuthenticationForm):
    """E-mail address and password. The refusal never tells which of the two was wrong."""

    error_messages = {
        "invalid_login": "This e-mail address and password do not go together. Check both, or ask an admin.",
        "inactive": "This e-mail address and password do not go together. Check both, or ask an admin.",
    }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].label = "E-mail address"
        self.fields["username"].widget.attrs.update({"autocomplete": "username", "inputmode": "email", "type": "email"})


class SignIn(LoginView):
    """The sign-in page; a person already signed in goes straight on."""

    template_name = "web/sign_in.html"
    authentication_form = SignInForm
    redirect_authenticated_user = True


@require_POST
def sign_out(request: HttpRequest) -> HttpResponse:
    """End the session, here and in the database."""
    logout(request)
    return redirect("sign-in")


@require_POST
@member
def choose_organization(request: MemberRequest) -> HttpResponse:
    """Work in another organization the person belongs to; one they do not belong to does not exist for them."""
    wanted = request.POST.get("organization", "")
    membership = get_object_or_404(
        Membership, user=request.user, organization_id=int(wanted) if wanted.isdigit() else 0
    )
    request.session[SESSION_KEY] = membership.organization_id
    return redirect("hub")
