"""Tables of the settlement room: payments as QuickBooks has them, what each settles, how our documents stand there.

Money is in the currency of the transaction it belongs to. Times are QuickBooks' LastUpdatedTime, in UTC.
"""

from __future__ import annotations

from django.db import models

from freightbooks.connections.models import Connection
from freightbooks.freight.models import MONEY_DIGITS
from freightbooks.posting.models import Posting


class PaymentState(models.TextChoices):
    """What became of a payment in QuickBooks."""

    RECORDED = "recorded", "Recorded"
    VOIDED = "voided", "Voided"
    DELETED = "deleted", "Deleted"


class PaidState(models.TextChoices):
    """How far a document of ours is paid in QuickBooks. Credits are applied rather than paid."""

    OPEN = "open", "Unpaid"
    PARTLY = "partly", "Partially paid"
    PAID = "paid", "Paid"
    VOIDED = "voided", "Voided"
    GONE = "gone", "Deleted"
    NONE = "none", "Nothing to pay"


class Payment(models.Model):
    """A Payment or BillPayment of the company, as it was last seen. `sync_token` and `updated_at` order what we hear.

    A payment that settles nothing of ours is kept too (`ours` false), without a page: a document of ours may turn out
    to be what it settles once the answer to its posting is known.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="payments")
    entity = models.CharField(max_length=12, help_text="Payment or BillPayment")
    qbo_id = models.CharField(max_length=32)
    sync_token = models.IntegerField(default=0)
    updated_at = models.DateTimeField()
    state = models.CharField(max_length=10, choices=PaymentState.choices, default=PaymentState.RECORDED)
    party_id = models.CharField(max_length=32, blank=True)
    party_name = models.CharField(max_length=500, blank=True)
    date = models.DateField(null=True)
    amount = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2, default=0)
    unapplied = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, blank=True)
    exchange_rate = models.DecimalField(max_digits=20, decimal_places=10, null=True)
    method_id = models.CharField(max_length=32, blank=True)
    method = models.CharField(max_length=100, blank=True, help_text="Check, Credit card, or the company's own name")
    reference = models.CharField(max_length=100, blank=True, help_text="The number of the check or payment")
    account = models.CharField(max_length=300, blank=True, help_text="Where it was paid from or deposited to")
    ours = models.BooleanField(default=False, help_text="Whether it settles, or settled, a document of ours")
    first_seen_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "entity", "qbo_id"], name="one_row_per_payment"),
        ]
        indexes = [
            models.Index(fields=["connection", "-date", "-id"], condition=models.Q(ours=True), name="payments_list"),
            models.Index(fields=["connection", "method_id"], condition=models.Q(method=""), name="unnamed_methods"),
        ]

    def __str__(self) -> str:
        return f"{self.entity} {self.qbo_id}: {self.amount}"


class Application(models.Model):
    """How much of one transaction a payment settles. Rebuilt from the payment whenever that is newer than what we know.

    `posting` is ours, if the transaction is. A credit (CreditMemo, VendorCredit) is used up by its amount.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    payment = models.ForeignKey(Payment, on_delete=models.CASCADE, related_name="applications")
    target_entity = models.CharField(max_length=20)
    target_id = models.CharField(max_length=32)
    target_number = models.CharField(max_length=50, blank=True)
    amount = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2)
    posting = models.ForeignKey(Posting, on_delete=models.SET_NULL, null=True, related_name="applications")

    class Meta:
        indexes = [models.Index(fields=["connection", "target_entity", "target_id"], name="applications_by_target")]

    def __str__(self) -> str:
        return f"{self.amount} of {self.target_entity} {self.target_id}"


class Standing(models.Model):
    """How a document of ours stands in QuickBooks: what it comes to there, what is settled, what is open.

    `balance` is `total` less what the payments we know settle; `said_balance` is what the object itself said when it
    was last seen. `seen` is the document as last seen there, by the facts we care for.
    """

    posting = models.OneToOneField(Posting, on_delete=models.CASCADE, primary_key=True, related_name="standing")
    qbo_id = models.CharField(max_length=32)
    state = models.CharField(max_length=8, choices=PaidState.choices, default=PaidState.OPEN)
    total = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2, default=0)
    settled = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2, default=0)
    balance = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2, default=0)
    said_balance = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2, null=True)
    deposit = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2, default=0)
    currency = models.CharField(max_length=3, blank=True)
    exchange_rate = models.DecimalField(max_digits=20, decimal_places=10, null=True)
    paid_on = models.DateField(null=True, help_text="The day of the latest payment")
    voided = models.BooleanField(default=False)
    gone = models.BooleanField(default=False)
    sync_token = models.IntegerField(default=-1, help_text="Of the version last seen; -1 when none was")
    seen_at = models.DateTimeField(null=True)
    seen = models.JSONField(default=dict)
    changed_at = models.DateTimeField(auto_now=True)

    class Meta:
        indexes = [models.Index(fields=["state", "posting"], name="standings_by_state")]

    def __str__(self) -> str:
        return f"{self.qbo_id}: {self.state}, {self.balance} open"


class DriftKind(models.TextChoices):
    """What a bookkeeper did to a document of ours."""

    EDITED = "edited", "Edited in QuickBooks"
    VOIDED = "voided", "Voided in QuickBooks"
    DELETED = "deleted", "Deleted in QuickBooks"
    OVERTAKEN = "overtaken", "Changed in the TMS after QuickBooks' version was kept"


class DriftState(models.TextChoices):
    """Whether somebody has decided about it, and what."""

    OPEN = "open", "To be decided"
    KEPT = "kept", "QuickBooks' version kept"
    RESTORED = "restored", "Ours restored"
    UNDONE = "undone", "Changed back in QuickBooks"


class Drift(models.Model):
    """A document of ours that is not in QuickBooks as we posted it, what differs, and what was decided.

    `differences` is a list of {field, ours, theirs}. At most one of a document is open.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="drifts")
    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="drifts")
    kind = models.CharField(max_length=10, choices=DriftKind.choices)
    state = models.CharField(max_length=10, choices=DriftState.choices, default=DriftState.OPEN)
    entity = models.CharField(max_length=20)
    qbo_id = models.CharField(max_length=32)
    sync_token = models.IntegerField(default=0)
    differences = models.JSONField(default=list)
    changed_there_at = models.DateTimeField(help_text="QuickBooks' LastUpdatedTime of the version that differs")
    found_at = models.DateTimeField(auto_now_add=True)
    decided_by = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["posting"], condition=models.Q(state="open"), name="one_open_drift_per_posting"
            ),
        ]
        indexes = [models.Index(fields=["connection", "state", "-found_at"], name="drifts_list")]

    def __str__(self) -> str:
        return f"{self.entity} {self.qbo_id} {self.kind}: {self.state}"


class Policy(models.TextChoices):
    """What is done when a bookkeeper changed a document of ours."""

    ASK = "ask", "Ask"
    KEEP = "keep", "Keep QuickBooks' version"
    RESTORE = "restore", "Restore ours"


class DriftPolicy(models.Model):
    """The policy of one company; without a row it is to ask."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="drift_policy")
    policy = models.CharField(max_length=10, choices=Policy.choices, default=Policy.ASK)
    set_by = models.CharField(max_length=200, blank=True)
    set_at = models.DateTimeField(auto_now=True)


class PaymentMethod(models.Model):
    """A payment method of the company: payments name it by id only."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="payment_methods")
    qbo_id = models.CharField(max_length=32)
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "qbo_id"], name="one_row_per_method")]


class ToSettle(models.Model):
    """A posting that QuickBooks has just answered for: payments and edits heard of meanwhile are to be held to it."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    posting = models.ForeignKey(Posting, on_delete=models.CASCADE, related_name="+")
