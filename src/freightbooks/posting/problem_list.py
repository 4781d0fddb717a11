"""The problems of an organization or a company as plain values: counted, with the money at stake.

For pages, the API and the command line. Costs a fixed number of queries, and reads held documents only: how many were
posted does not matter.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db.models import Case, CharField, Count, F, Min, Q, QuerySet, Sum, Value, When
from django.db.models.functions import Coalesce

from freightbooks.money import ZERO
from freightbooks.organizations.models import Organization
from freightbooks.posting.models import Posting
from freightbooks.posting.releasing import HOLDING
from freightbooks.posting.states import PostingState
from freightbooks.problems.entries import Entry
from freightbooks.problems.models import Problem
from freightbooks.problems.subjects import Subject

ON_THE_WAY = (PostingState.DUE, PostingState.SENDING, PostingState.UNCERTAIN)


@dataclass(frozen=True)
class Counted:
    """What a problem holds. `kinds` by customer, carrier or advance; `amounts` by currency, as the TMS has them."""

    kinds: dict[str, int] = field(default_factory=dict)
    amounts: dict[str, Decimal] = field(default_factory=dict)
    oldest: date | None = None
    refused: int = 0
    on_the_way: int = 0

    @property
    def documents(self) -> int:
        """How many documents it holds."""
        return sum(self.kinds.values())


@dataclass(frozen=True)
class ListedProblem:
    """One problem: what it is, what the catalogue says of it, and what it holds."""

    id: int
    connection_id: int
    company: str
    title: str
    steps: tuple[str, ...]
    code: str
    gate: str
    message: str
    intuit_tid: str
    entry: Entry
    subject: Subject | None
    opened_at: datetime
    closed_at: datetime | None
    healed: str
    held: Counted

    @property
    def foreseen(self) -> bool:
        """Whether no document has met it yet."""
        return not self.held.documents and not self.held.on_the_way

    @property
    def refused(self) -> bool:
        """Whether QuickBooks refused a document for it, rather than a gate of ours holding it."""
        return bool(self.held.refused) or (not self.gate and bool(self.code))

    @property
    def weight(self) -> Decimal:
        """What sorts problems: the money of their biggest currency, whatever its sign."""
        return max((abs(amount) for amount in self.held.amounts.values()), default=ZERO)

    def as_json(self) -> dict[str, Any]:
        """Return plain values: money as strings by currency, moments in ISO 8601."""
        return {
            "id": self.id,
            "connection": self.connection_id,
            "company": self.company,
            "title": self.title,
            "steps": list(self.steps),
            "code": self.code,
            "gate": self.gate,
            "message": self.message,
            "intuit_tid": self.intuit_tid,
            "who": self.entry.who.value,
            "heals_by_itself": self.entry.heals.value,
            "opened_at": self.opened_at.isoformat(),
            "closed_at": self.closed_at.isoformat() if self.closed_at else None,
            "documents": self.held.documents,
            "on_the_way": self.held.on_the_way,
            "amounts": {currency: f"{amount:.2f}" for currency, amount in self.held.amounts.items()},
            "oldest": self.held.oldest.isoformat() if self.held.oldest else None,
        }


def open_problems(organization: Organization, *, connection_id: int | None = None) -> list[ListedProblem]:
    """Return every open problem of the organization, or of one of its companies: the most money first."""
    rows = list(_of(organization, connection_id).filter(closed_at=None).order_by("pk"))
    counted = count(rows)
    found = [_listed(row, counted.get(row.pk, Counted())) for row in rows]
    return sorted(found, key=lambda one: (one.foreseen, -one.weight, one.id))


def healed_problems(
    organization: Organization, *, connection_id: int | None = None, most: int = 5
) -> list[ListedProblem]:
    """Return the problems that ended last and had held something, with what they held when they were released."""
    rows = _of(organization, connection_id).exclude(closed_at=None).filter(held_documents__gt=0)
    return [_healed(row) for row in rows.order_by("-closed_at")[:most]]


def one_problem(organization: Organization, problem_id: int) -> ListedProblem | None:
    """Return one problem of the organization, open or ended; another organization's is not there."""
    row = _of(organization, None).filter(pk=problem_id).first()
    if row is None:
        return None
    return _listed(row, count([row]).get(row.pk, Counted())) if row.closed_at is None else _healed(row)


def count(problems: Sequence[Problem]) -> dict[int, Counted]:
    """Count what each of these holds, in one query."""
    rows = (
        Posting.objects.filter(problem__in=[problem.pk for problem in problems])
        .annotate(
            kind=Coalesce("invoice__side", Value("advance"), output_field=CharField()),
            currency=Coalesce("invoice__currency", "advance__currency"),
            stands=Case(
                When(state__in=ON_THE_WAY, then=Value("on the way")), default=F("state"), output_field=CharField()
            ),
        )
        .filter(Q(state__in=HOLDING) | Q(state__in=ON_THE_WAY))
        .values("problem_id", "kind", "currency", "stands")
        .order_by()
        .annotate(
            many=Count("id"),
            amount=Sum(Coalesce("invoice__amount", "advance__amount")),
            first=Min(Coalesce("invoice__invoice_date", "advance__date")),
        )
    )
    grouped: dict[int, list[dict[str, Any]]] = {}
    for row in rows:
        grouped.setdefault(row["problem_id"], []).append(dict(row))
    return {problem_id: _counted(some) for problem_id, some in grouped.items()}


def _counted(rows: Iterable[dict[str, Any]]) -> Counted:
    kinds: dict[str, int] = {}
    amounts: dict[str, Decimal] = {}
    days: list[date] = []
    refused = on_the_way = 0
    for row in rows:
        if row["stands"] == "on the way":
            on_the_way += row["many"]
            continue
        kinds[row["kind"]] = kinds.get(row["kind"], 0) + row["many"]
        amounts[row["currency"]] = amounts.get(row["currency"], ZERO) + row["amount"]
        days.append(row["first"])
        refused += row["many"] if row["stands"] == PostingState.FAILED else 0
    return Counted(kinds, amounts, min(days, default=None), refused, on_the_way)


def _of(organization: Organization, connection_id: int | None) -> QuerySet[Problem]:
    rows = Problem.objects.filter(connection__organization=organization).select_related("connection")
    return rows if connection_id is None else rows.filter(connection_id=connection_id)


def _listed(row: Problem, held: Counted) -> ListedProblem:
    subject, entry = row.subject, row.entry
    return ListedProblem(
        row.pk, row.connection_id, str(row.connection), row.title, entry.steps_for(subject.words if subject else ""),
        row.code, row.gate, row.message, row.intuit_tid, entry, subject, row.opened_at, row.closed_at, row.healed, held,
    )  # fmt: skip


def _healed(row: Problem) -> ListedProblem:
    amounts = {currency: Decimal(amount) for currency, amount in row.held_amounts.items()}
    return _listed(row, Counted({"document": row.held_documents}, amounts))
