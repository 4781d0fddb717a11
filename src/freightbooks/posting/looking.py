"""After a refusal, looks once at what it may be about: the accounts, items and parties sent, or the closing date.

Our copy of the lists may be older than what somebody changed in QuickBooks a minute ago. With what is there now the
problem names the cost, and the next document is held before it is sent. Costs a read or two, at most one a minute.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from freightbooks.connections.company import closing_date
from freightbooks.connections.models import Connection
from freightbooks.in_database import in_database
from freightbooks.mapping.events import mapping_changed
from freightbooks.mapping.models import ListKind
from freightbooks.mapping.one_at_a_time import only_one
from freightbooks.mapping.rereading import reread, seen_lately
from freightbooks.posting.models import Posting, SentBatch
from freightbooks.posting.outcome import Outcome, RefusedByQuickBooks
from freightbooks.posting.outgoing import OutgoingBatch
from freightbooks.posting.states import PostingState
from freightbooks.problems import catalogue
from freightbooks.problems.entries import Mend
from freightbooks.problems.models import Problem
from freightbooks.problems.subjects import Kind
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.errors import QuickBooksError

AGAIN_AFTER = timedelta(minutes=1)
_KINDS = {
    "AccountRef": ListKind.ACCOUNT,
    "ItemRef": ListKind.ITEM,
    "CustomerRef": ListKind.CUSTOMER,
    "VendorRef": ListKind.VENDOR,
}

logger = logging.getLogger(__name__)


async def look(client: Client, batch: OutgoingBatch, outcomes: Mapping[int, Outcome]) -> None:
    """Bring up to date what refused documents refer to. A look that fails is no harm: the refusal stands without it."""
    wanted: dict[ListKind, set[str]] = defaultdict(set)
    closed, codes = False, set()
    for item in batch.items:
        outcome = outcomes.get(item.posting_id)
        if not isinstance(outcome, RefusedByQuickBooks):
            continue
        mends = catalogue.of_code(outcome.fault.code, outcome.fault.text).mends
        closed = closed or Mend.DATE in mends
        if Mend.READ in mends:
            codes.add(outcome.fault.code)
            _references(item.body, wanted)
    if not wanted and not closed:
        return
    connection_id = await in_database(_connection_of, batch.batch_id)
    try:
        if closed and await in_database(_may_ask_for_closing_date, connection_id):
            await _look_at_closing_date(client, connection_id)
        since = await in_database(_stale_before, connection_id, codes)
        fresh = await in_database(seen_lately, connection_id, wanted, since)
        await reread(client, connection_id, {kind: ids - fresh.get(kind, set()) for kind, ids in wanted.items()})
    except QuickBooksError as error:
        logger.warning("connection %s: could not look at what was refused: %s", connection_id, error)


async def look_before_sending(client: Client, connection_id: int) -> None:
    """Read the closing date again when something is due that a closed period held. Raises QuickBooksError."""
    if await in_database(_period_is_asked_about, connection_id):
        await _look_at_closing_date(client, connection_id)


async def _look_at_closing_date(client: Client, connection_id: int) -> None:
    through = closing_date(await client.preferences())
    await in_database(_note_closing_date, connection_id, through)


def _references(body: dict[str, Any], wanted: dict[ListKind, set[str]]) -> None:
    for name, value in body.items():
        if name in _KINDS and isinstance(value, dict) and value.get("value"):
            wanted[_KINDS[name]].add(str(value["value"]))
        elif name == "EntityRef" and isinstance(value, dict) and value.get("type") == "Vendor":
            wanted[ListKind.VENDOR].add(str(value["value"]))
        elif isinstance(value, dict):
            _references(value, wanted)
        elif isinstance(value, list):
            for each in value:
                if isinstance(each, dict):
                    _references(each, wanted)


def _connection_of(batch_id: int) -> int:
    return SentBatch.objects.values_list("connection_id", flat=True).get(pk=batch_id)


def _stale_before(connection_id: int, codes: set[str]) -> datetime:
    """Return the moment before which our copy is worth another look: any, unless we looked for this code already."""
    looked = Problem.objects.filter(connection_id=connection_id, closed_at=None, code__in=codes).exists()
    return timezone.now() - AGAIN_AFTER if looked else timezone.now()


def _may_ask_for_closing_date(connection_id: int) -> bool:
    """Whether it was not asked for a moment ago: where QuickBooks does not tell it, the answer is the same again."""
    told = Problem.objects.filter(connection_id=connection_id, closed_at=None, code__in=("6200", "6210"))
    return not told.filter(opened_at__gte=timezone.now() - AGAIN_AFTER).exists()


def _period_is_asked_about(connection_id: int) -> bool:
    due = Posting.objects.filter(connection_id=connection_id, state=PostingState.DUE)
    return due.filter(problem__subject_kind=Kind.PERIOD).exists()


def _note_closing_date(connection_id: int, through: date | None) -> None:
    """Keep the closing date; where it differs from before, what it held is told to be looked at again."""
    with transaction.atomic():
        only_one(connection_id)
        connection = Connection.objects.select_for_update().get(pk=connection_id)
        if connection.books_closed_through != through:
            connection.books_closed_through = through
            connection.save(update_fields=["books_closed_through"])
            mapping_changed.send(sender=None, connection_id=connection_id)
