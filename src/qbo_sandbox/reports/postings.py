"""The ledger as reports read it: every line of every entry with its day and transaction, by accrual or by cash.

One pass over the books for each report, so that nothing has to be kept up while they are written.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal
from typing import NamedTuple

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.store import Record
from qbo_sandbox.reports.asking import Asked
from qbo_sandbox.reports.cash_basis import Settled, by_cash
from qbo_sandbox.reports.origins import Origin, origins

TRANSACTIONS = tuple(entity.name for entity in ENTITIES.values() if entity.is_transaction)


class Posting(NamedTuple):
    """One line of an entry, positive for a debit, in the home currency."""

    day: str
    record: Record
    line: LedgerLine
    origin: Origin | None = None  # told only where a report asks for it

    @property
    def amount(self) -> Decimal:
        """The amount, positive for a debit."""
        return self.line.amount


def transactions(company: Company) -> Iterator[Record]:
    """Return every transaction of the books."""
    for name in TRANSACTIONS:
        yield from company.table(name)


def find_transaction(company: Company, qbo_id: str) -> Record | None:
    """Return the transaction with this id, of whatever kind."""
    found = (company.find(name, qbo_id) for name in TRANSACTIONS)
    return next((record for record in found if record is not None), None)


def postings(company: Company, asked: Asked, *, with_origin: bool = False) -> Iterator[Posting]:
    """Return the lines posted up to the last day asked for, by the basis asked for, of the parties asked for."""
    entries = entries_by(company, asked.basis)
    until, wanted = asked.until, asked.filters
    if not wanted and not with_origin:
        for day, record, lines in entries:
            if day <= until:
                for line in lines:
                    yield Posting(day, record, line)
        return
    for day, record, lines in entries:
        if day > until:
            continue
        for line, origin in zip(lines, origins(company, record, lines), strict=True):
            if all(origin.get(entity) in ids for entity, ids in wanted.items()):
                yield Posting(day, record, line, origin)


Entry = tuple[str, Record, tuple[LedgerLine, ...]]


def entries_by(company: Company, basis: str) -> Iterable[Entry]:
    """Return each entry with its day; by cash, what was sold or bought on account counts when it is settled."""
    accrued = _accrued(company)
    if basis == "Accrual":
        return accrued
    held = {
        record.qbo_id
        for name in ("Accounts Receivable", "Accounts Payable")
        for record in company.table("Account").with_value("AccountType", name)
    }

    def settled(record: Record) -> list[Settled]:
        found = []
        for source in company.links.of_target(record.qbo_id):
            settling = find_transaction(company, source.qbo_id)
            if settling is not None:
                day = max(str(settling.body.get("TxnDate", "")), str(record.body["TxnDate"]))
                found.append(Settled(day, source.amount))
        return found

    return by_cash(accrued, held, settled)


def _accrued(company: Company) -> Iterator[Entry]:
    entries = company.ledger.entries
    for record in transactions(company):
        lines = entries.get(record.qbo_id)
        if lines:
            yield record.body["TxnDate"], record, lines
