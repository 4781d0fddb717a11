"""Writes entries into QuickBooks, one request each, and finds out about those whose answer was lost.

The intent with its request id is committed before the call. After a lost answer the books are looked through for our
mark first; only when it is not there does the very same request go out again, under the same id. So nothing is paid
twice, also where QuickBooks should not honour request ids.
"""

from __future__ import annotations

import asyncio
import hashlib
import logging
import uuid
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone

from freightbooks import exact_json, jobs
from freightbooks.connections.client import open_client
from freightbooks.connections.models import Connection
from freightbooks.in_database import in_database
from freightbooks.lock_in_database import held
from freightbooks.mapping import snapshot
from freightbooks.money import ZERO
from freightbooks.paying.decide import Nothing, Waits
from freightbooks.paying.entries import writer_of
from freightbooks.paying.models import Entry, EntryState, Writer
from freightbooks.paying.situation import Books, decide_entry
from freightbooks.problems.catalogue import of_code
from freightbooks.quickbooks.batches import BatchAnswer, BatchItem
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.errors import NotSent, OutcomeUnknown, QuickBooksError, ReconnectNeeded, Throttled
from freightbooks.quickbooks.exchange import Exchange
from freightbooks.quickbooks.query import literal

AT_ONCE = 4
RETRY_AFTER = timedelta(seconds=20)
_NOT_THERE = ("610", "6540")
_LATER = ("3001", "003001", "10000", "010000")
_SUBSCRIPTION_ENDED = "6190"
_LOCK_CLASS = 0x46425059  # "FBPY": our payers among the advisory locks of the database

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class Intent:
    """What is about to be sent for an entry, as it stands in the database."""

    entry_id: int
    operation: str  # create, update or delete
    entity: str
    body: dict[str, Any]
    request_id: str
    mark: str


async def pay(connection_id: int) -> None:
    """Write what is due into a company until nothing is. What cannot be reached stays due, and is tried again."""
    if not await in_database(_may_send, connection_id):
        return
    async with held(_LOCK_CLASS, connection_id):
        try:
            async with open_client(connection_id, "posting") as client:
                for intent in await in_database(_unanswered, connection_id):
                    await _find_out(client, intent)
                while intents := await in_database(_next_intents, connection_id):
                    await asyncio.gather(*(_send(client, intent) for intent in intents))
        except ReconnectNeeded as error:
            logger.warning("connection %s needs a person: %s", connection_id, error)
            return
        except QuickBooksError as error:
            logger.warning("connection %s: %s; trying again later", connection_id, error)
            await in_database(jobs.request_paying, connection_id, at=timezone.now() + RETRY_AFTER)
            return
    later = await in_database(_first_later, connection_id)
    if later is not None:
        await in_database(jobs.request_paying, connection_id, at=later)


def _may_send(connection_id: int) -> bool:
    connection = Connection.objects.select_related("organization").filter(pk=connection_id).first()
    if connection is None or not connection.healthy or connection.organization.paused:
        return False
    open_ones = Entry.objects.filter(connection_id=connection_id, state__in=(EntryState.SENDING, EntryState.UNCERTAIN))
    return writer_of(connection_id) == Writer.FREIGHT or open_ones.exists()


def _unanswered(connection_id: int) -> list[Intent]:
    rows = Entry.objects.filter(connection_id=connection_id, state__in=(EntryState.SENDING, EntryState.UNCERTAIN))
    return [_as_intended(entry) for entry in rows.order_by("pk")]


def _as_intended(entry: Entry) -> Intent:
    return Intent(
        entry.pk, entry.operation, entry.entity, exact_json.loads(entry.payload), str(entry.request_id), entry.mark
    )


def _first_later(connection_id: int) -> datetime | None:
    due = Entry.objects.filter(connection_id=connection_id, state=EntryState.DUE).order_by("not_before")
    return due.values_list("not_before", flat=True).first()


def _next_intents(connection_id: int) -> list[Intent]:
    """Decide about the next due entries, hold what must wait, and commit the intent to write the rest."""
    connection = Connection.objects.select_related("organization").get(pk=connection_id)
    if connection.organization.paused or not connection.healthy or writer_of(connection_id) != Writer.FREIGHT:
        return []
    books = Books(connection, snapshot.load(connection_id))
    intents: list[Intent] = []
    while not intents:
        with transaction.atomic():
            due = Entry.objects.select_for_update(of=("self",)).filter(
                connection_id=connection_id, state=EntryState.DUE, not_before__lte=timezone.now()
            )
            entries = list(due.select_related("invoice__party", "advance").order_by("pk")[:AT_ONCE])
            if not entries:
                return []
            intents = [intent for entry in entries if (intent := _intend(entry, books)) is not None]
    return intents


def _intend(entry: Entry, books: Books) -> Intent | None:
    decision = decide_entry(entry, books)
    entry.reason = entry.remedy = entry.code = entry.message = ""
    entry.again = False
    if isinstance(decision, Waits):
        # What is in the books stays there as it is while the change of it waits.
        entry.state, entry.reason, entry.remedy = EntryState.WAITING, decision.reason[:1000], decision.remedy[:1000]
        entry.save()
        return None
    if isinstance(decision, Nothing):
        if not entry.qbo_id:
            entry.state = EntryState.REMOVED
            entry.save()
            return None
        return _commit(entry, "delete", entry.entity, {})
    text = exact_json.dumps(decision.body)
    digest = hashlib.sha256(f"{decision.entity} {text}".encode()).hexdigest()
    if entry.qbo_id and digest == entry.payload_hash:
        entry.state = EntryState.POSTED
        entry.save()
        return None
    entry.payload_hash, entry.amount = digest, decision.amount
    return _commit(entry, "update" if entry.qbo_id else "create", decision.entity, decision.body)


def _commit(entry: Entry, operation: str, entity: str, body: dict[str, Any]) -> Intent:
    if entry.qbo_id:
        body = body | {"Id": entry.qbo_id, "SyncToken": entry.sync_token}
    entry.operation, entry.entity = operation, entity
    entry.payload, entry.request_id, entry.state = exact_json.dumps(body), uuid.uuid4(), EntryState.SENDING
    entry.save()
    return _as_intended(entry)


async def _send(client: Client, intent: Intent) -> None:
    item = BatchItem(intent.operation, intent.entity, intent.body)
    try:
        result = await client.single(item, request_id=intent.request_id)
    except Throttled as error:
        await in_database(_again, intent.entry_id, timedelta(seconds=error.retry_after_seconds))
        return
    except (NotSent, ReconnectNeeded):
        await in_database(_again, intent.entry_id, timedelta())
        raise
    except OutcomeUnknown:
        await in_database(_uncertain, intent.entry_id)
        raise
    await in_database(_record, intent, result.answers[0], result.exchange)


async def _find_out(client: Client, intent: Intent) -> None:
    """Settle an entry whose answer was lost: our mark in the books, or the same request once more."""
    there = await _by_mark(client, intent) if intent.operation != "delete" else None
    if there is not None and (intent.operation == "create" or _is_what_we_sent(intent, there)):
        await in_database(_record, intent, BatchAnswer(there, None), None)
        return
    await _send(client, intent)


async def _by_mark(client: Client, intent: Intent) -> dict[str, Any] | None:
    where = f"TxnDate = {literal(str(intent.body['TxnDate']))}"
    async for rows in client.query_all(intent.entity, where=where):
        for row in rows:
            if intent.mark in str(row.get("PrivateNote", "")):
                return row
    return None


def _is_what_we_sent(intent: Intent, there: dict[str, Any]) -> bool:
    """Whether an update that got no answer has been made."""
    sent = {(str(link["TxnId"]), line["Amount"]) for line in intent.body["Line"] for link in line.get("LinkedTxn", [])}
    has = {(str(link["TxnId"]), line["Amount"]) for line in there["Line"] for link in line.get("LinkedTxn", [])}
    return there.get("TotalAmt") == intent.body.get("TotalAmt", there.get("TotalAmt")) and sent == has


def _again(entry_id: int, after: timedelta) -> None:
    rows = Entry.objects.filter(pk=entry_id, state__in=(EntryState.SENDING, EntryState.UNCERTAIN))
    rows.update(state=EntryState.DUE, payload_hash="", not_before=timezone.now() + after, changed_at=timezone.now())


def _uncertain(entry_id: int) -> None:
    Entry.objects.filter(pk=entry_id, state=EntryState.SENDING).update(
        state=EntryState.UNCERTAIN, changed_at=timezone.now()
    )


def _record(intent: Intent, answer: BatchAnswer, exchange: Exchange | None) -> None:
    """Write down what QuickBooks answered. Settlement has a payment from the answer already, as any own write."""
    with transaction.atomic():
        entry = Entry.objects.select_for_update(of=("self",)).get(pk=intent.entry_id)
        if str(entry.request_id) != intent.request_id or entry.state not in (EntryState.SENDING, EntryState.UNCERTAIN):
            return
        entry.intuit_tid = exchange.intuit_tid[:100] if exchange else ""
        fault = answer.fault
        gone = fault is not None and fault.code in _NOT_THERE
        if answer.object is not None or (gone and intent.operation == "delete"):
            _accepted(entry, answer.object or {})
        elif fault is not None and (fault.code in (*_LATER, _SUBSCRIPTION_ENDED)):
            entry.state, entry.payload_hash = EntryState.DUE, ""
            entry.not_before = timezone.now() + RETRY_AFTER
        elif gone:  # a bookkeeper deleted it: it is written anew
            entry.state, entry.payload_hash, entry.qbo_id, entry.sync_token = EntryState.DUE, "", "", ""
        else:
            assert fault is not None
            cause = of_code(fault.code, fault.text)
            entry.state, entry.payload_hash = EntryState.FAILED, ""
            entry.code, entry.message = fault.code[:12], fault.text
            entry.reason = f"{cause.title}. QuickBooks says: {fault.text}"[:1000]
            entry.remedy = "Read its words; correct the payment or the mapping, and try it again."
        if entry.again and entry.state in (EntryState.POSTED, EntryState.REMOVED, EntryState.FAILED):
            entry.state, entry.again = EntryState.DUE, False
        entry.save()


def _accepted(entry: Entry, there: dict[str, Any]) -> None:
    if entry.operation == "delete":
        entry.state = EntryState.REMOVED
        entry.qbo_id = entry.sync_token = entry.payload_hash = ""
        entry.amount, entry.posted_at = ZERO, None
        return
    entry.state = EntryState.POSTED
    entry.qbo_id, entry.sync_token = str(there["Id"]), str(there["SyncToken"])
    entry.posted_at = entry.posted_at or timezone.now()
    waiting = Entry.objects.filter(connection_id=entry.connection_id, key=entry.key, state=EntryState.WAITING)
    waiting.update(state=EntryState.DUE, not_before=timezone.now())
