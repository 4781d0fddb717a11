"""The API keys of the organization: which program has one, how far it goes, when it was last used. Admins only.

A key is shown on the answer to the form that made it, and on no other page.
"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from freightbooks.connections import audit
from freightbooks.connections.audit import Action
from freightbooks.organizations import api_keys as keys
from freightbooks.organizations.models import ApiKey, Scope
from freightbooks.web.access import MemberRequest, administrator


class KeyForm(forms.Form):
    """What the key is for, and how far it goes."""

    name = forms.CharField(
        label="What it is for",
        max_length=100,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="Such as “TMS feed” or “Nightly report”.",
        error_messages={"required": "Say which program will use it."},
    )
    scope = forms.ChoiceField(
        label="What it may do",
        choices=Scope.choices,
        initial=Scope.READ,
        help_text="A key that writes may hand in documents and release held ones.",
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def api_keys(request: MemberRequest) -> HttpResponse:
    """List the keys, and make one; it is shown in the answer, this once."""
    form = KeyForm(request.POST or None)
    new, secret = None, ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        new, secret = keys.make(request.organization, data["name"], Scope(data["scope"]), request.user)
        audit.write(
            Action.SETTINGS_CHANGED,
            organization=request.organization,
            actor=request.user,
            detail=f"API key “{new.name}” made: {new.get_scope_display().lower()}.",
        )
        form = KeyForm()
    rows = ApiKey.objects.filter(organization=request.organization).select_related("created_by", "revoked_by")
    good = list(rows.filter(revoked_at=None).order_by("pk"))
    return render(
        request,
        "web/api_keys.html",
        {"form": form, "new": new, "secret": secret, "keys": good, "revoked": rows.exclude(revoked_at=None)[:20]},
        status=400 if form.errors else 200,
    )


@require_POST
@administrator
def revoke(request: MemberRequest, key_id: int) -> HttpResponse:
    """End a key at once."""
    key = get_object_or_404(ApiKey, pk=key_id, organization=request.organization)
    if keys.revoke(key, request.user):
        audit.write(
            Action.SETTINGS_CHANGED,
            organization=request.organization,
            actor=request.user,
            detail=f"API key “{key.name}” revoked.",
        )
        messages.success(request, f"The key “{key.name}” opens nothing any more.")
    return redirect("api-keys")
