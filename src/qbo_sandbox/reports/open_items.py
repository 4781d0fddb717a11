"""What is open on a day: what each customer owes and each vendor is owed, transaction by transaction.

An item is a transaction's share of A/R or A/P, less what settles it, plus what it settles; so all of them together
are the balance of A/R or A/P on that day, whatever kinds of transactions posted there.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.store import Record
from qbo_sandbox.reports.postings import transactions

_CENT = Decimal("0.01")
_Key = tuple[str, str]  # a transaction, and whose share of it


@dataclass(frozen=True, slots=True)
class OpenItem:
    """What one transaction leaves open for one customer or vendor, positive where it is owed, in the home currency."""

    record: Record
    party_id: str
    whole: Decimal  # what it posted
    open: Decimal
    due: str

    def days_past_due(self, day: date) -> int:
        """Return by how many days it is late; below zero it is not due yet."""
        return (day - date.fromisoformat(self.due)).days


def open_items(company: Company, account_type: str, until: str, settled_until: str) -> list[OpenItem]:
    """Return what is open in A/R or A/P on the day `until`, counting what was settled up to `settled_until`."""
    accounts = {each.qbo_id for each in company.table("Account").with_value("AccountType", account_type)}
    sign = 1 if account_type == "Accounts Receivable" else -1
    left: dict[_Key, Decimal] = defaultdict(Decimal)
    records: dict[str, Record] = {}  # every transaction dated by then: one that only applies a credit posts nothing
    parties: dict[str, str] = {}
    for record in transactions(company):
        if record.body.get("TxnDate", "9") > until:
            continue
        records[record.qbo_id] = record
        for line in company.ledger.entries.get(record.qbo_id, ()):
            if line.account_id in accounts:
                parties.setdefault(record.qbo_id, line.party_id)
                left[record.qbo_id, line.party_id] += sign * line.amount
    whole = dict(left)
    for target_id, party in parties.items():
        target = (target_id, party)
        for source_id, amount in _settlements(company, records[target_id], records, settled_until):
            settled = amount if whole[target] > 0 else -amount
            left[target] -= settled
            left[source_id, parties.get(source_id, party)] += settled
    return [
        OpenItem(records[qbo_id], party, whole.get((qbo_id, party), Decimal(0)), amount, _due(records[qbo_id], amount))
        for (qbo_id, party), amount in left.items()
        if amount
    ]


def _settlements(
    company: Company, target: Record, known: dict[str, Record], until: str
) -> Iterator[tuple[str, Decimal]]:
    """Return what settles a transaction by that day, each with its amount in the home currency."""
    rate: Decimal = target.body.get("ExchangeRate", Decimal(1))
    for source in company.links.of_target(target.qbo_id):
        record = known.get(source.qbo_id)
        if record is not None and record.body["TxnDate"] <= until:
            yield source.qbo_id, (source.amount * rate).quantize(_CENT)


def _due(record: Record, amount: Decimal) -> str:
    """Return the day it is due; a credit has none and goes by its own date."""
    return str(record.body.get("DueDate") if amount > 0 and "DueDate" in record.body else record.body["TxnDate"])
