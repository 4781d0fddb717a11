"""Sends one request whose intent is committed, and tells what became of it. Knows nothing of queues and lanes."""

from __future__ import annotations

import asyncio

from freightbooks.connections.states import Attention
from freightbooks.in_database import in_database
from freightbooks.posting import outcome, settle
from freightbooks.posting.outcome import Answered, NotDone, Outcome, RefusedByQuickBooks
from freightbooks.posting.outgoing import OutgoingBatch
from freightbooks.quickbooks.client import Client
from freightbooks.quickbooks.errors import NotSent, OutcomeUnknown, ReconnectNeeded, Refused, Throttled

MOST_THROTTLE_WAITS = 20


async def answer_to(client: Client, batch: OutgoingBatch) -> Answered | None:
    """Send a batch and return what came of it, to be recorded. None: no answer came, and the doubt is written down.

    Raises NotSent and ReconnectNeeded: it surely came to nothing, and is back in the queue.
    """
    for _ in range(MOST_THROTTLE_WAITS):
        try:
            result = await settle.send(client, batch)
        except Throttled as error:  # nothing was written: wait as told, and send the same again
            await asyncio.sleep(error.retry_after_seconds)
            continue
        except (NotSent, ReconnectNeeded):
            await back_in_the_queue(batch)
            raise
        except Refused as error:
            return Answered(batch.batch_id, _all_refused(batch, error), error.exchange)
        except OutcomeUnknown as error:
            await in_database(outcome.mark_uncertain, batch.batch_id, error.exchange)
            return None
        answered = Answered(batch.batch_id, await settle.outcomes_of(client, batch, result), result.exchange)
        if any(answer.fault and answer.fault.code == settle.SUBSCRIPTION_ENDED for answer in result.answers):
            await in_database(outcome.record_all, [answered])
            raise ReconnectNeeded(Attention.SUBSCRIPTION_ENDED, result.exchange)
        return answered
    return Answered(batch.batch_id, {item.posting_id: NotDone(later=True) for item in batch.items}, None)


async def back_in_the_queue(batch: OutgoingBatch) -> None:
    """Take back the intent of a batch that surely was not sent."""
    outcomes = {item.posting_id: NotDone() for item in batch.items}
    await in_database(outcome.record, batch.batch_id, outcomes, None)


def _all_refused(batch: OutgoingBatch, refusal: Refused) -> dict[int, Outcome]:
    """Judge a batch that was refused as a whole: one document of it may be why, so each then goes by itself."""
    if len(batch.items) > 1:
        return {item.posting_id: NotDone(alone=True) for item in batch.items}
    return {item.posting_id: RefusedByQuickBooks(refusal.fault) for item in batch.items}
