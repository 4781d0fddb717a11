"""The pages that list documents: customer invoices, carrier invoices and advances, with their CSV exports."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import Http404, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from freightbooks.freight.statuses import InvoiceStatus, Side
from freightbooks.spreadsheets import Cell, as_csv
from freightbooks.web import document
from freightbooks.web.access import MemberRequest, chosen_connection, connections_of, member
from freightbooks.web.documents import DocumentList, Row
from freightbooks.web.filters import PAGE_SIZE, PAID_STATES, Filters, read
from freightbooks.web.status import GROUP_LOOK, Group, Status, short

ADVANCE = "advance"
NOUNS = {
    Side.CUSTOMER: ("customer invoice", "customer invoices"),
    Side.CARRIER: ("carrier invoice", "carrier invoices"),
    ADVANCE: ("advance", "advances"),
}


@dataclass(frozen=True)
class Chip:
    """One filter link: a group of documents, how many there are, and whether it is on."""

    group: str
    look: Status
    count: int
    on: bool


@dataclass(frozen=True)
class Pages:
    """Which part of the list is shown. A page past the end is empty, not an error."""

    first: int
    last: int
    count: int
    page: int
    pages: int

    @property
    def near(self) -> list[int]:
        """The page numbers worth a link: the first, the last and those around this one."""
        wanted = {1, self.pages, self.page - 1, self.page, self.page + 1}
        return sorted(number for number in wanted if 1 <= number <= self.pages)


@require_GET
@member
def invoices(request: MemberRequest, side: str) -> HttpResponse:
    """List the invoices of one side."""
    return _list(request, side)


@require_GET
@member
def advances(request: MemberRequest) -> HttpResponse:
    """List the advances to carriers."""
    return _list(request, ADVANCE)


def _list(request: MemberRequest, kind: str) -> HttpResponse:
    connection = chosen_connection(request)
    documents = DocumentList(request.organization, connection, kind)
    filters = read(request.GET, sorts=documents.sorts)
    if getattr(request, "htmx", None) and request.headers.get("HX-Target") == "pane":
        return render(request, "web/parts/pane.html", _pane(request, kind, filters))
    totals = documents.totals(filters)
    pages = _pages(filters, totals.count)
    rows = documents.rows(filters) if totals.count else []
    everything = totals if not filters.narrowed else documents.totals(Filters())
    return render(
        request,
        "web/documents.html",
        {
            "kind": kind,
            "noun": NOUNS[kind][1],
            "noun_pair": ",".join(NOUNS[kind]),
            "connection": connection,
            "companies": list(connections_of(request.organization)),
            "filters": filters,
            "rows": rows,
            "totals": totals,
            "everything": everything,
            "pages": pages,
            "chips": _chips(filters, totals.groups),
            "any_count": sum(totals.groups.values()),
            "gates": [(gate, short(gate), count) for gate, count in sorted(totals.gates.items())],
            "statuses": InvoiceStatus.values,
            "paid_states": [(state.value, state.label) for state in PAID_STATES],
            **(_pane(request, kind, filters) if filters.open else {}),
        },
    )


def _chips(filters: Filters, groups: dict[Group, int]) -> list[Chip]:
    shown = [group for group in Group if groups.get(group) or filters.state == group or group in _ALWAYS]
    return [Chip(group.value, GROUP_LOOK[group], groups.get(group, 0), filters.state == group) for group in shown]


_ALWAYS = (Group.POSTED, Group.WAITING, Group.FAILED)


def _pages(filters: Filters, count: int) -> Pages:
    first = (filters.page - 1) * PAGE_SIZE + 1
    return Pages(
        first, min(count, filters.page * PAGE_SIZE), count, filters.page, max(1, (count + PAGE_SIZE - 1) // PAGE_SIZE)
    )


def _pane(request: MemberRequest, kind: str, filters: Filters) -> dict[str, object]:
    """Return what the side pane shows: nothing when none is open, 404 for another organization's document."""
    if not filters.open:
        return {"filters": filters}
    return {"filters": filters, **document.facts(request, kind, filters.open), "in_pane": True}


@require_GET
@member
def export(request: MemberRequest, kind: str) -> StreamingHttpResponse:
    """Stream the whole filtered list as CSV, in the list's order."""
    if kind not in NOUNS:
        raise Http404
    documents = DocumentList(request.organization, chosen_connection(request), kind)
    filters = read(request.GET, sorts=documents.sorts)
    lines = as_csv(HEADINGS, map(_cells, documents.every_row(filters)))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{NOUNS[kind][1].replace(" ", "-")}.csv"'
    return response


HEADINGS = (
    "Number", "ID", "Shipment", "Party", "Method", "Date", "Due", "Amount", "Currency", "TMS status", "Paid", "Open",
    "In QuickBooks", "Why", "QuickBooks type", "QuickBooks number", "QuickBooks ID",
)  # fmt: skip


def _cells(row: Row) -> tuple[Cell, ...]:
    return (
        row.number, row.external_id, row.shipment, row.party, row.method, row.day, row.due, row.amount, row.currency,
        row.standing, row.paid.word if row.paid else "", row.balance,
        row.status.word, row.reason or row.status.note, row.entity, row.doc_number, row.qbo_id,
    )  # fmt: skip
