"""Keeps payments as QuickBooks has them, each with what it settles, by the order of its own versions."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field

from freightbooks.money import ZERO
from freightbooks.posting.models import Posting
from freightbooks.settlement.changes import Change
from freightbooks.settlement.methods import names_of
from freightbooks.settlement.models import Application, Payment, PaymentState
from freightbooks.settlement.reading import Settles, read_payment, token_of

_KEPT = (
    "sync_token", "updated_at", "state", "party_id", "party_name", "date", "amount", "unapplied", "currency",
    "exchange_rate", "method_id", "method", "reference", "account", "ours",
)  # fmt: skip


@dataclass
class Moved:
    """What became of some payments, and which postings they settle now or settled before."""

    taken: int = 0
    not_ours: int = 0
    stale: int = 0
    posting_ids: set[int] = field(default_factory=set)


def take_payments(connection_id: int, changes: Sequence[Change]) -> Moved:
    """Put each payment that is newer than what we know in the place of what we know of it."""
    moved = Moved()
    if not changes:
        return moved
    known = _known(connection_id, changes)
    newer: dict[tuple[str, str], Payment] = {}
    settled: dict[tuple[str, str], tuple[Settles, ...]] = {}
    names = names_of(connection_id)
    for change in changes:
        key = (change.entity, change.qbo_id)
        before = known.get(key)
        if before is not None and not is_newer(change, before):
            moved.stale += 1
            continue
        payment = before or Payment(connection_id=connection_id, entity=change.entity, qbo_id=change.qbo_id)
        payment.updated_at = change.at
        settled[key] = _put(change, payment, names)
        newer[key] = payment
    if not newer:
        return moved
    old = Application.objects.filter(payment_id__in=[each.pk for each in newer.values() if each.pk])
    moved.posting_ids |= {pk for pk in old.values_list("posting_id", flat=True) if pk is not None}
    ours = postings_of(connection_id, (target for targets in settled.values() for target in targets))
    for key, payment in newer.items():
        if any((each.entity, each.qbo_id) in ours for each in settled[key]):
            payment.ours = True
    old.delete()
    rows = Payment.objects.bulk_create(
        newer.values(),
        update_conflicts=True,
        unique_fields=["connection", "entity", "qbo_id"],
        update_fields=_KEPT,
    )
    Application.objects.bulk_create(
        [
            Application(
                connection_id=connection_id,
                payment=payment,
                target_entity=each.entity,
                target_id=each.qbo_id,
                target_number=each.number,
                amount=each.amount,
                posting_id=ours.get((each.entity, each.qbo_id)),
            )
            for payment in rows
            for each in settled[payment.entity, payment.qbo_id]
        ]
    )
    moved.taken = len(newer)
    moved.not_ours = sum(1 for payment in newer.values() if not payment.ours)
    moved.posting_ids |= {
        pk for targets in settled.values() for each in targets if (pk := ours.get((each.entity, each.qbo_id)))
    }
    return moved


def is_newer(change: Change, known: Payment) -> bool:
    """Whether a change tells more than what is known. The same version again tells nothing; a deletion is the end."""
    if known.state == PaymentState.DELETED:
        return False
    if change.object is None:
        return True
    token = token_of(change.object)
    return token > known.sync_token or (token == known.sync_token and change.at > known.updated_at)


def postings_of(connection_id: int, targets: Iterable[Settles]) -> dict[tuple[str, str], int]:
    """Return, by entity and id, which of these transactions are postings of ours."""
    ids: dict[str, set[str]] = defaultdict(set)
    for target in targets:
        ids[target.entity].add(target.qbo_id)
    found: dict[tuple[str, str], int] = {}
    for entity, some in ids.items():
        rows = Posting.objects.filter(connection_id=connection_id, entity=entity, qbo_id__in=some)
        found |= {(entity, qbo_id): pk for pk, qbo_id in rows.values_list("pk", "qbo_id")}
    return found


def _known(connection_id: int, changes: Sequence[Change]) -> dict[tuple[str, str], Payment]:
    rows = Payment.objects.filter(connection_id=connection_id, qbo_id__in={each.qbo_id for each in changes})
    return {(row.entity, row.qbo_id): row for row in rows}


def _put(change: Change, payment: Payment, names: dict[str, str]) -> tuple[Settles, ...]:
    """Fill a payment with what it is now, and return what it settles."""
    if change.object is None:
        payment.state, payment.unapplied = PaymentState.DELETED, ZERO
        return ()
    data = read_payment(change.entity, change.object)
    payment.sync_token = data.sync_token
    payment.state = PaymentState.VOIDED if data.voided else PaymentState.RECORDED
    payment.party_id, payment.party_name = data.party_id, data.party_name
    payment.date, payment.currency, payment.exchange_rate = data.day, data.currency, data.exchange_rate
    payment.unapplied, payment.amount = data.unapplied, data.amount
    payment.method_id, payment.method = data.method_id, data.method or names.get(data.method_id, "")
    payment.reference, payment.account = data.reference, data.account
    return data.settles
