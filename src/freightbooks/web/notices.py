"""Who is told when something happens: the admins by e-mail, other programs by webhook. Admins only.

A signing secret is shown on the answer to the form that made it, and on no other page.
"""

from __future__ import annotations

from django import forms
from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from freightbooks.notifying import delivering, endpoints, outbox
from freightbooks.notifying.events import OFFERED, Event
from freightbooks.notifying.models import Delivery, DeliveryAttempt, DeliveryState, Endpoint
from freightbooks.organizations.models import Membership, Role
from freightbooks.web.access import MemberRequest, administrator

SHOWN = 50


class EndpointForm(forms.Form):
    """The address of another program, and what it wants to be told."""

    url = forms.CharField(
        label="Address",
        max_length=1000,
        widget=forms.TextInput(attrs={"inputmode": "url", "autocomplete": "off"}),
        help_text="https://, or http:// on this machine. A redirect is not followed.",
        error_messages={"required": "Write the address that is to be told."},
    )
    events = forms.MultipleChoiceField(
        label="Told when",
        choices=[(event.value, event.label) for event in OFFERED],
        initial=[event.value for event in OFFERED],
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one."},
    )

    def clean_url(self) -> str:
        """Hold the address to what may be told."""
        try:
            return endpoints.checked(str(self.cleaned_data["url"]))
        except endpoints.BadAddress as refusal:
            raise forms.ValidationError(str(refusal)) from refusal


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def notices(request: MemberRequest) -> HttpResponse:
    """List who is told, and add a program; its signing secret is shown in the answer, this once."""
    form = EndpointForm(request.POST or None)
    new, secret = None, ""
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        new, secret = endpoints.add(request.organization, data["url"], data["events"], request.user)
        form = EndpointForm()
    told = list(Endpoint.objects.filter(organization=request.organization).order_by("pk"))
    admins = Membership.objects.filter(organization=request.organization, role=Role.ADMIN, user__is_active=True)
    mails = Delivery.objects.filter(notice__organization=request.organization, endpoint=None)
    return render(
        request,
        "web/notices.html",
        {
            "form": form,
            "new": new,
            "secret": secret,
            "endpoints": told,
            "admins": admins.select_related("user").order_by("user__name"),
            "mails": _with_attempts(mails)[:10],
        },
        status=400 if form.errors else 200,
    )


@require_GET
@administrator
def endpoint_page(request: MemberRequest, endpoint_id: int) -> HttpResponse:
    """Show what an endpoint was told and what it answered."""
    endpoint = _endpoint_or_404(request, endpoint_id)
    log = list(_with_attempts(Delivery.objects.filter(endpoint=endpoint))[:SHOWN])
    return render(request, "web/notices_endpoint.html", {"endpoint": endpoint, "log": log, "shown": SHOWN})


@require_POST
@administrator
def test(request: MemberRequest, endpoint_id: int) -> HttpResponse:
    """Send a test now, and say what was answered."""
    endpoint = _endpoint_or_404(request, endpoint_id)
    now = timezone.now()
    news = outbox.News(
        Event.TEST,
        f"endpoint {endpoint.pk} {now.isoformat()}",
        "A test from the page",
        "Somebody pressed the test button.",
        {"organization": {"id": request.organization.pk, "name": request.organization.name}},
    )
    delivery = outbox.to_one(endpoint, news)
    _say(request, delivering.send_again(delivery))
    return redirect("notices-endpoint", endpoint.pk)


@require_POST
@administrator
def send_again(request: MemberRequest, delivery_id: int) -> HttpResponse:
    """Send one delivery of the log once more, under the same id."""
    delivery = get_object_or_404(Delivery, pk=delivery_id, notice__organization=request.organization)
    _say(request, delivering.send_again(delivery))
    return redirect("notices-endpoint", delivery.endpoint_id) if delivery.endpoint_id else redirect("notices")


@require_POST
@administrator
def switch(request: MemberRequest, endpoint_id: int) -> HttpResponse:
    """Stop telling an endpoint, or go on."""
    endpoint = _endpoint_or_404(request, endpoint_id)
    endpoints.switch(endpoint, on=not endpoint.active, user=request.user)
    messages.success(request, "It is told again." if endpoint.active else "It is no longer told.")
    return redirect("notices-endpoint", endpoint.pk)


@require_POST
@administrator
def remove(request: MemberRequest, endpoint_id: int) -> HttpResponse:
    """Remove an endpoint and its log."""
    endpoint = _endpoint_or_404(request, endpoint_id)
    endpoints.remove(endpoint, request.user)
    messages.success(request, f"{endpoints.shown(endpoint.url)} is removed.")
    return redirect("notices")


def _say(request: MemberRequest, delivery: Delivery) -> None:
    last = delivery.attempts.order_by("-pk").first()
    if last is None:
        messages.warning(request, "It is switched off, or just under way elsewhere; nothing was sent now.")
    elif delivery.state == DeliveryState.DELIVERED:
        messages.success(request, f"It was delivered: {last.answer}.")
    else:
        messages.error(request, f"It was not delivered: {last.answer}.")


def _endpoint_or_404(request: MemberRequest, endpoint_id: int) -> Endpoint:
    return get_object_or_404(Endpoint, pk=endpoint_id, organization=request.organization)


def _with_attempts(deliveries: QuerySet[Delivery]) -> QuerySet[Delivery]:
    attempts = Prefetch("attempts", DeliveryAttempt.objects.order_by("-pk"), to_attr="tried")
    return deliveries.select_related("notice").prefetch_related(attempts).order_by("-pk")
