"""Random lives of a brokerage and its books: bookkeepers, freight people and a bad network, by a seed.

What each does is drawn from the seed alone, so a life can be lived again.
"""

from __future__ import annotations

import asyncio
import random
from collections.abc import Callable, Sequence
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.utils import timezone

from freightbooks import exact_json
from freightbooks.freight import intake
from freightbooks.freight.models import Cost, Invoice
from freightbooks.posting.drain import drain
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.receiving import addresses, door
from freightbooks.receiving.hearing import hear
from freightbooks.receiving.models import Hint
from freightbooks.receiving.sweeping import sweep
from freightbooks.settlement import apply, decisions
from freightbooks.settlement.changes import Change
from freightbooks.settlement.models import Drift, DriftState, Policy
from qbo_sandbox.bookkeeper import acts
from qbo_sandbox.books.changes import Change as Told
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.store import Record
from receiving.notifications import entity as told_of
from receiving.notifications import legacy, signature
from settlement.way_back import WayBack

LOST, DOUBLED, LATE = 0.3, 0.2, 0.3
"""How many notifications are lost, come twice, and wait for a later moment."""
SETTLED_AFTER = 8
"""So many rounds at most until nothing is left to do."""


class Life:
    """One life. `steps` is its story, for whoever has to understand how it ended."""

    def __init__(self, way_back: WayBack, seed: int, loop: asyncio.AbstractEventLoop) -> None:
        self.way_back, self.seed, self.loop = way_back, seed, loop
        self.chance = random.Random(seed)
        self.steps: list[str] = []
        self.edits: dict[tuple[str, str], str] = {}  # what a bookkeeper wrote last, by entity and id
        self._old: list[Change] = []
        self._under_way: list[Told] = []
        self._fresh: list[Told] = []
        connection = way_back.brokerage.connection
        self._address = addresses.set_verifier(connection, way_back.brokerage.sandbox.webhook_verifier_token)
        self.company = way_back.company
        self.company.subscribers.append(self._hear_of)

    def _hear_of(self, _company: Any, changes: Sequence[Told]) -> None:
        self._fresh += changes

    # -- living -------------------------------------------------------------------------------------------------------

    def live(self, steps: int) -> None:
        """Do so many random things, then let everything come to rest."""
        for _ in range(steps):
            act = self.chance.choices([act for act, _ in ACTS], [weight for _, weight in ACTS])[0]
            try:
                said = act(self)
            except (Refusal, acts.CannotDo, decisions.NotAllowed) as refusal:
                said = f"refused: {refusal}"
            if said:
                self.steps.append(f"{act.__name__}: {said}")
            self._network()
            if self.chance.random() < 0.25:
                self._old = self.way_back.changes()  # somebody is slow with this answer
        self.company.subscribers.remove(self._hear_of)
        self._come_to_rest()

    def _network(self) -> None:
        """Lose, double and delay what the books tell; deliver the rest, in no order."""
        for change in self._fresh:
            drawn = self.chance.random()
            if drawn < LOST:
                continue
            self._under_way += [change, change] if drawn < LOST + DOUBLED else [change]
        self._fresh.clear()
        arriving = [change for change in self._under_way if self.chance.random() >= LATE]
        if not arriving:
            return
        for change in arriving:
            self._under_way.remove(change)
        self.chance.shuffle(arriving)
        body = legacy(self.company.realm_id, *(_told(change) for change in arriving))
        token = self.way_back.brokerage.sandbox.webhook_verifier_token
        door.receive(self._address.key, signature(body, token), body)
        if self.chance.random() < 0.7:
            self._listen()

    def _listen(self) -> None:
        Hint.objects.update(not_before=timezone.now() - timedelta(seconds=1))  # a moment has passed
        self.loop.run_until_complete(hear(self.way_back.connection_id))

    def _come_to_rest(self) -> None:
        connection_id = self.way_back.connection_id
        for _ in range(SETTLED_AFTER):
            self.loop.run_until_complete(drain(connection_id))
            apply.catch_up(connection_id)
            self.loop.run_until_complete(sweep(connection_id))
            apply.catch_up(connection_id)
            waiting = Posting.objects.filter(state__in=[PostingState.DUE, PostingState.SENDING, PostingState.UNCERTAIN])
            if not waiting.exists():
                return
        raise AssertionError(f"it does not come to rest: {list(waiting)}")

    # -- choosing -----------------------------------------------------------------------------------------------------

    def documents(self, *entities: str) -> list[tuple[Posting, Record]]:
        """The postings whose transactions are in the books now, with those."""
        rows = Posting.objects.filter(entity__in=entities).exclude(qbo_id="").order_by("pk")
        found = [(row, self.company.find(row.entity, row.qbo_id)) for row in rows]
        return [(row, record) for row, record in found if record is not None]

    def a_document(self, *entities: str) -> tuple[Posting, Record] | None:
        found = self.documents(*(entities or ("Invoice", "CreditMemo", "Bill", "VendorCredit", "Purchase")))
        return self.chance.choice(found) if found else None

    def a_payment(self) -> Record | None:
        found = [*self.company.table("Payment"), *self.company.table("BillPayment")]
        return self.chance.choice(found) if found else None

    def open_on(self, record: Record) -> Decimal:
        shown = exact_json.loads(self.company.text(record))
        return Decimal(shown.get("Balance", shown.get("RemainingCredit", 0)))

    def part_of(self, amount: Decimal) -> Decimal:
        if self.chance.random() < 0.4:
            return amount
        return (amount * self.chance.randint(1, 99) / 100).quantize(Decimal("0.01"))

    def as_bookkeeper(self, act: Callable[[], Any]) -> Any:
        with self.company.acting(acts.BOOKKEEPER):
            return act()

    def remember(self, record: Record, note: str) -> None:
        self.edits[record.entity, record.qbo_id] = note

    def an_old_answer_comes(self) -> int:
        if not self._old:
            return 0
        some = self.chance.sample(self._old, self.chance.randint(1, len(self._old)))
        self.way_back.take([*some, *some])
        return len(some)


def _told(change: Told) -> dict[str, Any]:
    more = {"deletedId": change.deleted_id} if change.deleted_id else {}
    return told_of(change.entity, change.qbo_id, str(change.operation), change.moment, **more)


# -- what bookkeepers do ----------------------------------------------------------------------------------------------


def a_payment_is_recorded(life: Life) -> str:
    """Of one to three documents of one party, in part or in full, with credits and money left over at times."""
    sales = life.chance.random() < 0.5
    owed, credit = ("Invoice", "CreditMemo") if sales else ("Bill", "VendorCredit")
    party = "CustomerRef" if sales else "VendorRef"
    first = life.a_document(owed)
    if first is None:
        return ""
    same = [
        record
        for _, record in life.documents(owed, credit)
        if record.body[party]["value"] == first[1].body[party]["value"] and life.open_on(record) > 0
    ]
    if not same:
        return ""
    chosen = life.chance.sample(same, min(len(same), life.chance.randint(1, 3)))
    lines, total = [], Decimal(0)
    for record in chosen:
        amount = life.part_of(life.open_on(record))
        if amount <= 0:
            continue
        lines.append({"Amount": amount, "LinkedTxn": [{"TxnId": record.qbo_id, "TxnType": record.entity}]})
        total += amount if record.entity == owed else -amount
    if total < 0 or not lines:
        return ""
    if life.chance.random() < 0.2:
        total += Decimal(life.chance.randint(1, 90))
    body: dict[str, Any] = {
        party: {"value": first[1].body[party]["value"]},
        "TotalAmt": total,
        "Line": lines,
        "CurrencyRef": {"value": first[1].body["CurrencyRef"]["value"]},
    }
    number = str(life.chance.randint(1000, 9999))
    if sales:
        made = life.as_bookkeeper(lambda: life.company.create("Payment", body | {"PaymentRefNum": number}))
    else:
        if life.chance.random() < 0.3:
            body |= {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": {"value": life.way_back.card()}}}
        else:
            account = {"value": life.way_back.account("1010")}
            body |= {"PayType": "Check", "CheckPayment": {"BankAccountRef": account}}
        made = life.as_bookkeeper(lambda: life.company.create("BillPayment", body | {"DocNumber": number}))
    settles = ", ".join(f"{line['LinkedTxn'][0]['TxnType']} {line['LinkedTxn'][0]['TxnId']}" for line in lines)
    return f"{made.entity} {made.qbo_id} of {total} on {settles}"


def a_payment_is_edited(life: Life) -> str:
    payment = life.a_payment()
    if payment is None or not payment.body["TotalAmt"]:
        return ""
    amount = life.part_of(payment.body["TotalAmt"] * 2)
    life.as_bookkeeper(lambda: acts.edit(life.company, payment, amount=amount))
    return f"{payment.entity} {payment.qbo_id} to {amount}"


def a_payment_is_unapplied(life: Life) -> str:
    payment = life.a_payment()
    if payment is None:
        return ""
    body = {"Id": payment.qbo_id, "SyncToken": str(payment.sync_token), "sparse": True, "Line": []}
    life.as_bookkeeper(lambda: life.company.update(payment.entity, body | {"TotalAmt": payment.body["TotalAmt"]}))
    return f"{payment.entity} {payment.qbo_id}"


def a_payment_is_voided(life: Life) -> str:
    payment = life.a_payment()
    if payment is None:
        return ""
    life.as_bookkeeper(lambda: acts.void(life.company, payment))
    return f"{payment.entity} {payment.qbo_id}"


def a_payment_is_deleted(life: Life) -> str:
    payment = life.a_payment()
    if payment is None:
        return ""
    life.as_bookkeeper(lambda: acts.delete(life.company, payment))
    return f"{payment.entity} {payment.qbo_id}"


def a_document_is_edited(life: Life) -> str:
    found = life.a_document()
    if found is None:
        return ""
    _, record = found
    note = f"theirs {life.chance.randint(0, 10**9)}"
    change: dict[str, Any] = {"memo": note}
    if life.chance.random() < 0.4:
        change["amount"] = life.part_of(record.body["TotalAmt"] * 2)
    if life.chance.random() < 0.3:
        change["day"] = date(2026, 11, life.chance.randint(1, 28))
    life.as_bookkeeper(lambda: acts.edit(life.company, record, **change))
    life.remember(record, note)
    return f"{record.entity} {record.qbo_id} {change}"


def a_document_is_only_printed(life: Life) -> str:
    found = life.a_document("Invoice", "CreditMemo")
    if found is None:
        return ""
    _, record = found
    memo = {"CustomerMemo": {"value": f"Thank you {life.chance.randint(0, 999)}"}}
    body = {"Id": record.qbo_id, "SyncToken": str(record.sync_token), "sparse": True, **memo}
    life.as_bookkeeper(lambda: life.company.update(record.entity, body))
    return f"{record.entity} {record.qbo_id}"


def a_document_is_voided(life: Life) -> str:
    found = life.a_document("Invoice", "Purchase")
    if found is None:
        return ""
    life.as_bookkeeper(lambda: acts.void(life.company, found[1]))
    life.remember(found[1], "Voided")
    return f"{found[1].entity} {found[1].qbo_id}"


def a_document_is_deleted(life: Life) -> str:
    found = life.a_document()
    if found is None:
        return ""
    life.as_bookkeeper(lambda: acts.delete(life.company, found[1]))
    life.edits.pop((found[1].entity, found[1].qbo_id), None)
    return f"{found[1].entity} {found[1].qbo_id}"


def a_party_is_merged(life: Life) -> str:
    found = life.a_document("Bill", "Invoice")
    if found is None:
        return ""
    name, field = ("Vendor", "VendorRef") if found[1].entity == "Bill" else ("Customer", "CustomerRef")
    gone = life.company.find(name, found[1].body[field]["value"])
    body = {"DisplayName": f"{name} {life.chance.randint(0, 10**9)}"}
    if "CurrencyRef" in gone.body:
        body["CurrencyRef"] = {"value": gone.body["CurrencyRef"]["value"]}
    kept = life.as_bookkeeper(lambda: life.company.create(name, body))
    life.as_bookkeeper(lambda: life.company.merge(name, kept.qbo_id, gone.qbo_id))
    return f"{name} {gone.qbo_id} into {kept.qbo_id}"


# -- what freight people do -------------------------------------------------------------------------------------------


def the_tms_changes_an_invoice(life: Life) -> str:
    """Its due date, or the amount of a cost with its own."""
    invoices = list(Invoice.objects.filter(status="Approved").order_by("pk"))
    invoice = life.chance.choice(invoices)
    names = ("number", "side", "shipment_id", "block", "party_id", "status", "invoice_date", "currency", "archived")
    row = {name: getattr(invoice, name) for name in names} | {"external_id": invoice.external_id}
    row |= {"amount": invoice.amount, "due_date": date(2026, 12, life.chance.randint(1, 28))}
    cost = Cost.objects.filter(invoice=invoice).order_by("pk").first()
    if cost is not None and invoice.amount > 0 and life.chance.random() < 0.5:
        more = Decimal(life.chance.randint(1, 50))
        row["amount"] = invoice.amount + more
        fields = ("shipment_id", "side", "party_id", "block", "invoice_id", "code", "name", "note")
        costs = {name: getattr(cost, name) for name in fields} | {"external_id": cost.external_id}
        amount = cost.amount + more
        intake.take_costs(invoice.organization, [costs | {"qty": Decimal(1), "price": amount, "amount": amount}])
    intake.take_invoices(invoice.organization, [row])
    intake.announce_pending(invoice.organization)
    return f"{invoice.external_id} to {row['amount']}, due {row['due_date']}"


def documents_are_sent(life: Life) -> str:
    life.loop.run_until_complete(drain(life.way_back.connection_id))
    if life.chance.random() < 0.5:
        apply.catch_up(life.way_back.connection_id)
    return "what was due"


def a_sweep_runs(life: Life) -> str:
    life.loop.run_until_complete(sweep(life.way_back.connection_id))
    return "to the end"


def an_old_answer_is_taken(life: Life) -> str:
    count = life.an_old_answer_comes()
    return f"{count} old versions, twice" if count else ""


def a_person_decides(life: Life) -> str:
    found = list(Drift.objects.filter(state=DriftState.OPEN).order_by("pk"))
    if not found:
        return ""
    drift = life.chance.choice(found)
    if life.chance.random() < 0.5:
        decisions.keep_theirs(drift, "Dana Whitlow")
        return f"keep {drift.entity} {drift.qbo_id}"
    decisions.restore_ours(drift, "Dana Whitlow")
    life.edits.pop((drift.entity, drift.qbo_id), None)
    return f"restore {drift.entity} {drift.qbo_id}"


def all_is_decided(life: Life) -> str:
    return f"{decisions.decide(Drift.objects.filter(state=DriftState.OPEN), DriftState.KEPT, 'Dana Whitlow')} kept"


def a_policy_is_set(life: Life) -> str:
    policy = life.chance.choice([Policy.ASK, Policy.KEEP])
    decisions.set_policy(life.way_back.connection_id, policy, "Priya Raman")
    return str(policy)


ACTS: list[tuple[Callable[[Life], str], int]] = [
    (a_payment_is_recorded, 30),
    (a_payment_is_edited, 8),
    (a_payment_is_unapplied, 4),
    (a_payment_is_voided, 4),
    (a_payment_is_deleted, 6),
    (a_document_is_edited, 8),
    (a_document_is_only_printed, 5),
    (a_document_is_voided, 2),
    (a_document_is_deleted, 2),
    (a_party_is_merged, 2),
    (the_tms_changes_an_invoice, 10),
    (documents_are_sent, 10),
    (a_sweep_runs, 4),
    (an_old_answer_is_taken, 16),
    (a_person_decides, 8),
    (all_is_decided, 1),
    (a_policy_is_set, 1),
]
