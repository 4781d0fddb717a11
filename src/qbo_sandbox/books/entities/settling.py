"""What payments of customers and to vendors have in common: which documents a line settles, and how much of each.

A line settles the one transaction it links to. Credits linked beside it add to what the money can settle.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import foreign, transactions
from qbo_sandbox.books.entities.accounts import PAYABLE, RECEIVABLE, special_account, type_at
from qbo_sandbox.books.entities.transactions import ZERO
from qbo_sandbox.books.entity import Draft, Step
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.lines import JOURNAL_LINE, amount_of
from qbo_sandbox.books.links import Link
from qbo_sandbox.books.name_values import any_of
from qbo_sandbox.books.refusals import business, refuse
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

TOO_MUCH = "The payments you entered add up to more than the amount of this transaction."


@dataclass(frozen=True)
class Settling:
    """What one kind of payment may settle, and which credits it may use up."""

    party: str  # the field that says whose
    party_list: str
    owed: str  # Invoice, Bill
    credit: str  # CreditMemo, VendorCredit
    control: str  # the type of the account what is owed stands on
    debit: int  # 1 where a debit on that account is owed, -1 where a credit is


CUSTOMERS = Settling("CustomerRef", "Customer", "Invoice", "CreditMemo", RECEIVABLE, 1)
VENDORS = Settling("VendorRef", "Vendor", "Bill", "VendorCredit", PAYABLE, -1)


def amount_set(draft: Draft) -> None:
    """A payment says its amount, and it is not negative (6000)."""
    total = draft.body.get("TotalAmt")
    if total is None:
        raise business("You must set a transaction amount.")
    if total < 0:
        raise business("You must specify a transaction amount that is 0 or greater.")


def _may_settle(draft: Draft, how: Settling, target: Record) -> bool:
    """Whether the target is the party's own, or a sub-customer's that is billed with its parent."""
    whose = target.body[how.party]["value"]
    payer = draft.body[how.party]["value"]
    if whose == payer:
        return True
    party = draft.company.find(how.party_list, whose)
    parent = party.body.get("ParentRef", {}).get("value") if party and party.body.get("BillWithParent") else None
    return bool(parent == payer)


def _target(draft: Draft, how: Settling, link: Body) -> Record:
    kind, qbo_id = str(link.get("TxnType", "")), str(link.get("TxnId", ""))
    if kind not in (how.owed, how.credit, "JournalEntry"):
        raise refuse("620", "Txn ID Cannot Be Linked", f"A {draft.entity.name} cannot be linked to {kind} {qbo_id}")
    target = draft.company.find(kind, qbo_id)
    if target is None:
        text = "Something this action required is no longer available. Another user may have deleted it."
        raise business(text)
    if kind == "JournalEntry":
        theirs = bool(_owed_on_entry(draft.company, target, how, draft.body[how.party]["value"]))
    else:
        theirs = _may_settle(draft, how, target)
    if not theirs:
        list_name = how.party_list.lower()
        if draft.company.quirks.other_partys_document_is_620:
            raise refuse("620", "Txn ID Cannot Be Linked", f"{kind} {qbo_id} belongs to another {list_name}")
        raise business(f"The {list_name} on one of the transactions does not match the {list_name} of this payment.")
    return target


def _owed_on_entry(company: Company, entry: Record, how: Settling, party_id: str) -> Decimal:
    """Return what a journal entry says one party owes, or is owed; negative where it is a credit of theirs."""
    owed = ZERO
    for line in entry.body["Line"]:
        detail = line.get(JOURNAL_LINE, {})
        name = detail.get("Entity", {}).get("EntityRef", {}).get("value")
        if name == party_id and type_at(company, detail["AccountRef"]["value"]) == how.control:
            owed += amount_of(line) if detail["PostingType"] == "Debit" else -amount_of(line)
    return how.debit * owed


def _open_on(draft: Draft, how: Settling, target: Record) -> tuple[int, Decimal]:
    """Return whether a target is owed (1) or a credit (-1), and what is open on it besides this payment."""
    company = draft.company
    if target.entity != "JournalEntry":
        sign = -1 if target.entity == how.credit else 1
        return sign, target.body["TotalAmt"] - company.links.settled(target.qbo_id, besides=draft.qbo_id)
    party_id = draft.body[how.party]["value"]
    owed = _owed_on_entry(company, target, how, party_id)
    settled = ZERO
    for source in company.links.of_target(target.qbo_id):
        other = company.find(draft.entity.name, source.qbo_id)
        if other is not None and source.qbo_id != draft.qbo_id and other.body[how.party]["value"] == party_id:
            settled += source.amount
    return (-1 if owed < 0 else 1), abs(owed) - settled


def settling(how: Settling) -> Step:
    """Return the step that holds each line to what is open on its target, and all of them to the amount."""

    def settle(draft: Draft) -> None:
        company = draft.company
        kept: list[Body] = []
        applied, with_credit = ZERO, False
        taken: dict[str, Decimal] = {}
        for line in draft.body.get("Line", []):
            for link in line.get("LinkedTxn") or ():  # an amount without a link is simply not applied
                target = _target(draft, how, link)
                amount = amount_of(line)
                sign, left = _open_on(draft, how, target)
                left -= taken.get(target.qbo_id, ZERO)
                if not left and company.quirks.paid_bill_link_is_dropped:
                    continue
                if amount > left or amount < 0:
                    raise business(TOO_MUCH)
                taken[target.qbo_id] = taken.get(target.qbo_id, ZERO) + amount
                applied += sign * amount
                with_credit = with_credit or sign < 0
                line_kept = shown_line(amount, target, sign * left)
                if target.entity != "JournalEntry":  # only of an entry it tells more than the link (recorded: absent)
                    del line_kept["LineEx"]
                kept.append(line_kept)
                break
        if applied > draft.body["TotalAmt"]:
            short = "The Amount Paid plus credits can't be less than the selected bills"
            raise business(short if with_credit and how is VENDORS else TOO_MUCH)
        draft.body["Line"] = as_before(draft, kept)
        if "ExchangeRate" in draft.body:
            exchange_gains(company)

    return settle


def exchange_gains(company: Company) -> Record:
    """Return the account of exchange gains and losses; make it when the company has none."""
    return special_account(company, "ExchangeGainOrLoss", "Exchange Gain or Loss", "Other Expense")


def shown_line(amount: Decimal, target: Record, left: Decimal, kind: str = "") -> Body:
    """Return a line as it is kept: its link, and what was open on the target when it was written."""
    pairs = [("txnId", target.qbo_id), ("txnOpenBalance", f"{left:.2f}")]
    if "DocNumber" in target.body:
        pairs.append(("txnReferenceNumber", target.body["DocNumber"]))
    link = {"TxnId": target.qbo_id, "TxnType": kind or target.entity}
    return {"Amount": amount, "LinkedTxn": [link], "LineEx": any_of(pairs)}


def as_before(draft: Draft, lines: list[Body]) -> list[Body]:
    """Return the lines; one that settles what it did, and as much, still tells what was open when it was written."""
    before = draft.before.body.get("Line", []) if draft.before is not None else []
    had = {(line["LinkedTxn"][0]["TxnId"], amount_of(line)): line for line in before if line.get("LinkedTxn")}
    return [had.get((line["LinkedTxn"][0]["TxnId"], amount_of(line)), line) for line in lines]


def payment_entry(
    company: Company, body: Body, *, control: str, party_id: str, from_or_to: str, sign: int
) -> list[LedgerLine]:
    """Return the entry of a payment: `sign` 1 for money that comes in.

    Each document leaves its control account at the rate it came with; what that differs from the money moved at the
    payment's own rate is exchange gain or loss.
    """
    total: Decimal = body["TotalAmt"]
    money_line = foreign.money(company, from_or_to, sign * total, body)
    if "ExchangeRate" not in body:
        return [money_line, LedgerLine(control, -sign * total, party_id)]
    value, applied = ZERO, ZERO
    for line in body["Line"]:
        link, amount = line["LinkedTxn"][0], sign_of(line) * amount_of(line)
        target = company.find(link["TxnType"], link["TxnId"])
        value += foreign.at_home(amount, target.body if target else body)
        applied += amount
    value += foreign.at_home(total - applied, body)
    control_line = foreign.money(company, control, -sign * total, body, party_id, home=-sign * value)
    return foreign.gain_or_loss([money_line, control_line], lambda: exchange_gains(company).qbo_id)


def links_of(_company: Company, body: Body) -> list[Link]:
    """Return what a payment settles."""
    return [
        Link(link["TxnType"], link["TxnId"], amount_of(line)) for line in body["Line"] for link in line["LinkedTxn"]
    ]


def unapplied(_company: Company, record: Record) -> Body:
    """Return what is left of a payment after all it settles."""
    applied = sum((sign_of(line) * amount_of(line) for line in record.body["Line"]), ZERO)
    return {"UnappliedAmt": record.body["TotalAmt"] - applied}


def settle_less(body: Body, target_id: str, amount: Decimal) -> Body:
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
    applied = sum((sign_of(line) * amount_of(line) for line in lines), ZERO)
    return body | {"Line": lines if applied <= body["TotalAmt"] else []}


def sign_of(line: Body) -> int:
    """Return -1 for a line that uses up a credit; of a journal entry its open balance, negative then, tells it."""
    kind = line["LinkedTxn"][0]["TxnType"]
    if kind in (CUSTOMERS.credit, VENDORS.credit):
        return -1
    if kind in (CUSTOMERS.owed, VENDORS.owed):
        return 1
    pairs = [each["value"] for each in line["LineEx"]["any"]]
    return -1 if any(each["Name"] == "txnOpenBalance" and each["Value"].startswith("-") for each in pairs) else 1


def void(draft: Draft) -> None:
    """Keep the payment at zero, settling nothing."""
    draft.body |= {"Line": [], "TotalAmt": ZERO, "PrivateNote": transactions.voided_note(draft.body)}


def shown_as(name: str) -> Callable[[Body], str]:
    """Return the TxnType a payment has on what it settles."""
    return lambda _body: name
