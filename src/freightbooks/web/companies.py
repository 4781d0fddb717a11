"""What the pages show of a QuickBooks company: its look, its environment, the days it has left, what waits for it.

Reads rows and decides; renders nothing.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from decimal import Decimal
from urllib.parse import urlsplit

from django.db.models import Case, CharField, Count, F, Q, Sum, Value, When
from django.db.models.functions import Coalesce
from django.urls import reverse

from freightbooks.connections.models import Connection
from freightbooks.connections.standing import Look, Standing
from freightbooks.money import ZERO
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.web.status import IN_QUEUE, Status

_LOOKS = {
    Look.CONNECT: ("hub", "queued"),
    Look.GOOD: ("posted", "posted"),
    Look.AMBER: ("waiting", "waiting"),
    Look.STOPPED: ("failed", "failed"),
}
_ENVIRONMENTS = {
    "quickbooks.api.intuit.com": "Production",
    "sandbox-quickbooks.api.intuit.com": "Intuit’s sandbox",
}
REFRESH_DAYS, LIMIT_DAYS = 100, 1826
"""How long a refresh token lives without use, and five years."""
_KINDS = {
    "carrier": "Carrier invoices",
    "customer": "Customer invoices",
    "advance": "Advances",
}


def status_of_standing(standing: Standing) -> Status:
    """Return how a company's standing is shown: shape, word, colour."""
    icon, kind = _LOOKS[standing.look]
    return Status(icon, kind, standing.sentence)


def environment_of(connection: Connection) -> str:
    """Return which kind of company this is, told from where its books answer."""
    place = urlsplit(connection.api_base)
    return _ENVIRONMENTS.get(place.hostname or "", f"A stand-in for QuickBooks at {place.netloc}")


@dataclass(frozen=True)
class DaysLeft:
    """A date ahead, and how much of the way there is left."""

    days: int
    whole: int
    until: datetime

    @property
    def share(self) -> str:
        """What is left, as a width."""
        return f"{max(0, min(100, 100 * self.days // self.whole))}%"

    @property
    def short(self) -> bool:
        """Whether it is time to think of it."""
        return 100 * self.days // self.whole < 30 if self.whole == REFRESH_DAYS else self.days <= 90


@dataclass(frozen=True)
class Facts:
    """What the panel of a company says beside what its row has."""

    environment: str
    refresh_token: DaysLeft | None
    limit: DaysLeft | None


def facts_of(connection: Connection, now: datetime) -> Facts:
    """Return the facts of a company at `now`."""
    return Facts(
        environment_of(connection),
        _left(connection.refresh_expires_at, REFRESH_DAYS, now),
        _left(connection.hard_expires_at, LIMIT_DAYS, now),
    )


def _left(until: datetime | None, whole: int, now: datetime) -> DaysLeft | None:
    return None if until is None else DaysLeft(max(0, (until - now).days), whole, until)


@dataclass
class WaitingKind:
    """The documents of one kind that wait for the company, and the list that shows them."""

    name: str
    address: str
    count: int = 0
    amounts: dict[str, Decimal] = field(default_factory=dict)


@dataclass
class Waiting:
    """What goes to QuickBooks as soon as the company can be reached again."""

    kinds: list[WaitingKind]
    unanswered: int

    @property
    def count(self) -> int:
        """How many documents."""
        return sum(kind.count for kind in self.kinds)

    @property
    def amounts(self) -> dict[str, Decimal]:
        """What they come to, by currency."""
        whole: dict[str, Decimal] = {}
        for kind in self.kinds:
            for currency, amount in kind.amounts.items():
                whole[currency] = whole.get(currency, ZERO) + amount
        return whole


def waiting_for(connection: Connection) -> Waiting:
    """Count what waits for a company: everything in the queue, with what was sent and not answered. One query."""
    rows = (
        Posting.objects.filter(connection=connection, state__in=IN_QUEUE)
        .annotate(
            kind=Case(
                When(invoice__isnull=False, then=F("invoice__side")),
                default=Value("advance"),
                output_field=CharField(),
            ),
            currency=Coalesce("invoice__currency", "advance__currency"),
        )
        .values_list("kind", "currency")
        .order_by()
        .annotate(
            count=Count("pk"),
            amount=Sum(Coalesce("invoice__amount", "advance__amount")),
            unanswered=Count("pk", filter=Q(state=PostingState.UNCERTAIN)),
        )
    )
    kinds: dict[str, WaitingKind] = {}
    unanswered = 0
    for kind, currency, count, amount, lost in rows:
        found = kinds.setdefault(kind, WaitingKind(_KINDS[kind], _list_of(kind, connection)))
        found.count += count
        found.amounts[currency] = found.amounts.get(currency, ZERO) + amount
        unanswered += lost
    return Waiting([kinds[kind] for kind in _KINDS if kind in kinds], unanswered)


def _list_of(kind: str, connection: Connection) -> str:
    page = reverse("advances") if kind == "advance" else reverse("invoices", args=[kind])
    return f"{page}?state=queue&company={connection.pk}"
