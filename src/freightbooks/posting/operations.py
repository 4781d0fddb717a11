"""How the engine stands: queue, rate, share of Intuit's limit, time left, workers, and the month's reads.

Reads what is there, and counts nothing by itself: the page for admins and the metrics print the same object.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import connection as database
from django.db.models import Count, Min, Q, Sum
from django.utils import timezone

from freightbooks import jobs
from freightbooks.connections.counts import FREE_READS_A_MONTH, month_of
from freightbooks.connections.models import Connection, MonthlyCount
from freightbooks.connections.shared_pace import allowance_of, company_key
from freightbooks.posting.models import Posting, SentBatch
from freightbooks.posting.states import PostingState

CEILING = 1660
"""Documents a minute that Intuit's limits let into one company: 40 batches of 30, and 460 requests beside them."""
RATE_OVER = timedelta(minutes=2)
"""The rate is that of the last minutes: what a pause or another day's speed was says nothing of what is left."""


@dataclass(frozen=True)
class Company:
    """One company's engine. `seconds_left` is None while nothing moves; `pace` is the share of Intuit's limits used."""

    connection_id: int
    name: str
    state: str
    healthy: bool
    due: int
    in_doubt: int
    failed: int
    oldest_due: datetime | None
    a_minute: float
    seconds_left: float | None
    pace: float
    throttles: int
    held_seconds: float
    reads: int
    batches: int
    writes: int

    @property
    def share(self) -> float:
        """The rate as a share of what Intuit's limits allow."""
        return self.a_minute / CEILING

    @property
    def percent(self) -> str:
        """The share, for people."""
        return f"{self.share:.0%}"


@dataclass(frozen=True)
class Operations:
    """All of it at one moment."""

    at: datetime
    companies: tuple[Company, ...]
    workers: int
    jobs_waiting: int
    reads: int
    reads_allowed: int = FREE_READS_A_MONTH

    @property
    def share_of_reads(self) -> float:
        """How much of the month's free reads is used, of all companies of this installation."""
        return self.reads / self.reads_allowed


def look(connection_ids: Collection[int] | None = None) -> Operations:
    """Look at these connections, or at all that have a company."""
    now = timezone.now()
    connections = Connection.objects.exclude(realm_id="").order_by("pk")
    if connection_ids is not None:
        connections = connections.filter(pk__in=connection_ids)
    month = month_of(now)
    companies = tuple(_company(connection, now) for connection in connections)
    reads = MonthlyCount.objects.filter(month=month, kind="read").aggregate(Sum("count"))["count__sum"] or 0
    return Operations(now, companies, jobs.workers_alive(), _jobs_waiting(), int(reads))


def _company(connection: Connection, now: datetime) -> Company:
    rows = Posting.objects.filter(connection=connection).exclude(state=PostingState.POSTED)
    counts = dict(rows.values_list("state").annotate(Count("pk")).order_by())
    due = rows.filter(state=PostingState.DUE)
    rate = _rate(connection, now)
    left = counts.get(PostingState.DUE, 0) + counts.get(PostingState.SENDING, 0)
    month = MonthlyCount.objects.filter(connection=connection, month=month_of(now))
    requests = dict(month.values_list("kind", "count"))
    allowance, clock = allowance_of(company_key(connection.api_base, connection.realm_id))
    return Company(
        connection_id=connection.pk,
        name=str(connection),
        state=connection.get_state_display(),
        healthy=connection.healthy,
        due=left,
        in_doubt=SentBatch.objects.filter(
            Q(doubted_since__isnull=False), connection=connection, settled_at=None
        ).count(),
        failed=counts.get(PostingState.FAILED, 0),
        oldest_due=due.filter(not_before__lte=now).aggregate(Min("since"))["since__min"] if left < 10_000 else None,
        a_minute=rate,
        seconds_left=0.0 if not left else left / rate * 60 if rate else None,
        pace=allowance.pace(clock),
        throttles=allowance.throttles,
        held_seconds=max(0.0, allowance.held_until - clock),
        reads=requests.get("read", 0),
        batches=requests.get("batch", 0),
        writes=requests.get("write", 0),
    )


def _rate(connection: Connection, now: datetime) -> float:
    """Documents a minute that left the queue lately, from the first to the last batch that was settled."""
    recent = SentBatch.objects.filter(connection=connection, settled_at__gte=now - RATE_OVER).order_by("-pk")[:2000]
    ids = list(recent.values_list("pk", "settled_at"))
    if not ids:
        return 0.0
    done = Posting.objects.filter(batch_id__in=[pk for pk, _ in ids]).exclude(state=PostingState.SENDING).count()
    first = min(at for _, at in ids if at is not None)
    return done / max(1.0, (now - first).total_seconds()) * 60


def _jobs_waiting() -> int:
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM procrastinate_jobs WHERE status = 'todo' AND coalesce(scheduled_at, now()) <= now()"
        )
        return int(cursor.fetchone()[0])
