"""The list of payments that settle documents of ours: which rows, in which order, worth what. Renders nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict, dataclass, field, replace
from datetime import date
from decimal import Decimal
from typing import Any

from django.db.models import Count, F, Prefetch, Q, QuerySet, Sum
from django.http import QueryDict
from django.utils.http import urlencode

from freightbooks.connections.models import Connection
from freightbooks.money import ZERO
from freightbooks.settlement.models import Application, Payment, PaymentState

PAGE_SIZE = 50
KINDS = {"received": "Payment", "paid": "BillPayment"}
SORTS = {
    "date": "date",
    "party": "party_name",
    "method": "method",
    "reference": "reference",
    "amount": "amount",
    "unapplied": "unapplied",
}
STATES = (*PaymentState.values, "unapplied")


@dataclass(frozen=True)
class PaymentFilters:
    """What the list shows, in which order and which part of it, as it stands in the URL."""

    q: str = ""
    kind: str = ""
    state: str = ""
    method: str = ""
    since: date | None = None
    until: date | None = None
    sort: str = ""
    page: int = 1
    company: int | None = None
    unread: tuple[str, ...] = ()

    @property
    def narrowed(self) -> bool:
        """Whether anything is filtered out."""
        return replace(self, sort="", page=1, company=None, unread=()) != PaymentFilters()

    def query(self, **changes: Any) -> str:
        """Return the query string of this view with `changes`; changing a filter goes back to page 1."""
        if changes and "page" not in changes:
            changes = {"page": 1, **changes}
        values = asdict(replace(self, **changes))
        del values["unread"]
        if values["page"] == 1:
            del values["page"]
        filled = {key: value for key, value in values.items() if value not in ("", None)}
        return f"?{urlencode(filled)}" if filled else "?"


@dataclass
class PaymentTotals:
    """What the filtered set comes to. Amounts by currency; currencies are never added up."""

    count: int = 0
    received: dict[str, Decimal] = field(default_factory=dict)
    paid: dict[str, Decimal] = field(default_factory=dict)


def read(query: QueryDict) -> PaymentFilters:
    """Read the filters of a URL. A day that cannot be read is left out and named in `unread`."""
    unread: list[str] = []

    def day(name: str) -> date | None:
        text = query.get(name, "")
        try:
            return date.fromisoformat(text) if text else None
        except ValueError:
            unread.append(f"“{text[:40]}” is not a date, so it was left out. Write it as 2026-10-31.")
            return None

    def number(name: str) -> int | None:
        text = query.get(name, "")
        return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else None

    def one_of(name: str, allowed: Any) -> str:
        text = query.get(name, "")
        return text if text in allowed else ""

    return PaymentFilters(
        q=" ".join(query.get("q", "").replace("\0", "").split())[:200],
        kind=one_of("kind", KINDS),
        state=one_of("state", STATES),
        method=query.get("method", "").replace("\0", "")[:100],
        since=day("since"),
        until=day("until"),
        sort=one_of("sort", {*SORTS, *(f"-{key}" for key in SORTS)}),
        page=number("page") or 1,
        company=number("company"),
        unread=tuple(unread),
    )


class PaymentList:
    """The payments of one QuickBooks company that settle, or settled, documents of ours."""

    def __init__(self, connection: Connection | None) -> None:
        self.connection_id = connection.pk if connection else 0

    def rows(self, filters: PaymentFilters) -> list[Payment]:
        """Return one page, each with what it settles."""
        start = (filters.page - 1) * PAGE_SIZE
        return list(self._ordered(filters)[start : start + PAGE_SIZE])

    def every_row(self, filters: PaymentFilters) -> Iterator[Payment]:
        """Stream the whole filtered set in order."""
        yield from self._ordered(filters).iterator(chunk_size=1000)

    def totals(self, filters: PaymentFilters) -> PaymentTotals:
        """Add up the filtered set."""
        totals = PaymentTotals()
        rows = self._filtered(filters).order_by().values_list("entity", "currency").annotate(Count("pk"), Sum("amount"))
        for entity, currency, count, amount in rows:
            totals.count += count
            side = totals.received if entity == "Payment" else totals.paid
            side[currency] = side.get(currency, ZERO) + amount
        return totals

    def methods(self) -> list[str]:
        """Return the methods there are."""
        rows = Payment.objects.filter(connection_id=self.connection_id, ours=True).exclude(method="")
        return sorted(rows.order_by().values_list("method", flat=True).distinct())

    def not_ours(self) -> int:
        """Return how many payments of the company settle nothing of ours."""
        return Payment.objects.filter(connection_id=self.connection_id, ours=False).count()

    def _filtered(self, filters: PaymentFilters) -> QuerySet[Payment]:
        rows = Payment.objects.filter(connection_id=self.connection_id, ours=True)
        if filters.kind:
            rows = rows.filter(entity=KINDS[filters.kind])
        if filters.state == "unapplied":
            rows = rows.filter(state=PaymentState.RECORDED, unapplied__gt=0)
        elif filters.state:
            rows = rows.filter(state=filters.state)
        if filters.method:
            rows = rows.filter(method=filters.method)
        if filters.since:
            rows = rows.filter(date__gte=filters.since)
        if filters.until:
            rows = rows.filter(date__lte=filters.until)
        if filters.q:
            settles = Application.objects.filter(connection_id=self.connection_id).filter(
                Q(posting__invoice__number__icontains=filters.q)
                | Q(posting__invoice__external_id__iexact=filters.q)
                | Q(target_number__icontains=filters.q)
            )
            rows = rows.filter(
                Q(reference__icontains=filters.q)
                | Q(party_name__icontains=filters.q)
                | Q(qbo_id=filters.q[:32])
                | Q(pk__in=settles.values("payment_id"))
            )
        return rows

    def _ordered(self, filters: PaymentFilters) -> QuerySet[Payment]:
        sort = filters.sort or "-date"
        column = SORTS[sort.lstrip("-")]
        order = F(column).desc(nulls_last=True) if sort.startswith("-") else F(column).asc(nulls_last=True)
        settled = Prefetch(
            "applications",
            Application.objects.select_related("posting__invoice").order_by("pk"),
        )
        return self._filtered(filters).order_by(order, "-pk").prefetch_related(settled)
