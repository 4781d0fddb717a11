"""Payment: money received from a customer, and where it goes. What it settles is `applying`'s."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import applying, foreign, settling, transactions
from qbo_sandbox.books.entities.accounts import RECEIVABLE, RECEIVABLE_NAME, account_for, type_at
from qbo_sandbox.books.entities.receipts import into_or_out_of
from qbo_sandbox.books.entities.transactions import FILTERS, HEAD, OPERATIONS, TAIL
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Anything, Body, Choice, Computed, Flag, Money, Ref, Struct, Text
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.lines import Lines
from qbo_sandbox.books.refusals import refuse, wrong_account
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_SHORTEST_CARD_NUMBER = 13
_CHARGE = Struct(
    "CreditChargeInfo",
    {
        "Number": Text(100),
        "Type": Text(30),
        "NameOnAcct": Text(100),
        "CcExpiryMonth": Anything(),
        "CcExpiryYear": Anything(),
        "BillAddrStreet": Text(500),
        "PostalCode": Text(30),
        "CommercialCardCode": Text(100),
        "CCTxnMode": Text(30),
        "CCTxnType": Text(30),
        "PrevCCTransId": Text(100),
        "Amount": Money(),
        "ProcessPayment": Flag(),
        "CreditCardChargeInfoEx": Anything(),
    },
)
CREDIT_CARD = Struct("CreditCardPayment", {"CreditChargeInfo": _CHARGE, "CreditChargeResponse": Anything()})


def _receivable(company: Company, body: Body) -> str:
    given = body.get("ARAccountRef", {}).get("value")
    if given:
        return str(given)
    return account_for(company, RECEIVABLE, RECEIVABLE_NAME, body["CurrencyRef"]["value"]).qbo_id


def _accounts_held(draft: Draft) -> None:
    """ARAccountRef must be a receivable account (6430)."""
    given = draft.body.get("ARAccountRef")
    if given is not None and type_at(draft.company, given["value"]) != RECEIVABLE:
        raise wrong_account()
    foreign.hold_account(draft.company, draft.body["DepositToAccountRef"]["value"], draft.body)
    foreign.hold_account(draft.company, _receivable(draft.company, draft.body), draft.body, exactly=True)
    draft.body.setdefault("ProcessPayment", False)


def _card_held(draft: Draft) -> None:
    """No card number in the clear (6530)."""
    number = draft.body.get("CreditCardPayment", {}).get("CreditChargeInfo", {}).get("Number", "")
    if sum(each.isdigit() for each in number) >= _SHORTEST_CARD_NUMBER:
        text = "A credit card number may only be sent masked."
        raise refuse("6530", "Found raw Credit Card Number", text, "CreditCardPayment")


def _void(draft: Draft) -> None:
    """Keep the payment at zero, settling nothing. A card charge that went through is not undone here (6450)."""
    body = draft.body
    answer = body.get("CreditCardPayment", {}).get("CreditChargeResponse", {})
    if body.get("ProcessPayment") and isinstance(answer, dict) and answer.get("Status") == "Completed":
        text = "The transaction has already been settled. Refund it instead."
        raise refuse("6450", "Attempt to Void Transaction failed", text)
    settling.void(draft)


def _received(company: Company, body: Body) -> list[LedgerLine]:
    """Post the money against receivables: each job's invoice to the job, the rest to whoever paid."""
    money = foreign.money(company, body["DepositToAccountRef"]["value"], body["TotalAmt"], body)
    account = _receivable(company, body)
    if not body["Line"]:
        return [money, foreign.money(company, account, -body["TotalAmt"], body, body["CustomerRef"]["value"])]
    lines = [
        foreign.money(company, account, -own, body, customer, home=-home)
        for customer, (own, home) in applying.shares_of(company, body).items()
    ]
    return foreign.gain_or_loss([money, *lines], lambda: settling.exchange_gains(company).qbo_id)


def _standing(company: Company, record: Record) -> Body:
    """LinkedTxn is the deposit the money went into; what the payment settles stands on its lines."""
    links = transactions.linked(company, record)
    return settling.unapplied(company, record) | ({"LinkedTxn": links} if links else {})


PAYMENT = Entity(
    name="Payment",
    fields={
        "CustomerRef": Ref("Customer"),
        "DepositToAccountRef": Ref("Account", named=False),
        "ARAccountRef": Ref("Account"),
        "PaymentMethodRef": Ref("PaymentMethod", named=False),
        "PaymentRefNum": Text(21),
        "CreditCardPayment": CREDIT_CARD,
        "CheckPayment": Anything(),
        "PaymentType": Choice(("Cash", "Check", "CreditCard", "Expense", "Other")),
        "TotalAmt": Money(),
        "UnappliedAmt": Computed(),
        "ProcessPayment": Flag(),
        **META,
        **HEAD,
        "TxnStatus": Anything(),
        "LinkedTxn": Computed(),
        "Line": Lines(),
        **TAIL,
    },
    required=("CustomerRef",),
    steps=(
        settling.amount_set,
        transactions.dated,
        transactions.tracked_only,
        transactions.in_currency("CustomerRef"),
        _card_held,
        applying.applied,
        into_or_out_of,
        _accounts_held,
    ),
    operations=OPERATIONS | {"void"},
    post=_received,
    links=applying.links_of,
    shown_type=settling.shown_as("Payment"),
    derive=_standing,
    derived=("UnappliedAmt", "LinkedTxn"),
    void=_void,
    settle_less=settling.settle_less,
    name_field="PaymentRefNum",
    indexed=("PaymentRefNum", "CustomerRef"),
    filterable=FILTERS
    | {
        "CustomerRef": "reference",
        "PaymentRefNum": "text",
        "UnappliedAmt": "number",
        "DepositToAccountRef": "reference",
        "PaymentMethodRef": "reference",
    },
)

FAMILY = (PAYMENT,)
