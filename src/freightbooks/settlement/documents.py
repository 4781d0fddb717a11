"""Holds our documents to what QuickBooks has: how far each is paid, and whether somebody changed it there.

One pass over the postings concerned, whose rows it locks in the order of their ids, as posting itself does.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal

from django.db.models import Max, Sum

from freightbooks import exact_json
from freightbooks.mapping import merged
from freightbooks.money import ZERO, to_cents
from freightbooks.posting.facts import Facts, facts_of, is_voided
from freightbooks.posting.gates import Gate
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.settlement import drifts
from freightbooks.settlement.changes import Change
from freightbooks.settlement.drifting import Agreed, Finding, Judgement, Seen, judge
from freightbooks.settlement.models import Application, PaidState, Payment, PaymentState, Standing, ToSettle
from freightbooks.settlement.payments import postings_of
from freightbooks.settlement.reading import Settles, token_of
from freightbooks.settlement.standing import paid

IN_FLIGHT = (PostingState.SENDING, PostingState.UNCERTAIN)
_AT_ONCE = 2000
_KEPT = (
    "qbo_id", "state", "total", "settled", "balance", "said_balance", "deposit", "currency", "exchange_rate", "paid_on",
    "voided", "gone", "sync_token", "seen_at", "seen", "changed_at",
)  # fmt: skip
_SHOWN = ("qbo_id", "state", "total", "settled", "balance", "paid_on", "voided", "gone")


@dataclass(frozen=True)
class _Sum:
    settled: Decimal
    latest: date | None


class Settling:
    """The postings one transaction is about: gathered first, then settled in one pass.

    `freed` are archived invoices that only a payment kept in the books, which is gone now.
    """

    def __init__(self, connection_id: int) -> None:
        self.connection_id = connection_id
        self.invoice_ids: set[int] = set()
        self.seen = self.stale = self.drifts = 0
        self.freed: list[int] = []
        self._ids: set[int] = set()
        self._changes: dict[int, Change] = {}

    def look_again(self, posting_ids: Iterable[int]) -> None:
        """Take postings in whose payments are not as they were."""
        self._ids |= set(posting_ids)

    def see(self, changes: Sequence[Change]) -> None:
        """Take in the documents of ours among these; links of merged parties follow before any posting is locked."""
        if not changes:
            return
        ours = postings_of(self.connection_id, [Settles(each.entity, each.qbo_id, ZERO) for each in changes])
        for change in changes:
            posting_id = ours.get((change.entity, change.qbo_id))
            if posting_id is not None:
                self._changes[posting_id] = change
        self._follow_merges()
        self._ids |= set(self._changes)

    def answered(self) -> None:
        """Take in the postings QuickBooks has answered for, and find the payments that were heard of before that."""
        rows = list(ToSettle.objects.filter(connection_id=self.connection_id).order_by("pk")[:_AT_ONCE])
        if not rows:
            return
        ToSettle.objects.filter(pk__in=[row.pk for row in rows]).delete()
        ids = {row.posting_id for row in rows}
        postings = Posting.objects.filter(pk__in=ids).exclude(qbo_id="").values_list("entity", "qbo_id", "pk")
        by_target = {(entity, qbo_id): pk for entity, qbo_id, pk in postings}
        waiting = Application.objects.filter(
            connection_id=self.connection_id, posting=None, target_id__in={qbo_id for _, qbo_id in by_target}
        )
        found = [each for each in waiting if (each.target_entity, each.target_id) in by_target]
        for each in found:
            each.posting_id = by_target[each.target_entity, each.target_id]
        Application.objects.bulk_update(found, ["posting"])
        Payment.objects.filter(pk__in={each.payment_id for each in found}).update(ours=True)
        have = set(Standing.objects.filter(posting_id__in=ids).values_list("posting_id", flat=True))
        told = self._told_by_posting(ids)
        overtaken = drifts.waiting_after_kept(ids)
        self._ids |= {each.posting_id for each in found if each.posting_id} | have | overtaken | told

    def _told_by_posting(self, ids: Collection[int]) -> set[int]:
        """See the versions posting itself met: newer ones its update was too late for, or went on top of."""
        met: set[int] = set()
        for posting in Posting.objects.filter(pk__in=ids).exclude(books_seen="", agreed={}):
            if posting.books_seen:
                there = exact_json.loads(posting.books_seen)
                at = datetime.fromisoformat(there["MetaData"]["LastUpdatedTime"]).astimezone(UTC)
                self._changes.setdefault(posting.pk, Change(posting.entity, posting.qbo_id, there, at))
                met.add(posting.pk)
            elif "theirs" in posting.agreed:
                met.add(posting.pk)
        return met

    def settle(self) -> None:
        """Write how each posting stands now, and what was found out about it."""
        if not self._ids:
            return
        postings = list(
            Posting.objects.select_for_update(of=("self",))
            .select_related("invoice", "advance")
            .filter(pk__in=self._ids)
            .order_by("pk")
        )
        standings = {row.posting_id: row for row in Standing.objects.filter(posting_id__in=self._ids)}
        sums = _sums(self._ids)
        rows: list[Standing] = []
        for posting in postings:
            before = standings.get(posting.pk)
            standing = self._standing(posting, before)
            if standing is None:
                continue
            rows.append(standing)
            found = sums.get(posting.pk, _Sum(ZERO, None))
            self._settle_one(posting, standing, found)
        Standing.objects.bulk_create(
            rows, update_conflicts=True, unique_fields=["posting"], update_fields=_KEPT, batch_size=_AT_ONCE
        )

    def _standing(self, posting: Posting, before: Standing | None) -> Standing | None:
        """Return the row of a posting; a new one when it is another transaction now than it was."""
        if not posting.qbo_id and before is None:
            return None
        if before is None or (posting.qbo_id and before.qbo_id != posting.qbo_id):
            return Standing(
                posting=posting,
                qbo_id=posting.qbo_id,
                state=PaidState.NONE if posting.entity == "Purchase" else PaidState.OPEN,
                total=posting.posted_amount or ZERO,
                balance=ZERO if posting.entity == "Purchase" else posting.posted_amount or ZERO,
                currency=posting.document.currency,
            )
        return before

    def _settle_one(self, posting: Posting, standing: Standing, found: _Sum) -> None:
        shown = [getattr(standing, name) for name in _SHOWN]
        change = self._changes.get(posting.pk)
        if change is not None:
            if _is_newer(change, standing):
                _put(change, standing)
                self.seen += 1
            else:
                self.stale += 1
        if "theirs" in posting.agreed and int(posting.sync_token or 0) > standing.sync_token:
            _put_theirs(posting, standing)
        if standing.seen_at is None or int(posting.sync_token or 0) > standing.sync_token:
            standing.total = posting.posted_amount or ZERO
            standing.voided = False
        if standing.seen_at is not None and posting.qbo_id == standing.qbo_id:
            self._judge(posting, standing)
        drifts.overtaken(posting)
        result = paid(
            posting.entity,
            standing.total,
            found.settled,
            deposit=standing.deposit,
            voided=standing.voided,
            gone=standing.gone or posting.state == PostingState.REMOVED,
        )
        standing.state, standing.settled, standing.balance = result.state, result.settled, result.balance
        standing.paid_on = found.latest if result.state in (PaidState.PARTLY, PaidState.PAID) else None
        if found.settled == ZERO and posting.gate == Gate.REMOVAL_PAID and posting.invoice_id is not None:
            self.freed.append(posting.invoice_id)
        if posting.invoice_id is not None and [getattr(standing, name) for name in _SHOWN] != shown:
            self.invoice_ids.add(posting.invoice_id)

    def _judge(self, posting: Posting, standing: Standing) -> None:
        judgement = _judgement(self.connection_id, posting, standing)
        if judgement.finding is Finding.CHANGED:
            self.drifts += drifts.found(posting, standing, judgement)
            if posting.invoice_id is not None:
                self.invoice_ids.add(posting.invoice_id)
        elif judgement.finding in (Finding.SAME, Finding.MERGED):
            drifts.agree(posting, standing)

    def _follow_merges(self) -> None:
        postings = Posting.objects.filter(pk__in=self._changes)
        for posting in postings:
            change = self._changes[posting.pk]
            if change.object is None or not posting.agreed:
                continue
            standing = Standing(posting=posting, qbo_id=posting.qbo_id)
            _put(change, standing)
            judgement = _judgement(self.connection_id, posting, standing)
            if judgement.finding is Finding.MERGED and judgement.party_was:
                entity = "Customer" if posting.entity in ("Invoice", "CreditMemo") else "Vendor"
                name = Facts.from_json(standing.seen).party.name
                merged.follow(self.connection_id, entity, judgement.party_was, judgement.party_is, name)


def _judgement(connection_id: int, posting: Posting, standing: Standing) -> Judgement:
    entity = "Customer" if posting.entity in ("Invoice", "CreditMemo") else "Vendor"
    agreed = Agreed(
        sync_token=int(posting.sync_token or 0),
        facts=Facts.from_json(posting.agreed) if posting.agreed else None,
        in_flight=posting.state in IN_FLIGHT,
        removed=posting.state == PostingState.REMOVED,
        on_top="theirs" in posting.agreed,
    )
    assert standing.seen_at is not None
    seen = Seen(
        standing.sync_token,
        Facts.from_json(standing.seen) if standing.seen and not standing.gone else None,
        standing.voided,
        standing.seen_at,
    )
    return judge(agreed, seen, was_merged=lambda qbo_id: merged.was_merged(connection_id, entity, qbo_id))


def _is_newer(change: Change, standing: Standing) -> bool:
    if standing.gone:
        return False
    if standing.seen_at is None or change.object is None:
        return True
    token = token_of(change.object)
    return token > standing.sync_token or (token == standing.sync_token and change.at >= standing.seen_at)


def _put(change: Change, standing: Standing) -> None:
    """Fill a standing with the version that was seen."""
    standing.seen_at = change.at
    found = change.object
    if found is None:
        standing.gone = True
        return
    facts = facts_of(found)
    standing.sync_token = token_of(found)
    standing.seen = facts.as_json()
    standing.voided = is_voided(found)
    standing.total = facts.total
    standing.currency = facts.currency or standing.currency
    rate, said = found.get("ExchangeRate"), found.get("Balance", found.get("RemainingCredit"))
    standing.exchange_rate = Decimal(rate) if rate is not None else None
    standing.said_balance = to_cents(Decimal(said)) if said is not None else None
    standing.deposit = to_cents(Decimal(found.get("Deposit") or 0))


def _put_theirs(posting: Posting, standing: Standing) -> None:
    """Fill a standing with the version our own write was answered with, where it is not wholly ours."""
    standing.seen = posting.agreed["theirs"]
    standing.sync_token = int(posting.sync_token or 0)
    standing.seen_at = datetime.fromisoformat(posting.agreed["theirs_at"]).astimezone(UTC)
    standing.total, standing.voided = Facts.from_json(standing.seen).total, False


def _sums(posting_ids: Iterable[int]) -> dict[int, _Sum]:
    """Add up what is settled of each posting by payments that stand."""
    rows = (
        Application.objects.filter(posting_id__in=posting_ids, payment__state=PaymentState.RECORDED)
        .values_list("posting_id")
        .annotate(Sum("amount"), Max("payment__date"))
        .order_by()
    )
    return {posting_id: _Sum(amount, latest) for posting_id, amount, latest in rows if posting_id is not None}
