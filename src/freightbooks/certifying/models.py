"""The table of certificates: each proof that a connection works, with its steps and evidence. Kept for good."""

from __future__ import annotations

from django.db import models

from freightbooks.connections.models import Connection


class CertificateState(models.TextChoices):
    """How a certificate came out, or that it is under way."""

    RUNNING = "running", "Under way"
    STOPPING = "stopping", "Being stopped; cleaning up"
    PASSED = "passed", "Passed"
    FAILED = "failed", "Failed"
    STOPPED = "stopped", "Stopped"


class Certificate(models.Model):
    """One run. `steps` is a list of {key, title, state, seconds, says, ids, tids}; `made` are the records it made, by
    which it cleans up, also after it was killed.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="certificates")
    read_only = models.BooleanField(default=False)
    state = models.CharField(max_length=10, choices=CertificateState.choices, default=CertificateState.RUNNING)
    asked_by = models.CharField(max_length=150)
    company_name = models.CharField(max_length=1024)
    realm_id = models.CharField(max_length=32)
    started_at = models.DateTimeField()
    finished_at = models.DateTimeField(null=True)
    steps = models.JSONField(default=list)
    made = models.JSONField(default=dict)
    left_clean = models.BooleanField(default=True, help_text="Whether nothing of the test is left in the books")

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["connection"],
                condition=models.Q(state__in=["running", "stopping"]),
                name="one_certificate_at_a_time",
            ),
        ]

    def __str__(self) -> str:
        return f"Certificate {self.pk} of {self.company_name}"

    @property
    def open(self) -> bool:
        """Whether it is still under way."""
        return self.state in (CertificateState.RUNNING, CertificateState.STOPPING)
