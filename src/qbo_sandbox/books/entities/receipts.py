"""SalesReceipt and RefundReceipt: a sale paid at once, and money given back. Neither leaves anything owed."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import sales_forms, transactions
from qbo_sandbox.books.entities.accounts import special_account, type_at
from qbo_sandbox.books.entities.foreign import hold_account
from qbo_sandbox.books.entities.sales_forms import CLOSING, FORM_FILTERS, OPENING
from qbo_sandbox.books.entities.transactions import OPERATIONS
from qbo_sandbox.books.entity import Draft, Entity
from qbo_sandbox.books.fields import Body, Computed
from qbo_sandbox.books.refusals import business
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company


def into_or_out_of(draft: Draft) -> None:
    """The money goes into (or comes out of) a bank account, or waits in Undeposited Funds."""
    body, company = draft.body, draft.company
    reference = body.get("DepositToAccountRef")
    if reference is None:
        found = special_account(company, "UndepositedFunds", "Undeposited Funds", "Other Current Asset")
        body["DepositToAccountRef"] = {"value": found.qbo_id}
    elif type_at(company, reference["value"]) not in ("Bank", "Other Current Asset"):
        raise business("You need to select a different type of account for this transaction.")
    hold_account(company, body["DepositToAccountRef"]["value"], body)


def _at_the_bank(_company: Company, body: Body) -> tuple[str, str]:
    return body["DepositToAccountRef"]["value"], ""


def _standing(company: Company, record: Record) -> Body:
    """Nothing is ever open; LinkedTxn shows only when the money went into a deposit."""
    shown: Body = {"Balance": Decimal(0)}
    links = transactions.linked(company, record)
    if links:
        shown["LinkedTxn"] = links
    return shown


_DERIVED = ("Balance", "LinkedTxn")
_FILTERS = FORM_FILTERS | {"DepositToAccountRef": "reference", "PaymentMethodRef": "reference", "PaymentRefNum": "text"}

SALES_RECEIPT = Entity(
    name="SalesReceipt",
    fields={**OPENING, **CLOSING},
    required=("Line",),
    steps=(
        *sales_forms.STEPS,
        sales_forms.presented(),
        into_or_out_of,
        transactions.numbered("Sales Receipt"),
        sales_forms.tax_accounts_there,
    ),
    operations=OPERATIONS | {"void"},
    post=sales_forms.posting(1, _at_the_bank),
    shown_type=lambda _body: "SalesReceipt",
    derive=_standing,
    derived=_DERIVED,
    void=sales_forms.void,
    number_family="sales",
    name_field="DocNumber",
    indexed=("DocNumber", "CustomerRef"),
    filterable=_FILTERS,
)


def _to_be_printed(draft: Draft) -> None:
    """Where a refund is a check yet to be printed, that stands in the place of its number [DOC]."""
    body = draft.body
    bank = type_at(draft.company, body["DepositToAccountRef"]["value"]) == "Bank"
    if bank and body.get("PrintStatus") == "NeedToPrint":
        body["PaymentRefNum"] = "To Print"


REFUND_RECEIPT = Entity(
    name="RefundReceipt",
    fields={**OPENING, "RemainingCredit": Computed(), **CLOSING},
    required=("DepositToAccountRef", "Line"),
    steps=(
        *sales_forms.STEPS,
        sales_forms.presented(with_email_status=False),
        into_or_out_of,
        _to_be_printed,
        transactions.numbered("Refund"),
        sales_forms.tax_accounts_there,
    ),
    operations=OPERATIONS,
    post=sales_forms.posting(-1, _at_the_bank),
    shown_type=lambda _body: "RefundReceipt",
    derive=_standing,
    derived=_DERIVED,
    number_family="sales",
    name_field="DocNumber",
    indexed=("DocNumber", "CustomerRef"),
    filterable=_FILTERS,
    counted=True,
)

FAMILY = (SALES_RECEIPT, REFUND_RECEIPT)
