"""The AR/AP report: what is open with whom and for how long, beside QuickBooks' own figure when it was asked."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseBase, StreamingHttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from freightbooks.connections.models import Connection
from freightbooks.money import ZERO
from freightbooks.quickbooks.errors import QuickBooksError
from freightbooks.reports import aging, books_aging
from freightbooks.reports.aging import Agreement, OpenDocument, PartyLine
from freightbooks.reports.models import BooksAging
from freightbooks.spreadsheets import as_csv
from freightbooks.web import document
from freightbooks.web.access import (
    MemberRequest,
    accountant,
    chosen_connection,
    connection_or_404,
    connections_of,
    member,
)
from freightbooks.web.in_quickbooks import page_in_quickbooks

SIDES = {"receivable": ("Receivables", "customer"), "payable": ("Payables", "vendor")}
AGREEMENTS = {
    Agreement.NOT_ASKED: ("", ""),
    Agreement.SAME: ("posted", "Same"),
    Agreement.DIFFERENT: ("failed", "Differs"),
    Agreement.ONLY_THERE: ("waiting", "Only in QuickBooks"),
    Agreement.ONLY_OURS: ("failed", "Not in QuickBooks' figure"),
    Agreement.OTHER_CURRENCY: ("todo", "Other currency, not compared"),
}


@dataclass(frozen=True)
class ShownLine:
    """A party's line with how it compares: an icon and a word."""

    line: PartyLine
    icon: str
    word: str


@require_GET
@member
def report(request: MemberRequest, aged: str) -> HttpResponse:
    """Show one side, party by party."""
    side = aged
    connection = chosen_connection(request)
    context: dict[str, Any] = {
        "side": side, "words": SIDES[side], "connection": connection, "buckets": aging.BUCKETS,
               "companies": list(connections_of(request.organization))}  # fmt: skip
    if connection is None:
        return render(request, "web/aging_report.html", context)
    books = _books(connection, side)
    lines = _lines(connection, side, books)
    ours = [line for line in lines if line.agreement != Agreement.ONLY_THERE]
    currencies = sorted({line.currency for line in lines}, key=lambda code: (code != connection.home_currency, code))
    differing = [line for line in ours if line.agreement in (Agreement.DIFFERENT, Agreement.ONLY_OURS)]
    context |= {
        "books": books,
        "lines": [_shown(line) for line in ours],
        "elsewhere": [line for line in lines if line.agreement == Agreement.ONLY_THERE],
        "totals": [aging.total_of(ours, code) for code in currencies],
        "amounts": {code: total for code in currencies if (total := aging.total_of(ours, code).ours)},
        "parties": len({line.party for line in ours}),
        "differing": len(differing),
        "may_ask": request.membership.may_change and connection.healthy,
        "as_of": timezone.now(),
    }
    return render(request, "web/aging_report.html", context)


@require_POST
@accountant
def ask(request: MemberRequest, aged: str) -> HttpResponse:
    """Read QuickBooks' figures of a side, or (`party`) the open transactions of one party: one read each."""
    side = aged
    company = request.POST.get("company", "")
    connection = connection_or_404(request, int(company) if company.isdigit() and len(company) < 16 else 0)
    party = request.POST.get("party", "")[:32]
    back = reverse("aging-party", args=[side, party]) if party else reverse("aging", args=[side])
    try:
        if party:
            books_aging.read_party(connection, side, party, timezone.localdate())
        else:
            books_aging.read_side(connection, side, timezone.localdate())
        messages.success(request, "QuickBooks' figures are as it has them now. It cost one read.")
    except QuickBooksError as failure:
        messages.error(request, f"QuickBooks did not give its figures ({failure}). What is shown is as before.")
    return redirect(f"{back}?company={connection.pk}")


@dataclass(frozen=True)
class BesideIt:
    """An open transaction: ours, QuickBooks' or both, with what each says is open of it."""

    ours: OpenDocument | None
    name: str
    theirs: dict[str, str] | None
    balance_there: Decimal | None
    difference: Decimal | None
    link: str


@require_GET
@member
def party(request: MemberRequest, aged: str, party: str) -> HttpResponse:
    """Show the open documents behind a party's figure, beside QuickBooks' own if it was asked."""
    side = aged
    connection = chosen_connection(request)
    if connection is None:
        raise Http404
    documents = aging.documents_of(connection, side, party, timezone.localdate())
    books = BooksAging.objects.filter(connection=connection, side=side, party=party).first()
    whole = _books(connection, side)
    line = next((each for each in _lines(connection, side, whole) if each.party == party), None)
    if line is None and not documents and books is None:
        raise Http404
    rows = _beside(connection, documents, books)
    return render(
        request,
        "web/aging_party.html",
        {
            "side": side,
            "words": SIDES[side],
            "connection": connection,
            "companies": [],
            "party": party,
            "line": line,
            "name": line.name if line else "A party without anything open",
            "rows": rows,
            "differing": sum(1 for row in rows if row.difference),
            "books": books,
            "may_ask": request.membership.may_change and connection.healthy,
            "as_of": timezone.now(),
        },
    )


@require_GET
@member
def export(request: MemberRequest, aged: str) -> HttpResponseBase:
    """Stream one side as CSV, with QuickBooks' figures if it was asked."""
    side = aged
    connection = chosen_connection(request)
    if connection is None:
        raise Http404
    lines = _lines(connection, side, _books(connection, side))
    headings = ("Party", "QuickBooks ID", "Currency", *aging.BUCKETS, "Payments not applied", "Ours", "QuickBooks",
                "Difference", "Comparison")  # fmt: skip
    rows = (
        (
            line.name, line.party, line.currency, *line.buckets, -line.unapplied, line.ours, line.books,
            line.difference if line.books is not None else None, AGREEMENTS[line.agreement][1],
        )
        for line in lines
    )  # fmt: skip
    response = StreamingHttpResponse(as_csv(headings, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{side}s-{timezone.localdate():%Y-%m-%d}.csv"'
    return response


def _books(connection: Connection, side: str) -> BooksAging | None:
    return BooksAging.objects.filter(connection=connection, side=side, party="").first()


def _lines(connection: Connection, side: str, books: BooksAging | None) -> list[PartyLine]:
    return aging.compared(aging.open_with(connection, side, timezone.localdate()), books, connection.home_currency)


def _shown(line: PartyLine) -> ShownLine:
    return ShownLine(line, *AGREEMENTS[line.agreement])


def _beside(connection: Connection, documents: list[OpenDocument], books: BooksAging | None) -> list[BesideIt]:
    """Match our documents with QuickBooks' transactions by its ids; what only one side has stands alone."""
    theirs = {each["id"]: each for each in books.figures} if books else {}
    rows = []
    for each in documents:
        said = theirs.pop(each.qbo_id, None)
        there = Decimal(said["balance"]) if said else ZERO if books else None
        rows.append(
            BesideIt(
                each,
                document.NAMES.get(each.entity, each.entity),
                said,
                there,
                there - each.balance if there is not None else None,
                page_in_quickbooks(connection, each.entity, each.qbo_id),
            )
        )
    for said in theirs.values():
        there = Decimal(said["balance"])
        rows.append(BesideIt(None, said["type"], said, there, there, ""))
    return rows
