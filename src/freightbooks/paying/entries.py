"""Makes entries: for payments as they are recorded, for advances and discounts as their bills come, and when switching.

Knows who the writer is; sends nothing.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from decimal import Decimal

from django.db import transaction
from django.db.models import Count, Q, QuerySet, Sum
from django.utils import timezone

from freightbooks import jobs
from freightbooks.connections.models import Connection
from freightbooks.freight.documents import load_invoices
from freightbooks.freight.models import Advance, Payment
from freightbooks.freight.statuses import Side
from freightbooks.mapping.models import QuickPay, QuickPayPolicy
from freightbooks.money import ZERO
from freightbooks.paying.models import Entry, EntryKind, EntryRow, EntryState, PaymentWriter, Writer
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.settlement.models import Payment as Settlement

_CHUNK = 1000
_OPEN = (EntryState.WAITING, EntryState.DUE, EntryState.FAILED)


def writer_of(connection_id: int) -> Writer:
    """Return which side writes the payments of a company."""
    row = PaymentWriter.objects.filter(pk=connection_id).first()
    return Writer(row.writer) if row else Writer.QUICKBOOKS


def take_in(connection: Connection, payment_ids: Collection[int]) -> None:
    """Give recorded payments their entries in a company: one for each check or transfer. Part of a transaction."""
    payments = list(Payment.objects.filter(pk__in=payment_ids).order_by("pk"))
    invoices = load_invoices({payment.invoice_id for payment in payments})
    had = {row.payment_id: row.entry_id for row in EntryRow.objects.filter(connection=connection, payment__in=payments)}
    keys: dict[str, list[Payment]] = defaultdict(list)
    for payment in payments:
        invoice = invoices[payment.invoice_id]
        holder = invoice.party if payment.side == Side.CUSTOMER else invoice.pay_to or invoice.party
        keys[key_of(payment, holder.id)].append(payment)
    moved: set[int] = set()
    for key, some in keys.items():
        entry, _ = Entry.objects.get_or_create(
            connection=connection, kind=EntryKind.PAYMENT, key=key, defaults={"currency": some[0].currency}
        )
        moved.add(entry.pk)
        moved |= {had[payment.pk] for payment in some if payment.pk in had}
        for payment in some:
            EntryRow.objects.update_or_create(connection=connection, payment=payment, defaults={"entry": entry})
    make_due(Entry.objects.filter(pk__in=moved))
    jobs.request_paying(connection.pk)


def key_of(payment: Payment, holder_id: int) -> str:
    """Return what makes rows one payment: payee, method, day and reference; a row without a reference is alone."""
    if not payment.reference:
        return f"row {payment.external_id}"
    method = payment.method.casefold()
    return f"{payment.side} {holder_id} {payment.date} {method} {payment.currency} {payment.reference}"


def on_postings(connection_id: int, posting_ids: Collection[int]) -> None:
    """Make the entries that follow from postings: advances and discounts for bills, payments that waited for them."""
    if writer_of(connection_id) != Writer.FREIGHT:
        return
    posted = Posting.objects.filter(pk__in=posting_ids, connection_id=connection_id, state=PostingState.POSTED)
    bills = list(posted.filter(entity="Bill").select_related("invoice__party"))
    ids = [bill.invoice_id for bill in bills if bill.invoice_id]
    advances = Advance.objects.filter(
        Q(invoice__in=ids) | Q(postings__in=posted.filter(entity="Purchase")), invoice__isnull=False, amount__gt=ZERO
    )
    _include_advances(connection_id, advances)
    _include_discounts(connection_id, bills)
    invoices = list(posted.exclude(invoice=None).values_list("invoice_id", flat=True))
    waiting = Entry.objects.filter(connection_id=connection_id, state=EntryState.WAITING)
    waiting = waiting.filter(Q(rows__payment__invoice__in=invoices) | Q(invoice__in=invoices))
    make_due(Entry.objects.filter(pk__in=waiting.values("pk")))
    if Entry.objects.filter(connection_id=connection_id, state=EntryState.DUE).exists():
        jobs.request_paying(connection_id)


def make_due(entries: QuerySet[Entry]) -> int:
    """Put entries in the queue; what is on its way is marked to be looked at again."""
    entries.filter(state__in=(EntryState.SENDING, EntryState.UNCERTAIN)).update(again=True)
    resting = entries.filter(state__in=(*_OPEN, EntryState.POSTED, EntryState.REMOVED))
    return resting.update(state=EntryState.DUE, not_before=timezone.now(), changed_at=timezone.now())


def _include_advances(connection_id: int, advances: QuerySet[Advance]) -> None:
    rows: list[Entry] = []
    for advance in advances.distinct():
        for kind in (EntryKind.ADVANCE_CREDIT, EntryKind.ADVANCE_APPLIED):
            rows.append(
                Entry(
                    connection_id=connection_id,
                    kind=kind,
                    key=advance.external_id,
                    invoice_id=advance.invoice_id,
                    advance=advance,
                    currency=advance.currency,
                )
            )
    Entry.objects.bulk_create(rows, ignore_conflicts=True)


def _include_discounts(connection_id: int, bills: Iterable[Posting]) -> None:
    terms = {
        row.terms.casefold()
        for row in QuickPay.objects.filter(connection_id=connection_id, policy=QuickPayPolicy.VENDOR_CREDIT)
    }
    rows = [
        Entry(connection_id=connection_id, kind=kind, key=bill.invoice.external_id, invoice=bill.invoice,
              currency=bill.invoice.currency)
        for bill in bills
        if bill.invoice is not None and bill.invoice.party.terms.casefold() in terms
        for kind in (EntryKind.DISCOUNT_CREDIT, EntryKind.DISCOUNT_APPLIED)
    ]  # fmt: skip
    Entry.objects.bulk_create(rows, ignore_conflicts=True)


@dataclass(frozen=True)
class Switching:
    """What a switch of the writer finds: payments recorded here and not in QuickBooks, by currency."""

    count: int
    amounts: dict[str, Decimal]


def before_switching(connection: Connection) -> Switching:
    """Return what is open: payments recorded here that QuickBooks does not have from us."""
    sent = EntryRow.objects.filter(connection=connection, entry__state=EntryState.POSTED)
    rows = Payment.objects.filter(organization_id=connection.organization_id, amount__gt=ZERO)
    rows = rows.exclude(pk__in=sent.values("payment"))
    sums = rows.order_by().values_list("currency").annotate(Count("pk"), Sum("amount"))
    found = list(sums)
    return Switching(sum(count for _, count, _ in found), {currency: amount for currency, _, amount in found})


def switch(connection: Connection, writer: Writer, by: str, *, include_open: bool = False) -> None:
    """Change who writes a company's payments. `include_open`: send what was recorded here before, too.

    Back to QuickBooks, what has not been sent is kept here only; what is on its way is finished.
    """
    with transaction.atomic():
        PaymentWriter.objects.update_or_create(
            connection=connection, defaults={"writer": writer, "set_by": by[:150], "set_at": timezone.now()}
        )
        if writer == Writer.QUICKBOOKS:
            Entry.objects.filter(connection=connection, state__in=_OPEN).update(
                state=EntryState.KEPT,
                reason="Payments are recorded in QuickBooks; this one is kept here only.",
                remedy="Record it in QuickBooks, or make the freight side the writer again.",
            )
            return
        kept = Entry.objects.filter(connection=connection, state=EntryState.KEPT)
        if include_open:
            kept.update(state=EntryState.DUE, reason="", remedy="")
            sent = EntryRow.objects.filter(connection=connection).values("payment")
            older = Payment.objects.filter(organization_id=connection.organization_id).exclude(pk__in=sent)
            ids = list(older.order_by("pk").values_list("pk", flat=True))
            for start in range(0, len(ids), _CHUNK):
                take_in(connection, ids[start : start + _CHUNK])
        posted = Posting.objects.filter(connection=connection, state=PostingState.POSTED, entity="Bill")
        if QuickPay.objects.filter(connection=connection).exists() or include_open:
            ids = list(posted.order_by("pk").values_list("pk", flat=True))
            for start in range(0, len(ids), _CHUNK):
                on_postings(connection.pk, ids[start : start + _CHUNK])
        jobs.request_paying(connection.pk)


def retry(entry: Entry) -> None:
    """Try an entry that waits or was refused again: a person says so, over a bookkeeper's version of it if need be."""
    with transaction.atomic():
        current = Entry.objects.select_for_update(of=("self",)).get(pk=entry.pk)
        if current.state not in _OPEN:
            return
        if current.qbo_id and current.code == "5010":
            known = Settlement.objects.filter(
                connection_id=current.connection_id, entity=current.entity, qbo_id=current.qbo_id
            ).first()
            if known is not None:
                current.sync_token = str(known.sync_token)
        current.state, current.payload_hash, current.not_before = EntryState.DUE, "", timezone.now()
        current.save()
        jobs.request_paying(current.connection_id)
