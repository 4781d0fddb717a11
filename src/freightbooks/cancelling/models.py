"""Tables of the cancelling room: a shipment's cancellation, and the correction of a carrier invoice.

How far a cancellation has come is not stored: it is read from the freight and the books (`steps.py`), so that a
restart, or somebody's work done by hand meanwhile, never leaves it wrong.
"""

from __future__ import annotations

from django.db import models

from freightbooks.freight.models import Invoice, Shipment
from freightbooks.organizations.models import Organization


class Cancellation(models.Model):
    """A person's wish to cancel a shipment. Open until it is finished or called back.

    `archived_at` is the first step that reaches QuickBooks; until then it can be called back.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="cancellations")
    shipment = models.ForeignKey(Shipment, on_delete=models.CASCADE, related_name="cancellations")
    asked_by = models.CharField(max_length=150)
    asked_at = models.DateTimeField()
    why = models.CharField(max_length=500, blank=True)
    archived_at = models.DateTimeField(null=True)
    called_back_at = models.DateTimeField(null=True)
    called_back_by = models.CharField(max_length=150, blank=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["shipment"],
                condition=models.Q(finished_at=None, called_back_at=None),
                name="one_open_cancellation_per_shipment",
            ),
        ]
        indexes = [models.Index(fields=["organization", "-asked_at"], name="cancellations_by_day")]

    def __str__(self) -> str:
        return f"Cancellation of {self.shipment}"

    @property
    def open(self) -> bool:
        """Whether it is still under way."""
        return self.finished_at is None and self.called_back_at is None

    @property
    def label(self) -> str:
        """The name under which it archives invoices, so that calling it back brings back just those."""
        return f"{self.asked_by}, cancelling the shipment (no. {self.pk})"


class CorrectionKind(models.TextChoices):
    """How a carrier invoice was corrected."""

    RECREATED = "recreated", "Archived and made anew"
    SECOND_BLOCK = "second block", "A second invoice for the difference"


class Correction(models.Model):
    """A carrier invoice and the one that corrects it."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="corrections")
    original = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="corrections")
    corrected = models.OneToOneField(Invoice, on_delete=models.PROTECT, related_name="corrects")
    kind = models.CharField(max_length=20, choices=CorrectionKind.choices)
    by = models.CharField(max_length=150)
    at = models.DateTimeField()
    why = models.CharField(max_length=500, blank=True)

    def __str__(self) -> str:
        return f"{self.corrected} corrects {self.original}"
