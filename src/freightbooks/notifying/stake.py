"""What waits for a connection: how many documents, and how much money, by currency."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Count, Q, Sum
from django.db.models.functions import Coalesce

from freightbooks.money import display
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState

_ON_THEIR_WAY = (PostingState.DUE, PostingState.SENDING, PostingState.UNCERTAIN)


@dataclass(frozen=True)
class Stake:
    """Documents that would be on their way to QuickBooks now. Amounts by currency are never added up."""

    documents: int
    amounts: dict[str, Decimal]

    def in_words(self) -> str:
        """Return it for a sentence: `12 documents worth $48,210.77 wait`."""
        if not self.documents:
            return "No document waits yet"
        noun, verb = ("document", "waits") if self.documents == 1 else ("documents", "wait")
        return f"{self.documents:,} {noun} worth {' and '.join(self._sums())} {verb}"

    def as_data(self) -> dict[str, object]:
        """Return it as JSON; amounts are text, as money is never a float."""
        return {"documents": self.documents, "amounts": {code: str(sum_) for code, sum_ in self.amounts.items()}}

    def _sums(self) -> list[str]:
        ordered = sorted(self.amounts.items(), key=lambda pair: (pair[0] != "USD", pair[0]))
        return [_dollars(sum_) if code == "USD" else f"{display(sum_)} {code}" for code, sum_ in ordered]


def stake_of(connection_id: int) -> Stake:
    """Add up what waits because of a connection: the queue, and what its own gate holds. One query."""
    waiting = Q(state__in=_ON_THEIR_WAY) | Q(state=PostingState.WAITING, gate=Gate.CONNECTION)
    rows = list(
        Posting.objects.filter(waiting, connection_id=connection_id)
        .annotate(currency=Coalesce("invoice__currency", "advance__currency"))
        .values_list("currency")
        .annotate(count=Count("pk"), amount=Sum(Coalesce("invoice__amount", "advance__amount")))
        .order_by()
    )
    return Stake(sum(count for _, count, _ in rows), {code: amount for code, _, amount in rows})


def _dollars(amount: Decimal) -> str:
    printed = display(amount)
    return f"−${printed[1:]}" if printed.startswith("−") else f"${printed}"
