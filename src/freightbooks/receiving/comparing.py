"""Compares one entity of a company with what we know of it, where the change feed does not reach or is too full.

What changed comes in pages, by the time of its change. What was deleted shows by not being there any more: the ids
that matter to us and that no page had are asked for.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from freightbooks.in_database import in_database
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.quickbooks.client import Client
from freightbooks.receiving import reading
from freightbooks.receiving.entities import DOCUMENTS, PAYMENTS
from freightbooks.receiving.models import Known
from freightbooks.receiving.reading import IDS
from freightbooks.receiving.taking import Arrival

if TYPE_CHECKING:
    from freightbooks.receiving.sweeping import Swept


async def compare(client: Client, connection_id: int, entity: str, since: datetime, swept: Swept) -> None:
    """Take what changed of an entity since a moment, and what of it is gone. Raises QuickBooksError."""
    seen: set[str] = set()
    async for page in reading.since(client, entity, since):
        swept.reads += 1
        swept.answered(page[0].as_of)
        seen |= {one.qbo_id for one in page}
        await swept.take(page)
    swept.reads += 0 if seen else 1
    known = [each for each in await in_database(_that_matter, connection_id, entity) if each not in seen]
    if not known:
        return
    gone = await reading.gone_among(client, entity, known)
    swept.reads += -(-len(known) // IDS)
    now = datetime.now(UTC)
    await swept.take([Arrival(entity, qbo_id, None, now) for qbo_id in gone])


def _that_matter(connection_id: int, entity: str) -> Sequence[str]:
    """Return the ids whose end matters to us: our documents, and the payments we know. Lists are never deleted."""
    if entity in DOCUMENTS:
        posted = Posting.objects.filter(connection_id=connection_id, entity=entity, state=PostingState.POSTED)
        return list(posted.exclude(qbo_id="").values_list("qbo_id", flat=True))
    if entity in PAYMENTS:
        known = Known.objects.filter(connection_id=connection_id, entity=entity, gone=False)
        return list(known.values_list("qbo_id", flat=True))
    return []
