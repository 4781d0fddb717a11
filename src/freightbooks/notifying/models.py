"""Tables of the notifying room: the notice (what happened), its deliveries (to whom), and each attempt."""

from __future__ import annotations

import uuid

from django.db import models
from django.utils import timezone

from freightbooks.notifying.events import Event
from freightbooks.organizations.models import Organization, User


class Endpoint(models.Model):
    """An address of another program that wants to be told. What it was answered is signed with its own secret."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="endpoints")
    url = models.CharField(max_length=1000)
    events = models.JSONField(default=list, help_text="Names of the events it is told of")
    secret_sealed = models.BinaryField(default=b"")
    active = models.BooleanField(default=True)
    switched_off_because = models.CharField(max_length=200, blank=True)
    created_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)


class Notice(models.Model):
    """One thing that happened, with the words and the facts as they were then.

    `cause` tells one event from the next of its kind; the same one is told once, whoever notices it and how often.
    `over_at` is for events that end: when a stopped connection worked again.
    """

    key = models.UUIDField(unique=True, default=uuid.uuid4, help_text="The webhook-id and the mail's Message-ID")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="notices")
    event = models.CharField(max_length=40, choices=Event.choices)
    cause = models.CharField(max_length=200)
    subject_id = models.BigIntegerField(null=True, help_text="The row it is about, such as a connection")
    at = models.DateTimeField(default=timezone.now)
    over_at = models.DateTimeField(null=True)
    title = models.CharField(max_length=1200)
    text = models.TextField()
    data = models.JSONField(default=dict)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["event", "cause"], name="one_notice_per_cause")]
        indexes = [
            models.Index(fields=["subject_id"], condition=models.Q(over_at=None), name="notices_not_over"),
        ]


class DeliveryState(models.TextChoices):
    """Where a delivery stands."""

    WAITING = "waiting", "Waiting"
    DELIVERED = "delivered", "Delivered"
    GIVEN_UP = "given up", "Given up"


class Lane(models.TextChoices):
    """The two ways out. Each is worked off in its order, by one job at a time."""

    MAIL = "mail", "E-mail"
    WEBHOOK = "webhook", "Webhook"


class Delivery(models.Model):
    """A notice on its way to one recipient: an e-mail address, or an endpoint."""

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="deliveries")
    endpoint = models.ForeignKey(Endpoint, on_delete=models.CASCADE, null=True, related_name="deliveries")
    address = models.CharField(max_length=254, blank=True, help_text="The e-mail address; empty for an endpoint")
    state = models.CharField(max_length=10, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    tries = models.PositiveSmallIntegerField(default=0)
    next_at = models.DateTimeField(default=timezone.now)
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["notice", "endpoint"], condition=~models.Q(endpoint=None), name="one_delivery_per_endpoint"
            ),
            models.UniqueConstraint(
                fields=["notice", "address"], condition=models.Q(endpoint=None), name="one_delivery_per_address"
            ),
        ]
        indexes = [
            models.Index(fields=["next_at"], condition=models.Q(state="waiting"), name="deliveries_to_make"),
            models.Index(fields=["endpoint", "-id"], name="deliveries_of_endpoint"),
        ]

    @property
    def lane(self) -> Lane:
        """Which way it goes out."""
        return Lane.MAIL if self.endpoint_id is None else Lane.WEBHOOK


class DeliveryAttempt(models.Model):
    """One try of a delivery: when, what came of it, how long it took. No secret and no body of an answer is kept."""

    delivery = models.ForeignKey(Delivery, on_delete=models.CASCADE, related_name="attempts")
    at = models.DateTimeField(default=timezone.now)
    worked = models.BooleanField()
    answer = models.CharField(max_length=200)
    duration_ms = models.PositiveIntegerField(default=0)
