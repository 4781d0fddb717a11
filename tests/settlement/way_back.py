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
from freightbooks.connections.models import Connection
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.settlement import apply
from freightbooks.settlement.changes import Change
from freightbooks.settlement.models import Application, Drift, DriftState, Payment, Standing
from freightbooks.settlement.reading import DOCUMENTS, PAYMENTS
from main_job.brokerage import Brokerage, connect, copy_rows, first_loads
from qbo_sandbox.bookkeeper import acts
from qbo_sandbox.books.store import Record
from qbo_sandbox.pytest_plugin import RunningSandbox

SWEPT = (*sorted(DOCUMENTS), *sorted(PAYMENTS), "Vendor", "Customer", "PaymentMethod")


_PARTY = {"AR900002": "C1001", "AR900008": "C1001", "AR900005": "C1001", "AP500002": "K5001", "AP500006": "K5001"}
"""Documents of the small month that get another party than in the large one, so that parties have several."""
_CREDITS = ("AR900005", "AP500006")


def a_small_month(folder: Path, accounting_ids: dict[str, str]) -> Path:
    """Write nine loads: a customer has three invoices and a credit, a carrier two bills and a credit, some in CAD."""
    whole = first_loads(folder / "nine", 9)
    copy_rows(
        whole,
        folder / "small",
        "customers.csv",
        lambda row: row | {"accounting_id": accounting_ids.get(row["id"], "")},
    )
    for name in ("carriers.csv", "factors.csv", "shipments.csv", "payments.csv"):
        copy_rows(whole, folder / "small", name, lambda row: row)
    copy_rows(whole, folder / "small", "invoices.csv", lambda row: _changed(row, row["id"]))
    return copy_costs(whole, folder / "small")


def copy_costs(whole: Path, folder: Path) -> Path:
    copy_rows(whole, folder, "costs.csv", lambda row: _changed(row, row["invoice_id"]))
    return folder


def _changed(row: dict[str, str], invoice: str) -> dict[str, str]:
    row["party_id"] = _PARTY.get(invoice, row["party_id"])
    if invoice in _CREDITS:
        row["amount"] = f"-{row['amount']}"
        if "price" in row:
            row["price"] = f"-{row['price']}"
    return row


def _a_group(company: Any) -> dict[str, str]:
    """Make a customer whose two branches are billed with it, and return the branches' ids by the TMS's."""
    parent = company.create("Customer", {"DisplayName": "Kestrel Group"})
    below = {"ParentRef": {"value": parent.qbo_id}, "Job": True, "BillWithParent": True}
    names = {"C1006": "Kestrel Steel East", "C1007": "Kestrel Steel West"}
    return {ours: company.create("Customer", {"DisplayName": name, **below}).qbo_id for ours, name in names.items()}


def posted_brokerage(sandbox: RunningSandbox, folder: Path) -> Brokerage:
    """Connect, take the small month in and post it."""
    company = sandbox.company
    preferences = company.table("Preferences").records["1"]
    token = {"SyncToken": str(preferences.sync_token)}
    company.update("Preferences", {**token, "CurrencyPrefs": {"MultiCurrencyEnabled": True}})
    group = _a_group(company)
    brokerage = connect(sandbox)
    brokerage.take_in(a_small_month(folder, group))
    brokerage.post()
    apply.catch_up(brokerage.connection.pk)
    return brokerage


_FLAGS = ("state", "gate", "sync_token", "agreed", "changed_there", "qbo_id", "revision", "posted_amount")


@dataclass
class WayBack:
    """A posted brokerage, its books, and what the freight side is told of them."""

    brokerage: Brokerage
    heard: list[Change] = field(default_factory=list)
    begun: dict[int, dict[str, Any]] = field(default_factory=dict)
    known_from_the_start: set[tuple[object, ...]] = field(default_factory=set)

    @classmethod
    def of(cls, sandbox: RunningSandbox) -> WayBack:
        """The brokerage that was posted into this sandbox."""
        connection = Connection.objects.select_related("organization").get()
        made = cls(Brokerage(sandbox, connection.organization, connection))
        made.known_from_the_start = {_key(each) for each in made.changes()}
        made.begun = {row.pop("pk"): row for row in Posting.objects.values("pk", *_FLAGS)}
        return made

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
        changes = [each for each in self.changes() if _key(each) not in self.known_from_the_start]
        self.heard += changes
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


def _key(change: Change) -> tuple[object, ...]:
    return change.entity, change.qbo_id, change.at, change.object and change.object["SyncToken"]


def _line(entity: str, qbo_id: str, amount: str) -> dict[str, Any]:
    return {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": qbo_id, "TxnType": entity}]}


def _change(entity: str, row: dict[str, Any]) -> Change:
    at = datetime.fromisoformat(row["MetaData"]["LastUpdatedTime"]).astimezone(UTC)
    return Change(entity, str(row["Id"]), None if row.get("status") == "Deleted" else row, at)


def hold_in_every_order(way_back: WayBack, *, decided: bool = False) -> None:
    """Hold what the freight side knows to the law: the same news late, twice and in any order gives the same.

    Told again on top of what is known, it changes nothing; told in another order to a side that knows nothing, it comes
    to the same (but where a person decided something between: nobody decides again).
    """
    known = everything_known(way_back)
    way_back.take(_jumbled(way_back.heard, 1))
    for change in _jumbled(way_back.heard, 2):
        way_back.take([change])
    _same(everything_known(way_back), known, "told again")
    for seed in () if decided else (3, 4, 5):
        _forget(way_back)
        for change in _jumbled(way_back.heard, seed):
            way_back.take([change])
        _same(everything_known(way_back), known, f"told from the beginning in order {seed}")


def _same(now: dict[str, Any], known: dict[str, Any], when: str) -> None:
    for name, rows in known.items():
        assert now[name] == rows, f"{when}, the {name} came out otherwise"


def _jumbled(changes: Sequence[Change], seed: int) -> list[Change]:
    shuffled = [*changes, *changes]
    random.Random(seed).shuffle(shuffled)
    return shuffled


def _forget(way_back: WayBack) -> None:
    """Let the freight side know what it knew when everything had been posted, and no more."""
    for model in (Drift, Standing, Application, Payment):
        model.objects.all().delete()
    for pk, values in way_back.begun.items():
        Posting.objects.filter(pk=pk).update(**values)


def everything_known(way_back: WayBack) -> dict[str, Any]:
    """What the freight side knows of the books, in comparable form. Of a payment that is gone nothing need be known."""
    payments = (
        Payment.objects.exclude(state="deleted")
        .order_by("entity", "qbo_id")
        .values("entity", "qbo_id", "state", "sync_token", "amount", "unapplied", "date", "reference", "method")
    )
    applications = Application.objects.order_by("payment__qbo_id", "target_id").values_list(
        "payment__qbo_id", "target_entity", "target_id", "amount", "posting_id"
    )
    standings = Standing.objects.order_by("posting").values(
        "posting_id", "qbo_id", "state", "total", "settled", "balance", "voided", "gone", "sync_token", "paid_on"
    )
    drifts = (
        Drift.objects.filter(state=DriftState.OPEN).order_by("posting").values_list("posting_id", "kind", "differences")
    )
    postings = Posting.objects.order_by("pk").values_list("pk", "state", "sync_token", "changed_there")
    return {
        "payments": list(payments),
        "deleted": list(Payment.objects.filter(state="deleted").order_by("qbo_id").values_list("entity", "qbo_id")),
        "applications": list(applications),
        "standings": [row | {"sync_token": 0, "total": 0} if row["gone"] else row for row in standings],
        "drifts": list(drifts),
        "postings": list(postings),
    }
