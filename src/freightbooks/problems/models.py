"""The table of problems: one row for one cause, however many documents it holds back."""

from __future__ import annotations

from django.db import models

from freightbooks.connections.models import Connection


class Problem(models.Model):
    """One cause for which QuickBooks refused documents. `key` is what makes two refusals the same cause."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="problems")
    key = models.CharField(max_length=255)
    code = models.CharField(max_length=12, blank=True, help_text="QuickBooks' code")
    title = models.CharField(max_length=1000)
    remedy = models.CharField(max_length=1000, blank=True)
    message = models.TextField(blank=True, help_text="QuickBooks' own words")
    opened_at = models.DateTimeField(auto_now_add=True)
    closed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection", "key"], condition=models.Q(closed_at=None), name="one_open_problem_per_cause"
            ),
        ]

    def __str__(self) -> str:
        return self.title
