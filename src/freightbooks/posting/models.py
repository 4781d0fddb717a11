"""Tables of the posting room: the posting (one document, one company), the batch it was sent in, and each attempt."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.freight.models import MONEY_DIGITS, Advance, Invoice
from freightbooks.posting.states import PostingState
from freightbooks.problems.models import Problem


class Priority(models.IntegerChoices):
    """Which due postings go first; lower is sooner."""

    PERSON = 0, "A person asked"
    NEW = 10, "Came in just now"
    BACKFILL = 20, "Part of a backfill"


class ChangedThere(models.TextChoices):
    """Whether a transaction is in QuickBooks as we posted it, or as a bookkeeper left it."""

    NO = "", "As we posted it"
    ASKED = "asked", "Changed by a bookkeeper; somebody has to decide"
    KEPT = "kept", "Changed by a bookkeeper, and kept so"


class SentBatch(models.Model):
    """The intent of one batch request, committed before the call: its request id and exactly what was in it.

    A lost answer is settled by looking the documents up and, where none is found, by sending this very body again.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="batches")
    request_id = models.UUIDField(unique=True)
    created_at = models.DateTimeField(auto_now_add=True)
    settled_at = models.DateTimeField(null=True)
    single = models.BooleanField(default=False, db_default=False, help_text="Sent by itself, not as a batch")
    doubted_since = models.DateTimeField(null=True, help_text="Since when nobody knows what became of it")
    look_at = models.DateTimeField(null=True, help_text="When to look for it in the books again")
    tries = models.PositiveSmallIntegerField(default=0, db_default=0, help_text="How often no answer came")

    class Meta:
        indexes = [
            models.Index(fields=["connection"], condition=models.Q(settled_at=None), name="unsettled_batches"),
        ]


class Posting(models.Model):
    """One freight document's life on its way into one QuickBooks company.

    Exactly one of `invoice` and `advance` is set. `gate` and `reason` tell why it waits or failed: the gate's words
    and one sentence. `revision` is the document's revision last sent; `entity`, `qbo_id` and `sync_token` are
    QuickBooks' own. `posted_amount` is the total QuickBooks answered, always positive for its entity. `since` is kept
    by a trigger (migration `keep_since`), whoever writes the row: held by the same cause again, it has waited since
    the first time.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="postings")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="postings")
    advance = models.ForeignKey(Advance, on_delete=models.PROTECT, null=True, related_name="postings")
    state = models.CharField(max_length=12, choices=PostingState.choices, default=PostingState.DUE)
    priority = models.SmallIntegerField(choices=Priority.choices, default=Priority.NEW)
    gate = models.CharField(max_length=100, blank=True)
    reason = models.CharField(max_length=1000, blank=True)
    remedy = models.CharField(max_length=1000, blank=True)
    problem = models.ForeignKey(Problem, on_delete=models.SET_NULL, null=True, related_name="postings")
    released_by = models.CharField(max_length=200, blank=True, help_text="Who let a possible duplicate through")
    date_moved_to = models.DateField(null=True, help_text="The day it posts on, where its own was closed")
    number_suffix = models.CharField(max_length=10, blank=True, help_text="Put behind its number, where that was taken")
    duplicate_allowed = models.BooleanField(default=False, help_text="It may have a number that is taken")
    mended_by = models.CharField(max_length=200, blank=True, help_text="Who moved or renumbered it, or let it double")
    by_hand = models.CharField(max_length=40, blank=True, help_text="Its number in QuickBooks, entered there by hand")

    operation = models.CharField(max_length=10, blank=True)
    entity = models.CharField(max_length=20, blank=True)
    payload = models.TextField(blank=True, help_text="The JSON body exactly as sent; money in it is never a float")
    accepted_payload = models.TextField(default="", db_default="", help_text="What QuickBooks last accepted of ours")
    books_seen = models.TextField(
        default="",
        db_default="",
        help_text="The newer version our update met in QuickBooks",
    )
    alone = models.BooleanField(default=False, db_default=False, help_text="In no batch: one with it came to nothing")
    payload_hash = models.CharField(max_length=64, blank=True)
    decisions = models.JSONField(default=list)
    warnings = models.JSONField(default=list)
    batch = models.ForeignKey(SentBatch, on_delete=models.SET_NULL, null=True, related_name="postings")
    batch_position = models.PositiveSmallIntegerField(null=True)
    sending_revision = models.PositiveIntegerField(default=0)

    revision = models.PositiveIntegerField(default=0)
    qbo_id = models.CharField(max_length=32, blank=True)
    sync_token = models.CharField(max_length=20, blank=True)
    doc_number = models.CharField(max_length=21, blank=True)
    agreed = models.JSONField(
        default=dict, help_text="The version both sides agreed on: the facts QuickBooks answered to our last write"
    )
    changed_there = models.CharField(
        max_length=10,
        blank=True,
        choices=ChangedThere.choices,
        help_text="Whether a bookkeeper changed it; nothing of ours overwrites that without a person's say",
    )
    posted_amount = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2, null=True)
    posted_at = models.DateTimeField(null=True)
    removed_at = models.DateTimeField(null=True, help_text="When it left QuickBooks, while it is not back")
    not_before = models.DateTimeField(default=timezone.now, help_text="A due posting is left alone until then")
    changed_at = models.DateTimeField(auto_now=True)
    since = models.DateTimeField(default=timezone.now, help_text="Since when it stands as it does; a trigger keeps it")
    held_for = models.CharField(max_length=32, blank=True, help_text="What held it last, as the trigger tells it")
    held_since = models.DateTimeField(null=True, help_text="Since when that holds it, however often it was tried")

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=models.Q(invoice__isnull=False) ^ models.Q(advance__isnull=False), name="one_document"
            ),
            models.UniqueConstraint(fields=["connection", "invoice"], name="one_posting_per_invoice"),
            models.UniqueConstraint(fields=["connection", "advance"], name="one_posting_per_advance"),
            models.UniqueConstraint(
                fields=["connection", "entity", "qbo_id"],
                condition=~models.Q(qbo_id=""),
                name="one_posting_per_transaction",
            ),
        ]
        indexes = [
            models.Index(fields=["connection", "priority", "id"], condition=models.Q(state="due"), name="due_postings"),
            models.Index(
                fields=["connection", "id"],
                condition=models.Q(state__in=["sending", "uncertain"]),
                name="in_flight_postings",
            ),
            models.Index(fields=["connection", "state", "gate"], name="postings_by_state"),
            models.Index(
                fields=["connection", "doc_number"], condition=~models.Q(doc_number=""), name="postings_by_number"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.document}: {self.state}"

    @property
    def document(self) -> Invoice | Advance:
        """The freight document it is about."""
        document = self.invoice if self.invoice_id is not None else self.advance
        assert document is not None
        return document


class Attempt(models.Model):
    """One try of one operation on a posting: when, what, what QuickBooks answered, how long it took."""

    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField(default=timezone.now)
    operation = models.CharField(max_length=10)
    request_id = models.UUIDField(null=True)
    outcome = models.CharField(max_length=20)
    http_status = models.PositiveSmallIntegerField(null=True)
    code = models.CharField(max_length=12, blank=True)
    message = models.TextField(blank=True)
    intuit_tid = models.CharField(max_length=100, blank=True)
    duration_ms = models.PositiveIntegerField(null=True)
    sent = models.TextField(blank=True, default="", help_text="The body that was sent, as JSON")
    answered = models.TextField(blank=True, default="", help_text="What QuickBooks answered, as JSON")

    class Meta:
        indexes = [models.Index(fields=["posting", "-at"], name="attempts_of_posting")]
