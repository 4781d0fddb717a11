"""A document as the TMS is told of it: where it stands in QuickBooks and what is paid, as plain values for JSON."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from freightbooks.freight.models import Invoice
from freightbooks.freight.statuses import Side
from freightbooks.money import to_cents
from freightbooks.posting.explain import explain
from freightbooks.posting.models import Posting
from freightbooks.settlement.models import Application, PaidState, PaymentState, Standing

_STATUS = {PaidState.PAID: "Paid", PaidState.PARTLY: "Partially paid"}


def states_of(posting_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    """Return, by posting id, the state of each: `document`, `company`, `posting`, `payment`. A fixed few statements."""
    postings = Posting.objects.filter(pk__in=posting_ids).select_related(
        "connection__organization",
        "invoice__shipment",
        "invoice__party",
        "advance__shipment",
        "advance__party",
        "problem",
    )
    standings = {one.pk: one for one in Standing.objects.filter(pk__in=posting_ids)}
    applied: dict[int, list[Application]] = defaultdict(list)
    rows = Application.objects.filter(posting__in=posting_ids, payment__state=PaymentState.RECORDED)
    for row in rows.exclude(amount=0).select_related("payment").order_by("payment__date", "pk"):
        applied[row.posting_id or 0].append(row)
    return {one.pk: _state(one, standings.get(one.pk), applied[one.pk]) for one in postings}


def _state(posting: Posting, standing: Standing | None, applied: list[Application]) -> dict[str, Any]:
    said = explain(posting)
    return {
        "document": _document(posting),
        "company": {"realm_id": posting.connection.realm_id, "name": posting.connection.company_name},
        "posting": {
            "state": posting.state,
            "title": said.title,
            "sentence": said.sentence,
            "remedy": said.remedy,
            "entity": posting.entity,
            "id": posting.qbo_id,
            "number": posting.doc_number,
            "amount": _money(posting.posted_amount),
            "posted_at": posting.posted_at.isoformat() if posting.posted_at else None,
        },
        "payment": _payment(posting, standing, applied),
    }


def _document(posting: Posting) -> dict[str, Any]:
    document = posting.document
    shipment = document.shipment
    facts = {
        "id": document.external_id,
        "party_id": document.party.external_id,
        "shipment_id": shipment.external_id if shipment else "",
        "shipment": str(shipment) if shipment else "",
        "shipment_status": shipment.status if shipment else "",
        "amount": _money(document.amount),
        "currency": document.currency,
    }
    if isinstance(document, Invoice):
        kind = "customer invoice" if document.side == Side.CUSTOMER else "carrier invoice"
        archived = document.archived or bool(document.archived_by)
        return {"kind": kind, "number": document.number, "archived": archived} | facts
    return {"kind": "advance", "number": document.reference, "archived": False} | facts


def _payment(posting: Posting, standing: Standing | None, applied: list[Application]) -> dict[str, Any] | None:
    if standing is None:  # nothing was heard of it yet: open as it was posted
        if not posting.qbo_id or posting.removed_at or posting.entity == "Purchase":
            return None
        total, currency = _money(posting.posted_amount), posting.document.currency
        return {"status": "Unpaid", "paid": "0.00", "balance": total, "currency": currency, "payments": []}
    return {
        "status": _STATUS.get(PaidState(standing.state), "Unpaid"),
        "paid": _money(standing.settled),
        "balance": _money(standing.balance),
        "currency": standing.currency,
        "payments": [
            {
                "id": row.payment.qbo_id,
                "entity": row.payment.entity,
                "date": row.payment.date.isoformat() if row.payment.date else None,
                "amount": _money(row.amount),
                "method": row.payment.method,
                "reference": row.payment.reference,
            }
            for row in applied
        ],
    }


def _money(amount: Decimal | None) -> str | None:
    return None if amount is None else format(to_cents(amount), "f")
