"""What an entry is to be in QuickBooks: a body to write, nothing, or the reason why it waits. Pure.

Shapes are those of Payment, BillPayment and VendorCredit, minor version 75.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from freightbooks.freight.statuses import Side
from freightbooks.mapping.legality import why_not
from freightbooks.mapping.snapshot import Account, PaymentRule
from freightbooks.money import ZERO, display

MAX_NUMBER = 21
"""Characters of PaymentRefNum and DocNumber."""


@dataclass(frozen=True)
class Settled:
    """One document an entry settles, as it stands in the books, and by how much. `open` is before this entry."""

    number: str
    amount: Decimal
    entity: str
    qbo_id: str
    holder_id: str
    holder: str
    open: Decimal
    trouble: str = ""


@dataclass(frozen=True)
class Wanted:
    """What is to stand in the books."""

    entity: str
    body: dict[str, Any]
    amount: Decimal


@dataclass(frozen=True)
class Nothing:
    """Nothing is to stand in the books: it was taken back."""


@dataclass(frozen=True)
class Waits:
    """Why it cannot be written yet, and what to do, for a person."""

    reason: str
    remedy: str


Decision = Wanted | Nothing | Waits


def payment(
    side: str,
    *,
    method: str,
    reference: str,
    day: date,
    lines: Sequence[Settled],
    rule: PaymentRule | None,
    closed_through: date | None,
    memo: str,
) -> Decision:
    """Decide a payment that was recorded on the freight side, over one or several documents of one payee."""
    lines = [line for line in lines if line.amount != ZERO]
    if not lines:
        return Nothing()
    trouble = _lines(lines) or _day(day, closed_through)
    if trouble is not None:
        return trouble
    if rule is None or rule.bank is None:
        return Waits(
            f"The payment type {method} has no bank account yet.", "Choose its bank account under Payment types."
        )
    objection = why_not("bank", rule.bank)
    if objection:
        return Waits(
            f"The payment type {method} is mapped to {rule.bank.label}: {objection}",
            "Choose another account under Payment types.",
        )
    total = sum((line.amount for line in lines), ZERO)
    body: dict[str, Any] = {
        "TotalAmt": total,
        "TxnDate": day.isoformat(),
        "PrivateNote": memo,
        "Line": [_line(line) for line in lines],
    }
    if side == Side.CUSTOMER:
        body |= {"CustomerRef": {"value": lines[0].holder_id}, "DepositToAccountRef": {"value": rule.bank.qbo_id}}
        if reference:
            body["PaymentRefNum"] = reference[:MAX_NUMBER]
        return Wanted("Payment", body, total)
    body |= {
        "VendorRef": {"value": lines[0].holder_id},
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": rule.bank.qbo_id}},
    }
    if reference:
        body["DocNumber"] = reference[:MAX_NUMBER]
    return Wanted("BillPayment", body, total)


def credit(
    *,
    number: str,
    day: date,
    bill: Settled,
    amount: Decimal,
    account: Account | None,
    purpose: str,
    what: str,
    memo: str,
    closed_through: date | None,
) -> Decision:
    """Decide the credit with the vendor that an advance or a discount becomes; at most what is open on the bill."""
    trouble = _lines([bill]) or _day(day, closed_through)
    if trouble is not None:
        return trouble
    if account is None:
        return Waits(f"The account for {what} is not chosen yet.", "Choose it under Payment types.")
    objection = why_not(purpose, account)
    if objection:
        return Waits(f"{what} is mapped to {account.label}: {objection}", "Choose another account for it.")
    amount = min(amount, bill.open)
    if amount <= ZERO:
        return Waits(f"Nothing is open on bill {bill.number}; {what} stays where it is.", "Settle it with the carrier.")
    body = {
        "VendorRef": {"value": bill.holder_id},
        "TxnDate": day.isoformat(),
        "DocNumber": number[:MAX_NUMBER],
        "PrivateNote": memo,
        "Line": [
            {
                "DetailType": "AccountBasedExpenseLineDetail",
                "Amount": amount,
                "Description": what[:4000],
                "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account.qbo_id}},
            }
        ],
    }
    return Wanted("VendorCredit", body, amount)


def applied(*, day: date, bill: Settled, credit_id: str, amount: Decimal, bank: Account | None, memo: str) -> Decision:
    """Decide the bill payment of 0.00 that applies a credit to a bill (QuickBooks has no other way to say it)."""
    trouble = _lines([bill])
    if trouble is not None:
        return trouble
    if not credit_id:
        return Waits("Its credit is not in QuickBooks yet.", "Nothing: it follows by itself.")
    if bank is None:
        return Waits(
            "Applying a credit needs a bank account, though no money moves.", "Choose one under Payment types."
        )
    body = {
        "VendorRef": {"value": bill.holder_id},
        "PayType": "Check",
        "CheckPayment": {"BankAccountRef": {"value": bank.qbo_id}},
        "TotalAmt": ZERO,
        "TxnDate": day.isoformat(),
        "PrivateNote": memo,
        "Line": [
            {"Amount": amount, "LinkedTxn": [{"TxnId": bill.qbo_id, "TxnType": "Bill"}]},
            {"Amount": amount, "LinkedTxn": [{"TxnId": credit_id, "TxnType": "VendorCredit"}]},
        ],
    }
    return Wanted("BillPayment", body, amount)


def _line(line: Settled) -> dict[str, Any]:
    return {"Amount": line.amount, "LinkedTxn": [{"TxnId": line.qbo_id, "TxnType": line.entity}]}


def _lines(lines: Sequence[Settled]) -> Waits | None:
    for line in lines:
        if line.trouble:
            return Waits(line.trouble, "It follows by itself once the invoice is in QuickBooks.")
        if line.amount > line.open:
            return Waits(
                f"{display(line.amount)} is more than is open on {line.number} in QuickBooks ({display(line.open)}).",
                "Correct the amount, or see which other payment stands on it.",
            )
    holders = {line.holder_id: line.holder for line in lines}
    if len(holders) > 1:
        names = " and ".join(sorted(holders.values()))
        return Waits(
            f"It is over invoices of {names}; in QuickBooks a payment is with one.",
            "Record one payment for each, or give them different references.",
        )
    return None


def _day(day: date, closed_through: date | None) -> Waits | None:
    if closed_through is None or day > closed_through:
        return None
    return Waits(
        f"It is dated {day:%b %-d, %Y}; the books are closed through {closed_through:%b %-d, %Y}.",
        "Ask the bookkeeper to reopen the period, or correct its date.",
    )
