"""Reads what an entry is about, and decides what it is to be in the books. Changes nothing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from freightbooks.connections.models import Connection
from freightbooks.freight.documents import InvoiceData, load_invoices
from freightbooks.freight.models import Payment
from freightbooks.mapping.models import QuickPay, QuickPayPolicy
from freightbooks.mapping.snapshot import Account, Mapping
from freightbooks.money import ZERO, display
from freightbooks.paying import decide
from freightbooks.paying.decide import Decision, Nothing, Settled, Waits
from freightbooks.paying.models import Entry, EntryKind, EntryState
from freightbooks.posting.gates import account_holder, vendor_entity
from freightbooks.posting.models import Posting
from freightbooks.posting.quick_pay import discount_of
from freightbooks.posting.states import PostingState
from freightbooks.settlement.models import Application, Standing

_CREDIT_OF = {
    EntryKind.ADVANCE_APPLIED: EntryKind.ADVANCE_CREDIT,
    EntryKind.DISCOUNT_APPLIED: EntryKind.DISCOUNT_CREDIT,
}


@dataclass(frozen=True)
class Books:
    """A company as entries need it: its mapping and until when its books are closed."""

    connection: Connection
    mapping: Mapping


def decide_entry(entry: Entry, books: Books) -> Decision:
    """Decide what an entry is to be in the books now."""
    if entry.kind == EntryKind.PAYMENT:
        return _payment(entry, books)
    assert entry.invoice_id is not None
    bill = settled(entry, load_invoices([entry.invoice_id])[entry.invoice_id], ZERO, books)
    if bill.entity == "VendorCredit":
        return Waits("Its invoice is a credit; there is no bill to apply it to.", "Settle it with the carrier.")
    if entry.kind in (EntryKind.ADVANCE_CREDIT, EntryKind.ADVANCE_APPLIED):
        return _advance(entry, bill, books)
    return _discount(entry, bill, books)


def settled(entry: Entry, invoice: InvoiceData, amount: Decimal, books: Books) -> Settled:
    """Return an invoice as it stands in the books of the entry's company, open before this very entry."""
    holder = account_holder(invoice)
    link = books.mapping.link(holder.id, vendor_entity(invoice.side)) if holder else None
    posting = Posting.objects.filter(connection=books.connection, invoice_id=invoice.id).first()
    there = posting is not None and posting.qbo_id and posting.state == PostingState.POSTED and not posting.removed_at
    if posting is None or not there or link is None:
        trouble = f"Invoice {invoice.number} is not in QuickBooks yet."
        return Settled(invoice.number, amount, "", "", "", "", ZERO, trouble)
    standing = Standing.objects.filter(pk=posting.pk).first()
    balance = standing.balance if standing is not None else posting.posted_amount or ZERO
    if entry.qbo_id:
        own = Application.objects.filter(
            posting=posting, payment__entity=entry.entity, payment__qbo_id=entry.qbo_id
        ).values_list("amount", flat=True)
        balance += sum(own, ZERO)
    return Settled(invoice.number, amount, posting.entity, posting.qbo_id, link.qbo_id, link.display_name, balance)


def _payment(entry: Entry, books: Books) -> Decision:
    payments = list(Payment.objects.filter(entry_rows__entry=entry).order_by("pk"))
    if not payments:
        return Nothing()
    invoices = load_invoices({payment.invoice_id for payment in payments})
    amounts: dict[int, Decimal] = {}
    for payment in payments:
        amounts[payment.invoice_id] = amounts.get(payment.invoice_id, ZERO) + payment.amount
    lines = [settled(entry, invoices[pk], amount, books) for pk, amount in amounts.items() if amount]
    first = payments[0]
    numbers = ", ".join(line.number for line in lines)
    return decide.payment(
        first.side,
        method=first.method,
        reference=first.reference,
        day=first.date,
        lines=lines,
        rule=books.mapping.payment_type(first.method),
        closed_through=books.connection.books_closed_through,
        memo=_memo(f"{first.method} {first.reference}".strip() + f" for {numbers}", entry.mark),
    )


def _advance(entry: Entry, bill: Settled, books: Books) -> Decision:
    advance = entry.advance
    assert advance is not None
    rule = books.mapping.payment_type(advance.method)
    what = f"{advance.method} advance {advance.reference}".strip()
    check = Posting.objects.filter(connection=books.connection, advance=advance, state=PostingState.POSTED)
    if not check.exists():
        return Waits(f"The {what} is not in QuickBooks yet.", "Nothing: it follows by itself.")
    if entry.kind == EntryKind.ADVANCE_CREDIT:
        return decide.credit(
            number=f"{advance.reference or advance.external_id}-ADV",
            day=max(advance.date, _bill_day(entry)),
            bill=_before_its_credit(entry, bill),
            amount=advance.amount,
            account=rule.advance if rule else None,
            purpose="advance",
            what=what,
            memo=_memo(f"{what} taken off {bill.number}", entry.mark),
            closed_through=books.connection.books_closed_through,
        )
    return _applied(entry, bill, max(advance.date, _bill_day(entry)), rule.bank if rule else None, what)


def _discount(entry: Entry, bill: Settled, books: Books) -> Decision:
    assert entry.invoice is not None
    terms = entry.invoice.party.terms
    rule = QuickPay.objects.filter(
        connection=books.connection, terms__iexact=terms, policy=QuickPayPolicy.VENDOR_CREDIT
    ).first()
    if rule is None:
        return Nothing() if entry.state != EntryState.POSTED else Waits("The policy changed.", "Undo it in QuickBooks.")
    what = f"{terms} discount, {rule.percent.normalize():f}%"
    day = _bill_day(entry)
    if entry.kind == EntryKind.DISCOUNT_CREDIT:
        return decide.credit(
            number=f"{entry.invoice.number}-QP",
            day=day,
            bill=_before_its_credit(entry, bill),
            amount=discount_of(entry.invoice.amount, rule.percent),
            account=books.mapping.accounts.get(rule.account_id),
            purpose="carrier cost",
            what=what,
            memo=_memo(f"{what} of {bill.number}", entry.mark),
            closed_through=books.connection.books_closed_through,
        )
    method = books.mapping.payment_type(entry.invoice.party.payment_method)
    return _applied(entry, bill, day, method.bank if method else None, what)


def _applied(entry: Entry, bill: Settled, day: date, bank: Account | None, what: str) -> Decision:
    credit = Entry.objects.filter(
        connection_id=entry.connection_id, kind=_CREDIT_OF[EntryKind(entry.kind)], key=entry.key
    ).first()
    if credit is None or credit.state != EntryState.POSTED:
        return Waits("Its credit is not in QuickBooks yet.", "Nothing: it follows by itself.")
    return decide.applied(
        day=day,
        bill=bill,
        credit_id=credit.qbo_id,
        amount=credit.amount,
        bank=bank,
        memo=_memo(f"{what}: {display(credit.amount)} applied to {bill.number}", entry.mark),
    )


def _before_its_credit(entry: Entry, bill: Settled) -> Settled:
    """Return the bill with what this credit already took off it, so that asking again gives the same amount."""
    if entry.state == EntryState.REMOVED or not entry.qbo_id:
        return bill
    return Settled(
        bill.number, bill.amount, bill.entity, bill.qbo_id, bill.holder_id, bill.holder, bill.open + entry.amount,
        bill.trouble,
    )  # fmt: skip


def _bill_day(entry: Entry) -> date:
    assert entry.invoice is not None
    return entry.invoice.invoice_date


def _memo(text: str, mark: str) -> str:
    room = 4000 - len(mark) - 1
    return f"{text[:room]} {mark}"
