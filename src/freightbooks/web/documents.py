"""The lists of invoices and advances: which rows, in which order, what they add up to. Renders nothing.

A list is about one organization and one QuickBooks company; a document's posting into that company is joined to it.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, Exists, F, FilteredRelation, OuterRef, Q, QuerySet, Sum

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Advance, Cost, Invoice, Party, Shipment
from freightbooks.money import ZERO
from freightbooks.organizations.models import Organization
from freightbooks.web.filters import PAGE_SIZE, Filters
from freightbooks.web.paid import in_paid_state, paid_status
from freightbooks.web.status import Group, Status, group_of, in_group, needs_person, status_of

INVOICE_SORTS = {
    "number": "number",
    "shipment": "shipment__custom_id",
    "party": "party__name",
    "date": "invoice_date",
    "due": "due_date",
    "amount": "amount",
    "status": "status",
    "state": "posting__state",
    "balance": "posting__standing__balance",
}
ADVANCE_SORTS = {
    "number": "reference",
    "method": "method",
    "party": "party__name",
    "date": "date",
    "amount": "amount",
    "state": "posting__state",
}
_SHARED = (
    "id", "external_id", "currency", "amount",
    "party__name", "shipment__custom_id", "shipment__external_id",
    "posting__id", "posting__state", "posting__gate", "posting__entity", "posting__warnings", "posting__reason",
    "posting__changed_there", "posting__doc_number", "posting__qbo_id", "posting__posted_at", "posting__problem__title",
)  # fmt: skip
_OF_INVOICE = (
    *_SHARED,
    "posting__standing__state",
    "posting__standing__balance",
    "number",
    "invoice_date",
    "due_date",
    "status",
    "archived",
    "archived_by",
)
_OF_ADVANCE = (*_SHARED, "reference", "method", "date", "fee")


@dataclass(frozen=True)
class Row:
    """One document as a list shows it. `number` is the invoice number, or the advance's reference."""

    id: int
    number: str
    external_id: str
    shipment: str
    party: str
    day: date
    due: date | None
    amount: Decimal
    currency: str
    standing: str
    method: str
    archived: bool
    posting_id: int | None
    status: Status
    reason: str
    entity: str
    doc_number: str
    qbo_id: str
    paid: Status | None = None
    balance: Decimal | None = None


@dataclass
class Totals:
    """What the whole filtered set comes to, page or no page. Amounts by currency; currencies are never added up."""

    count: int = 0
    posted: int = 0
    need_person: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)
    posted_amounts: dict[str, Decimal] = field(default_factory=dict)
    groups: dict[Group, int] = field(default_factory=dict)
    gates: dict[str, int] = field(default_factory=dict)


class DocumentList:
    """The invoices of one side, or the advances, of an organization; seen with one QuickBooks company."""

    def __init__(self, organization: Organization, connection: Connection | None, kind: str) -> None:
        """`kind` is customer, carrier or advance."""
        self.organization = organization
        self.connection_id = connection.pk if connection else 0
        self.kind = kind
        self.is_advance = kind == "advance"
        self.sorts = ADVANCE_SORTS if self.is_advance else INVOICE_SORTS

    def rows(self, filters: Filters) -> list[Row]:
        """Return one page of rows."""
        start = (filters.page - 1) * PAGE_SIZE
        return [self._row(values) for values in self._values(filters)[start : start + PAGE_SIZE]]

    def every_row(self, filters: Filters) -> Iterator[Row]:
        """Stream all rows of the filtered set in order, a few thousand in memory at a time."""
        for values in self._values(filters).iterator(chunk_size=2000):
            yield self._row(values)

    def totals(self, filters: Filters) -> Totals:
        """Add up the filtered set. Groups and gates are counted as if no state or gate were chosen, for the chips."""
        totals = Totals()
        grouped = (
            self._filtered(filters)
            .values_list("posting__state", "posting__gate", "currency")
            .order_by()
            .annotate(Count("id"), Sum("amount"))
        )
        for state, gate, currency, count, amount in grouped:
            group = group_of(state, gate or "")
            totals.groups[group] = totals.groups.get(group, 0) + count
            if group == Group.WAITING:
                totals.gates[gate] = totals.gates.get(gate, 0) + count
            if (filters.state and filters.state != group) or (filters.gate and filters.gate != gate):
                continue
            totals.count += count
            totals.amounts[currency] = totals.amounts.get(currency, ZERO) + amount
            if group == Group.POSTED:
                totals.posted += count
                totals.posted_amounts[currency] = totals.posted_amounts.get(currency, ZERO) + amount
            if needs_person(state, gate or ""):
                totals.need_person += count
        return totals

    def _documents(self) -> QuerySet[Any]:
        if self.is_advance:
            return Advance.objects.filter(organization=self.organization)
        return Invoice.objects.filter(organization=self.organization, side=self.kind)

    def _filtered(self, filters: Filters) -> QuerySet[Any]:
        """Apply every filter but state and gate, which the totals count through."""
        documents: QuerySet[Any] = self._documents().annotate(
            posting=FilteredRelation("postings", condition=Q(postings__connection_id=self.connection_id))
        )
        day = "date" if self.is_advance else "invoice_date"
        if filters.since:
            documents = documents.filter(**{f"{day}__gte": filters.since})
        if filters.until:
            documents = documents.filter(**{f"{day}__lte": filters.until})
        if filters.status and not self.is_advance:
            documents = documents.filter(status=filters.status)
        if filters.paid and not self.is_advance:
            documents = documents.filter(in_paid_state(filters.paid, "posting__"))
        if filters.problem:
            documents = documents.filter(posting__problem_id=filters.problem)
        if filters.reason:
            documents = documents.filter(posting__reason=filters.reason)
        if filters.cost and not self.is_advance:
            lines = Cost.objects.filter(
                organization=self.organization,
                side=self.kind,
                code__in=filters.cost.split(","),
                invoice_id=OuterRef("pk"),
            )
            documents = documents.filter(Exists(lines))
        if filters.q:
            documents = documents.filter(self._matching(filters.q))
        return documents

    def _matching(self, text: str) -> Q:
        """Names are looked up in their own small tables first: joining them to every document would be slow."""
        parties = Party.objects.filter(organization=self.organization, name__icontains=text).values("id")
        shipments = Shipment.objects.filter(organization=self.organization).filter(
            Q(custom_id__icontains=text) | Q(external_id__iexact=text)
        )
        number = "reference" if self.is_advance else "number"
        return (
            Q(**{f"{number}__icontains": text})
            | Q(external_id__icontains=text)
            | Q(party__in=parties)
            | Q(shipment__in=shipments.values("id"))
        )

    def _values(self, filters: Filters) -> QuerySet[Any, dict[str, Any]]:
        documents = self._filtered(filters)
        if filters.state:
            documents = documents.filter(in_group(filters.state, "posting__"))
        if filters.gate:
            documents = documents.filter(posting__gate=filters.gate)
        names = _OF_ADVANCE if self.is_advance else _OF_INVOICE
        ordered: QuerySet[Any, dict[str, Any]] = documents.order_by(*self._order(filters.sort or "-date")).values(
            *names
        )
        return ordered

    def _order(self, sort: str) -> list[Any]:
        column = self.sorts[sort.lstrip("-")]
        if sort.startswith("-"):
            # The due date may be empty; the newest-first order of the plain columns must match their index.
            return [F(column).desc(nulls_last=True) if sort == "-due" else f"-{column}", "-id"]
        return [column, "id"]

    def _row(self, values: dict[str, Any]) -> Row:
        advance = self.is_advance
        standing = values.get("posting__standing__state")
        return Row(
            id=values["id"],
            number=values["reference"] or values["external_id"] if advance else values["number"],
            external_id=values["external_id"],
            shipment=values["shipment__custom_id"] or values["shipment__external_id"] or "",
            party=values["party__name"],
            day=values["date" if advance else "invoice_date"],
            due=None if advance else values["due_date"],
            amount=values["amount"],
            currency=values["currency"],
            standing="" if advance else values["status"],
            method=values["method"] if advance else "",
            archived=not advance and bool(values["archived"] or values["archived_by"]),
            posting_id=values["posting__id"],
            status=status_of(
                values["posting__state"],
                values["posting__gate"] or "",
                values["posting__entity"] or "",
                warned=bool(values["posting__warnings"]),
                changed_there=values["posting__changed_there"] or "",
                title=values["posting__problem__title"] or values["posting__reason"] or "",
            ),
            reason=values["posting__reason"] or "",
            entity=values["posting__entity"] or "",
            doc_number=values["posting__doc_number"] or "",
            qbo_id=values["posting__qbo_id"] or "",
            paid=None if advance else paid_status(standing or "", values["posting__entity"] or ""),
            balance=None if advance or standing is None else values["posting__standing__balance"],
        )
