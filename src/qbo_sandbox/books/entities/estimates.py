"""Estimate: what a sale would come to. Posts nothing; an invoice made from it closes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import sales_forms, transactions
from qbo_sandbox.books.entities.sales_forms import CLOSING, FORM_FILTERS, OPENING
from qbo_sandbox.books.entities.transactions import OPERATIONS, ZERO
from qbo_sandbox.books.entity import Draft, Entity
from qbo_sandbox.books.fields import Body, Choice, Day, Text
from qbo_sandbox.books.links import Link
from qbo_sandbox.books.refusals import no_longer_there, not_linkable
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_STATUSES = ("Accepted", "Closed", "Pending", "Rejected")


def _pending(draft: Draft) -> None:
    draft.body.setdefault("TxnStatus", "Pending")


def _standing(company: Company, record: Record) -> Body:
    links = transactions.linked(company, record)
    return {"LinkedTxn": links} if links else {}


def billed_by(draft: Draft) -> None:
    """Hold the links of an invoice: the estimate is there, and of the same customer (620)."""
    for link in draft.body.get("LinkedTxn", ()):
        if link["TxnType"] != "Estimate":
            continue
        estimate = draft.company.find("Estimate", str(link.get("TxnId", "")))
        if estimate is None:
            raise no_longer_there()
        if estimate.body["CustomerRef"] != draft.body["CustomerRef"]:
            raise not_linkable(f"Estimate {estimate.qbo_id} belongs to another customer")


def links_to_estimates(_company: Company, body: Body) -> list[Link]:
    """Return the estimates an invoice bills. They are referred to, not settled."""
    own = body.get("LinkedTxn")
    return [Link("Estimate", link["TxnId"], ZERO) for link in own if link["TxnType"] == "Estimate"] if own else []


def close_or_reopen(draft: Draft) -> None:
    """Close the estimates an invoice bills; those it lets go of are pending again."""
    company = draft.company
    now, before = _estimates_of(draft.body), _estimates_of(draft.before.body if draft.before else {})
    for qbo_id in {**now, **before}:
        estimate = company.find("Estimate", qbo_id)
        if estimate is None or (qbo_id in now) == (qbo_id in before):
            continue
        status = "Closed" if company.links.of_target(qbo_id) else "Pending"
        if estimate.body["TxnStatus"] != status:
            company.follow_up(estimate, estimate.body | {"TxnStatus": status})


def _estimates_of(body: Body) -> dict[str, None]:
    return {link["TxnId"]: None for link in body.get("LinkedTxn", ()) if link["TxnType"] == "Estimate"}


ESTIMATE = Entity(
    name="Estimate",
    fields={
        "ExpirationDate": Day(),
        "AcceptedBy": Text(100),
        "AcceptedDate": Day(),
        **OPENING,
        "TxnStatus": Choice(_STATUSES),
        **CLOSING,
    },
    required=("CustomerRef", "Line"),
    steps=(
        *sales_forms.STEPS,
        sales_forms.presented(),
        _pending,
        transactions.numbered("Estimate"),
    ),
    operations=OPERATIONS,
    shown_type=lambda _body: "Estimate",
    derive=_standing,
    derived=("LinkedTxn",),
    name_field="DocNumber",
    indexed=("DocNumber", "CustomerRef"),
    filterable=FORM_FILTERS | {"TxnStatus": "text", "ExpirationDate": "date", "AcceptedDate": "date"},
)

FAMILY = (ESTIMATE,)
