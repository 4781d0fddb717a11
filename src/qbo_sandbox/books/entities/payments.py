"""Payment: money received from a customer, where it goes, and which documents it settles."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import settling, transactions
from qbo_sandbox.books.entities.accounts import RECEIVABLE, RECEIVABLE_NAME, account_for, special_account, type_at
from qbo_sandbox.books.entities.foreign import hold_account
from qbo_sandbox.books.entities.transactions import FILTERS, HEAD, OPERATIONS, TAIL
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Anything, Body, Computed, Flag, Kind, Money, Ref, Text
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.lines import Lines
from qbo_sandbox.books.refusals import business

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_DIFFERENT_ACCOUNT = "You need to select a different type of account for this transaction."


def _deposited(draft: Draft) -> None:
    """Money goes to a bank account, or waits in Undeposited Funds, which every company has."""
    body, company = draft.body, draft.company
    reference = body.get("DepositToAccountRef")
    if reference is None:
        found = special_account(company, "UndepositedFunds", "Undeposited Funds", "Other Current Asset")
        body["DepositToAccountRef"] = {"value": found.qbo_id}
    elif type_at(company, reference["value"]) not in ("Bank", "Other Current Asset"):
        raise business(_DIFFERENT_ACCOUNT)
    hold_account(company, body["DepositToAccountRef"]["value"], body)
    account_for(company, RECEIVABLE, RECEIVABLE_NAME, body["CurrencyRef"]["value"])
    body.setdefault("ProcessPayment", False)


def _received(company: Company, body: Body) -> list[LedgerLine]:
    return settling.payment_entry(
        company,
        body,
        control=account_for(company, RECEIVABLE, RECEIVABLE_NAME, body["CurrencyRef"]["value"]).qbo_id,
        party_id=body["CustomerRef"]["value"],
        from_or_to=body["DepositToAccountRef"]["value"],
        sign=1,
    )


_LINES = Lines()
_COMMON: dict[str, Kind] = {**HEAD, "LinkedTxn": Anything(), "Line": _LINES, **TAIL}
PAYMENT = Entity(
    name="Payment",
    fields={
        "CustomerRef": Ref("Customer"),
        "DepositToAccountRef": Ref("Account"),
        "ARAccountRef": Ref("Account"),
        "PaymentMethodRef": Anything(),
        "PaymentRefNum": Text(21),
        "UnappliedAmt": Computed(),
        "TotalAmt": Money(),
        "ProcessPayment": Flag(),
        "CreditCardPayment": Anything(),
        "TxnStatus": Anything(),
        **META,
        **_COMMON,
    },
    required=("CustomerRef",),
    steps=(
        settling.amount_set,
        transactions.dated,
        transactions.tracked_only,
        transactions.in_currency("CustomerRef"),
        settling.no_links_of_its_own,
        settling.settling(settling.CUSTOMERS),
        _deposited,
    ),
    operations=OPERATIONS | {"void"},
    post=_received,
    links=settling.links_of,
    shown_type=settling.shown_as("Payment"),
    derive=settling.unapplied,
    derived=("UnappliedAmt",),
    void=settling.void,
    settle_less=settling.settle_less,
    name_field="PaymentRefNum",
    indexed=("PaymentRefNum", "CustomerRef"),
    filterable=FILTERS
    | {
        "CustomerRef": "reference",
        "PaymentRefNum": "text",
        "UnappliedAmt": "number",
        "DepositToAccountRef": "reference",
    },
)

FAMILY = (PAYMENT,)
