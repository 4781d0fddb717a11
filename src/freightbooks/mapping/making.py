"""Makes in QuickBooks the customers, vendors, terms and items that documents need: each exactly once.

A lost answer is asked for again with the same body under the same request id. Where QuickBooks forgot it had that
request, the second try is refused as a duplicate name (6240): then the record that holds the name is looked up, and is
ours only if it carries our mark. In the ordinary case nothing is read: the answers of the writes are kept.
"""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from freightbooks.in_database import in_database
from freightbooks.mapping import lists, making_batches
from freightbooks.mapping.bodies import mark_of
from freightbooks.mapping.making_batches import IntendedBatch, Made, Making, TermWanted, Wish
from freightbooks.mapping.models import ListedObject, ListKind
from freightbooks.mapping.names import fold
from freightbooks.quickbooks.client import BatchItem, Client, Fault
from freightbooks.quickbooks.errors import (
    NotSent,
    OutcomeUnknown,
    ReconnectNeeded,
    ReconnectReason,
    Refused,
    Throttled,
)
from freightbooks.quickbooks.query import EVEN_INACTIVE, where_in

__all__ = ["TermWanted", "make_missing", "settle_left"]

DUPLICATE_NAME = "6240"
SUBSCRIPTION_ENDED = "6190"
"""Told for one record, it is true of the whole company: nothing can be written there any more."""
ROUNDS = 5
"""How often a taken name may be answered with another one."""
BATCHES_AT_ONCE = 3
MOST_TRIES = 5
FIRST_PAUSE_SECONDS = 0.5
_NOT_NOW = frozenset({"429", "3001", "10000"})
_NAME_KINDS = (ListKind.CUSTOMER, ListKind.VENDOR, ListKind.EMPLOYEE)

logger = logging.getLogger(__name__)


async def make_missing(
    client: Client,
    connection_id: int,
    *,
    link_ids: Collection[int],
    terms: Mapping[str, TermWanted],
    cost_codes: Collection[str],
) -> None:
    """Make the parties of these links, these terms, and the items of these customer costs, where they are missing.

    `terms` are keyed by folded name. What QuickBooks refuses is left unresolved with its words. Raises what the client
    raises when QuickBooks cannot be asked; what was under way then is settled by the next call.
    """
    wish = Wish(link_ids, terms, cost_codes)
    for batch in await in_database(making_batches.unsettled, connection_id):
        await _make(client, connection_id, batch, wish)
    for _ in range(ROUNDS):
        batches = await in_database(making_batches.intend, connection_id, wish)
        if not batches:
            return
        await _make_all(client, connection_id, batches, wish)


async def settle_left(client: Client, connection_id: int) -> None:
    """Settle what was about to be made and never settled, though nothing due may need it any more."""
    for batch in await in_database(making_batches.unsettled, connection_id):
        await _make(client, connection_id, batch, Wish((), {}, ()))


async def _make_all(client: Client, connection_id: int, batches: Sequence[IntendedBatch], wish: Wish) -> None:
    """Send batches a few at a time. When one meets a wall, those under way finish and the rest are taken back."""
    places = asyncio.Semaphore(BATCHES_AT_ONCE)
    walls: list[Exception] = []

    async def one(batch: IntendedBatch) -> None:
        async with places:
            if walls:
                await in_database(making_batches.withdraw, batch)
                return
            try:
                await _make(client, connection_id, batch, wish)
            except (NotSent, OutcomeUnknown, ReconnectNeeded, Throttled) as wall:
                walls.append(wall)

    async with asyncio.TaskGroup() as group:
        for batch in batches:
            group.create_task(one(batch))
    if walls:
        raise walls[0]


async def _make(client: Client, connection_id: int, batch: IntendedBatch, wish: Wish) -> None:
    outcomes = await _send(client, batch)
    taken = [one for one, made in zip(batch.items, outcomes, strict=True) if made.taken]
    holders = await _holders(client, connection_id, taken) if taken else {}
    settled = [_with_holder(one, made, holders) for one, made in zip(batch.items, outcomes, strict=True)]
    for one, made in zip(batch.items, settled, strict=True):
        if made.taken:
            wish.refused_names.add((one.kind, fold(one.name)))
        elif made.refusal:
            wish.given_up.add((one.kind, one.purpose))
            logger.warning("QuickBooks did not take the %s %s: %s", one.kind, one.name, made.refusal)
    others = [each for several in holders.values() for each, _ in several]
    await in_database(making_batches.record, connection_id, batch, settled, others)
    if any(made.ended for made in settled):
        raise ReconnectNeeded(ReconnectReason.SUBSCRIPTION_ENDED)


async def _send(client: Client, batch: IntendedBatch) -> list[Made]:
    """Send a batch until its answer is known. Raises when it cannot be; an intent that never left is taken back."""
    items = [BatchItem("create", one.kind, one.body) for one in batch.items]
    pause = FIRST_PAUSE_SECONDS
    may_have_arrived = not batch.fresh
    for tries_left in reversed(range(MOST_TRIES)):
        try:
            result = await client.batch(items, request_id=batch.request_id)
        except Refused as refused:
            return [Made(refusal=refused.fault.text) for _ in items]
        except (NotSent, ReconnectNeeded):
            if not may_have_arrived:
                await in_database(making_batches.withdraw, batch)
            raise
        except Throttled as throttled:
            if not tries_left:
                if not may_have_arrived:
                    await in_database(making_batches.withdraw, batch)
                raise
            await asyncio.sleep(throttled.retry_after_seconds)
        except OutcomeUnknown:
            may_have_arrived = True
            if not tries_left:
                raise
            await asyncio.sleep(pause)
            pause *= 2
        else:
            return [
                Made(answer.object) if answer.object is not None else _refused(answer.fault)
                for answer in result.answers
            ]
    raise AssertionError("the last try returns or raises")


def _refused(fault: Fault | None) -> Made:
    if fault is None or fault.code in _NOT_NOW:
        return Made(later=True)
    if fault.code == SUBSCRIPTION_ENDED:
        return Made(later=True, ended=True)
    return Made(refusal=fault.text, taken=fault.code == DUPLICATE_NAME)


Holders = dict[tuple[str, str], list[tuple[ListedObject, dict[str, Any]]]]
"""By name space and folded name: the records that hold the name, as listed and as QuickBooks answered."""


async def _holders(client: Client, connection_id: int, taken: Iterable[Making]) -> Holders:
    """Look up who holds these names, the inactive too: customers, vendors and employees share their names."""
    names: dict[ListKind, set[str]] = {}
    for one in taken:
        for kind in _NAME_KINDS if one.is_party else (one.kind,):
            names.setdefault(kind, set()).add(one.name)
    holders: Holders = {}
    for kind, some in names.items():
        field = "DisplayName" if kind in _NAME_KINDS else "Name"
        rows = [
            row
            async for page in client.query_all(kind, where=f"{where_in(field, sorted(some))} and {EVEN_INACTIVE}")
            for row in page
        ]
        for row in rows:
            listed = lists.as_listed(connection_id, kind, row)
            holders.setdefault((_space(kind), fold(str(row[field]))), []).append((listed, row))
    return holders


def _space(kind: ListKind) -> str:
    return "names" if kind in _NAME_KINDS else kind.value


def _with_holder(one: Making, made: Made, holders: Holders) -> Made:
    """Turn a refusal for a taken name into success where the record that holds it was made by this very wish."""
    if not made.taken:
        return made
    for listed, row in holders.get((_space(one.kind), fold(one.name)), []):
        if listed.kind == one.kind and listed.active and _is_what_we_meant(one, listed):
            return Made(row)
    return made


def _is_what_we_meant(one: Making, listed: ListedObject) -> bool:
    if one.kind == ListKind.TERM:  # a term is nobody's: its name and its days are all there is to it
        return True
    if mark_of(one.kind, one.body) != listed.mark:
        return False
    return one.is_party or listed.income_account_id == one.body["IncomeAccountRef"]["value"]
