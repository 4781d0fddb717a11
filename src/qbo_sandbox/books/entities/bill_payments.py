"""BillPayment: bills paid by check or credit card, with the vendor's credits set against them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import settling, transactions
from qbo_sandbox.books.entities.accounts import PAYABLE, PAYABLE_NAME, account_for, type_at
from qbo_sandbox.books.entities.foreign import hold_account
from qbo_sandbox.books.entities.numbering import check_number
from qbo_sandbox.books.entities.transactions import FILTERS, HEAD, OPERATIONS, TAIL
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Anything, Body, Choice, Flag, Kind, Money, Ref, Struct, kept_as_sent
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.lines import Lines
from qbo_sandbox.books.refusals import missing, wrong_account

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_WAYS = {
    "Check": ("CheckPayment", "BankAccountRef", "Bank"),
    "CreditCard": ("CreditCardPayment", "CCAccountRef", "Credit Card"),
}


def _paid_from(draft: Draft) -> None:
    """A check comes out of a bank account, a card charge out of a credit card account."""
    body, company = draft.body, draft.company
    section, name, wanted = _WAYS[body["PayType"]]
    reference = body.get(section, {}).get(name)
    if reference is None:
        raise missing(f"{section}.{name}")
    if type_at(company, reference["value"]) != wanted:
        raise wrong_account()
    for way, (other, _name, _wanted) in _WAYS.items():
        if way != body["PayType"]:
            body.pop(other, None)
    if section == "CheckPayment":
        body[section] = {"PrintStatus": "NotSet"} | body[section]
    payable = body.get("APAccountRef")
    if payable is not None and type_at(company, payable["value"]) != PAYABLE:
        raise wrong_account()
    hold_account(company, reference["value"], body)
    if payable is None:
        account_for(company, PAYABLE, PAYABLE_NAME, body["CurrencyRef"]["value"])
    else:
        hold_account(company, payable["value"], body, exactly=True)


def _paid(company: Company, body: Body) -> list[LedgerLine]:
    section, name, _wanted = _WAYS[body["PayType"]]
    payable = body.get("APAccountRef", {}).get("value")
    if payable is None:
        payable = account_for(company, PAYABLE, PAYABLE_NAME, body["CurrencyRef"]["value"]).qbo_id
    return settling.payment_entry(
        company,
        body,
        control=payable,
        party_id=body["VendorRef"]["value"],
        from_or_to=body[section][name]["value"],
        sign=-1,
    )


_CHECK: dict[str, Kind] = {
    "BankAccountRef": Ref("Account"),
    "PrintStatus": Choice(("NotSet", "NeedToPrint", "PrintComplete")),
    "CheckDetail": Anything(),
}


BILL_PAYMENT = Entity(
    name="BillPayment",
    fields={
        "VendorRef": Ref("Vendor"),
        "PayType": Choice(("Check", "CreditCard")),
        "CheckPayment": Struct("BillPaymentCheck", _CHECK),
        "CreditCardPayment": Struct("BillPaymentCreditCard", {"CCAccountRef": Ref("Account"), "CCDetail": Anything()}),
        "APAccountRef": Ref("Account"),
        "TotalAmt": Money(),
        "ProcessBillPayment": Flag(),
        "TransactionLocationType": Anything(),
        **META,
        **HEAD,
        "LinkedTxn": Anything(),
        "Line": Lines(),
        **TAIL,
        **kept_as_sent("CustomField", "TxnStatus", "BillPaymentEx", "PrintStatus", "PayerRef"),
    },
    required=("VendorRef", "PayType", "Line"),
    steps=(
        settling.amount_set,
        transactions.dated,
        transactions.tracked_only,
        transactions.in_currency("VendorRef"),
        settling.settling(settling.VENDORS),
        _paid_from,
        check_number,
    ),
    operations=OPERATIONS | {"void"},
    post=_paid,
    links=settling.links_of,
    # A bill shows BillPaymentCheck even for a payment by credit card (recorded).
    shown_type=settling.shown_as("BillPaymentCheck"),
    void=settling.void,
    settle_less=settling.settle_less,
    name_field="DocNumber",
    indexed=("DocNumber", "VendorRef"),
    filterable=FILTERS | {"VendorRef": "reference", "PayType": "text", "APAccountRef": "reference"},
    counted=True,
)

FAMILY = (BILL_PAYMENT,)
