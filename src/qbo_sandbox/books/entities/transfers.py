"""Transfer: money moved from one balance sheet account to another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from qbo_sandbox.books.entities.accounts import PAYABLE, RECEIVABLE, type_at
from qbo_sandbox.books.entities.foreign import account_currency, hold_account, money, take_currency
from qbo_sandbox.books.entities.transactions import FILTERS, HEAD, OPERATIONS, TAIL, dated
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Body, Money, Ref
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.refusals import business

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_ENDS = ("FromAccountRef", "ToAccountRef")
_NOT_BETWEEN = frozenset(
    {PAYABLE, RECEIVABLE, "Income", "Other Income", "Expense", "Other Expense", "Cost of Goods Sold", "Non-Posting"}
)


def _between_two(draft: Draft) -> None:
    """Money moves between two different accounts that hold it; a foreign one says the currency."""
    body, company = draft.body, draft.company
    ends = [body[name]["value"] for name in _ENDS]
    if any(type_at(company, account_id) in _NOT_BETWEEN for account_id in ends):
        raise business("You need to select a different type of account for this transaction.")
    if ends[0] == ends[1]:
        raise business("You must choose different accounts to transfer funds between.")
    if body["Amount"] <= 0:
        raise business("You must specify a transaction amount that is greater than 0.")
    currencies = [account_currency(company, account_id) for account_id in ends]
    foreign = [currency for currency in currencies if currency != company.home_currency]
    take_currency(draft, foreign[0] if foreign else company.home_currency)
    for account_id in ends:
        hold_account(company, account_id, body)


def _moved(company: Company, body: Body) -> list[LedgerLine]:
    from_id, to_id = (body[name]["value"] for name in _ENDS)
    return [money(company, to_id, body["Amount"], body), money(company, from_id, -body["Amount"], body)]


TRANSFER = Entity(
    name="Transfer",
    fields={
        "FromAccountRef": Ref("Account"),
        "ToAccountRef": Ref("Account"),
        "Amount": Money(),
        **META,
        **{name: kind for name, kind in HEAD.items() if name not in ("DocNumber", "DepartmentRef")},
        **TAIL,
    },
    required=("FromAccountRef", "ToAccountRef", "Amount"),
    steps=(dated, _between_two),
    operations=OPERATIONS,
    post=_moved,
    filterable={name: kind for name, kind in FILTERS.items() if name not in ("DocNumber", "TotalAmt", "Balance")}
    | {"Amount": "number", "FromAccountRef": "reference", "ToAccountRef": "reference"},
    counted=True,
)

FAMILY = (TRANSFER,)
