"""The Integration hub: tiles of what Freightbooks works with, and one QuickBooks company in full with its work."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Max, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from freightbooks import jobs
from freightbooks.connections.models import Connection
from freightbooks.connections.standing import Look, Standing, standing_of
from freightbooks.freight.models import Advance, Invoice
from freightbooks.organizations.models import Organization
from freightbooks.posting import progress
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.web.access import (
    MemberRequest,
    accountant,
    chosen_connection,
    connection_or_404,
    connections_of,
    member,
)
from freightbooks.web.companies import facts_of, status_of_standing, waiting_for
from freightbooks.web.status import IN_QUEUE, Status


@dataclass(frozen=True)
class Company:
    """One tile: the connection, how it is shown, and its work."""

    connection: Connection
    standing: Standing
    look: Status
    work: progress.Progress
    chosen: bool

    @property
    def done(self) -> int:
        """How many documents are no longer in the queue."""
        return self.work.total - self.busy

    @property
    def busy(self) -> int:
        """How many documents are in the queue or on their way."""
        return self.work.due + self.work.sending

    @property
    def live(self) -> bool:
        """Whether documents can be sent to it now."""
        return self.connection.healthy


@dataclass(frozen=True)
class Source:
    """A tile of the freight side: what hands documents over, how many it has, when it last did."""

    name: str
    about: str
    icon: str
    status: Status


@require_GET
@member
def hub(request: MemberRequest) -> HttpResponse:
    """Show every company of the organization, and one of them in full."""
    chosen = chosen_connection(request)
    companies = [_company(one, chosen) for one in connections_of(request.organization).select_related("connected_by")]
    company = next((one for one in companies if one.chosen), None)
    return render(
        request,
        "web/hub.html",
        {
            "companies": companies,
            "company": company,
            "title": _title(companies, request.organization),
            "sources": [_csv_files(request.organization)],
            "amounts": _amounts(company.connection) if company else {},
            "facts": facts_of(company.connection, timezone.now()) if company else None,
            "waiting": waiting_for(company.connection) if company else None,
            "counts": _reads(company.connection) if company else 0,
        },
    )


@require_GET
@member
def work(request: MemberRequest, connection_id: int) -> HttpResponse:
    """The part of the hub that refreshes itself while documents are in the queue."""
    connection = connection_or_404(request, connection_id)
    context = {"company": _company(connection, connection), "amounts": _amounts(connection)}
    return render(request, "web/parts/work.html", context)


@require_POST
@accountant
def pause(request: MemberRequest) -> HttpResponse:
    """Stop sending anything to QuickBooks, or go on. What is on its way is finished; what waits is kept."""
    wanted = request.POST.get("pause") == "1"
    organization = request.organization
    Organization.objects.filter(pk=organization.pk).update(paused=wanted)
    if wanted:
        messages.success(request, "Posting is paused. Documents wait and nothing is lost.")
    else:
        for connection in connections_of(organization):
            jobs.request_drain(connection.pk)
        messages.success(request, "Posting goes on.")
    return redirect("hub")


def _company(connection: Connection, chosen: Connection | None) -> Company:
    standing = standing_of(connection, timezone.now())
    return Company(
        connection,
        standing,
        status_of_standing(standing),
        progress.counts(connection),
        chosen is not None and chosen.pk == connection.pk,
    )


def _title(companies: list[Company], organization: Organization) -> str:
    """Answer the page's question: is every company in step?"""
    if not companies:
        return f"{organization.name} is not connected to QuickBooks yet"
    live = [one for one in companies if one.live]
    stopped = [one.connection for one in companies if one.standing.look == Look.STOPPED]
    if stopped:
        others = f"{_in_step(live)}. " if live and not organization.paused else ""
        return f"{others}{_names(stopped)} {'has' if len(stopped) == 1 else 'have'} stopped"
    if not live:
        return f"{organization.name} is not connected to QuickBooks"
    if organization.paused:
        return "Posting is paused; documents wait"
    busy = sum(one.busy for one in live)
    if busy:
        return f"{busy:,} {'document is' if busy == 1 else 'documents are'} on the way to QuickBooks"
    failed = sum(one.work.failed for one in live)
    if failed:
        return f"{_names([one.connection for one in live])}: {failed:,} refused by QuickBooks"
    return _in_step(live)


def _in_step(live: list[Company]) -> str:
    return f"{_names([one.connection for one in live])} {'is' if len(live) == 1 else 'are'} in step"


def _names(connections: list[Connection]) -> str:
    names = [connection.company_name or "A QuickBooks company" for connection in connections]
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"


def _csv_files(organization: Organization) -> Source:
    """The one source there is: `freightbooks import`. It is in use once it has handed something over."""
    invoices = Invoice.objects.filter(organization=organization)
    count = invoices.count() + Advance.objects.filter(organization=organization).count()
    latest = invoices.aggregate(day=Max("invoice_date"))["day"]
    if not count:
        status = Status("todo", "archived", "Not in use", "freightbooks import FOLDER reads them")
    else:
        note = f"The newest invoice is dated {latest:%b %-d, %Y}" if latest else ""
        status = Status("posted", "posted", f"{count:,} documents", note)
    return Source("CSV files", "Any TMS: shipments, costs, invoices", "file", status)


def _amounts(connection: Connection) -> dict[str, list[tuple[str, object]]]:
    """Return what the company's documents come to, by state and currency, as the table of the panel shows it."""
    groups = {state.value: state.value for state in PostingState} | {state.value: "queue" for state in IN_QUEUE}
    sums: dict[str, dict[str, object]] = {}
    rows = (
        Posting.objects.filter(connection=connection)
        .annotate(currency=Coalesce("invoice__currency", "advance__currency"))
        .values_list("state", "currency")
        .order_by()
        .annotate(amount=Sum(Coalesce("invoice__amount", "advance__amount")))
    )
    for state, currency, amount in rows:
        group = sums.setdefault(groups[state], {})
        group[currency] = group.get(currency, 0) + amount
    home = connection.home_currency or "USD"
    return {group: sorted(found.items(), key=lambda pair: (pair[0] != home, pair[0])) for group, found in sums.items()}


def _reads(connection: Connection) -> int:
    """Return how many reads this company has cost; Intuit meters them."""
    return int(connection.request_counts.filter(kind="read").aggregate(n=Sum("count"))["n"] or 0)
