"""Payment and BillPayment: money received and money paid, and which documents it settles.

A line settles the one transaction it links to. Credits linked beside it add to what the money can settle.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import transactions
from qbo_sandbox.books.entities.accounts import (
    PAYABLE,
    PAYABLE_NAME,
    RECEIVABLE,
    RECEIVABLE_NAME,
    account_for,
    special_account,
    type_at,
)
from qbo_sandbox.books.entities.transactions import FILTERS, HEAD, OPERATIONS, TAIL, ZERO
from qbo_sandbox.books.entity import META, Draft, Entity, Step
from qbo_sandbox.books.fields import Anything, Body, Choice, Computed, Flag, Kind, Money, Ref, Struct, Text
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.lines import Lines, amount_of
from qbo_sandbox.books.links import Link
from qbo_sandbox.books.name_values import any_of
from qbo_sandbox.books.refusals import business, missing, refuse, wrong_account
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_DIFFERENT_ACCOUNT = "You need to select a different type of account for this transaction."
_TOO_MUCH = "The payments you entered add up to more than the amount of this transaction."


@dataclass(frozen=True)
class _Settling:
    """What one kind of payment may settle, and which credits it may use up."""

    party: str  # the field that says whose
    party_list: str
    owed: str  # Invoice, Bill
    credit: str  # CreditMemo, VendorCredit

    def sign(self, entity: str) -> int:
        """Return 1 for what is owed, -1 for a credit."""
        return -1 if entity == self.credit else 1


_CUSTOMERS = _Settling("CustomerRef", "Customer", "Invoice", "CreditMemo")
_VENDORS = _Settling("VendorRef", "Vendor", "Bill", "VendorCredit")


def _amount_set(draft: Draft) -> None:
    total = draft.body.get("TotalAmt")
    if total is None:
        raise business("You must set a transaction amount.")
    if total < 0:
        raise business("You must specify a transaction amount that is 0 or greater.")


def _may_settle(draft: Draft, how: _Settling, target: Record) -> bool:
    """Whether the target is the party's own, or a sub-customer's that is billed with its parent."""
    whose = target.body[how.party]["value"]
    payer = draft.body[how.party]["value"]
    if whose == payer:
        return True
    party = draft.company.find(how.party_list, whose)
    parent = party.body.get("ParentRef", {}).get("value") if party and party.body.get("BillWithParent") else None
    return bool(parent == payer)


def _target(draft: Draft, how: _Settling, link: Body) -> Record:
    kind, qbo_id = str(link.get("TxnType", "")), str(link.get("TxnId", ""))
    if kind not in (how.owed, how.credit):
        raise refuse("620", "Txn ID Cannot Be Linked", f"A {draft.entity.name} cannot be linked to {kind} {qbo_id}")
    target = draft.company.find(kind, qbo_id)
    if target is None:
        text = "Something this action required is no longer available. Another user may have deleted it."
        raise business(text)
    if not _may_settle(draft, how, target):
        text = f"{kind} {qbo_id} belongs to another {how.party_list.lower()}"
        raise refuse("620", "Txn ID Cannot Be Linked", text)
    return target


def _settling(how: _Settling) -> Step:
    """Return the step that holds each line to what is open on its target, and all of them to the amount."""

    def settle(draft: Draft) -> None:
        company = draft.company
        kept: list[Body] = []
        applied, with_credit = ZERO, False
        for line in draft.body.get("Line", []):
            links = line.get("LinkedTxn") or []
            if not links:
                continue  # an amount without a link is simply not applied
            target = _target(draft, how, links[0])
            amount = amount_of(line)
            left = target.body["TotalAmt"] - company.links.settled(target.qbo_id, besides=draft.qbo_id)
            if not left and company.quirks.paid_bill_link_is_dropped:
                continue
            if amount > left or amount < 0:
                raise business(_TOO_MUCH)
            sign = how.sign(target.entity)
            applied += sign * amount
            with_credit = with_credit or sign < 0
            kept.append(_shown_line(line, target, left))
        if applied > draft.body["TotalAmt"]:
            short = "The Amount Paid plus credits can't be less than the selected bills"
            raise business(short if with_credit and how is _VENDORS else _TOO_MUCH)
        draft.body["Line"] = kept

    return settle


def _shown_line(line: Body, target: Record, left: Decimal) -> Body:
    """Return a line as it is kept: its link, and what was open on the target when it was written."""
    pairs = [("txnId", target.qbo_id), ("txnOpenBalance", f"{left:.2f}")]
    if "DocNumber" in target.body:
        pairs.append(("txnReferenceNumber", target.body["DocNumber"]))
    link = {"TxnId": target.qbo_id, "TxnType": target.entity}
    return {"Amount": amount_of(line), "LinkedTxn": [link], "LineEx": any_of(pairs)}


def _links(_company: Company, body: Body) -> list[Link]:
    return [
        Link(link["TxnType"], link["TxnId"], amount_of(line)) for line in body["Line"] for link in line["LinkedTxn"]
    ]


def _unapplied(_company: Company, record: Record) -> Body:
    applied = sum((_sign_of(line) * amount_of(line) for line in record.body["Line"]), ZERO)
    return {"UnappliedAmt": record.body["TotalAmt"] - applied}


def _settle_less(body: Body, target_id: str, amount: Decimal) -> Body:
    """Settle `amount` of a target and no more. Where a credit falls away, nothing is left applied that it paid for."""
    lines, left = [], amount
    for line in body["Line"]:
        if line["LinkedTxn"][0]["TxnId"] == target_id:
            kept = min(amount_of(line), left)
            left -= kept
            if kept:
                lines.append(line | {"Amount": kept})
        else:
            lines.append(line)
    applied = sum((_sign_of(line) * amount_of(line) for line in lines), ZERO)
    return body | {"Line": lines if applied <= body["TotalAmt"] else []}


def _sign_of(line: Body) -> int:
    return -1 if line["LinkedTxn"][0]["TxnType"] in (_CUSTOMERS.credit, _VENDORS.credit) else 1


def _void(draft: Draft) -> None:
    """Keep the payment at zero, settling nothing."""
    draft.body |= {"Line": [], "TotalAmt": ZERO, "PrivateNote": transactions.voided_note(draft.body)}


def _in_home(body: Body) -> Decimal:
    total: Decimal = body["TotalAmt"] * body.get("ExchangeRate", Decimal(1))
    return total.quantize(Decimal("0.01"))


def _deposited(draft: Draft) -> None:
    """Money goes to a bank account, or waits in Undeposited Funds, which every company has."""
    body, company = draft.body, draft.company
    reference = body.get("DepositToAccountRef")
    if reference is None:
        found = special_account(company, "UndepositedFunds", "Undeposited Funds", "Other Current Asset")
        body["DepositToAccountRef"] = {"value": found.qbo_id}
    elif type_at(company, reference["value"]) not in ("Bank", "Other Current Asset"):
        raise business(_DIFFERENT_ACCOUNT)
    account_for(company, RECEIVABLE, RECEIVABLE_NAME, body["CurrencyRef"]["value"])
    body.setdefault("ProcessPayment", False)


def _received(company: Company, body: Body) -> list[LedgerLine]:
    amount = _in_home(body)
    receivable = account_for(company, RECEIVABLE, RECEIVABLE_NAME, body["CurrencyRef"]["value"]).qbo_id
    return [
        LedgerLine(body["DepositToAccountRef"]["value"], amount),
        LedgerLine(receivable, -amount, body["CustomerRef"]["value"]),
    ]


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
    if payable is None:
        account_for(company, PAYABLE, PAYABLE_NAME, body["CurrencyRef"]["value"])


def _paid(company: Company, body: Body) -> list[LedgerLine]:
    amount = _in_home(body)
    section, name, _wanted = _WAYS[body["PayType"]]
    payable = body.get("APAccountRef", {}).get("value")
    if payable is None:
        payable = account_for(company, PAYABLE, PAYABLE_NAME, body["CurrencyRef"]["value"]).qbo_id
    return [
        LedgerLine(payable, amount, body["VendorRef"]["value"]),
        LedgerLine(body[section][name]["value"], -amount),
    ]


def _shown_as(name: str) -> Callable[[Body], str]:
    return lambda _body: name


_LINES = Lines()
_COMMON: dict[str, Kind] = {**HEAD, "LinkedTxn": Anything(), "Line": _LINES, **TAIL}
_CHECK: dict[str, Kind] = {
    "BankAccountRef": Ref("Account"),
    "PrintStatus": Choice(("NotSet", "NeedToPrint", "PrintComplete")),
    "CheckDetail": Anything(),
}


def _no_links_of_its_own(draft: Draft) -> None:
    draft.body["LinkedTxn"] = []


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
        _amount_set,
        transactions.dated,
        transactions.tracked_only,
        transactions.in_currency("CustomerRef"),
        _no_links_of_its_own,
        _settling(_CUSTOMERS),
        _deposited,
    ),
    operations=OPERATIONS | {"void"},
    post=_received,
    links=_links,
    shown_type=_shown_as("Payment"),
    derive=_unapplied,
    derived=("UnappliedAmt",),
    void=_void,
    settle_less=_settle_less,
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
        **_COMMON,
    },
    required=("VendorRef", "PayType", "Line"),
    steps=(
        _amount_set,
        transactions.dated,
        transactions.tracked_only,
        transactions.in_currency("VendorRef"),
        _settling(_VENDORS),
        _paid_from,
        transactions.check_number(lambda body: body.get("CheckPayment", {}).get("BankAccountRef")),
    ),
    operations=OPERATIONS | {"void"},
    post=_paid,
    links=_links,
    # A bill shows BillPaymentCheck even for a payment by credit card (recorded).
    shown_type=_shown_as("BillPaymentCheck"),
    void=_void,
    settle_less=_settle_less,
    name_field="DocNumber",
    indexed=("DocNumber", "VendorRef"),
    filterable=FILTERS | {"VendorRef": "reference", "PayType": "text", "APAccountRef": "reference"},
    counted=True,
)

FAMILY = (PAYMENT, BILL_PAYMENT)
