"""Both sides of the way back: a bookkeeper in the sandbox's company, and how the freight side stands after a sweep."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2

from freightbooks import exact_json
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.settlement import apply
from freightbooks.settlement.changes import Change
from freightbooks.settlement.models import Drift, DriftState, Payment, Standing
from freightbooks.settlement.reading import DOCUMENTS, PAYMENTS
from main_job.brokerage import Brokerage, connect, first_loads
from qbo_sandbox.bookkeeper import acts
from qbo_sandbox.books.store import Record
from qbo_sandbox.pytest_plugin import RunningSandbox

SWEPT = (*sorted(DOCUMENTS), *sorted(PAYMENTS), "Vendor", "Customer", "PaymentMethod")


def posted_brokerage(sandbox: RunningSandbox, folder: Path, *, loads: int) -> Brokerage:
    """Connect, take the first loads in and post them."""
    brokerage = connect(sandbox)
    brokerage.take_in(first_loads(folder / "month", loads))
    brokerage.post()
    return brokerage


@dataclass
class WayBack:
    """A posted brokerage, its books, and what the freight side is told of them."""

    brokerage: Brokerage
    heard: list[Change] = field(default_factory=list)

    # -- the books ------------------------------------------------------------------------------------------------

    @property
    def company(self) -> Any:
        return self.brokerage.sandbox.company

    @property
    def connection_id(self) -> int:
        return int(self.brokerage.connection.pk)

    def record(self, posting: Posting) -> Record:
        """The transaction of a posting, as it is in the books."""
        found = self.company.find(posting.entity, posting.qbo_id)
        assert found is not None
        return found

    def shown(self, entity: str, qbo_id: str) -> dict[str, Any]:
        """An object as the API shows it now."""
        found: dict[str, Any] = exact_json.loads(self.company.text(self.company.find(entity, qbo_id)))
        return found

    def as_bookkeeper(self, act: Callable[..., Any], *args: Any, **more: Any) -> Any:
        """Do something in the books as a person does."""
        with self.company.acting(acts.BOOKKEEPER):
            return act(self.company, *args, **more)

    def account(self, number: str) -> str:
        (found,) = self.company.table("Account").with_value("AcctNum", number)
        return str(found.qbo_id)

    def receive(self, *settled: tuple[Posting, str], total: str = "", **more: Any) -> Record:
        """Receive one customer's payment over some invoices; what is more than them stays unapplied."""
        party = self.record(settled[0][0]).body["CustomerRef"]
        return self._make("Payment", {"CustomerRef": party}, settled, total, more)

    def pay(self, *settled: tuple[Posting, str], total: str = "", card: bool = False, **more: Any) -> Record:
        """Pay bills of one vendor, by check or by card."""
        party = self.record(settled[0][0]).body["VendorRef"]
        if card:
            how = {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": {"value": self.card()}}}
        else:
            how = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": self.account("1010")}}}
        return self._make("BillPayment", {"VendorRef": party, **how}, settled, total, more)

    def card(self) -> str:
        """The company's credit card account, made when there is none."""
        body = {"Name": "Company card", "AccountType": "Credit Card", "AccountSubType": "CreditCard"}
        found = self.company.named("Account", "Company card") or self.company.create("Account", body)
        return str(found.qbo_id)

    def _make(
        self,
        entity: str,
        body: dict[str, Any],
        settled: Sequence[tuple[Posting, str]],
        total: str,
        more: dict[str, Any],
    ) -> Record:
        lines = [_line(posting.entity, posting.qbo_id, amount) for posting, amount in settled]
        amount = Decimal(total) if total else sum((Decimal(each) for _, each in settled), Decimal(0))
        currency = self.record(settled[0][0]).body.get("CurrencyRef")
        made = {**body, "TotalAmt": amount, "Line": lines, **({"CurrencyRef": currency} if currency else {}), **more}
        with self.company.acting(acts.BOOKKEEPER):
            record: Record = self.company.create(entity, made)
        return record

    def edit(self, record: Record, **changes: Any) -> Record:
        """Send a change of an object as QuickBooks' own pages do."""
        body = {"Id": record.qbo_id, "SyncToken": str(self._now(record).sync_token), "sparse": True, **changes}
        with self.company.acting(acts.BOOKKEEPER):
            changed: Record = self.company.update(record.entity, body)
        return changed

    def void(self, record: Record) -> None:
        self.as_bookkeeper(acts.void, self._now(record))

    def delete(self, record: Record) -> None:
        self.as_bookkeeper(acts.delete, self._now(record))

    def _now(self, record: Record) -> Record:
        found = self.company.find(record.entity, record.qbo_id)
        assert found is not None
        return found

    # -- the freight side ---------------------------------------------------------------------------------------------

    def posting(self, external_id: str) -> Posting:
        """The posting of an invoice or advance, by the TMS's id."""
        found = Posting.objects.filter(invoice__external_id=external_id).first()
        return found or Posting.objects.get(advance__external_id=external_id)

    def posted(self, entity: str) -> list[Posting]:
        """Postings that are in the books as one entity, the largest first."""
        rows = Posting.objects.filter(state=PostingState.POSTED, entity=entity).order_by("-posted_amount", "pk")
        return list(rows)

    def standing(self, posting: Posting) -> Standing:
        return Standing.objects.get(posting_id=posting.pk)

    def paid(self, posting: Posting) -> tuple[str, Decimal, Decimal]:
        """How a document stands on the freight side: state, settled, open."""
        standing = self.standing(posting)
        return standing.state, standing.settled, standing.balance

    def open_drift(self, posting: Posting) -> Drift:
        return Drift.objects.get(posting_id=posting.pk, state=DriftState.OPEN)

    def payment(self, record: Record) -> Payment:
        return Payment.objects.get(entity=record.entity, qbo_id=record.qbo_id)

    # -- hearing ------------------------------------------------------------------------------------------------------

    def sweep(self) -> list[Change]:
        """Read everything that changed in the last month by the change feed, and apply it."""
        changes = self.changes()
        self.take(changes)
        return changes

    def changes(self) -> list[Change]:
        """What the change feed of the company tells."""
        sandbox = self.brokerage.sandbox
        since = (datetime.now(UTC) - timedelta(days=20)).isoformat(timespec="seconds")
        answer = httpx2.get(
            f"{sandbox.base_url}/v3/company/{sandbox.realm_id}/cdc",
            params={"entities": ",".join(SWEPT), "changedSince": since},
            headers={"Authorization": f"Bearer {sandbox.access_token}", "Accept": "application/json"},
        )
        body = exact_json.loads(answer.content)
        return [
            _change(entity, row)
            for response in body["CDCResponse"][0]["QueryResponse"]
            for entity, rows in response.items()
            if isinstance(rows, list)
            for row in rows
        ]

    def take(self, changes: Iterable[Change]) -> apply.Taken:
        return apply.take(self.connection_id, list(changes))


def _line(entity: str, qbo_id: str, amount: str) -> dict[str, Any]:
    return {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": qbo_id, "TxnType": entity}]}


def _change(entity: str, row: dict[str, Any]) -> Change:
    at = datetime.fromisoformat(row["MetaData"]["LastUpdatedTime"]).astimezone(UTC)
    return Change(entity, str(row["Id"]), None if row.get("status") == "Deleted" else row, at)


def told_in_every_way(changes: Sequence[Change], seed: int) -> list[Change]:
    """The same news once more, doubled and in another order."""
    shuffled = [*changes, *changes]
    random.Random(seed).shuffle(shuffled)
    return shuffled
