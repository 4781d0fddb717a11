"""A small month of freight drawn from a seed, and what happens to it in the TMS: the storms' own books of it.

It knows each document as it was at every revision, and by rules of its own which of them may post. It never asks the
product's gates. Everything goes in through the intake every source uses.
"""

from __future__ import annotations

import random
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from freightbooks.freight import intake
from freightbooks.freight.models import Advance, Invoice, Party, Shipment
from freightbooks.freight.statuses import PartyKind

CUSTOMER_COSTS = (("1600", "Freight - flat"), ("1700", "Fuel surcharge"), ("1800", "Detention"), ("1900", "Lumper"))
CARRIER_COSTS = (("1601", "Freight - per mile"), ("1701", "Fuel advance"), ("1801", "Detention"), ("1901", "Tolls"))
METHODS = ("EFS", "COMCHECK")
_FIRST_DAY = date(2026, 10, 1)
Line = tuple[str, str, Decimal]
"""Cost code, its name, the amount."""


@dataclass(frozen=True)
class Content:
    """What accounting may know of a document at one moment."""

    amount: Decimal
    lines: tuple[Line, ...] = ()
    status: str = "Approved"
    archived: bool = False
    fee: Decimal = Decimal("0.00")
    method: str = ""

    @property
    def total(self) -> Decimal:
        """What it comes to in the books, always above zero."""
        return abs(self.amount) + self.fee


@dataclass
class Document:
    """A customer invoice, a carrier invoice or an advance. `side` is customer, carrier or advance."""

    external_id: str
    side: str
    number: str
    party: str
    day: date
    content: Content
    twin_of: str = ""
    pk: int = 0
    versions: dict[int, Content] = field(default_factory=dict)  # by revision

    @property
    def marker(self) -> str:
        """Our mark on it in QuickBooks."""
        return (
            f"[FB { {'customer': 'invoice', 'carrier': 'bill', 'advance': 'advance'}[self.side] } {self.external_id}]"
        )

    @property
    def revision(self) -> int:
        """The newest revision the TMS has told."""
        return max(self.versions, default=0)

    def entity(self, content: Content) -> str:
        """What it is in QuickBooks."""
        if self.side == "advance":
            return "Purchase"
        negative = content.amount < 0
        if self.side == "customer":
            return "CreditMemo" if negative else "Invoice"
        return "VendorCredit" if negative else "Bill"


@dataclass
class Month:
    """One brokerage's paperwork."""

    organization: Any
    chance: random.Random
    documents: dict[str, Document] = field(default_factory=dict)  # by external id
    pay_to: dict[str, str] = field(default_factory=dict)  # carrier -> who is paid: itself, a factor, or a reason
    customers: list[str] = field(default_factory=list)
    carriers: list[str] = field(default_factory=list)
    party_ids: dict[str, int] = field(default_factory=dict)
    _loads: list[int] = field(default_factory=list)
    _numbers: int = 0
    _twinned: set[str] = field(default_factory=set)  # documents another has the number of: they stay as they are

    def begin(self) -> None:
        """Take in who there is and what was hauled."""
        chance = self.chance
        self.customers = [f"C{n}" for n in range(1, chance.randint(2, 4) + 1)]
        self.carriers = [f"K{n}" for n in range(1, chance.randint(2, 5) + 1)]
        rows = [_party(each, f"Shipper {each} {chance.randint(1, 99)}", terms_days=30) for each in self.customers]
        intake.take_parties(self.organization, PartyKind.CUSTOMER, rows)
        intake.take_parties(self.organization, PartyKind.FACTOR, [_party("F1", "Factor One")])
        rows = []
        for each in self.carriers:
            paid = chance.choices(("carrier", "factor", "unknown", ""), (12, 4, 1, 1))[0]
            self.pay_to[each] = {
                "carrier": each,
                "factor": "F1",
                "unknown": "unknown factor",
                "": "carrier has no pay-to",
            }[paid]
            factor = {"factor": "F1", "unknown": "F404"}.get(paid, "")
            told = "factor" if paid == "unknown" else paid
            rows.append(_party(each, f"Hauler {each} {chance.randint(1, 99)}", pay_to=told, factor_external_id=factor))
        intake.take_parties(self.organization, PartyKind.CARRIER, rows)
        self.party_ids = dict(Party.objects.filter(organization=self.organization).values_list("external_id", "pk"))
        loads = [{"external_id": f"S{n}", "custom_id": f"{34000 + n}E"} for n in range(1, 4)]
        intake.take_shipments(self.organization, loads)
        self._loads = list(Shipment.objects.filter(organization=self.organization).values_list("pk", flat=True))

    def draw_new(self, count: int) -> list[Document]:
        """Make documents the TMS has not told of yet: most of them right, some with what must hold them."""
        drawn = [self._draw() for _ in range(count)]
        for document in drawn:
            self.documents[document.external_id] = document
        return drawn

    def draw_changes(self, count: int) -> list[Document]:
        """Change documents that are in: other amounts, un-approved, approved, archived, taken out of the archive."""
        able = [
            each
            for each in self.documents.values()
            if each.versions
            and not each.twin_of
            and each.external_id not in self._twinned
            and (each.content.lines or each.side == "advance")
        ]
        chosen = self.chance.sample(able, min(count, len(able)))
        for document in chosen:
            document.content = self._changed(document)
        return chosen

    def take(self, documents: Iterable[Document]) -> None:
        """Tell the product of documents as they are now, and note the revision each has by that. May be repeated."""
        some = list(documents)
        invoices = [each for each in some if each.side != "advance"]
        taken = intake.take_invoices(self.organization, [self._invoice_row(each) for each in invoices])
        assert not taken.refused, taken.refused
        self._note(Invoice, invoices)
        costs = [row for each in invoices for row in self._cost_rows(each)]
        if costs:
            intake.take_costs(self.organization, costs)
        advances = [each for each in some if each.side == "advance"]
        if advances:
            intake.take_advances(self.organization, [self._advance_row(each) for each in advances])
        intake.announce_pending(self.organization)
        for document, revision in (*self._note(Invoice, invoices), *self._note(Advance, advances)):
            document.versions[revision] = document.content

    def held(self, document: Document) -> str:
        """Return the reason that must hold a document now, or nothing when it must be in the books."""
        content = document.content
        if content.archived:
            return "archived"
        if document.side == "advance":
            return self._held_for_pay_to(document)
        total = sum((amount for _, _, amount in content.lines), Decimal(0))
        reasons = (
            (content.status == "Draft", "not approved"),
            (not content.lines, "no cost lines"),
            (total != content.amount, "amount does not equal the sum of its lines"),
            (content.amount == 0, "zero amount"),
        )
        told = next((reason for holds, reason in reasons if holds), "")
        if told or document.side == "customer":
            return told
        if document.twin_of and not self._held_for_pay_to(document):
            return "same carrier and invoice number twice (possible duplicate payment)"
        return self._held_for_pay_to(document)

    def holder(self, document: Document) -> str:
        """Whose account it is on: the customer, or who is paid."""
        return document.party if document.side == "customer" else self.pay_to[document.party]

    # -- drawing --------------------------------------------------------------------------------------------------

    def _draw(self) -> Document:
        chance = self.chance
        self._numbers += 1
        n = self._numbers
        side = chance.choices(("customer", "carrier", "advance"), (9, 9, 2))[0]
        day = _FIRST_DAY + timedelta(days=chance.randint(0, 29))
        if side == "advance":
            content = Content(
                _money(chance), fee=Decimal(chance.choice(("0.00", "6.00"))), method=chance.choice(METHODS)
            )
            return Document(f"P{n}", side, f"73019{n:05}", chance.choice(self.carriers), day, content)
        party = chance.choice(self.customers if side == "customer" else self.carriers)
        costs = CUSTOMER_COSTS if side == "customer" else CARRIER_COSTS
        lines = tuple((*cost, _money(chance)) for cost in chance.sample(costs, chance.randint(1, 3)))
        content = Content(sum((line[2] for line in lines), Decimal(0)), lines)
        external_id = f"{'AR' if side == 'customer' else 'AP'}{n}"
        document = Document(external_id, side, f"{34000 + n}E-{n}", party, day, content)
        self._make_odd(document)
        return document

    def _make_odd(self, document: Document) -> None:
        """Give some documents what holds them, or turn them into credits."""
        content = document.content
        what = self.chance.choices(
            ("right", "draft", "archived", "sum", "empty", "zero", "credit", "twin"), (80, 4, 3, 3, 2, 2, 5, 3)
        )[0]
        if what == "draft":
            content = replace(content, status="Draft")
        elif what == "archived":
            content = replace(content, archived=True)
        elif what == "sum":
            content = replace(content, amount=content.amount + Decimal("0.01"))
        elif what == "empty":
            content = replace(content, lines=())
        elif what == "zero":
            name = content.lines[0]
            claim = "1950" if document.side == "customer" else "1951"
            lines = ((name[0], name[1], Decimal("25.00")), (claim, "Claim", Decimal("-25.00")))
            content = replace(content, amount=Decimal("0.00"), lines=lines)
        elif what == "credit":
            lines = tuple((code, name, -amount) for code, name, amount in content.lines)
            content = replace(content, amount=-content.amount, lines=lines)
        elif what == "twin" and document.side == "carrier":
            self._make_twin(document)
        document.content = content

    def _make_twin(self, document: Document) -> None:
        """Give it the number of an invoice of the same carrier that is in already; neither changes from then on."""
        for other in self.documents.values():
            if other.party == document.party and other.side == "carrier" and not other.twin_of and other.versions:
                if self.held(other) or len(other.versions) > 1:
                    continue
                document.number, document.twin_of = other.number, other.external_id
                self._twinned.add(other.external_id)
                return

    def _changed(self, document: Document) -> Content:
        content, chance = document.content, self.chance
        if document.side == "advance":
            return replace(content, amount=_money(chance))
        if content.archived:
            return replace(content, archived=False)
        if content.status == "Draft":
            return replace(content, status="Approved")
        what = chance.choices(("amount", "un-approve", "archive"), (5, 2, 2))[0]
        if what == "un-approve":
            return replace(content, status="Draft")
        if what == "archive":
            return replace(content, archived=True)
        sign = -1 if content.amount < 0 else 1
        code, name, before = content.lines[0]
        after = sign * _money(chance)
        return replace(content, lines=((code, name, after), *content.lines[1:]), amount=content.amount - before + after)

    # -- telling the product --------------------------------------------------------------------------------------

    def _invoice_row(self, document: Document) -> dict[str, Any]:
        return {
            "external_id": document.external_id,
            "number": document.number,
            "side": document.side,
            "shipment_id": self._loads[0],
            "block": 1,
            "party_id": self.party_ids[document.party],
            "status": document.content.status,
            "invoice_date": document.day,
            "due_date": document.day + timedelta(days=30),
            "currency": "USD",
            "amount": document.content.amount,
            "archived": document.content.archived,
        }

    def _cost_rows(self, document: Document) -> list[dict[str, Any]]:
        return [
            {
                "external_id": f"{document.external_id}-{code}",
                "shipment_id": self._loads[0],
                "side": document.side,
                "party_id": self.party_ids[document.party],
                "block": 1,
                "invoice_id": document.pk,
                "code": code,
                "name": name,
                "qty": Decimal(1),
                "price": amount,
                "amount": amount,
                "note": "",
            }
            for code, name, amount in document.content.lines
        ]

    def _advance_row(self, document: Document) -> dict[str, Any]:
        return {
            "external_id": document.external_id,
            "shipment_id": None,
            "invoice_id": None,
            "party_id": self.party_ids[document.party],
            "method": document.content.method,
            "reference": document.number,
            "date": document.day,
            "currency": "USD",
            "amount": document.content.amount,
            "fee": document.content.fee,
            "reason": "Fuel",
        }

    def _note(self, model: Any, documents: list[Document]) -> list[tuple[Document, int]]:
        """Learn the ids of documents; return them with the revisions they have."""
        wanted = {each.external_id: each for each in documents}
        rows = model.objects.filter(organization=self.organization, external_id__in=wanted)
        noted = []
        for external_id, pk, revision in rows.values_list("external_id", "pk", "revision"):
            wanted[external_id].pk = pk
            noted.append((wanted[external_id], revision))
        return noted

    def _held_for_pay_to(self, document: Document) -> str:
        paid = self.pay_to[document.party]
        return paid if paid in ("unknown factor", "carrier has no pay-to") else ""


def _party(external_id: str, name: str, **more: Any) -> dict[str, Any]:
    return {"external_id": external_id, "name": name, "currency": "USD"} | more


def _money(chance: random.Random) -> Decimal:
    return Decimal(chance.randint(3000, 250_000)) / 100
