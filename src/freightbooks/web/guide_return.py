"""Where a guide goes on: at the step to do next, also after the trip to Intuit's sign-in and back."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps

from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse

from freightbooks.guide.facts import facts_of
from freightbooks.guide.models import Guide
from freightbooks.guide.steps import Step, next_step, standings
from freightbooks.web.access import MemberRequest

SESSION_KEY = "guide"
"""Where the session keeps the guide a person left for Intuit's sign-in, to come back to it."""


def go_on(guide: Guide, *, at_least: Step = Step.OVERVIEW) -> HttpResponse:
    """Go to the first step that failed or is to do, from `at_least` on."""
    steps = standings(facts_of(guide))
    return redirect("guide-step", guide.pk, next_step(steps[list(Step).index(at_least) :]))


def back_to_the_guide(view: Callable[[MemberRequest], HttpResponse]) -> Callable[[MemberRequest], HttpResponse]:
    """Bring whoever left for Intuit from a guide back to it, rather than to the hub."""

    @wraps(view)
    def came_back(request: MemberRequest) -> HttpResponse:
        left = request.session.pop(SESSION_KEY, None)
        response = view(request)
        to_hub = isinstance(response, HttpResponseRedirect) and response.url.startswith(reverse("hub"))
        if not left or not to_hub:
            return response
        guide = Guide.objects.filter(pk=left, organization=request.organization).select_related("connection").first()
        return response if guide is None else go_on(guide, at_least=Step.CONNECT)

    return came_back
