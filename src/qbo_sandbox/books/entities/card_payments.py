"""CreditCardPayment: money from a bank account that pays a credit card down. It settles no bill.

Requests and queries call it CreditCardPayment, answers CreditCardPaymentTxn (as Intuit documents it).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbo_sandbox.books.entities.foreign import account_currency, money, take_currency
from qbo_sandbox.books.entities.transactions import FILTERS, HEAD, OPERATIONS, TAIL, dated
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Body, Choice, Money, Ref, Text
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.refusals import business, wrong_account

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_ENDS = {"BankAccountRef": "Bank", "CreditCardAccountRef": "Credit Card"}


def _from_bank_to_card(draft: Draft) -> None:
    """It goes from a bank account to a credit card, both in home currency."""
    body, company = draft.body, draft.company
    for name, kind in _ENDS.items():
        account = company.find("Account", body[name]["value"])
        if account is None or account.body["AccountType"] != kind:
            raise wrong_account()
        if account_currency(company, account.qbo_id) != company.home_currency:
            raise business("The currency of the transaction is invalid for customer/vendor/account.")
    if body["Amount"] <= 0:
        raise business("You must specify a transaction amount that is greater than 0.")
    take_currency(draft, company.home_currency)


def _paid_down(company: Company, body: Body) -> list[LedgerLine]:
    bank, card = (body[name]["value"] for name in _ENDS)
    return [money(company, card, body["Amount"], body), money(company, bank, -body["Amount"], body)]


CARD_PAYMENT = Entity(
    name="CreditCardPaymentTxn",
    called="CreditCardPayment",
    fields={
        "BankAccountRef": Ref("Account"),
        "CreditCardAccountRef": Ref("Account"),
        "Amount": Money(),
        "VendorRef": Ref("Vendor"),
        "Memo": Text(4000),
        "PrintStatus": Choice(("NotSet", "NeedToPrint", "PrintComplete")),
        "CheckNum": Text(21),
        **META,
        **{name: kind for name, kind in HEAD.items() if name not in ("DocNumber", "DepartmentRef")},
        **TAIL,
    },
    required=("BankAccountRef", "CreditCardAccountRef", "Amount"),
    steps=(dated, _from_bank_to_card),
    operations=OPERATIONS,
    post=_paid_down,
    filterable={name: kind for name, kind in FILTERS.items() if name not in ("DocNumber", "TotalAmt", "Balance")}
    | {"Amount": "number", "VendorRef": "reference"},
    counted=True,
)

FAMILY = (CARD_PAYMENT,)
