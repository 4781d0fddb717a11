"""Reads a Payment or BillPayment of QuickBooks into what we keep of it. Pure: knows no table.

Shapes: what a payment settles stands on its lines, one transaction each (`LinkedTxn`); credits stand among them.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from freightbooks.money import ZERO, to_cents

PAYMENTS = frozenset({"Payment", "BillPayment"})
DOCUMENTS = frozenset({"Invoice", "CreditMemo", "Bill", "VendorCredit", "Purchase"})
CREDITS = frozenset({"CreditMemo", "VendorCredit"})
_ENTITY_OF = {"Expense": "Purchase", "Check": "Purchase", "CreditCardCredit": "Purchase"}
"""The words of a payment's lines for what is a Purchase everywhere else."""


@dataclass(frozen=True)
class Settles:
    """One transaction a payment settles, and how much of it; the number is QuickBooks', if it told one."""

    entity: str
    qbo_id: str
    amount: Decimal
    number: str = ""


@dataclass(frozen=True)
class PaymentData:
    """A payment as QuickBooks has it. `amount` is the money that moved; credits beside it settle more than that."""

    sync_token: int
    voided: bool
    party_id: str
    party_name: str
    day: date | None
    amount: Decimal
    unapplied: Decimal
    currency: str
    exchange_rate: Decimal | None
    method_id: str
    method: str
    reference: str
    account: str
    settles: tuple[Settles, ...]


def read_payment(entity: str, found: Mapping[str, Any]) -> PaymentData:
    """Read one object of `PAYMENTS`."""
    settles = _settled(found.get("Line") or ())
    amount = to_cents(Decimal(found.get("TotalAmt") or 0))
    applied = sum((each.amount if each.entity not in CREDITS else -each.amount for each in settles), ZERO)
    said = found.get("UnappliedAmt")
    party = found.get("CustomerRef" if entity == "Payment" else "VendorRef") or {}
    method_id, method, account = _method(entity, found)
    rate = found.get("ExchangeRate")
    return PaymentData(
        sync_token=token_of(found),
        voided=not amount and not settles and str(found.get("PrivateNote") or "").startswith("Voided"),
        party_id=str(party.get("value") or ""),
        party_name=str(party.get("name") or "")[:500],
        day=date.fromisoformat(str(found["TxnDate"])) if found.get("TxnDate") else None,
        amount=amount,
        unapplied=to_cents(Decimal(said)) if said is not None else amount - applied,
        currency=str((found.get("CurrencyRef") or {}).get("value") or ""),
        exchange_rate=Decimal(rate) if rate is not None else None,
        method_id=method_id,
        method=method,
        reference=str(found.get("PaymentRefNum" if entity == "Payment" else "DocNumber") or "")[:100],
        account=account[:300],
        settles=settles,
    )


def token_of(found: Mapping[str, Any]) -> int:
    """Return the SyncToken as the number it is."""
    text = str(found.get("SyncToken") or "0")
    return int(text) if text.isdecimal() else 0


def _settled(lines: Any) -> tuple[Settles, ...]:
    """Add up what each transaction gets: two lines may settle the same one."""
    by_target: dict[tuple[str, str], Settles] = {}
    for line in lines:
        links = line.get("LinkedTxn") or ()
        if not links:
            continue  # an amount without a link is not applied to anything
        kind, qbo_id = str(links[0].get("TxnType") or ""), str(links[0].get("TxnId") or "")
        key = (_ENTITY_OF.get(kind, kind), qbo_id)
        already = by_target[key].amount if key in by_target else ZERO
        amount = to_cents(Decimal(line.get("Amount") or 0))
        by_target[key] = Settles(*key, already + amount, _number_in(line))
    return tuple(by_target.values())


def _number_in(line: Mapping[str, Any]) -> str:
    """Return the number of what a line settles, which QuickBooks tells in a list of names and values beside it."""
    for each in (line.get("LineEx") or {}).get("any") or ():
        pair = each.get("value") if isinstance(each, dict) else None
        if isinstance(pair, dict) and pair.get("Name") == "txnReferenceNumber":
            return str(pair.get("Value") or "")[:50]
    return ""


def _method(entity: str, found: Mapping[str, Any]) -> tuple[str, str, str]:
    """Return the method's id where it has only an id, its name where it is known, and the account."""
    if entity == "Payment":
        reference = found.get("PaymentMethodRef") or {}
        into = found.get("DepositToAccountRef") or {}
        name = str(reference.get("name") or "")
        if not reference and found.get("CreditCardPayment"):
            name = "Credit card"
        return str(reference.get("value") or ""), name[:100], str(into.get("name") or "")
    card = found.get("PayType") == "CreditCard"
    section = found.get("CreditCardPayment" if card else "CheckPayment") or {}
    account = section.get("CCAccountRef" if card else "BankAccountRef") or {}
    return "", "Credit card" if card else "Check", str(account.get("name") or "")
