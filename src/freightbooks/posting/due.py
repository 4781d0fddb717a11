"""Makes postings due: for documents that changed, for mappings that changed, and for whole connections.

Set-based: a month of documents costs a handful of statements. Knows nothing of QuickBooks.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from django.db import transaction
from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils import timezone

from freightbooks import jobs
from freightbooks.connections.models import Connection
from freightbooks.connections.states import ConnectionState
from freightbooks.freight.models import Advance, Invoice
from freightbooks.mapping.models import MakingBatch
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Posting, Priority, SentBatch
from freightbooks.posting.states import PostingState
from freightbooks.posting.under_lock import locked

_CHUNK = 2000


def on_documents_changed(  # the names are the signal's
    sender: Any,  # noqa: ARG001
    organization_id: int,
    invoice_ids: list[int],
    advance_ids: list[int],
    **_: Any,
) -> None:
    """Make the postings of changed documents due, in the transaction that changed them."""
    for connection in Connection.objects.filter(organization_id=organization_id).exclude(realm_id=""):
        include(connection, invoice_ids, advance_ids, Priority.NEW)


def on_connection_ready(sender: Any, connection_id: int, **_: Any) -> None:  # noqa: ARG001
    """Take in what came before the company was connected, and go on with what waited for it."""
    include_all(Connection.objects.get(pk=connection_id))
    jobs.request_drain(connection_id)


def take_up() -> int:
    """Ask for a drain wherever something is due now, or was sent and never settled; return for how many companies.

    Every drain asks for what follows it. This is for those that could not: their database went away, or their worker
    was stopped in the middle of one.
    """
    due = Posting.objects.filter(connection=OuterRef("pk"), state=PostingState.DUE, not_before__lte=timezone.now())
    open_batch = SentBatch.objects.filter(connection=OuterRef("pk"), settled_at=None)
    able = Connection.objects.filter(state=ConnectionState.CONNECTED, organization__paused=False)
    making = MakingBatch.objects.filter(connection=OuterRef("pk"))
    left = able.filter(Exists(due) | Exists(open_batch) | Exists(making)).values_list("pk", flat=True)
    for connection_id in left:
        jobs.request_drain(connection_id)
    return len(left)


def include_all(connection: Connection) -> int:
    """Take every document of the organization into this connection's care, and return how many are due."""
    announced = Q(organization_id=connection.organization_id, announced_revision__gt=0)
    invoices = Invoice.objects.filter(announced).order_by("pk")
    advances = Advance.objects.filter(announced).order_by("pk")
    with transaction.atomic():
        include(
            connection,
            list(invoices.values_list("pk", flat=True)),
            list(advances.values_list("pk", flat=True)),
            Priority.BACKFILL,
        )
    return Posting.objects.filter(connection=connection, state=PostingState.DUE).count()


def include(connection: Connection, invoice_ids: Sequence[int], advance_ids: Sequence[int], priority: Priority) -> None:
    """Give each document its posting, make those due whose document has moved on, and ask for a drain."""
    for chunk in _chunks(invoice_ids):
        _include(connection, "invoice", chunk, priority)
    for chunk in _chunks(advance_ids):
        _include(connection, "advance", chunk, priority)
    if invoice_ids or advance_ids:
        jobs.request_drain(connection.pk)


def _include(connection: Connection, kind: str, ids: Sequence[int], priority: Priority) -> None:
    """Do it for some invoices or advances.

    Those that have a posting are locked first. A drain that is writing what it decided about an older revision is
    waited for: an update alone would pass over the row as it was before, and the change would be forgotten.
    """
    of_these = Posting.objects.filter(Q(**{f"{kind}_id__in": ids}), connection=connection)
    had = dict(locked(of_these).values_list(f"{kind}_id", "pk"))
    new = [Posting(connection=connection, priority=priority, **{f"{kind}_id": pk}) for pk in ids if pk not in had]
    Posting.objects.bulk_create(new, ignore_conflicts=True)
    _make_due_again(of_these.exclude(revision=F(f"{kind}__revision")))


def try_removals_again(connection_id: int, invoice_ids: Sequence[int]) -> int:
    """Look again at archived documents that something paid kept in the books; return how many."""
    held = Posting.objects.filter(
        connection_id=connection_id,
        invoice_id__in=invoice_ids,
        state=PostingState.WAITING,
        gate=Gate.REMOVAL_PAID,
    )
    moved = make_due(held, priority=Priority.PERSON)
    if moved:
        jobs.request_drain(connection_id)
    return moved


def make_due(postings: QuerySet[Posting], *, priority: Priority | None = None) -> int:
    """Put postings in the queue whatever they waited for. The caller has chosen states that may move there."""
    values: dict[str, Any] = {"state": PostingState.DUE, "not_before": timezone.now(), "changed_at": timezone.now()}
    if priority is not None:
        values["priority"] = priority
    return postings.update(**values)


def _make_due_again(postings: QuerySet[Posting]) -> None:
    """Skipped stays skipped; what is under way becomes due by itself once its outcome is known."""
    make_due(
        postings.filter(
            state__in=[PostingState.WAITING, PostingState.FAILED, PostingState.POSTED, PostingState.REMOVED]
        )
    )


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(ids), _CHUNK):
        yield ids[start : start + _CHUNK]
