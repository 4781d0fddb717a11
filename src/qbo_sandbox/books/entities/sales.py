"""Invoice and CreditMemo: what a customer owes, and what it is credited."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import estimates, sales_forms, transactions
from qbo_sandbox.books.entities.accounts import (
    RECEIVABLE,
    RECEIVABLE_NAME,
    account_for,
    special_account,
    type_at,
)
from qbo_sandbox.books.entities.foreign import hold_account, money
from qbo_sandbox.books.entities.sales_forms import CLOSING, FORM_FILTERS, OPENING
from qbo_sandbox.books.entities.transactions import OPERATIONS, LinksOfItsOwn
from qbo_sandbox.books.entity import Draft, Entity
from qbo_sandbox.books.fields import Anything, Body, Computed, Flag, Money, Ref
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.refusals import business, turned_off
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_NOTHING = Decimal(0)
_ONLINE = ("AllowIPNPayment", "AllowOnlinePayment", "AllowOnlineCreditCardPayment", "AllowOnlineACHPayment")


def _online(draft: Draft) -> None:
    for name in _ONLINE:
        draft.body.setdefault(name, False)


def _receivable_there(draft: Draft) -> None:
    account_for(draft.company, RECEIVABLE, RECEIVABLE_NAME, draft.body["CurrencyRef"]["value"])
    sales_forms.tax_accounts_there(draft)


def _paid_up_front(draft: Draft) -> None:
    """Take a deposit with the invoice, where the company does that; elsewhere it is left out (or refused, 5020)."""
    body, company = draft.body, draft.company
    if not company.preference("SalesFormsPrefs", "AllowDeposit"):
        if body.pop("Deposit", None) and not company.quirks.deposit_while_off_is_dropped:
            raise turned_off("Deposits on sales forms")
        body.pop("DepositToAccountRef", None)
        return
    deposit = body.setdefault("Deposit", _NOTHING)
    if not deposit:
        body.pop("DepositToAccountRef", None)
        return
    if deposit < 0 or deposit > body["TotalAmt"]:
        raise business("The deposit can't be greater than the total.")
    reference = body.get("DepositToAccountRef")
    if reference is None:
        found = special_account(company, "UndepositedFunds", "Undeposited Funds", "Other Current Asset")
        body["DepositToAccountRef"] = {"value": found.qbo_id}
    elif type_at(company, reference["value"]) not in ("Bank", "Other Current Asset"):
        raise business("You need to select a different type of account for this transaction.")
    hold_account(company, body["DepositToAccountRef"]["value"], body)


def _to_receivable(company: Company, body: Body) -> tuple[str, str]:
    account = account_for(company, RECEIVABLE, RECEIVABLE_NAME, body["CurrencyRef"]["value"]).qbo_id
    return account, body["CustomerRef"]["value"]


_owed = sales_forms.posting(1, _to_receivable)


def _invoiced(company: Company, body: Body) -> list[LedgerLine]:
    lines = _owed(company, body)
    deposit = body.get("Deposit")
    if deposit:
        account, customer = _to_receivable(company, body)
        lines.append(money(company, body["DepositToAccountRef"]["value"], deposit, body))
        lines.append(money(company, account, -deposit, body, customer))
    return lines


def _settleable(_before: Body, after: Body) -> Decimal:
    """Return what payments may settle of an invoice: what its deposit leaves."""
    owed: Decimal = after["TotalAmt"] - after.get("Deposit", 0)
    return owed


def _invoice_standing(company: Company, record: Record) -> Body:
    body = record.body
    left = _settleable(body, body) - company.links.settled(record.qbo_id)
    links = transactions.linked(company, record)
    own = body.get("LinkedTxn")
    return {"Balance": left, "LinkedTxn": [*own, *links] if own else links}


def _credit_standing(company: Company, record: Record) -> Body:
    left = transactions.open_balance(company, record)
    return {"Balance": left, "RemainingCredit": left, "LinkedTxn": transactions.linked(company, record)}


def _void(draft: Draft) -> None:
    """Keep the invoice with every amount at zero; one with payments is refused (a quirk says whether)."""
    if draft.company.links.settled(draft.qbo_id) and not draft.company.quirks.paid_invoice_can_be_voided:
        raise business("You cannot void this invoice because it has payments applied to it.")
    sales_forms.void(draft)
    draft.body.pop("LinkedTxn", None)
    if draft.body.get("Deposit"):
        draft.body["Deposit"] = _NOTHING


INVOICE = Entity(
    name="Invoice",
    fields={
        "Deposit": Money(),
        **{name: Flag() for name in _ONLINE},
        "InvoiceLink": Computed(),
        "EInvoiceStatus": Computed(),
        **OPENING,
        "LinkedTxn": LinksOfItsOwn("Estimate", "TimeActivity", "ReimburseCharge"),
        "ARAccountRef": Computed(),
        **CLOSING,
    },
    required=("CustomerRef", "Line"),
    steps=(
        *sales_forms.STEPS,
        sales_forms.presented(),
        _paid_up_front,
        estimates.billed_by,
        _online,
        transactions.due("CustomerRef", "SalesTermRef"),
        transactions.numbered("Invoice"),
        _receivable_there,
    ),
    operations=OPERATIONS | {"void"},
    post=_invoiced,
    links=estimates.links_to_estimates,
    shown_type=lambda _body: "Invoice",
    derive=_invoice_standing,
    derived=("Balance",),
    void=_void,
    settle_less=transactions.without_link,
    settleable=_settleable,
    follow=estimates.close_or_reopen,
    number_family="sales",
    name_field="DocNumber",
    indexed=("DocNumber", "CustomerRef"),
    filterable=FORM_FILTERS,
    counted=True,
)

CREDIT_MEMO = Entity(
    name="CreditMemo",
    fields={
        "RemainingCredit": Computed(),
        "InvoiceRef": Anything(),
        **OPENING,
        "ARAccountRef": Ref("Account"),
        **CLOSING,
    },
    required=("CustomerRef", "Line"),
    steps=(
        *sales_forms.STEPS,
        sales_forms.presented(),
        transactions.numbered("Credit Memo"),
        _receivable_there,
    ),
    operations=OPERATIONS,
    post=sales_forms.posting(-1, _to_receivable),
    shown_type=lambda _body: "CreditMemo",
    derive=_credit_standing,
    derived=("Balance", "RemainingCredit", "LinkedTxn"),
    number_family="sales",
    name_field="DocNumber",
    indexed=("DocNumber", "CustomerRef"),
    filterable=FORM_FILTERS,
)

FAMILY = (INVOICE, CREDIT_MEMO)
