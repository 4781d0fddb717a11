"""The setup guide: one page a step, with how each step stands beside it. Admins only.

What a step asks and says is in the guide room; here it is shown, ticked, and the app's keys are tried before they are
kept.
"""

from __future__ import annotations

from collections.abc import Callable
from http import HTTPStatus
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from freightbooks.connections import audit, connect
from freightbooks.connections.audit import Action
from freightbooks.connections.models import Connection
from freightbooks.guide import addresses, guides, public_pages
from freightbooks.guide.facts import facts_of, is_production
from freightbooks.guide.models import Guide
from freightbooks.guide.questionnaire import SECTIONS
from freightbooks.guide.steps import Standing, State, Step, next_step, standings
from freightbooks.web import connecting
from freightbooks.web.access import MemberRequest, administrator, connection_or_404, connections_of
from freightbooks.web.changes_heard import VerifierForm, of_notifications
from freightbooks.web.forms import INTUIT, INTUIT_SANDBOX, ConnectForm
from freightbooks.web.guide_return import SESSION_KEY, go_on
from freightbooks.web.reached import base_address

LOOKS = {
    State.DONE: ("posted", "posted"),
    State.TO_DO: ("todo", "archived"),
    State.FAILED: ("failed", "failed"),
    State.NOT_NEEDED: ("removed", "archived"),
}


@require_GET
@administrator
def start(request: MemberRequest) -> HttpResponse:
    """Go to the setup of the company still to be connected."""
    return go_on(guides.guide_of_new_company(request.organization))


@require_GET
@administrator
def of_company(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Go to the setup of a company that is there already."""
    return go_on(guides.guide_of(connection_or_404(request, connection_id)))


@require_GET
@administrator
def step_page(request: MemberRequest, guide_id: int, step: str) -> HttpResponse:
    """Show one step."""
    guide = _guide_or_404(request, guide_id)
    return _page(request, guide, _step_or_404(step))


@require_POST
@administrator
def tick(request: MemberRequest, guide_id: int, step: str) -> HttpResponse:
    """Take a person's word that a step is done, or is not after all."""
    guide, which = _guide_or_404(request, guide_id), _step_or_404(step)
    if request.POST.get("done") == "0":
        guides.untick(guide, which)
        return redirect("guide-step", guide.pk, which)
    try:
        guides.tick(guide, which, request.user)
    except guides.NotTicked as error:
        raise Http404 from error
    steps = list(Step)
    following = steps[min(steps.index(which) + 1, len(steps) - 1)]
    return redirect("guide-step", guide.pk, following)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def keys(request: MemberRequest, guide_id: int) -> HttpResponse:
    """Take the app's Client ID and secret: held to their form, tried at Intuit, and only then kept."""
    guide = _guide_or_404(request, guide_id)
    connection = guide.connection
    if request.method != "POST" or (connection is not None and connection.realm_id):
        return _page(request, guide, Step.KEYS)
    form = ConnectForm(request.POST)
    if not form.is_valid():
        if why := form.pasted_wrong():
            _note_refused(request, guide, why)
        return _page(request, guide, Step.KEYS, form=form, status=400)
    try:
        guide = guides.join(guide, _keep(request, connection, form.cleaned_data))
    except connect.ConnectFailed as failure:
        _note_refused(request, guide, str(failure))
        form.add_error(None, str(failure))
        return _page(request, guide, Step.KEYS, form=form, status=400)
    messages.success(request, "Intuit accepts the Client ID and secret. They are kept encrypted.")
    return redirect("guide-step", guide.pk, Step.CONNECT)


@require_POST
@administrator
def leave(request: MemberRequest, guide_id: int) -> HttpResponseBase:
    """Go to Intuit's sign-in, to come back to this guide."""
    guide = _guide_or_404(request, guide_id)
    if guide.connection is None:
        return redirect("guide-step", guide.pk, Step.KEYS)
    request.session[SESSION_KEY] = guide.pk
    answer = connecting.begin(request, guide.connection.pk)
    # It could not begin: the message that says why is shown here, where the person is.
    return redirect("guide-step", guide.pk, Step.CONNECT) if answer.status_code == HTTPStatus.FOUND else answer


def _note_refused(request: MemberRequest, guide: Guide, why: str) -> None:
    """Let the step say why for good, and the audit who tried."""
    guides.note_refused(guide, why)
    audit.write(
        Action.REFUSED, organization=request.organization, connection=guide.connection, actor=request.user, detail=why
    )


def _keep(request: MemberRequest, connection: Connection | None, data: dict[str, Any]) -> Connection:
    """Try the keys at Intuit, and keep them with a connection, the guide's own if it has one. Raises ConnectFailed."""
    where = {"discovery_url": data["discovery_url"], "api_base": data["api_base"]}
    app = connect.check_app(data["discovery_url"], data["client_id"], data["client_secret"])
    if connection is None:
        return connect.new_connection(
            request.organization,
            client_id=app.client_id,
            client_secret=app.client_secret,
            user=request.user,
            **where,
        )
    connect.choose_environment(connection, **where)
    connect.set_app(connection, app.client_id, app.client_secret, user=request.user)
    return connection


def _page(
    request: MemberRequest, guide: Guide, step: Step, *, form: ConnectForm | None = None, status: int = 200
) -> HttpResponse:
    facts = facts_of(guide)
    steps = standings(facts)
    standing = next(one for one in steps if one.step == step)
    context: dict[str, Any] = {
        "guide": guide,
        "connection": guide.connection,
        "facts": facts,
        "steps": [(one, *LOOKS[one.state]) for one in steps],
        "standing": standing,
        "look": LOOKS[standing.state],
        "title": _title(standing, guide),
        "previous": steps[standing.number - 2] if standing.number > 1 else None,
        "following": steps[standing.number] if standing.number < len(steps) else None,
        "next": next_step(steps),
        "left": sum(1 for one in steps if one.state in (State.TO_DO, State.FAILED)),
        "content": f"web/guide/{step}.html",
        "many": connections_of(request.organization).count() > (0 if guide.connection is None else 1),
        "status": status,
    }
    if step in _OF_STEP:
        context |= _OF_STEP[step](request, guide)
    if form is not None:
        context["form"] = form
    return render(request, "web/guide/guide.html", context, status=status)


def _of_addresses(request: MemberRequest, guide: Guide) -> dict[str, Any]:  # noqa: ARG001 - as every step's
    base = base_address(request)
    name = public_pages.public_name(request.organization)
    paths = {
        "terms": reverse("public-terms", args=[name]),
        "privacy": reverse("public-privacy", args=[name]),
        "launch": reverse("launch"),
        "disconnected": reverse("disconnected"),
        "reconnect": reverse("reconnect"),
        "callback": reverse("connect-callback"),
    }
    return {
        "addresses": addresses.addresses(base, paths),
        "warnings": addresses.warnings(base, settings.CSRF_TRUSTED_ORIGINS),
    }


def _of_questions(request: MemberRequest, guide: Guide) -> dict[str, Any]:  # noqa: ARG001 - as every step's
    return {"sections": SECTIONS}


def _of_keys(request: MemberRequest, guide: Guide) -> dict[str, Any]:  # noqa: ARG001 - as every step's
    connection = guide.connection
    if connection is None:
        return {"form": ConnectForm()}
    known = {INTUIT[1]: ConnectForm.PRODUCTION, INTUIT_SANDBOX[1]: ConnectForm.SANDBOX}
    initial = {
        "client_id": connection.client_id,
        "environment": known.get(connection.api_base, ConnectForm.OTHER),
        "discovery_url": connection.discovery_url,
        "api_base": connection.api_base,
    }
    return {"form": ConnectForm(initial=initial)}


def _of_connect(request: MemberRequest, guide: Guide) -> dict[str, Any]:  # noqa: ARG001 - as every step's
    return {"production": guide.connection is not None and is_production(guide.connection)}


def _of_notifications(request: MemberRequest, guide: Guide) -> dict[str, Any]:
    if guide.connection is None:
        return {}
    return {"form": VerifierForm(), **of_notifications(request, guide.connection)}


_OF_STEP: dict[Step, Callable[[MemberRequest, Guide], dict[str, Any]]] = {
    Step.ADDRESSES: _of_addresses,
    Step.QUESTIONS: _of_questions,
    Step.KEYS: _of_keys,
    Step.CONNECT: _of_connect,
    Step.NOTIFICATIONS: _of_notifications,
}
_ASKS = {
    Step.OVERVIEW: "Setting up QuickBooks takes nine steps and about an hour",
    Step.APP: "Create your own app at Intuit",
    Step.QUESTIONS: "Answer Intuit’s questions about the app",
    Step.ADDRESSES: "Give Intuit these seven addresses",
    Step.KEYS: "Enter the app’s Client ID and secret",
    Step.CONNECT: "Connect to QuickBooks",
    Step.NOTIFICATIONS: "Have Intuit tell us of payments at once",
    Step.MAPPING: "Say where each cost lands",
    Step.TEST: "Test it with one small document",
}


def _title(standing: Standing, guide: Guide) -> str:
    """Answer the step's question where there is an answer, else say what to do."""
    if standing.step == Step.CONNECT and standing.state == State.DONE:
        return f"{guide.connection} is connected"
    if standing.step == Step.CONNECT and standing.state == State.FAILED:
        return (
            "QuickBooks is not connected yet"
            if not guide.connection or not guide.connection.realm_id
            else (f"{guide.connection} has stopped")
        )
    if standing.step == Step.KEYS and standing.state == State.DONE:
        return "Intuit accepts the app’s Client ID and secret"
    if standing.step == Step.KEYS and standing.state == State.FAILED:
        return "The app’s keys were not accepted"
    if standing.step == Step.MAPPING and standing.state in (State.DONE, State.FAILED):
        return standing.sentence
    return _ASKS[standing.step]


def _guide_or_404(request: MemberRequest, guide_id: int) -> Guide:
    guides_here = Guide.objects.filter(organization=request.organization).select_related("connection", "organization")
    return get_object_or_404(guides_here, pk=guide_id)


def _step_or_404(step: str) -> Step:
    try:
        return Step(step)
    except ValueError as error:
        raise Http404 from error
