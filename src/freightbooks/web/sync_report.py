"""Accounting Sync Analytics: the report's page, its side pane, its exports, and the views people keep."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db import connection as database
from django.http import Http404, HttpResponse, HttpResponseBase, QueryDict, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Party
from freightbooks.posting.models import Posting
from freightbooks.problems.models import Problem
from freightbooks.reports import charts, exporting, folding
from freightbooks.reports.figures import Figures, figures
from freightbooks.reports.filters import SORTS, Filters, read
from freightbooks.reports.finding import MOST
from freightbooks.reports.models import DailyMail, SavedFilter
from freightbooks.reports.rows import Row, cause_title, page_of
from freightbooks.reports.standing import AT_STAKE, GROUPS, IN_BOOKS, WAITS, Kind, Standing
from freightbooks.spreadsheets import as_csv, as_xlsx
from freightbooks.web import document
from freightbooks.web.access import MemberRequest, chosen_connection, connections_of, member, safe_next
from freightbooks.web.in_quickbooks import page_in_quickbooks
from freightbooks.web.status import Status

GROUP_WORDS = {
    "at-stake": "Held back or failed",
    "in-books": "In QuickBooks",
    "on-the-way": "Waiting or in the queue",
    "aside": "Removed, skipped or archived",
}
LOOKS = {
    Standing.FAILED: Status("failed", "failed", "Failed"),
    Standing.UNCERTAIN: Status("uncertain", "waiting", "No answer yet"),
    Standing.HELD: Status("waiting", "waiting", "Held back"),
    Standing.WAITING: Status("waiting", "waiting", "Waiting"),
    Standing.QUEUE: Status("queued", "queued", "In the queue"),
    Standing.HEALED: Status("posted", "posted", "Healed"),
    Standing.NOTED: Status("noted", "posted", "Posted with a note"),
    Standing.POSTED: Status("posted", "posted", "Posted"),
    Standing.REMOVED: Status("removed", "archived", "Removed"),
    Standing.SKIPPED: Status("skipped", "archived", "Skipped"),
    Standing.ARCHIVED: Status("archived", "archived", "Archived"),
}
MOST_SAVED = 50


@dataclass(frozen=True)
class Shown:
    """A row with what the page adds to it: its look, its page here and its page in QuickBooks."""

    row: Row
    look: Status
    url: str
    in_quickbooks: str


@require_GET
@member
def report(request: MemberRequest) -> HttpResponse:
    """Show the report; to htmx, asking for the pane, only the pane."""
    connection = chosen_connection(request)
    filters = read(request.GET)
    if getattr(request, "htmx", None) and request.headers.get("HX-Target") == "pane":
        return render(request, "web/parts/pane.html", _pane(request, connection, filters))
    context: dict[str, Any] = {
        "connection": connection,
        "companies": list(connections_of(request.organization)),
        "filters": filters,
    }
    if connection is not None:
        context |= _report(request, connection, filters)
    return render(request, "web/sync_report.html", context)


def _report(request: MemberRequest, connection: Connection, filters: Filters) -> dict[str, Any]:
    behind = folding.keep_up(connection.pk)
    found = figures(connection, filters)
    page = page_of(connection, filters, found)
    saved = SavedFilter.objects.filter(user=request.user, organization=request.organization).order_by("name")
    titles = _titles(found)
    return {
        "behind": behind,
        "figures": found,
        "most": MOST,
        "summary": _summary(found, filters),
        "healed": found.sums([Standing.HEALED]).documents,
        "in_books": found.sums(IN_BOOKS).documents,
        "rows": [_shown(row, connection) for row in page.rows],
        "page": page,
        "days": charts.days(found, filters),
        "causes": charts.causes(found, filters, titles),
        "waits": charts.waits(found, filters),
        "choices": _choices(connection),
        "named": _named(request, filters),
        "sorts": SORTS.items(),
        "saved": [(each, each.query == filters.query()) for each in saved],
        "wants_mail": DailyMail.objects.filter(user=request.user, organization=request.organization).exists(),
        "as_of": timezone.now(),
        **(_pane(request, connection, filters) if filters.open else {}),
    }


@dataclass(frozen=True)
class Summary:
    """The summary card: what it is about, how many of each, and what the page is called."""

    title: str
    subject: str
    standing: str
    documents: int
    amounts: dict[str, Decimal]
    by_kind: tuple[tuple[str, int, str], ...]
    all_documents: int
    known: bool
    at_stake: bool


def _summary(found: Figures, filters: Filters) -> Summary:
    about = found.about
    standing = filters.standing or "at-stake"
    word = GROUP_WORDS.get(standing) or Standing(standing).label
    kinds = tuple(
        (kind.value, count, filters.query(kind=kind.value, standing=standing))
        for kind in Kind
        if (count := found.of_kind(kind, found.subject))
    )
    return Summary(
        title=word if filters.standing else "Held back now",
        subject=word,
        standing=standing,
        documents=about.documents,
        amounts=about.amounts,
        by_kind=kinds,
        all_documents=found.documents,
        known=found.about_known,
        at_stake=set(found.subject) <= set(AT_STAKE),
    )


def _shown(row: Row, connection: Connection) -> Shown:
    if row.invoice_id is not None:
        url = reverse("invoice", args=[row.invoice_id])
    else:
        url = reverse("advance", args=[row.advance_id])
    return Shown(row, LOOKS[row.standing], url, page_in_quickbooks(connection, row.entity, row.qbo_id))


def _titles(found: Figures) -> dict[int, str]:
    wanted = [each.problem_id for each in found.causes if each.problem_id]
    return dict(Problem.objects.filter(pk__in=wanted).values_list("pk", "title"))


@dataclass(frozen=True)
class Choices:
    """What the selects of the filter offer: what there is, from the tallies."""

    offices: list[str]
    codes: list[tuple[str, str]]
    currencies: list[str]
    standings: list[tuple[str, str, list[tuple[str, str]]]]
    kinds: list[tuple[str, str]]


def _choices(connection: Connection) -> Choices:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT DISTINCT office, cause, currency FROM reports_tally "
            "WHERE connection_id = %s AND span = 'm' AND documents <> 0",
            [connection.pk],
        )
        rows = cursor.fetchall()
    codes = sorted({cause for _, cause, _ in rows if cause}, key=lambda code: (not code.isdigit(), code))
    return Choices(
        offices=sorted({office for office, _, _ in rows}),
        codes=[(code, f"{code}: {cause_title(code)}" if code.isdigit() else cause_title(code)) for code in codes],
        currencies=sorted({currency for _, _, currency in rows}),
        standings=[
            (group, words, [(each.value, each.label) for each in GROUPS[group]]) for group, words in GROUP_WORDS.items()
        ],
        kinds=[(kind.value, kind.label) for kind in Kind],
    )


def _named(request: MemberRequest, filters: Filters) -> list[tuple[str, str]]:
    """Return filters that no field shows, in words, each with the query that drops it."""
    named = []
    if filters.party is not None:
        name = Party.objects.filter(organization=request.organization, pk=filters.party).values_list("name", flat=True)
        named.append((f"Only {name.first() or 'a party that is not here'}", filters.query(party=None)))
    if filters.problem is not None:
        title = Problem.objects.filter(connection__organization=request.organization, pk=filters.problem).values_list(
            "title", flat=True
        )
        named.append((f"Only {title.first() or 'a problem that is not here'}", filters.query(problem=None)))
    if filters.wait is not None and filters.wait < len(WAITS):
        named.append((f"Posted {WAITS[filters.wait][0]} after approval", filters.query(wait=None)))
    return named


def _pane(request: MemberRequest, connection: Connection | None, filters: Filters) -> dict[str, Any]:
    """Return what the side pane shows: nothing when none is open, 404 for another organization's posting."""
    if not filters.open:
        return {"filters": filters}
    posting = Posting.objects.filter(connection=connection, pk=filters.open).first()
    if posting is None:
        raise Http404
    kind, document_id = ("invoice", posting.invoice_id) if posting.invoice_id else ("advance", posting.advance_id)
    return {**document.facts(request, kind, document_id or 0), "filters": filters, "in_pane": True}


@require_GET
@member
def export(request: MemberRequest, form: str) -> HttpResponseBase:
    """Stream what the report shows, all pages of it, as `csv` or `xlsx`."""
    connection = chosen_connection(request)
    if connection is None or form not in ("csv", "xlsx"):
        raise Http404
    filters = read(request.GET)
    folding.keep_up(connection.pk)
    rows = exporting.every_row(connection, filters, figures(connection, filters))
    name = f"accounting-sync-{date.today():%Y-%m-%d}.{form}"  # noqa: DTZ011 - a file's name
    lines = (exporting.cells(row) for row in rows)
    response = StreamingHttpResponse(_csv(lines) if form == "csv" else _xlsx(lines), content_type=_TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def _csv(lines: Iterator[Any]) -> Iterator[str]:
    return as_csv(exporting.HEADINGS, lines)


def _xlsx(lines: Iterator[Any]) -> Iterator[bytes]:
    return as_xlsx("Accounting Sync Analytics", exporting.HEADINGS, lines)


@require_POST
@member
def save(request: MemberRequest) -> HttpResponse:
    """Keep the view a person looks at under a name; the same name again replaces it."""
    name = " ".join(request.POST.get("name", "").split())[:80]
    filters = read(QueryDict(request.POST.get("query", "").removeprefix("?")[:2000]))
    query = filters.query(after="", before="", open=None)
    back = f"{reverse('report-sync')}{query}"
    mine = SavedFilter.objects.filter(user=request.user, organization=request.organization)
    if not name:
        messages.error(request, "Give the view a name to save it under.")
    elif mine.exclude(name=name).count() >= MOST_SAVED:
        messages.error(request, f"You keep {MOST_SAVED} views already. Remove one first.")
    else:
        mine.update_or_create(
            user=request.user, organization=request.organization, name=name, defaults={"query": query[:2000]}
        )
        messages.success(request, f"Saved as “{name}”.")
    return redirect(back)


@require_POST
@member
def forget(request: MemberRequest, saved_id: int) -> HttpResponse:
    """Remove a saved view of one's own."""
    mine = SavedFilter.objects.filter(user=request.user, organization=request.organization, pk=saved_id).first()
    if mine is None:
        raise Http404
    mine.delete()
    messages.success(request, f"“{mine.name}” is removed. No document changed.")
    return redirect(safe_next(request, reverse("report-sync")))


@require_POST
@member
def daily_mail(request: MemberRequest) -> HttpResponse:
    """Begin or end the daily summary by e-mail, for the person who asks."""
    if request.POST.get("wanted") == "yes":
        DailyMail.objects.get_or_create(user=request.user, organization=request.organization)
        messages.success(request, f"The daily summary goes to {request.user.email} every morning.")
    else:
        DailyMail.objects.filter(user=request.user, organization=request.organization).delete()
        messages.success(request, "The daily summary is off.")
    return redirect(safe_next(request, reverse("report-sync")))
