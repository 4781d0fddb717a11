"""The Problems pages: what keeps documents out of QuickBooks, by cause, with the money at stake; and one of them."""

from __future__ import annotations

import csv
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET

from freightbooks.connections.models import Connection
from freightbooks.money import ZERO
from freightbooks.organizations.models import Organization
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Attempt, Posting
from freightbooks.posting.problem_list import ListedProblem, healed_problems, one_problem, open_problems
from freightbooks.posting.remedies import held_by
from freightbooks.posting.states import PostingState
from freightbooks.problems import catalogue
from freightbooks.problems.models import Problem
from freightbooks.spreadsheets import no_formula
from freightbooks.web.access import MemberRequest, chosen_connection, connection_or_404, connections_of, member
from freightbooks.web.filters import PAGE_SIZE, Filters
from freightbooks.web.problem_cards import cards
from freightbooks.web.status import NOBODYS_TURN, Group

MOST = 50
_SORTS = {
    "money": lambda one: (-one.weight, one.id),
    "oldest": lambda one: (one.opened_at, one.id),
    "documents": lambda one: (-one.held.documents, one.id),
}


@dataclass(frozen=True)
class Waiting:
    """Documents that wait without anything to repair: why, what happens next, and the list that shows them."""

    title: str
    next: str
    count: int
    url: str


@require_GET
@member
def problems(request: MemberRequest) -> HttpResponse:
    """Show what holds documents of one company back: what somebody can mend, what healed, what opens by itself."""
    connection = chosen_connection(request)
    found = open_problems(request.organization, connection_id=connection.pk) if connection else []
    healed = healed_problems(request.organization, connection_id=connection.pk, most=MOST) if connection else []
    sort = request.GET.get("sort", "") if request.GET.get("sort", "") in _SORTS else "money"
    show = "healed" if request.GET.get("show") == "healed" else "open"
    holding = sorted((one for one in found if one.held.documents), key=_SORTS[sort])
    foreseen = [one for one in found if one.foreseen]
    shown = [*holding, *foreseen][:MOST]
    return render(
        request,
        "web/problems.html",
        {
            "connection": connection,
            "companies": list(connections_of(request.organization)),
            "cards": cards(connection, shown) if connection and show == "open" else [],
            "released": [one for one in found if not one.held.documents and one.held.on_the_way],
            "waiting": _waiting(connection) if connection else [],
            "healed": healed if show == "healed" else healed[:3],
            "healed_count": len(healed),
            "not_shown": max(0, len(holding) + len(foreseen) - MOST),
            "count": len(holding),
            "foreseen": len(foreseen),
            "documents": sum(one.held.documents for one in holding),
            "amounts": together(holding),
            "sort": sort,
            "show": show,
            "may_change": request.membership.may_change,
            "here": request.get_full_path(),
        },
    )


@require_GET
@member
def problem(request: MemberRequest, problem_id: int) -> HttpResponse:
    """Show one problem: what it is, the steps out of it, QuickBooks' own words, and every document it holds."""
    found = one_problem(request.organization, problem_id)
    if found is None:
        raise Http404
    connection = connection_or_404(request, found.connection_id)
    find = " ".join(request.GET.get("find", "").replace("\0", "").split())[:200]
    number = request.GET.get("page", "")
    page = max(1, int(number)) if number.isascii() and number.isdigit() and len(number) < 9 else 1
    held = held_by(Problem.objects.get(pk=found.id))
    shown = list(_with_documents(held)[(page - 1) * PAGE_SIZE : page * PAGE_SIZE])
    return render(
        request,
        "web/problem.html",
        {
            "connection": connection,
            "card": cards(connection, [found], find=find)[0],
            "postings": shown,
            "more": found.held.documents - len(shown),
            "page": page,
            "next": page + 1 if found.held.documents > page * PAGE_SIZE else 0,
            "find": find,
            "attempt": _refused_last(held),
            "may_change": request.membership.may_change,
            "here": request.get_full_path(),
        },
    )


def _with_documents(held: QuerySet[Posting]) -> QuerySet[Posting]:
    return held.select_related("invoice__party", "invoice__shipment", "advance__party").order_by("pk")


def _refused_last(held: QuerySet[Posting]) -> Attempt | None:
    """Return the last answer of QuickBooks about a document of it, with its words and `intuit_tid`."""
    newest = held.order_by("-changed_at").values_list("pk", flat=True)[:1]
    return Attempt.objects.filter(posting__in=list(newest)).exclude(code="").order_by("-at").first()


def together(found: Iterable[ListedProblem]) -> dict[str, Decimal]:
    """Add up by currency what some problems hold."""
    amounts: dict[str, Decimal] = {}
    for one in found:
        for currency, amount in one.held.amounts.items():
            amounts[currency] = amounts.get(currency, ZERO) + amount
    return amounts


def _waiting(connection: Connection) -> list[Waiting]:
    """Count what waits with nothing to repair, by gate: an index holds it, however many documents there are."""
    rows = (
        Posting.objects.filter(connection=connection, state=PostingState.WAITING, gate__in=NOBODYS_TURN)
        .values_list("gate")
        .order_by("gate")
        .annotate(Count("id"))
    )
    found = []
    for gate, count in rows:
        entry = catalogue.of_gate(gate)
        state = Group.ARCHIVED if gate == Gate.ARCHIVED else Group.WAITING
        query = Filters(state=state.value, gate=gate, company=connection.pk).query()
        if entry is not None:
            url = reverse("invoices", args=["carrier"]) + query
            found.append(Waiting(entry.title, " ".join(entry.steps_for()), count, url))
    return found


def count_causes(organization: Organization) -> int:
    """Count the problems that need somebody, over all companies of the organization. An index holds them."""
    return Problem.objects.filter(connection__organization=organization, closed_at=None, released_at=None).count()


class _Echo:
    """A file for the csv writer that hands each line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


HEADINGS = ("Problem", "Error", "What to do", "Who can fix it", "Documents", "Amount", "Currency", "Oldest", "Since")


@require_GET
@member
def export(request: MemberRequest) -> StreamingHttpResponse:
    """Stream the open problems as CSV: one line for each currency of each."""
    connection = chosen_connection(request)
    found = open_problems(request.organization, connection_id=connection.pk) if connection else []
    response = StreamingHttpResponse(_lines(found), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="problems.csv"'
    return response


def _lines(found: Iterable[ListedProblem]) -> Iterator[str]:
    writer = csv.writer(_Echo())
    yield "\ufeff"  # spreadsheets read the file as UTF-8 only with this mark
    yield writer.writerow(HEADINGS)
    for one in found:
        for currency, amount in one.held.amounts.items() or [("", ZERO)]:
            yield writer.writerow(
                [
                    no_formula(one.title), one.code, no_formula(" ".join(one.steps)), one.entry.who.value,
                    one.held.documents, f"{amount:f}", currency, one.held.oldest or "", one.opened_at.date(),
                ]
            )  # fmt: skip
