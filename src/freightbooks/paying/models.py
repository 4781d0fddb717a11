"""Tables of the paying room: who writes a company's payments, and each entry on its way into QuickBooks."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.freight.models import MONEY_DIGITS, Advance, Invoice, Payment


class Writer(models.TextChoices):
    """The one side on which a company's payments are recorded."""

    QUICKBOOKS = "quickbooks", "Bookkeepers, in QuickBooks"
    FREIGHT = "freight", "The freight side; we write them into QuickBooks"


class PaymentWriter(models.Model):
    """Who writes the payments of a company, since when. Without a row it is QuickBooks, as in the beginning."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, primary_key=True, related_name="writer")
    writer = models.CharField(max_length=12, choices=Writer.choices, default=Writer.QUICKBOOKS)
    set_by = models.CharField(max_length=150, blank=True)
    set_at = models.DateTimeField(default=timezone.now)


class EntryKind(models.TextChoices):
    """What an entry is in the books."""

    PAYMENT = "payment", "Payment"
    ADVANCE_CREDIT = "advance credit", "Advance, as a credit with the carrier"
    ADVANCE_APPLIED = "advance applied", "Advance, applied to its bill"
    DISCOUNT_CREDIT = "discount credit", "Quick-pay discount, as a credit"
    DISCOUNT_APPLIED = "discount applied", "Quick-pay discount, applied to its bill"


class EntryState(models.TextChoices):
    """Where an entry stands."""

    WAITING = "waiting", "Waiting"
    DUE = "due", "In the queue"
    SENDING = "sending", "Sending"
    UNCERTAIN = "uncertain", "No answer yet"
    POSTED = "posted", "In QuickBooks"
    FAILED = "failed", "QuickBooks refused it"
    REMOVED = "removed", "Taken back"
    KEPT = "kept", "Recorded here only"


def new_mark() -> str:
    """Return the mark at the end of an entry's memo, by which we know it again: `[FB paid 3f9c01d2a7be]`."""
    return f"[FB paid {uuid.uuid4().hex[:12]}]"


class Entry(models.Model):
    """One transaction we write for a payment, an advance or a discount. `key` says which: two of a kind share none.

    The intent (`operation`, `payload`, `request_id`) is committed before the call, as for every posting. `amount` is
    what it comes to in QuickBooks, in `currency`.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=20, choices=EntryKind.choices)
    key = models.CharField(max_length=300)
    mark = models.CharField(max_length=40, default=new_mark)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="entries")
    advance = models.ForeignKey(Advance, on_delete=models.PROTECT, null=True, related_name="entries")
    state = models.CharField(max_length=12, choices=EntryState.choices, default=EntryState.DUE)
    reason = models.CharField(max_length=1000, blank=True)
    remedy = models.CharField(max_length=1000, blank=True)
    operation = models.CharField(max_length=10, blank=True)
    entity = models.CharField(max_length=20, blank=True)
    payload = models.TextField(blank=True)
    payload_hash = models.CharField(max_length=64, blank=True)
    request_id = models.UUIDField(null=True)
    again = models.BooleanField(default=False, help_text="It changed while it was on its way")
    qbo_id = models.CharField(max_length=32, blank=True)
    sync_token = models.CharField(max_length=20, blank=True)
    amount = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, blank=True)
    code = models.CharField(max_length=12, blank=True)
    message = models.TextField(blank=True)
    intuit_tid = models.CharField(max_length=100, blank=True)
    not_before = models.DateTimeField(default=timezone.now)
    posted_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "entries"
        constraints = [models.UniqueConstraint(fields=["connection", "kind", "key"], name="one_entry_per_key")]
        indexes = [
            models.Index(
                fields=["connection", "id"],
                condition=models.Q(state__in=["due", "sending", "uncertain"]),
                name="entries_to_do",
            ),
            models.Index(fields=["connection", "state", "-id"], name="entries_list"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.key}: {self.state}"


class EntryRow(models.Model):
    """Which entry of a company a recorded payment is part of."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="rows")
    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="entry_rows")

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "payment"], name="one_entry_per_payment")]
