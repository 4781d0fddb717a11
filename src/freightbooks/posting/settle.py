"""Finds out what became of requests whose answer was lost, and never lets a document post twice or not at all.

Creates are looked up by number and by our mark in the memo, so it does not matter whether QuickBooks honours request
ids. What is there is posted. What is not there may still be at work: it is looked for again until QuickBooks must have
given up. Then the very same request goes out again under the same request id; or, where some of it is there, the rest
goes back in the queue. Updates go out again as they were: their SyncToken lets them in once. A refusal for a stale
version (5010) is settled by reading what the books have.
"""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any
from urllib.parse import urlsplit

from django.db import transaction
from django.db.models import F, Q
from django.db.models.functions import Coalesce
from django.utils import timezone

from freightbooks import exact_json
from freightbooks.in_database import in_database
from freightbooks.posting import looking, outcome
from freightbooks.posting.doc_numbers import read_marker
from freightbooks.posting.mending import options_of
from freightbooks.posting.merging import holds
from freightbooks.posting.models import Posting, SentBatch
from freightbooks.posting.outcome import Accepted, NotDone, Outcome, Overtaken, RefusedByQuickBooks
from freightbooks.posting.outgoing import Outgoing, OutgoingBatch
from freightbooks.quickbooks.client import BatchItem, BatchResult, Client
from freightbooks.quickbooks.errors import OutcomeUnknown, Refused
from freightbooks.quickbooks.query import where_in

SUBSCRIPTION_ENDED = "6190"
"""Told for one document, it is true of the whole company: nothing can be written there any more."""
REMOVING = ("delete", "void")
NOT_THERE = ("610", "6540")
"""What QuickBooks says of a record that was deleted before."""
LOOK_AGAIN_SECONDS = 1.0
FRUITLESS_TRIES = 3
"""A batch that came to nothing so often holds a document that breaks it: each of its documents then goes by itself."""
_NUMBERS_AT_ONCE = 100


def doubt_seconds(api_base: str) -> float:
    """Return how long a request without an answer may still be at work in QuickBooks, which gives up after 120 seconds.

    `FREIGHTBOOKS_DOUBT_SECONDS` says otherwise; a sandbox on this machine is quicker.
    """
    local = urlsplit(api_base).hostname in ("127.0.0.1", "::1", "localhost")
    return float(os.environ.get("FREIGHTBOOKS_DOUBT_SECONDS") or (2 if local else 125))


def unsettled(connection_id: int, *, doubted: bool = False) -> list[OutgoingBatch]:
    """Return the batches that were sent, or were about to be, never settled, and are to be looked at now; oldest first.

    The caller holds the connection's drain. `doubted`: only those that went out and got no answer, not what may be
    under way.
    """
    batches = SentBatch.objects.filter(Q(look_at=None) | Q(look_at__lte=timezone.now()), connection_id=connection_id)
    if doubted:
        batches = batches.filter(doubted_since__isnull=False)
    return [_as_sent(batch) for batch in batches.filter(settled_at=None).order_by("pk")]


def next_look(connection_id: int) -> datetime | None:
    """Return when the next doubtful batch is to be looked at."""
    doubtful = SentBatch.objects.filter(connection_id=connection_id, settled_at=None, doubted_since__isnull=False)
    first = Coalesce("look_at", F("doubted_since") + timedelta(seconds=LOOK_AGAIN_SECONDS))
    return doubtful.annotate(first=first).order_by("first").values_list("first", flat=True).first()


def _as_sent(batch: SentBatch) -> OutgoingBatch:
    postings = Posting.objects.filter(batch=batch, state__in=outcome.IN_FLIGHT).order_by("batch_position")
    return OutgoingBatch(
        batch.pk,
        str(batch.request_id),
        tuple(
            Outgoing(
                posting.pk, posting.operation, posting.entity, exact_json.loads(posting.payload), options_of(posting)
            )
            for posting in postings
        ),
        batch.single,
    )


async def settle(client: Client, batches: Sequence[OutgoingBatch], doubt: float) -> None:
    """Settle what can be settled now; the rest is to be looked at again, and has its moment in the database.

    Raises QuickBooksError when QuickBooks cannot be asked; what is left then stays as it is.
    """
    found = await find(client, [item for batch in batches for item in batch.items if item.operation == "create"])
    for batch in batches:
        await _settle_one(client, batch, found, doubt)


async def _settle_one(client: Client, batch: OutgoingBatch, found: Mapping[int, dict[str, Any]], doubt: float) -> None:
    creates = [item.posting_id for item in batch.items if item.operation == "create"]
    there: dict[int, Outcome] = {pk: Accepted(found[pk], found=True) for pk in creates if pk in found}
    if there or not batch.items:
        await in_database(outcome.record, batch.batch_id, there, None)
    missing = [pk for pk in creates if pk not in there]
    if creates and not missing:
        return
    left, tries = await in_database(_still_in_doubt, batch.batch_id, doubt)
    if creates and left:
        if there:
            await in_database(_half_done, batch.batch_id)
        return
    if batch.items and (there or tries >= FRUITLESS_TRIES):
        fruitless, alone = tries >= FRUITLESS_TRIES, len(batch.items) > 1
        pending = missing or [item.posting_id for item in batch.items]
        not_done = NotDone(later=fruitless and not alone, alone=fruitless and alone)
        nothing: dict[int, Outcome] = dict.fromkeys(pending, not_done)
        await in_database(outcome.record, batch.batch_id, nothing, None)
        return
    try:
        result = await send(client, batch)
    except OutcomeUnknown as error:
        await in_database(outcome.mark_uncertain, batch.batch_id, error.exchange)
        await in_database(_still_in_doubt, batch.batch_id, doubt)
        return
    except Refused as error:
        refused: dict[int, Outcome] = {item.posting_id: RefusedByQuickBooks(error.fault) for item in batch.items}
        await in_database(outcome.record, batch.batch_id, refused, error.exchange)
        return
    await in_database(outcome.record, batch.batch_id, await outcomes_of(client, batch, result), result.exchange)


def _half_done(batch_id: int) -> None:
    """Note that some of a batch is there and recorded: what is left is another request, and never goes out as this one.

    Under the same request id QuickBooks would give it the answers of the first, place by place, to other documents.
    """
    SentBatch.objects.filter(pk=batch_id).update(tries=FRUITLESS_TRIES)


def _still_in_doubt(batch_id: int, doubt: float) -> tuple[bool, int]:
    """Return whether a batch may still be at work in QuickBooks, and how often it went out without an answer.

    Each look is put off longer than the one before: what is there is mostly there at once.
    """
    now = timezone.now()
    with transaction.atomic():
        batch = SentBatch.objects.select_for_update().get(pk=batch_id)
        batch.doubted_since = batch.doubted_since or now
        passed = (now - batch.doubted_since).total_seconds()
        left = passed < doubt
        batch.look_at = now + timedelta(seconds=max(0.2, min(doubt - passed, max(LOOK_AGAIN_SECONDS, 2 * passed))))
        batch.save(update_fields=["doubted_since", "look_at"])
    return left, batch.tries


async def send(client: Client, batch: OutgoingBatch) -> BatchResult:
    """Send a batch as it was intended."""
    items = [BatchItem(item.operation, item.entity, item.body, item.options) for item in batch.items]
    if batch.single or items[0].operation == "void":  # no batch is known to take a void
        return await client.single(items[0], request_id=batch.request_id)
    return await client.batch(items, request_id=batch.request_id)


def _is_of(item: Outgoing, answered: Mapping[str, Any]) -> bool:
    """Whether the answer to a create is about this document: it carries our mark of another one if it is not."""
    mark = read_marker(str(answered.get("PrivateNote", "")))
    return item.operation != "create" or mark in ("", read_marker(str(item.body["PrivateNote"])))


async def outcomes_of(client: Client, batch: OutgoingBatch, result: BatchResult) -> dict[int, Outcome]:
    """Read a batch's answer. A number that is taken, or a version that is stale, may be our own doing: then look."""
    outcomes: dict[int, Outcome] = {}
    taken: list[Outgoing] = []
    overtaken: list[Outgoing] = []
    for item, answer in zip(batch.items, result.answers, strict=True):
        if answer.object is not None:
            outcomes[item.posting_id] = Accepted(answer.object) if _is_of(item, answer.object) else NotDone()
            continue
        if item.operation in REMOVING and answer.fault is not None and answer.fault.code in (*NOT_THERE, "5010"):
            outcomes[item.posting_id] = NotDone()  # it moved meanwhile: the next slice looks at it again
            continue
        if answer.fault is None:
            outcomes[item.posting_id] = NotDone(later=True)
            continue
        outcomes[item.posting_id] = RefusedByQuickBooks(answer.fault)
        if answer.fault.code == SUBSCRIPTION_ENDED:
            outcomes[item.posting_id] = NotDone()
        elif answer.fault.code == "6140" and item.operation == "create":
            taken.append(item)
        elif answer.fault.code == "5010" and item.operation == "update":
            overtaken.append(item)
    for posting_id, each in (await find(client, taken)).items():
        outcomes[posting_id] = Accepted(each, found=True)
    for posting_id, (item, version) in (await _versions(client, overtaken)).items():
        ours = holds(version, item.body)
        outcomes[posting_id] = Accepted(version, found=True) if ours else Overtaken(version)
    await looking.look(client, batch, outcomes)
    return outcomes


async def _versions(client: Client, items: Sequence[Outgoing]) -> dict[int, tuple[Outgoing, dict[str, Any]]]:
    """Return, by posting id, what the books have now of what these updates were for: one read for all of a kind."""
    by_entity: dict[str, dict[str, Outgoing]] = defaultdict(dict)
    for item in items:
        by_entity[item.entity][str(item.body["Id"])] = item
    found: dict[int, tuple[Outgoing, dict[str, Any]]] = {}
    for entity, some in by_entity.items():
        statement = f"select * from {entity} where {where_in('Id', sorted(some))} maxresults 1000"  # noqa: S608 - escaped
        for row in await client.query(statement):
            item = some[str(row["Id"])]
            found[item.posting_id] = (item, row)
    return found


async def find(client: Client, items: Iterable[Outgoing]) -> dict[int, dict[str, Any]]:
    """Return, by posting id, what the books have of these creates: same number and our own mark in the memo."""
    by_entity: dict[str, list[Outgoing]] = defaultdict(list)
    for item in items:
        by_entity[item.entity].append(item)
    found: dict[int, dict[str, Any]] = {}
    for entity, some in by_entity.items():
        numbers = sorted({str(item.body["DocNumber"]) for item in some})
        rows: list[dict[str, Any]] = []
        for start in range(0, len(numbers), _NUMBERS_AT_ONCE):
            asked = where_in("DocNumber", numbers[start : start + _NUMBERS_AT_ONCE])
            rows += await client.query(f"select * from {entity} where {asked} maxresults 1000")  # noqa: S608 - escaped
        by_marker = {marker: row for row in rows if (marker := read_marker(str(row.get("PrivateNote", ""))))}
        for item in some:
            row = by_marker.get(read_marker(str(item.body["PrivateNote"])))
            if row is not None:
                found[item.posting_id] = row
    return found
