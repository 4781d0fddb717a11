"""Tables of the guide room: how far each company's setup has come, and the versions of the public texts.

What can be known from a connection is not repeated here; a tick stands only for what nobody but a person knows.
"""

from __future__ import annotations

from django.db import models

from freightbooks.connections.models import Connection
from freightbooks.guide.steps import Step
from freightbooks.organizations.models import Organization, User


class Guide(models.Model):
    """The setup of one QuickBooks company. Until the app's keys are accepted there is no connection yet."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="guides")
    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, null=True, related_name="guide")
    keys_refused = models.CharField(max_length=500, blank=True, help_text="Why the last keys were not accepted")
    keys_refused_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["organization"],
                condition=models.Q(connection=None),
                name="one_guide_without_a_connection",
            ),
        ]

    def __str__(self) -> str:
        return f"Setup of {self.connection or 'a new company'}"


class Tick(models.Model):
    """A person says that a step is done."""

    guide = models.ForeignKey(Guide, on_delete=models.CASCADE, related_name="ticks")
    step = models.CharField(max_length=20, choices=[(step.value, step.value) for step in Step])
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["guide", "step"], name="one_tick_per_step")]


class PublicName(models.Model):
    """The part of an organization's public addresses that nobody can guess from another organization's."""

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, related_name="public_name")
    name = models.CharField(max_length=32, unique=True)


class PublicText(models.Model):
    """One version of an organization's privacy or terms page. The newest is shown; none is ever changed."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="public_texts")
    page = models.CharField(max_length=10)
    version = models.PositiveIntegerField()
    text = models.TextField()
    written_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    written_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "page", "version"], name="one_text_per_version"),
        ]
