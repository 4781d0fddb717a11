"""The two lanes of a drain: one for all that is due, in order, and one for what a person waits for.

The first prepares a slice while the one before is still going out, so that a paced company never waits for us; beside
its batches it sends documents by themselves, because Intuit counts those apart. The second looks for what is more
urgent than what the first is at, and sends it by itself within what the pace keeps for people.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable

from freightbooks.in_database import in_database
from freightbooks.mapping.making import make_missing
from freightbooks.posting import outcome, removal
from freightbooks.posting.intents import commit_intents
from freightbooks.posting.models import Priority
from freightbooks.posting.outcome import Answered
from freightbooks.posting.outgoing import BATCH, OutgoingBatch
from freightbooks.posting.sending import answer_to, back_in_the_queue
from freightbooks.posting.slices import Slice, next_slice
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.errors import QuickBooksError

BATCHES_AT_ONCE = 4
SINGLES_AT_ONCE = 6
BATCHES_AHEAD = 4
"""So many batches are prepared beyond those under way; a crash leaves no more than that to be looked up."""
SINGLES_AHEAD = 48
URGENT_AT_ONCE = 5
LOOK_FOR_URGENT_SECONDS = 0.2
GATHER_SECONDS = 0.5
"""How long answers to single documents are gathered before they are written down together."""


class Lanes:
    """What one drain has under way. `urgent` tells whether something of a priority before this one is due."""

    def __init__(
        self,
        client: Client,
        connection_id: int,
        *,
        urgent: Callable[[int], Awaitable[bool]],
        time_is_up: Callable[[], Awaitable[bool]],
        paced: bool,
    ) -> None:
        """`time_is_up`: whether no new slice is to be begun, because others wait for their turn."""
        self._client, self._connection_id = client, connection_id
        self._urgent, self._time_is_up = urgent, time_is_up
        self._singles_ahead = SINGLES_AHEAD if paced else 0
        self._making = asyncio.Lock()
        self._places = {True: asyncio.Semaphore(SINGLES_AT_ONCE), False: asyncio.Semaphore(BATCHES_AT_ONCE)}
        self._waiting = {True: 0, False: 0}
        self._moved = asyncio.Event()
        self._under_way: set[asyncio.Task[None]] = set()
        self._gathered: list[Answered] = []
        self._walls: list[Exception] = []
        self._at = int(Priority.NEW)
        self.looked_at = self.sent = 0

    async def run(self) -> bool:
        """Send what is due. Return whether that was all; False: the time is up. Raises what stopped it.

        A wall stops both lanes: what is under way is finished, and what was not sent goes back in the queue.
        """
        urgent = asyncio.create_task(self._guarded(self._urgent_lane()))
        gathering = asyncio.create_task(self._guarded(self._gather()))
        finished = True
        try:
            finished = await self._all_that_is_due()
        except Exception as wall:  # noqa: BLE001 - kept, and raised below
            self._walls.append(wall)
        finally:
            urgent.cancel()
            await asyncio.gather(urgent, return_exceptions=True)
            while self._under_way:
                await asyncio.gather(*self._under_way)
            gathering.cancel()
            await asyncio.gather(gathering, return_exceptions=True)
            await self._keep()
        if self._walls:
            raise next((each for each in self._walls if not isinstance(each, QuickBooksError)), self._walls[0])
        return finished

    async def _all_that_is_due(self) -> bool:
        while not self._walls:
            while not self._walls and self._enough():
                self._moved.clear()
                await self._moved.wait()
            if self._walls:
                return True
            if await self._time_is_up():
                return False
            singles = max(0, self._singles_ahead - self._waiting[True])
            most = BATCH * max(1, BATCHES_AHEAD + BATCHES_AT_ONCE - self._waiting[False]) + singles
            part = await in_database(next_slice, self._connection_id, most=most)
            if part is None:
                if all(task.done() for task in self._under_way):
                    return True
                self._moved.clear()
                await self._moved.wait()
                continue
            self._at = part.priority
            for batch in await self._prepared(self._client, part, singles if part.taken == most else 0):
                self._begin(batch)
        return True

    def _enough(self) -> bool:
        """Whether enough is prepared for now."""
        if self._waiting[False] < BATCHES_AHEAD // 2:
            return False
        return not self._singles_ahead or self._waiting[True] >= self._singles_ahead // 2

    async def _prepared(self, client: Client, part: Slice, singles: int) -> list[OutgoingBatch]:
        """Make what QuickBooks lacks for a slice, and commit the intent to send it."""
        self.looked_at += part.taken
        if part.removals:  # first: what takes their place may have their numbers
            for batch in await removal.prepare(client, self._connection_id, part.removals):
                await self._send_now(client, batch)
        if part.missing:
            async with self._making:
                await make_missing(
                    client,
                    self._connection_id,
                    link_ids=part.missing.link_ids,
                    terms=part.missing.terms,
                    cost_codes=part.missing.cost_codes,
                )
        return await in_database(commit_intents, self._connection_id, part, singles=singles)

    def _begin(self, batch: OutgoingBatch) -> None:
        self._waiting[batch.single] += 1
        task = asyncio.create_task(self._guarded(self._one(batch)))
        self._under_way.add(task)
        task.add_done_callback(self._under_way.discard)

    async def _one(self, batch: OutgoingBatch) -> None:
        async with self._places[batch.single]:
            self._waiting[batch.single] -= 1
            self._moved.set()
            if self._walls:
                await back_in_the_queue(batch)
                return
            answered = await answer_to(self._client, batch)
        if answered is not None:
            self.sent += len(batch.items)
            if batch.single:
                self._gathered.append(answered)
            else:
                await in_database(outcome.record_all, [answered])

    async def _guarded(self, work: Awaitable[None]) -> None:
        """Do a piece of work; what stops it is a wall for all."""
        try:
            await work
        except Exception as wall:  # noqa: BLE001 - kept, and raised at the end of `run`
            self._walls.append(wall)
        finally:
            self._moved.set()

    async def _gather(self) -> None:
        while True:
            await asyncio.sleep(GATHER_SECONDS)
            await asyncio.shield(self._keep())

    async def _keep(self) -> None:
        gathered, self._gathered = self._gathered, []
        if gathered:
            await in_database(outcome.record_all, gathered)

    async def _urgent_lane(self) -> None:
        """Send by itself what is more urgent than what the other lane is at, until cancelled."""
        client = self._client.for_people()
        while not self._walls:
            if await self._urgent(self._at):
                await asyncio.shield(self._send_urgent(client))
            else:
                await asyncio.sleep(LOOK_FOR_URGENT_SECONDS)

    async def _send_urgent(self, client: Client) -> None:
        part = await in_database(next_slice, self._connection_id, most=URGENT_AT_ONCE, sooner_than=self._at)
        if part is None:
            return
        batches = await self._prepared(client, part, URGENT_AT_ONCE)
        await asyncio.gather(*(self._send_now(client, batch) for batch in batches))

    async def _send_now(self, client: Client, batch: OutgoingBatch) -> None:
        answered = await answer_to(client, batch)
        if answered is not None:
            self.sent += len(batch.items)
            await in_database(outcome.record_all, [answered])
