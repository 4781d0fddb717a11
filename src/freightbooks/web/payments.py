"""The page of payments: what bookkeepers recorded in QuickBooks on our documents, with its CSV export."""

from __future__ import annotations

from collections.abc import Iterator

from django.http import HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from freightbooks.settlement.models import Application, Payment
from freightbooks.spreadsheets import Cell, as_csv
from freightbooks.web.access import MemberRequest, chosen_connection, connections_of, member
from freightbooks.web.in_quickbooks import page_in_quickbooks
from freightbooks.web.lists import Pages
from freightbooks.web.paid import PAYMENT_NAMES, payment_status
from freightbooks.web.payment_list import PAGE_SIZE, PaymentList, read


@require_safe
@member
def payments(request: MemberRequest) -> HttpResponse:
    """List the payments of one company."""
    connection = chosen_connection(request)
    found = PaymentList(connection)
    filters = read(request.GET)
    totals = found.totals(filters)
    rows = found.rows(filters) if totals.count else []
    return render(
        request,
        "web/payments.html",
        {
            "connection": connection,
            "companies": list(connections_of(request.organization)),
            "filters": filters,
            "rows": [
                {
                    "payment": one,
                    "name": PAYMENT_NAMES[one.entity],
                    "status": payment_status(one.state),
                    "settles": list(one.applications.all()),
                    "link": page_in_quickbooks(connection, one.entity, one.qbo_id) if connection else "",
                }
                for one in rows
            ],
            "totals": totals,
            "pages": _pages(filters.page, totals.count),
            "methods": found.methods(),
            "not_ours": found.not_ours(),
        },
    )


def _pages(page: int, count: int) -> Pages:
    last = min(count, page * PAGE_SIZE)
    return Pages((page - 1) * PAGE_SIZE + 1, last, count, page, max(1, -(-count // PAGE_SIZE)))


HEADINGS = (
    "Date", "Kind", "Party", "Method", "Reference", "Account", "Amount", "Unapplied", "Currency", "Exchange rate",
    "State", "Document", "Document ID", "Applied", "QuickBooks ID",
)  # fmt: skip


@require_safe
@member
def export(request: MemberRequest) -> StreamingHttpResponse:
    """Stream the filtered list as CSV: one line for each document a payment settles."""
    found = PaymentList(chosen_connection(request))
    lines = as_csv(HEADINGS, _lines(found.every_row(read(request.GET))))
    response = StreamingHttpResponse(lines, content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="payments.csv"'
    return response


def _lines(rows: Iterator[Payment]) -> Iterator[tuple[Cell, ...]]:
    for payment in rows:
        rate = payment.exchange_rate
        first: tuple[Cell, ...] = (
            payment.date, PAYMENT_NAMES[payment.entity], payment.party_name, payment.method, payment.reference,
            payment.account, payment.amount, payment.unapplied, payment.currency,
            None if rate is None else f"{rate.normalize():f}", payment.get_state_display(),
        )  # fmt: skip
        settled = [_settled(one) for one in payment.applications.all()]
        for each in settled or [("", "", None)]:
            yield (*first, *each, payment.qbo_id)


def _settled(one: Application) -> tuple[Cell, ...]:
    invoice = one.posting.invoice if one.posting else None
    number = invoice.number if invoice else f"{one.target_entity} {one.target_number or one.target_id}"
    return number, invoice.external_id if invoice else "", one.amount
