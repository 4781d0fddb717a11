"""Takes what happened in QuickBooks and makes the freight side equal to it. Database only: it reads nothing there.

Each object is taken by its own version: the higher SyncToken wins, then the later LastUpdatedTime, and a deletion is
final, since ids never come back. A payment is rebuilt from the object as it is. So the same change twice, late or out
of order changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from django.db import connection as database
from django.db import transaction

from freightbooks.posting.due import try_removals_again
from freightbooks.settlement.changes import Change
from freightbooks.settlement.documents import Settling
from freightbooks.settlement.events import settlement_changed
from freightbooks.settlement.methods import learn
from freightbooks.settlement.models import ToSettle
from freightbooks.settlement.payments import take_payments
from freightbooks.settlement.reading import DOCUMENTS, PAYMENTS, token_of

_CHUNK = 500
_LOCK_CLASS = 0x46425345  # "FBSE": the settling of a connection among the advisory locks of the database


@dataclass(frozen=True)
class Taken:
    """What became of some changes. `not_ours` are payments that settle nothing of ours, `stale` were known already."""

    payments: int = 0
    documents: int = 0
    not_ours: int = 0
    stale: int = 0
    drifts: int = 0
    invoice_ids: frozenset[int] = field(default_factory=frozenset)

    def __add__(self, other: Taken) -> Taken:
        return Taken(
            self.payments + other.payments,
            self.documents + other.documents,
            self.not_ours + other.not_ours,
            self.stale + other.stale,
            self.drifts + other.drifts,
            self.invoice_ids | other.invoice_ids,
        )


def take(connection_id: int, changes: Sequence[Change]) -> Taken:
    """Apply changes of one company, in transactions of a few hundred. Names among them are left to mapping."""
    taken = Taken()
    ours = _latest(changes)
    for start in range(0, len(ours), _CHUNK):
        taken += _take_some(connection_id, ours[start : start + _CHUNK])
    return taken


def catch_up(connection_id: int) -> Taken:
    """Hold what QuickBooks has answered for to the payments and edits that were heard of before the answer."""
    taken = Taken()
    while True:
        done = _take_some(connection_id, [])
        taken += done
        if not ToSettle.objects.filter(connection_id=connection_id).exists():
            return taken


def _take_some(connection_id: int, changes: Sequence[Change]) -> Taken:
    with transaction.atomic():
        _one_at_a_time(connection_id)
        learn(connection_id, [each for each in changes if each.entity == "PaymentMethod"])
        settling = Settling(connection_id)
        moved = take_payments(connection_id, [each for each in changes if each.entity in PAYMENTS])
        settling.look_again(moved.posting_ids)
        documents = [each for each in changes if each.entity in DOCUMENTS]
        settling.see(documents)
        settling.answered()
        settling.settle()
        try_removals_again(connection_id, settling.freed)
        if settling.invoice_ids:
            settlement_changed.send(sender=None, connection_id=connection_id, invoice_ids=sorted(settling.invoice_ids))
    return Taken(
        payments=moved.taken,
        documents=settling.seen,
        not_ours=moved.not_ours,
        stale=moved.stale + settling.stale,
        drifts=settling.drifts,
        invoice_ids=frozenset(settling.invoice_ids),
    )


def _latest(changes: Iterable[Change]) -> list[Change]:
    """Return one change for each object: its latest version among these."""
    latest: dict[tuple[str, str], Change] = {}
    for change in changes:
        key = (change.entity, change.qbo_id)
        if key not in latest or _version(change) >= _version(latest[key]):
            latest[key] = change
    return list(latest.values())


def _version(change: Change) -> tuple[bool, int, float]:
    token = token_of(change.object) if change.object is not None else 0
    return change.deleted, token, change.at.timestamp()


def _one_at_a_time(connection_id: int) -> None:
    """Hold, until the transaction ends, the right to be the only one who settles this company."""
    with database.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", (_LOCK_CLASS, connection_id))
