"""Tables of the receiving room: where Intuit posts, how far each company was followed, hints to read, what is known."""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.organizations.models import Organization, User


class NotificationAddress(models.Model):
    """Where Intuit posts the notifications of one app of an organization, and the token that signs them.

    `key` is the last part of the address. The token is ciphertext; only the vault opens it.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="notification_addresses")
    client_id = models.CharField(max_length=200)
    key = models.CharField(max_length=43, unique=True)
    verifier_token_sealed = models.BinaryField(default=b"")
    verifier_set_at = models.DateTimeField(null=True)
    verifier_set_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    heard = models.PositiveBigIntegerField(default=0, help_text="Notifications with a good signature")
    last_heard_at = models.DateTimeField(null=True)
    strangers = models.PositiveBigIntegerField(default=0, help_text="Events about companies not connected here")
    refused = models.PositiveBigIntegerField(default=0, help_text="Posts that were turned away")
    last_refused_at = models.DateTimeField(null=True)
    last_refused_why = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["organization", "client_id"], name="one_address_per_app"),
        ]


class Feed(models.Model):
    """How far the changes of one company were followed.

    Everything QuickBooks changed before `cursor` (its own clock) was looked at; null: nothing yet.
    """

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="feed")
    cursor = models.DateTimeField(null=True)
    sweep_begun_at = models.DateTimeField(null=True)
    swept_at = models.DateTimeField(null=True)
    sweep_how = models.CharField(max_length=20, blank=True)
    sweep_rows = models.PositiveIntegerField(default=0, help_text="Objects the last sweep was shown")
    sweep_news = models.PositiveIntegerField(default=0, help_text="Of them, those that were not known")
    sweep_reads = models.PositiveIntegerField(default=0)
    untold = models.PositiveIntegerField(default=0, help_text="News of the last sweep that no notification had told")
    trouble = models.CharField(max_length=500, blank=True, help_text="Why the last try to follow did not end well")
    trouble_since = models.DateTimeField(null=True)
    facts_read_at = models.DateTimeField(null=True, help_text="When CompanyInfo and Preferences were last read")

    hearing_until = models.DateTimeField(null=True, help_text="A worker reads what was told, until then at most")
    last_notification_at = models.DateTimeField(null=True)
    notifications = models.PositiveBigIntegerField(default=0)
    events = models.PositiveBigIntegerField(default=0, help_text="Changes the notifications told of")
    known_already = models.PositiveBigIntegerField(default=0, help_text="Of them, own writes, echoes and repetitions")
    not_ours = models.PositiveBigIntegerField(default=0, help_text="Of them, about what we do not follow")
    changes = models.PositiveBigIntegerField(default=0, help_text="Changes applied, however we heard of them")


class Hint(models.Model):
    """Something changed, says a notification: an object to be read. One row however often it was told.

    `turn` moves each time it is told anew, so that what came while it was being read is not taken for done.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="hints")
    entity = models.CharField(max_length=20)
    qbo_id = models.CharField(max_length=32)
    deleted = models.BooleanField(default=False)
    at = models.DateTimeField(help_text="When it happened, by QuickBooks' clock")
    turn = models.PositiveIntegerField(default=1)
    tries = models.PositiveSmallIntegerField(default=0)
    received_at = models.DateTimeField(default=timezone.now)
    not_before = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "entity", "qbo_id"], name="one_hint_per_object")]
        indexes = [models.Index(fields=["connection", "not_before"], name="hints_due")]


class Known(models.Model):
    """One object of a company as we last saw it, by a read, the change feed, or QuickBooks' answer to our own write.

    `digest` is of the whole object. What is told to have happened before `through` (QuickBooks' clock) is known. A row
    without `updated_at` stands for a party whose balance a document moved: the object itself was not seen.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="known")
    entity = models.CharField(max_length=20)
    qbo_id = models.CharField(max_length=32)
    sync_token = models.CharField(max_length=20, blank=True)
    updated_at = models.DateTimeField(null=True)
    digest = models.CharField(max_length=24, blank=True)
    as_of = models.DateTimeField(null=True)
    through = models.DateTimeField()
    gone = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "entity", "qbo_id"], name="known_once")]
