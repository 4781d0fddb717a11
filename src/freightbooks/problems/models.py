"""The table of problems: one row for one cause, however many documents it holds back."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.problems import catalogue
from freightbooks.problems.entries import Entry
from freightbooks.problems.subjects import Kind, Subject


class Problem(models.Model):
    """One cause that holds documents back. `key` is what makes two documents held by the same cause.

    A gate's problem has its words in `gate`; one QuickBooks told of has its code, words and `intuit_tid`; one problem
    may have both. `standing`: the mapping is wrong now, be there documents or not. `released_at` is set while what it
    held is on its way again, and cleared when it holds again.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="problems")
    key = models.CharField(max_length=255)
    code = models.CharField(max_length=12, blank=True, help_text="QuickBooks' code")
    gate = models.CharField(max_length=100, blank=True)
    title = models.CharField(max_length=1000)
    remedy = models.CharField(max_length=1000, blank=True)
    message = models.TextField(blank=True, help_text="QuickBooks' own words")
    intuit_tid = models.CharField(max_length=100, blank=True)

    subject_kind = models.CharField(max_length=20, blank=True)
    subject_section = models.CharField(max_length=20, blank=True)
    subject_key = models.CharField(max_length=255, blank=True)
    subject_name = models.CharField(max_length=500, blank=True)

    standing = models.BooleanField(default=False)
    opened_at = models.DateTimeField(auto_now_add=True)
    released_at = models.DateTimeField(null=True)
    next_try_at = models.DateTimeField(default=timezone.now, help_text="When one document is tried again by itself")
    tries = models.PositiveSmallIntegerField(default=0)
    closed_at = models.DateTimeField(null=True)
    healed = models.CharField(max_length=500, blank=True, help_text="What ended it, for a person")
    held_documents = models.PositiveIntegerField(default=0, help_text="How many it held when it was last released")
    held_amounts = models.JSONField(default=dict, help_text="What they came to by currency, as text")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "key"], condition=models.Q(closed_at=None), name="one_open_problem_per_cause"
            ),
        ]
        indexes = [
            models.Index(
                fields=["connection", "-closed_at"], condition=~models.Q(closed_at=None), name="healed_problems"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def entry(self) -> Entry:
        """What the catalogue says of it."""
        return (catalogue.of_gate(self.gate) if self.gate else None) or catalogue.of_code(self.code, self.message)

    @property
    def subject(self) -> Subject | None:
        """What it is about, where that is known."""
        if not self.subject_kind:
            return None
        return Subject(Kind(self.subject_kind), self.subject_key, self.subject_name, self.subject_section)
