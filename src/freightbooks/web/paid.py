"""How far a document is paid in QuickBooks, as the pages show it: its state, payments, and changes there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.settlement.models import Application, Drift, DriftState, PaidState, Payment, PaymentState, Standing
from freightbooks.settlement.reading import CREDITS
from freightbooks.web.in_quickbooks import page_in_quickbooks
from freightbooks.web.status import Status

_LOOK = {
    PaidState.OPEN: ("todo", "archived"),
    PaidState.PARTLY: ("waiting", "waiting"),
    PaidState.PAID: ("posted", "posted"),
    PaidState.VOIDED: ("removed", "archived"),
    PaidState.GONE: ("removed", "archived"),
}
_OF_CREDITS = {PaidState.OPEN: "Not applied", PaidState.PARTLY: "Partly applied", PaidState.PAID: "Applied"}
PAYMENT_NAMES = {"Payment": "Payment received", "BillPayment": "Bill payment"}


@dataclass(frozen=True)
class PaymentRow:
    """One payment on a document: how much of it, and where it came from."""

    payment: Payment
    name: str
    amount: Any
    link: str
    status: Status | None


def paid_status(state: str, entity: str) -> Status | None:
    """Return how a paid state is shown beside the TMS's own status; nothing is said of what is open."""
    if state in ("", PaidState.OPEN, PaidState.NONE):
        return None
    icon, kind = _LOOK[PaidState(state)]
    return Status(icon, kind, word_of(state, entity))


def word_of(state: str, entity: str) -> str:
    """Return the words of a paid state: credits are applied, not paid."""
    if entity in CREDITS and state in _OF_CREDITS:
        return _OF_CREDITS[PaidState(state)]
    return str(PaidState(state).label)


def payment_status(state: str) -> Status | None:
    """Return how a payment that is no more is shown; one that stands needs no sign."""
    if state == PaymentState.RECORDED:
        return None
    return Status("removed", "archived", str(PaymentState(state).label))


def in_paid_state(state: str, prefix: str) -> Q:
    """Return the condition that a posting reached by `prefix` is so far paid. What nobody paid has no standing yet."""
    own = f"{prefix}standing__state"
    if state == PaidState.OPEN:
        unknown = Q(**{f"{prefix}standing": None, f"{prefix}state": PostingState.POSTED})
        return unknown | Q(**{own: state})
    return Q(**{own: state})


def facts(posting: Posting | None) -> dict[str, Any]:
    """Gather what the page of a document shows of its payments, and what a bookkeeper changed in it."""
    if posting is None:
        return {"standing": None, "payment_rows": [], "drift": None, "past_drifts": []}
    standing = Standing.objects.filter(posting=posting).first()
    rows = Application.objects.filter(posting=posting).select_related("payment").order_by("payment__date", "pk")
    past = Drift.objects.filter(posting=posting).exclude(state=DriftState.OPEN).order_by("-pk")
    return {
        "standing": standing,
        "standing_word": word_of(standing.state, posting.entity) if standing else "",
        "standing_look": _LOOK.get(PaidState(standing.state)) if standing else None,
        "payment_rows": [_row(posting, row) for row in rows],
        "drift": Drift.objects.filter(posting=posting, state=DriftState.OPEN).first(),
        "past_drifts": list(past[:5]),
    }


def _row(posting: Posting, row: Application) -> PaymentRow:
    payment = row.payment
    name = PAYMENT_NAMES[payment.entity]
    if not payment.amount and payment.state == PaymentState.RECORDED:
        name = "Credit applied"
    link = page_in_quickbooks(posting.connection, payment.entity, payment.qbo_id)
    return PaymentRow(payment, name, row.amount, link, payment_status(payment.state))
