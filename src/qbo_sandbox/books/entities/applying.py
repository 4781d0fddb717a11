"""What a customer's payment settles: invoices, credit memos, and the receivable lines of journal entries and the like.

Each line settles the one transaction it links to. What is owed counts against the payment's amount; a credit linked
beside it adds to what the payment can settle.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.entities.accounts import RECEIVABLE, type_at
from qbo_sandbox.books.entities.foreign import at_home
from qbo_sandbox.books.entities.settling import TOO_MUCH, as_before, exchange_gains, shown_line, sign_of
from qbo_sandbox.books.entities.transactions import ZERO
from qbo_sandbox.books.entity import Draft
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.lines import ACCOUNT_LINE, DEPOSIT_LINE, JOURNAL_LINE, amount_of
from qbo_sandbox.books.links import Link
from qbo_sandbox.books.refusals import business, no_longer_there, not_linkable
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

# TxnType on a payment's line -> the entity it names
ENTITY_OF = {
    "Invoice": "Invoice",
    "CreditMemo": "CreditMemo",
    "JournalEntry": "JournalEntry",
    "Deposit": "Deposit",
    "Purchase": "Purchase",
    "Expense": "Purchase",
    "Check": "Purchase",
    "CreditCardCredit": "Purchase",
}


@dataclass(frozen=True)
class Claim:
    """What a transaction leaves owed by one customer: positive when owed, negative when it is a credit."""

    customer: str
    amount: Decimal


def claims_of(company: Company, record: Record) -> list[Claim]:
    """Return what a transaction claims of each customer, in its own currency."""
    body = record.body
    if record.entity in ("Invoice", "CreditMemo"):
        sign = 1 if record.entity == "Invoice" else -1
        return [Claim(body["CustomerRef"]["value"], sign * (body["TotalAmt"] - body.get("Deposit", 0)))]
    claims: dict[str, Decimal] = {}
    for line in body["Line"]:
        account, customer, amount = _receivable(record, line)
        if customer and type_at(company, account) == RECEIVABLE:
            claims[customer] = claims.get(customer, ZERO) + amount
    return [Claim(customer, amount) for customer, amount in claims.items()]


def _receivable(record: Record, line: Body) -> tuple[str, str, Decimal]:
    """Return account, customer and signed amount of a line that may stand in receivables; else an empty customer."""
    if record.entity == "JournalEntry" and JOURNAL_LINE in line:
        detail = line[JOURNAL_LINE]
        sign = 1 if detail["PostingType"] == "Debit" else -1
        customer = detail.get("Entity", {}).get("EntityRef", {}).get("value", "")
    elif record.entity == "Deposit" and DEPOSIT_LINE in line:
        detail, sign = line[DEPOSIT_LINE], -1
        customer = detail.get("Entity", {}).get("value", "")
    elif record.entity == "Purchase" and ACCOUNT_LINE in line:
        detail, sign = line[ACCOUNT_LINE], -1 if record.body.get("Credit") else 1
        customer = detail.get("CustomerRef", {}).get("value", "")
    else:
        return "", "", ZERO
    return detail["AccountRef"]["value"], customer, sign * amount_of(line)


def applied(draft: Draft) -> None:
    """Hold each line to what is open on its target, and all of them to the payment's amount."""
    company = draft.company
    kept: list[Body] = []
    total = ZERO
    wanted: dict[tuple[str, str], Decimal] = {}
    for line in draft.body.get("Line", []):
        amount = amount_of(line)
        for link in line.get("LinkedTxn") or ():  # an amount without a link is simply not applied
            target, claim = _target(draft, link)
            already = wanted.get((target.qbo_id, claim.customer), ZERO)
            left = abs(claim.amount) - _settled(company, target, claim, besides=draft.qbo_id) - already
            if not left and company.quirks.paid_bill_link_is_dropped:
                continue
            if amount < 0 or (amount > left and company.quirks.overpaid_link_is_refused):
                raise business(TOO_MUCH)
            settles = min(amount, left)
            wanted[target.qbo_id, claim.customer] = already + settles
            total += settles if claim.amount > 0 else -settles
            sign = 1 if claim.amount > 0 else -1
            kept.append(shown_line(settles, target, _open_balance(target, sign * left), str(link["TxnType"])))
            break  # a line settles one transaction
    if total > draft.body["TotalAmt"]:
        raise business(TOO_MUCH)
    draft.body["Line"] = as_before(draft, kept)
    if "ExchangeRate" in draft.body:
        exchange_gains(company)


def _open_balance(target: Record, left: Decimal) -> Decimal:
    """Return what a line shows as open: of a credit without a sign, but where only the sign tells it is one."""
    return abs(left) if target.entity == "CreditMemo" else left


def _target(draft: Draft, link: Body) -> tuple[Record, Claim]:
    """Return what a link leads to and what it claims of this payer. Refuses what is not there or not the payer's."""
    kind, qbo_id = str(link.get("TxnType", "")), str(link.get("TxnId", ""))
    entity = ENTITY_OF.get(kind)
    if entity is None:
        raise not_linkable(f"A Payment cannot be linked to {kind} {qbo_id}")
    target = draft.company.find(entity, qbo_id)
    if target is None:
        raise no_longer_there()
    payer = draft.body["CustomerRef"]["value"]
    claim = _claim_on(draft.company, payer, target)
    if claim is None:
        raise not_linkable(f"{kind} {qbo_id} has nothing in Accounts Receivable")
    if not _pays_for(draft.company, payer, claim.customer):
        if draft.company.quirks.other_partys_document_is_620:
            raise not_linkable(f"{kind} {qbo_id} belongs to another customer")
        raise business("The customer on one of the transactions does not match the customer of this payment.")
    return target, claim


def _claim_on(company: Company, payer: str, target: Record) -> Claim | None:
    """Return the claim a payer settles on a transaction: its own, or else the first it pays for."""
    claims = claims_of(company, target)
    if len(claims) > 1:
        claims.sort(key=lambda claim: (claim.customer != payer, not _pays_for(company, payer, claim.customer)))
    return claims[0] if claims else None


def _pays_for(company: Company, payer: str, customer: str) -> bool:
    """Whether the payer pays what this customer owes: its own, or a sub-customer's that is billed with its parent."""
    while customer != payer:
        record = company.find("Customer", customer)
        parent = record.body.get("ParentRef") if record and record.body.get("BillWithParent") else None
        if parent is None:
            return False
        customer = parent["value"]
    return True


def _settled(company: Company, target: Record, claim: Claim, *, besides: str) -> Decimal:
    """Return how much of a claim is settled. A journal entry may hold claims of several customers, and bills' too."""
    if target.entity in ("Invoice", "CreditMemo"):
        return company.links.settled(target.qbo_id, besides=besides)
    settled = ZERO
    for source in company.links.of_target(target.qbo_id):
        payment = company.find("Payment", source.qbo_id)
        if payment is None or payment.qbo_id == besides:
            continue
        for line in payment.body["Line"]:
            found = _claim_of_line(company, payment.body, line)
            if line["LinkedTxn"][0]["TxnId"] == target.qbo_id and found.customer == claim.customer:
                settled += amount_of(line)
    return settled


def _claim_of_line(company: Company, payment: Body, line: Body) -> Claim:
    link, payer = line["LinkedTxn"][0], payment["CustomerRef"]["value"]
    target = company.find(ENTITY_OF[link["TxnType"]], link["TxnId"])
    claim = _claim_on(company, payer, target) if target is not None else None
    return claim or Claim(payer, ZERO)


def shares_of(company: Company, payment: Body) -> dict[str, tuple[Decimal, Decimal]]:
    """Return what a payment takes off each customer's receivable, in its currency and in home currency.

    A parent pays for its jobs: each job's invoice is the job's. Documents leave at the rate they came with, what is
    unapplied stays with the payer at the payment's own.
    """
    payer = payment["CustomerRef"]["value"]
    shares: dict[str, tuple[Decimal, Decimal]] = {payer: (ZERO, ZERO)}
    rest = payment["TotalAmt"]
    for line in payment["Line"]:
        link, amount = line["LinkedTxn"][0], sign_of(line) * amount_of(line)
        customer = _claim_of_line(company, payment, line).customer
        target = company.find(ENTITY_OF[link["TxnType"]], link["TxnId"])
        own, home = shares.get(customer, (ZERO, ZERO))
        shares[customer] = (own + amount, home + at_home(amount, target.body if target else payment))
        rest -= amount
    own, home = shares[payer]
    shares[payer] = (own + rest, home + at_home(rest, payment))
    return shares


def links_of(_company: Company, payment: Body) -> list[Link]:
    """Return what a payment settles."""
    return [
        Link(ENTITY_OF[line["LinkedTxn"][0]["TxnType"]], line["LinkedTxn"][0]["TxnId"], amount_of(line))
        for line in payment["Line"]
    ]
