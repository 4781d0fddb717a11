"""What payments of customers and to vendors have in common: which documents a line settles, and how much of each.

A line settles the one transaction it links to. Credits linked beside it add to what the money can settle.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import transactions
from qbo_sandbox.books.entities.transactions import ZERO
from qbo_sandbox.books.entity import Draft, Step
from qbo_sandbox.books.fields import Body
from qbo_sandbox.books.lines import amount_of
from qbo_sandbox.books.links import Link
from qbo_sandbox.books.name_values import any_of
from qbo_sandbox.books.refusals import business, refuse
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_TOO_MUCH = "The payments you entered add up to more than the amount of this transaction."


@dataclass(frozen=True)
class Settling:
    """What one kind of payment may settle, and which credits it may use up."""

    party: str  # the field that says whose
    party_list: str
    owed: str  # Invoice, Bill
    credit: str  # CreditMemo, VendorCredit

    def sign(self, entity: str) -> int:
        """Return 1 for what is owed, -1 for a credit."""
        return -1 if entity == self.credit else 1


CUSTOMERS = Settling("CustomerRef", "Customer", "Invoice", "CreditMemo")
VENDORS = Settling("VendorRef", "Vendor", "Bill", "VendorCredit")


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


def settling(how: Settling) -> Step:
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
            raise business(short if with_credit and how is VENDORS else _TOO_MUCH)
        draft.body["Line"] = kept

    return settle


def _shown_line(line: Body, target: Record, left: Decimal) -> Body:
    """Return a line as it is kept: its link, and what was open on the target when it was written."""
    pairs = [("txnId", target.qbo_id), ("txnOpenBalance", f"{left:.2f}")]
    if "DocNumber" in target.body:
        pairs.append(("txnReferenceNumber", target.body["DocNumber"]))
    link = {"TxnId": target.qbo_id, "TxnType": target.entity}
    return {"Amount": amount_of(line), "LinkedTxn": [link], "LineEx": any_of(pairs)}


def links_of(_company: Company, body: Body) -> list[Link]:
    """Return what a payment settles."""
    return [
        Link(link["TxnType"], link["TxnId"], amount_of(line)) for line in body["Line"] for link in line["LinkedTxn"]
    ]


def unapplied(_company: Company, record: Record) -> Body:
    """Return what is left of a payment after all it settles."""
    applied = sum((_sign_of(line) * amount_of(line) for line in record.body["Line"]), ZERO)
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
    applied = sum((_sign_of(line) * amount_of(line) for line in lines), ZERO)
    return body | {"Line": lines if applied <= body["TotalAmt"] else []}


def _sign_of(line: Body) -> int:
    return -1 if line["LinkedTxn"][0]["TxnType"] in (CUSTOMERS.credit, VENDORS.credit) else 1


def void(draft: Draft) -> None:
    """Keep the payment at zero, settling nothing."""
    draft.body |= {"Line": [], "TotalAmt": ZERO, "PrivateNote": transactions.voided_note(draft.body)}


def shown_as(name: str) -> Callable[[Body], str]:
    """Return the TxnType a payment has on what it settles."""
    return lambda _body: name


def no_links_of_its_own(draft: Draft) -> None:
    """What a client sends as LinkedTxn of the payment itself is not kept."""
    draft.body["LinkedTxn"] = []
