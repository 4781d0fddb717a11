"""Finds out what became of a batch whose answer was lost, and never lets it post twice or not at all.

Creates are looked up by number and by our mark in the memo. None there: the very same request goes out again under the
same request id, which QuickBooks answers from memory if it had it after all. All there: posted. Only some there: those
are posted, and the others go back in the queue once the books have stood still. Updates go out again as they were; a
refusal for a stale version (5010) is settled by reading what the books have.
"""

from __future__ import annotations

import asyncio
from collections import defaultdict
from collections.abc import Iterable
from typing import Any

from freightbooks import exact_json
from freightbooks.in_database import in_database
from freightbooks.money import to_cents
from freightbooks.posting import looking, outcome
from freightbooks.posting.doc_numbers import read_marker
from freightbooks.posting.mending import options_of
from freightbooks.posting.models import Posting, SentBatch
from freightbooks.posting.outcome import Accepted, NotDone, Outcome, RefusedByQuickBooks
from freightbooks.posting.outgoing import Outgoing, OutgoingBatch
from freightbooks.quickbooks.client import BatchItem, BatchResult, Client
from freightbooks.quickbooks.query import where_in

SUBSCRIPTION_ENDED = "6190"
"""Told for one document, it is true of the whole company: nothing can be written there any more."""
REMOVING = ("delete", "void")
NOT_THERE = ("610", "6540")
"""What QuickBooks says of a record that was deleted before."""
LOOK_AGAIN_SECONDS = 3.0
"""How long the books must stand still before a half-posted batch is taken for final."""


def unsettled(connection_id: int) -> list[OutgoingBatch]:
    """Return the batches of a connection that were sent, or were about to be, and never settled; oldest first."""
    batches = SentBatch.objects.filter(connection_id=connection_id, settled_at=None).order_by("pk")
    return [_as_sent(batch) for batch in batches]


def _as_sent(batch: SentBatch) -> OutgoingBatch:
    postings = Posting.objects.filter(batch=batch).order_by("batch_position")
    return OutgoingBatch(
        batch.pk,
        str(batch.request_id),
        tuple(
            Outgoing(
                posting.pk, posting.operation, posting.entity, exact_json.loads(posting.payload), options_of(posting)
            )
            for posting in postings
        ),
    )


async def settle(client: Client, batch: OutgoingBatch) -> None:
    """Settle one batch. Raises QuickBooksError when it cannot be asked; the batch then stays unsettled."""
    creates = [item for item in batch.items if item.operation == "create"]
    found = await find(client, creates)
    if len(found) < len(creates) and found:
        found = await _when_still(client, creates, found)
        missing = {item.posting_id for item in creates} - set(found)
        outcomes: dict[int, Outcome] = {posting_id: Accepted(each, found=True) for posting_id, each in found.items()}
        outcomes |= {posting_id: NotDone() for posting_id in missing}
        await in_database(outcome.record, batch.batch_id, outcomes, None)
        return
    if creates and len(found) == len(creates):
        await in_database(
            outcome.record,
            batch.batch_id,
            {posting_id: Accepted(each, found=True) for posting_id, each in found.items()},
            None,
        )
        return
    result = await send(client, batch)
    outcomes = await outcomes_of(client, batch, result)
    await in_database(outcome.record, batch.batch_id, outcomes, result.exchange)


async def send(client: Client, batch: OutgoingBatch) -> BatchResult:
    """Send a batch as it was intended."""
    items = [BatchItem(item.operation, item.entity, item.body, item.options) for item in batch.items]
    if items[0].operation == "void":  # no batch is known to take one
        return await client.single(items[0], request_id=batch.request_id)
    return await client.batch(items, request_id=batch.request_id)


async def outcomes_of(client: Client, batch: OutgoingBatch, result: BatchResult) -> dict[int, Outcome]:
    """Read a batch's answer. A number that is taken, or a version that is stale, may be our own doing: then look."""
    outcomes: dict[int, Outcome] = {}
    taken: list[Outgoing] = []
    overtaken: list[Outgoing] = []
    for item, answer in zip(batch.items, result.answers, strict=True):
        if answer.object is not None:
            outcomes[item.posting_id] = Accepted(answer.object)
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
    for item in overtaken:
        there = await client.read(item.entity, str(item.body["Id"]))
        if _is_what_we_sent(item, there):
            outcomes[item.posting_id] = Accepted(there, found=True)
    await looking.look(client, batch, outcomes)
    return outcomes


async def find(client: Client, items: Iterable[Outgoing]) -> dict[int, dict[str, Any]]:
    """Return, by posting id, what the books have of these creates: same number and our own mark in the memo."""
    by_entity: dict[str, list[Outgoing]] = defaultdict(list)
    for item in items:
        by_entity[item.entity].append(item)
    found: dict[int, dict[str, Any]] = {}
    for entity, some in by_entity.items():
        numbers = sorted({str(item.body["DocNumber"]) for item in some})
        rows = await client.query(
            f"select * from {entity} where {where_in('DocNumber', numbers)} maxresults 1000"  # noqa: S608 - escaped
        )
        by_marker = {marker: row for row in rows if (marker := read_marker(str(row.get("PrivateNote", ""))))}
        for item in some:
            row = by_marker.get(read_marker(str(item.body["PrivateNote"])))
            if row is not None:
                found[item.posting_id] = row
    return found


async def _when_still(
    client: Client, creates: list[Outgoing], found: dict[int, dict[str, Any]]
) -> dict[int, dict[str, Any]]:
    """Look until two looks in a row see the same: QuickBooks may still be working through the batch."""
    while True:
        await asyncio.sleep(LOOK_AGAIN_SECONDS)
        again = await find(client, creates)
        if len(again) == len(found):
            return again
        found = again


def _is_what_we_sent(item: Outgoing, there: dict[str, Any]) -> bool:
    """Whether an object in the books is the one this update meant to make of it."""
    total = sum((line["Amount"] for line in item.body["Line"]), to_cents(there["TotalAmt"]) * 0)
    return (
        read_marker(str(there.get("PrivateNote", ""))) == read_marker(str(item.body["PrivateNote"]))
        and str(there.get("PrivateNote", "")) == item.body["PrivateNote"]
        and there.get("DocNumber") == item.body["DocNumber"]
        and there.get("TxnDate") == item.body["TxnDate"]
        and to_cents(there["TotalAmt"]) == to_cents(total)
    )
