"""What holds documents back, one row for one cause: how many, worth how much, and what to do. Renders nothing.

A refusal of QuickBooks belongs to a problem. A gate that names a cause many documents share (a cost, an account, a
payment type, a party) is one row per cause; the other gates are one row each.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, F, Max, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from freightbooks.connections.models import Connection
from freightbooks.money import ZERO
from freightbooks.organizations.models import Organization
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.problems.models import Problem
from freightbooks.web.filters import Filters
from freightbooks.web.status import NOBODYS_TURN, short

ONE_ROW_PER_CAUSE = (Gate.UNMAPPED, Gate.ACCOUNT, Gate.PAYMENT_TYPE, Gate.PARTY)
MOST = 100
_MAPPING_TABS = {
    "Carrier costs": "carrier-costs",
    "Customer costs": "customer-costs",
    "Payment types": "payment-types",
    "Shipper ID": "shipper-id",
    "Carrier ID": "carrier-id",
}


@dataclass
class Holding:
    """One cause. `since` is when its oldest document began to wait, or when its problem opened."""

    problem_id: int | None
    gate: str
    reason: str
    title: str
    message: str
    remedy: str
    since: datetime | None
    code: str = ""
    amounts: dict[str, Decimal] = field(default_factory=dict)
    kinds: dict[str, int] = field(default_factory=dict)

    @property
    def failed(self) -> bool:
        """Whether QuickBooks refused it, rather than a gate of ours holding it."""
        return self.problem_id is not None or not self.gate

    @property
    def count(self) -> int:
        """How many documents it holds."""
        return sum(self.kinds.values())

    @property
    def nobodys_turn(self) -> bool:
        """Whether it opens without anyone repairing the document or its mapping."""
        return self.gate in NOBODYS_TURN

    @property
    def weight(self) -> Decimal:
        """What sorts the causes: the money of their biggest currency, whatever its sign."""
        return max((abs(amount) for amount in self.amounts.values()), default=ZERO)

    def links(self, connection_id: int) -> list[tuple[str, str]]:
        """Return the documents behind it by kind: `23 bills` and the list that shows them."""
        group = PostingState.FAILED if self.failed else PostingState.WAITING
        state = "archived" if self.gate == Gate.ARCHIVED else group.value
        filters = Filters(
            state=state, gate=self.gate, reason=self.reason, problem=self.problem_id, company=connection_id
        )
        return [(_counted(kind, count), _list_of(kind) + filters.query()) for kind, count in sorted(self.kinds.items())]


_NOUNS = {
    "carrier": ("carrier invoice", "carrier invoices"),
    "customer": ("customer invoice", "customer invoices"),
    "advance": ("advance", "advances"),
}


def _counted(kind: str, count: int) -> str:
    return f"{count:,} {_NOUNS[kind][count != 1]}"


def _list_of(kind: str) -> str:
    return reverse("advances") if kind == "advance" else reverse("invoices", args=[kind])


def holdings(connection: Connection) -> list[Holding]:
    """Return every cause that holds documents of this company back, the most money first. Two queries."""
    found: dict[tuple[int | None, str, str], Holding] = {}
    problems = {problem.pk: problem for problem in Problem.objects.filter(connection=connection, closed_at=None)}
    for row in _grouped(connection):
        key = (row["problem_id"], row["cause_gate"], row["cause"])
        holding = found.get(key)
        if holding is None:
            holding = found[key] = _holding(row, problems.get(row["problem_id"] or 0))
        holding.kinds[row["kind"]] = holding.kinds.get(row["kind"], 0) + row["count"]
        holding.amounts[row["currency"]] = holding.amounts.get(row["currency"], ZERO) + row["amount"]
    return sorted(found.values(), key=lambda one: (not one.failed, -one.weight))


def held(connection: Connection) -> QuerySet[Posting]:
    """Return the postings of this company that failed or wait."""
    return Posting.objects.filter(connection=connection, state__in=(PostingState.FAILED, PostingState.WAITING))


def held_by(connection: Connection, filters: Mapping[str, str]) -> QuerySet[Posting]:
    """Return the postings one cause holds: `problem`, or `gate` and perhaps `reason`, as the page's form names them."""
    problem = filters.get("problem", "")
    if problem.isdigit():
        return held(connection).filter(state=PostingState.FAILED, problem_id=int(problem))
    gate, reason = filters.get("gate", ""), filters.get("reason", "")
    if not gate:
        loose = held(connection).filter(state=PostingState.FAILED, problem=None)
        return loose.filter(reason=reason) if reason else loose
    waiting = held(connection).filter(state=PostingState.WAITING, gate=gate)
    return waiting.filter(reason=reason) if reason else waiting


def _by_cause(postings: QuerySet[Posting]) -> QuerySet[Any]:
    """Give each posting the words that tell one cause from another: its gate, and for some gates its sentence."""
    failed = Q(state=PostingState.FAILED)
    per_cause = Q(gate__in=ONE_ROW_PER_CAUSE)
    return postings.annotate(
        cause_gate=Case(When(failed, then=Value("")), default=F("gate"), output_field=CharField()),
        cause=Case(
            When(failed & Q(problem__isnull=False), then=Value("")),
            When(failed | per_cause, then=F("reason")),
            default=Value(""),
            output_field=CharField(),
        ),
    )


def _grouped(connection: Connection) -> QuerySet[Any, dict[str, Any]]:
    grouped: QuerySet[Any, dict[str, Any]] = (
        _by_cause(held(connection))
        .annotate(
            kind=Coalesce("invoice__side", Value("advance"), output_field=CharField()),
            currency=Coalesce("invoice__currency", "advance__currency"),
        )
        .values("problem_id", "cause_gate", "cause", "kind", "currency")
        .order_by()
        .annotate(
            count=Count("id"),
            amount=Sum(Coalesce("invoice__amount", "advance__amount")),
            since=Min("changed_at"),
            any_remedy=Max("remedy"),
        )
    )
    return grouped


def _holding(row: dict[str, Any], problem: Problem | None) -> Holding:
    if problem is not None:
        return Holding(
            problem.pk, "", "", problem.title, problem.message, problem.remedy, problem.opened_at, problem.code
        )
    gate, cause = row["cause_gate"], row["cause"]
    return Holding(
        problem_id=row["problem_id"],
        gate=gate,
        reason=cause,
        title=cause or (short(gate) if gate else "QuickBooks refused it"),
        message=short(gate) if cause and gate else "",
        remedy=row["any_remedy"] or "",
        since=row["since"],
    )


def mapping_tab(holding: Holding) -> str:
    """Return the mapping section where its cause is repaired, or nothing: the one its remedy names."""
    return next((tab for label, tab in _MAPPING_TABS.items() if label in holding.remedy), "")


def count_causes(organization: Organization) -> int:
    """Count the causes that need a person, over all companies of the organization, as the page lists them."""
    open_ones = _by_cause(
        Posting.objects.filter(
            connection__organization=organization, state__in=(PostingState.FAILED, PostingState.WAITING)
        ).exclude(state=PostingState.WAITING, gate__in=NOBODYS_TURN)
    )
    return open_ones.values("connection_id", "problem_id", "cause_gate", "cause").order_by().distinct().count()
