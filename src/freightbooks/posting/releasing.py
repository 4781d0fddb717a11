"""Sends again what a problem held, once its cause is gone: nobody visits the documents one by one."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Count, Sum
from django.db.models.functions import Coalesce
from django.utils import timezone

from freightbooks import jobs
from freightbooks.connections.models import Connection
from freightbooks.mapping import snapshot
from freightbooks.mapping.models import LinkState, Section
from freightbooks.mapping.snapshot import Mapping
from freightbooks.posting.due import make_due
from freightbooks.posting.models import Posting, Priority
from freightbooks.posting.states import PostingState
from freightbooks.posting.under_lock import locked
from freightbooks.problems import mapped
from freightbooks.problems.entries import Heals
from freightbooks.problems.holds import CLOSED
from freightbooks.problems.models import Problem
from freightbooks.problems.record import close_solved
from freightbooks.problems.subjects import Kind, Subject

HOLDING = (PostingState.WAITING, PostingState.FAILED)


def on_mapping_changed(sender: Any, connection_id: int, **_: Any) -> None:  # noqa: ARG001 - the signal's names
    """Send again what every problem held whose cause the mapping, a list or the company's settings have ended."""
    problems = list(Problem.objects.filter(connection_id=connection_id, closed_at=None))
    if not problems:
        return
    parties = [int(one.subject_key) for one in problems if one.subject_kind == Kind.PARTY and one.subject_key.isdigit()]
    mapping = snapshot.load(connection_id, party_ids=parties)
    connection = Connection.objects.get(pk=connection_id)
    gone = [problem for problem in problems if is_gone(problem, mapping, connection)]
    release(connection_id, gone, "The mapping or the lists of QuickBooks changed.")
    close_solved(connection_id)


def is_gone(problem: Problem, mapping: Mapping, connection: Connection) -> bool:
    """Whether what we know now no longer holds the documents of a problem. Pure.

    A refusal we cannot see the cause of is worth another try when the mapping changed, if a mapping can mend it.
    """
    subject = problem.subject
    if subject is None:
        return problem.entry.heals == Heals.MAPPING
    if subject.kind == Kind.PERIOD:
        closed = connection.books_closed_through
        return problem.gate == CLOSED and (closed is None or closed.isoformat() != subject.key)
    if subject.kind == Kind.CURRENCY:
        return connection.multicurrency
    if problem.entry.heals != Heals.MAPPING:
        return False
    return not _still_wrong(subject, mapping)


def _still_wrong(subject: Subject, mapping: Mapping) -> bool:
    if subject.kind == Kind.COST:
        return mapped.of_cost(mapping, Section(subject.section), subject.key, subject.name) is not None
    if subject.kind == Kind.PAYMENT_TYPE:
        return mapped.of_payment_type(mapping, subject.name, with_fee=False) is not None
    if subject.kind == Kind.PARTY:
        link = mapping.link(int(subject.key), subject.section)
        return link is not None and link.state == LinkState.UNRESOLVED
    return False


def release_those_of(connection_id: int, problem_ids: Collection[int], why: str) -> int:
    """Release the problems with these ids; return how many documents are on their way."""
    return release(connection_id, list(Problem.objects.filter(pk__in=problem_ids, closed_at=None)), why)


@transaction.atomic
def release(connection_id: int, problems: Collection[Problem], why: str, *, by_a_person: bool = False) -> int:
    """Put all these problems hold in the queue, and note what it was. Return how many documents that is."""
    if not problems:
        return 0
    ids = [problem.pk for problem in problems]
    held = Posting.objects.filter(connection_id=connection_id, problem_id__in=ids, state__in=HOLDING)
    held = Posting.objects.filter(pk__in=list(locked(held).values_list("pk", flat=True)))
    counts: dict[int, int] = defaultdict(int)
    amounts: dict[int, dict[str, Decimal]] = defaultdict(dict)
    rows = (
        held.annotate(currency=Coalesce("invoice__currency", "advance__currency"))
        .values_list("problem_id", "currency")
        .order_by()
        .annotate(many=Count("id"), amount=Sum(Coalesce("invoice__amount", "advance__amount")))
    )
    for problem_id, currency, count, amount in rows:
        counts[problem_id] += count
        amounts[problem_id][currency] = amount
    total = make_due(held, priority=Priority.PERSON if by_a_person else None)
    now = timezone.now()
    for problem in problems:
        problem.healed = why[:500]
        if counts[problem.pk]:
            problem.released_at = now
            problem.held_documents = counts[problem.pk]
            problem.held_amounts = {currency: str(amount) for currency, amount in amounts[problem.pk].items()}
    Problem.objects.bulk_update(problems, ["healed", "released_at", "held_documents", "held_amounts"])
    if total:
        jobs.request_drain(connection_id)
    return total
