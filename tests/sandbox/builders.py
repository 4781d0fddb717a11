"""Builders for the sandbox's tests: a company with a steady clock, and freight documents in a few words."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.store import Record

Body = dict[str, Any]


@dataclass
class SteadyClock:
    """A clock that stands still until it is moved."""

    moment: datetime = datetime(2026, 3, 2, 18, 0, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.moment

    def move(self, **by: float) -> None:
        """Move on by `timedelta(**by)`."""
        self.moment += timedelta(**by)


@dataclass
class Books:
    """A company under test, its clock and its journal."""

    seed: str = "brokerage"
    quirks: Quirks | None = None
    clock: SteadyClock = field(default_factory=SteadyClock)
    journal: list[Body] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.company = Company("9130", seed=self.seed, clock=self.clock, record=self.journal.append, quirks=self.quirks)

    def replayed(self) -> Company:
        """Return a fresh company that was told the journal, as it would be read back from a file."""
        fresh = Company("9130", seed=self.seed, clock=self.clock, record=_refuse_record, quirks=self.quirks)
        for record in self.journal:
            fresh.apply(json.loads(json.dumps(record)))
        return fresh

    def account(self, number: str) -> str:
        """Return the id of the account with this number."""
        (record,) = self.company.table("Account").with_value("AcctNum", number)
        return record.qbo_id

    def create(self, entity: str, body: Body) -> Record:
        return self.company.create(entity, body)

    def customer(self, name: str = "Piedmont Textiles", **more: Any) -> Record:
        return self.company.create("Customer", {"DisplayName": name, **more})

    def vendor(self, name: str = "Fast Carrier LLC", **more: Any) -> Record:
        return self.company.create("Vendor", {"DisplayName": name, **more})

    def item(self, name: str = "Linehaul", account: str = "4000") -> Record:
        body = {"Name": name, "Type": "Service", "IncomeAccountRef": {"value": self.account(account)}}
        return self.company.named("Item", name) or self.company.create("Item", body)

    def invoice(self, customer: Record, *amounts: str, **more: Any) -> Record:
        item = self.item().qbo_id
        body = {"CustomerRef": ref(customer), "Line": [sales_line(item, amount) for amount in amounts], **more}
        return self.company.create("Invoice", body)

    def bill(self, vendor: Record, *amounts: str, account: str = "5000", **more: Any) -> Record:
        lines = [account_line(self.account(account), amount) for amount in amounts]
        return self.company.create("Bill", {"VendorRef": ref(vendor), "Line": lines, **more})

    def pay_bill(self, vendor: Record, total: str, *settled: tuple[Record, str], **more: Any) -> Record:
        body = {
            "VendorRef": ref(vendor),
            "PayType": "Check",
            "CheckPayment": {"BankAccountRef": {"value": self.account("1010")}},
            "TotalAmt": Decimal(total),
            "Line": [settling(target, amount) for target, amount in settled],
            **more,
        }
        return self.company.create("BillPayment", body)

    def receive(self, customer: Record, total: str, *settled: tuple[Record, str], **more: Any) -> Record:
        lines = [settling(target, amount) for target, amount in settled]
        body = {"CustomerRef": ref(customer), "TotalAmt": Decimal(total), "Line": lines, **more}
        return self.company.create("Payment", body)

    def shown(self, record: Record) -> Body:
        """Return an object as an answer shows it now."""
        current = self.company.find(record.entity, record.qbo_id)
        assert current is not None
        return self.company.show(current)

    def balance_of(self, number: str) -> Decimal:
        """Return an account's ledger balance, debit positive."""
        return self.company.ledger.account_balance(self.account(number))


def ref(record: Record) -> Body:
    return {"value": record.qbo_id}


def sales_line(item_id: str, amount: str, **detail: Any) -> Body:
    return {
        "DetailType": "SalesItemLineDetail",
        "Amount": Decimal(amount),
        "SalesItemLineDetail": {"ItemRef": {"value": item_id}, **detail},
    }


def account_line(account_id: str, amount: str, **detail: Any) -> Body:
    return {
        "DetailType": "AccountBasedExpenseLineDetail",
        "Amount": Decimal(amount),
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account_id}, **detail},
    }


def journal_line(account_id: str, side: str, amount: str, **detail: Any) -> Body:
    return {
        "DetailType": "JournalEntryLineDetail",
        "Amount": Decimal(amount),
        "JournalEntryLineDetail": {"PostingType": side, "AccountRef": {"value": account_id}, **detail},
    }


def settling(target: Record, amount: str) -> Body:
    return {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": target.qbo_id, "TxnType": target.entity}]}


def everything(company: Company) -> dict[str, dict[str, str]]:
    """Return every object of a company as its answer's text, by entity and id, with the tombstones."""
    texts = {name: {record.qbo_id: company.text(record) for record in company.table(name)} for name in ENTITIES}
    return texts | {f"{name} deleted": dict(company.table(name).tombstones) for name in ENTITIES}


def _refuse_record(record: Body) -> None:
    raise AssertionError(f"a replay wrote a record of its own: {record}")
