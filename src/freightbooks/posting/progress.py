"""How far a connection's documents have come, in one count."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from freightbooks.connections.models import Connection
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState


@dataclass(frozen=True)
class Progress:
    """How many documents stand where. `sending` counts those without an answer; skipped ones are in `total` only."""

    total: int
    posted: int
    waiting: int
    due: int
    failed: int
    sending: int

    @property
    def at_rest(self) -> bool:
        """Whether nothing is in the queue or on its way."""
        return not self.due and not self.sending


def counts(connection: Connection) -> Progress:
    """Count a connection's documents by where they stand."""
    rows = Posting.objects.filter(connection=connection).values_list("state").annotate(Count("pk")).order_by()
    by_state: dict[str, int] = dict(rows)
    return Progress(
        total=sum(by_state.values()),
        posted=by_state.get(PostingState.POSTED, 0),
        waiting=by_state.get(PostingState.WAITING, 0),
        due=by_state.get(PostingState.DUE, 0),
        failed=by_state.get(PostingState.FAILED, 0),
        sending=by_state.get(PostingState.SENDING, 0) + by_state.get(PostingState.UNCERTAIN, 0),
    )
