"""A company's page: how it stands, what happened, what waits, and the repairs in order, each done right there.

Everybody sees why and whom to ask; only admins see the forms. What the reasons mean stands in `connections.reasons`.
"""

from __future__ import annotations

from dataclasses import dataclass

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from freightbooks.connections import audit, connect, keeping
from freightbooks.connections.audit import Action
from freightbooks.connections.models import Connection, OtherCompany, RemovedInvoices, WhenArchived
from freightbooks.connections.reasons import Repair
from freightbooks.connections.standing import Look, Standing, standing_of
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.organizations.models import Membership, Role
from freightbooks.quickbooks.oauth import SCOPE
from freightbooks.receiving.standing import listening_of
from freightbooks.web.access import MemberRequest, accountant, administrator, connection_or_404, member
from freightbooks.web.companies import facts_of, status_of_standing, waiting_for
from freightbooks.web.repair_forms import KeysForm, SecretForm, TokensForm
from freightbooks.web.trip import callback_address, to_intuit

PLAYGROUND = "https://developer.intuit.com/app/developer/playground"
_WHILE_IT_WORKS = (Repair.RECONNECT, Repair.PASTE_TOKENS, Repair.NEW_SECRET, Repair.NEW_APP)
_NOT_CONNECTED = (Repair.RECONNECT, Repair.PASTE_TOKENS, Repair.NEW_APP)


@dataclass(frozen=True)
class Guide:
    """One repair as the page shows it. `template` has its steps; only the first has the primary button."""

    number: int
    repair: Repair
    title: str
    form: forms.Form | None
    open: bool

    @property
    def template(self) -> str:
        """The part of the page that leads through it."""
        return f"web/repairs/{self.repair.replace(' ', '_')}.html"

    @property
    def first(self) -> bool:
        """Whether it is the one to try first."""
        return self.number == 1


@require_safe
@member
def connection_page(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Show how a company stands, and what can be done about it."""
    return _page(request, connection_or_404(request, connection_id))


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def paste_tokens(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Connect with tokens from Intuit's OAuth 2.0 Playground; they are tried on the company before they are kept."""
    connection = connection_or_404(request, connection_id)
    if request.method != "POST":
        return redirect("connection", connection.pk)
    form = TokensForm(request.POST)
    if form.is_valid():
        data = form.cleaned_data
        try:
            connection = connect.adopt_tokens(connection, data["realm_id"], data["refresh_token"], user=request.user)
        except connect.ConnectFailed as failure:
            form.add_error(None, str(failure))
        else:
            messages.success(request, f"{connection} is connected with these tokens. What waited goes on by itself.")
            return redirect("connection", connection.pk)
    else:
        _write_down(request, connection, form)
    return _page(request, connection, filled=(Repair.PASTE_TOKENS, form))


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def change_keys(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Save the same app's new secret, or another app's keys, once Intuit accepts them. Another app has to be let in."""
    connection = connection_or_404(request, connection_id)
    if request.method != "POST":
        return redirect("connection", connection.pk)
    same_app = "client_id" not in request.POST
    form = SecretForm(request.POST, auto_id="secret_%s") if same_app else KeysForm(request.POST)
    if form.is_valid():
        client_id = connection.client_id if same_app else form.cleaned_data["client_id"]
        secret = form.cleaned_data["client_secret"]
        try:
            connect.check_app(connection.discovery_url, client_id, secret)
            connect.set_app(connection, client_id, secret, user=request.user)
            return _after_new_keys(request, connection)
        except connect.ConnectFailed as failure:
            form.add_error(None, str(failure))
    _write_down(request, connection, form)
    return _page(request, connection, filled=(Repair.NEW_SECRET if same_app else Repair.NEW_APP, form))


@require_POST
@accountant
def look_again(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Try the company now, for what is mended outside of this product."""
    connection = connection_or_404(request, connection_id)
    if keeping.look_at(connection):
        messages.success(request, f"{connection} works again. What waited goes on by itself.")
    else:
        messages.warning(request, f"We looked just now, and {connection} does not work yet. Nothing is lost meanwhile.")
    return redirect("connection", connection.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@administrator
def other_company(request: MemberRequest, connection_id: int) -> HttpResponse:
    """Ask what to do about a company that was chosen at Intuit instead of this connection's; then do it."""
    connection = connection_or_404(request, connection_id)
    other = OtherCompany.objects.filter(connection=connection).select_related("chosen_by").first()
    if other is None:
        return redirect("connection", connection.pk)
    answer = request.POST.get("answer", "")
    try:
        if answer == "own":
            made = connect.connect_other(connection, request.user)
            messages.success(request, f"{made} is connected as a company of its own. Next: say where each cost lands.")
            return redirect(f"{reverse('hub')}?company={made.pk}")
        if answer in ("again", "forget"):
            connect.forget_other(connection, request.user)
        if answer == "again":
            return to_intuit(request, connection)
        if answer == "forget":
            messages.success(request, f"We let {other.company_name} go again. {connection} is as it was.")
            return redirect("connection", connection.pk)
    except connect.ConnectFailed as failure:
        messages.error(request, str(failure))
        return redirect("connection-other", connection.pk)
    return render(request, "web/other_company.html", {"connection": connection, "other": other})


def _write_down(request: MemberRequest, connection: Connection, form: forms.Form) -> None:
    """Note that what was pasted was refused, and why; never what it was."""
    sentences = [sentence for errors in form.errors.values() for sentence in errors]
    audit.about(connection, Action.REFUSED, actor=request.user, detail=" ".join(map(str, sentences)))


def _after_new_keys(request: MemberRequest, connection: Connection) -> HttpResponse:
    """Go on after new keys: the same app looks whether it works, another one has to be let in at Intuit."""
    if not connection.healthy:
        return to_intuit(request, connection)
    if keeping.look_at(connection):
        messages.success(request, f"Intuit accepts the new keys. {connection} works; what waited goes on by itself.")
    else:
        messages.warning(request, "Intuit accepts the new keys, and they are saved. The company does not work yet.")
    return redirect("connection", connection.pk)


def _page(
    request: MemberRequest, connection: Connection, *, filled: tuple[Repair, forms.Form] | None = None
) -> HttpResponse:
    now = timezone.now()
    standing = standing_of(connection, now)
    admins = Membership.objects.filter(organization=request.organization, role=Role.ADMIN).select_related("user")
    return render(
        request,
        "web/connection.html",
        {
            "connection": connection,
            "standing": standing,
            "look": status_of_standing(standing),
            "title": _title(connection, standing),
            "when_archived": WhenArchived.choices,
            "removed_invoices": RemovedInvoices.choices,
            "guides": _guides(connection, standing, filled),
            "waiting": waiting_for(connection),
            "facts": facts_of(connection, now),
            "listening": listening_of(connection, now),
            "callback": callback_address(request),
            "here": request.build_absolute_uri(reverse("connection", args=[connection.pk])),
            "admins": admins.order_by("user__name"),
            "other": OtherCompany.objects.filter(connection=connection).first(),
            "may_look": _may_look(connection, standing),
            "scope": SCOPE,
            "playground": PLAYGROUND,
        },
        status=400 if filled else 200,
    )


def _title(connection: Connection, standing: Standing) -> str:
    if standing.look == Look.STOPPED and standing.reason is not None:
        return f"{connection} has stopped: {_lower(standing.reason.title)}"
    if standing.look == Look.AMBER:
        return f"{connection}: {_lower(standing.sentence)}"
    return f"{connection} is connected" if connection.healthy else f"{connection} is not connected"


def _lower(sentence: str) -> str:
    """Let a title go on after a colon; names stay as they are."""
    names = ("QuickBooks", "Freightbooks", "Intuit")
    return sentence if sentence.startswith(names) else sentence[:1].lower() + sentence[1:]


def _may_look(connection: Connection, standing: Standing) -> bool:
    """Whether trying now may show something new: what heals elsewhere, or by itself."""
    if connection.trouble_since is not None:
        return True
    return standing.reason is not None and standing.reason.heals_when_mended_elsewhere


def _guides(connection: Connection, standing: Standing, filled: tuple[Repair, forms.Form] | None) -> list[Guide]:
    if standing.reason is not None:
        repairs = standing.reason.repairs
    else:
        repairs = _WHILE_IT_WORKS if connection.state == ConnectionState.CONNECTED else _NOT_CONNECTED
    guides = []
    for number, repair in enumerate(repairs, 1):
        wanted = filled is not None and filled[0] == repair
        form = filled[1] if filled is not None and wanted else _empty(repair, connection)
        to_do = not connection.healthy or standing.until is not None  # a date lies ahead
        first = number == 1 and to_do and filled is None
        guides.append(Guide(number, repair, _guide_title(repair, connection), form, first or wanted))
    return guides


def _empty(repair: Repair, connection: Connection) -> forms.Form | None:
    if repair == Repair.PASTE_TOKENS:
        return TokensForm(initial={"realm_id": connection.realm_id})
    if repair == Repair.NEW_SECRET:
        return SecretForm(auto_id="secret_%s")
    return KeysForm() if repair == Repair.NEW_APP else None


def _guide_title(repair: Repair, connection: Connection) -> str:
    attention = connection.attention
    if repair == Repair.RECONNECT:
        another = attention in (Attention.USER_NOT_IN_COMPANY, Attention.USER_NOT_ADMIN)
        return "Reconnect as another QuickBooks admin" if another else f"Sign in at Intuit and connect {connection}"
    if repair == Repair.NEW_APP and attention == Attention.WRONG_ENVIRONMENT:
        return "Enter the app’s other pair of keys"
    if repair == Repair.NEW_SECRET and attention == Attention.KEY_LOST:
        return "If the key is gone for good: enter the Client secret again, and reconnect"
    return {
        Repair.PASTE_TOKENS: "Paste tokens from Intuit’s OAuth 2.0 Playground",
        Repair.NEW_SECRET: "Enter the app’s new Client secret",
        Repair.NEW_APP: "Use a new Intuit app",
        Repair.MAKE_ADMIN: "Make the user an admin of the company again",
        Repair.RENEW: "Renew the QuickBooks subscription",
        Repair.PUT_KEY_BACK: "Put the key back",
        Repair.WAIT: "Wait: it heals by itself",
    }[repair]
