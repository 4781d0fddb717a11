"""Tables of the connections room. Tokens and secrets are ciphertext here; only `vault.py` can open them."""

from __future__ import annotations

from django.db import models

from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.organizations.models import Organization, User


class WhenArchived(models.TextChoices):
    """What becomes of a posted document when the TMS archives its invoice. One archived here always leaves."""

    REMOVE = "remove", "Remove it from QuickBooks"
    KEEP = "keep", "Keep it in QuickBooks"


class RemovedInvoices(models.TextChoices):
    """How a customer invoice leaves the books. QuickBooks knows no voiding of bills and credits: those are deleted."""

    VOID = "void", "Void it: its number stays taken, and it shows as 0.00"
    DELETE = "delete", "Delete it"


class Connection(models.Model):
    """An organization's link to one QuickBooks company (realm)."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="connections")
    state = models.CharField(max_length=20, choices=ConnectionState.choices, default=ConnectionState.DISCONNECTED)
    attention = models.CharField(max_length=30, choices=Attention.choices, blank=True, default="")
    attention_since = models.DateTimeField(null=True)
    reconnect_begun_at = models.DateTimeField(null=True, help_text="When somebody last left for Intuit to reconnect")
    trouble_since = models.DateTimeField(null=True, help_text="Since when QuickBooks has not answered")
    disconnect_seen_at = models.DateTimeField(
        null=True, help_text="When Intuit last sent a browser to our disconnect page for this company"
    )
    app_changed_at = models.DateTimeField(null=True, help_text="When the Client ID or secret was last entered")

    discovery_url = models.URLField(help_text="Intuit's OpenID discovery document, or a sandbox's")
    api_base = models.URLField(help_text="Where the accounting API answers")
    client_id = models.CharField(max_length=200)
    client_secret_sealed = models.BinaryField(default=b"")
    access_token_sealed = models.BinaryField(default=b"")
    refresh_token_sealed = models.BinaryField(default=b"")
    access_expires_at = models.DateTimeField(null=True)
    refresh_expires_at = models.DateTimeField(null=True)
    hard_expires_at = models.DateTimeField(null=True)
    refreshed_at = models.DateTimeField(null=True)

    realm_id = models.CharField(max_length=32, blank=True)
    company_name = models.CharField(max_length=1024, blank=True)
    country = models.CharField(max_length=3, blank=True)
    plan = models.CharField(max_length=100, blank=True)
    home_currency = models.CharField(max_length=3, blank=True)
    multicurrency = models.BooleanField(default=False)
    books_closed_through = models.DateField(null=True)
    when_archived = models.CharField(max_length=10, choices=WhenArchived.choices, default=WhenArchived.REMOVE)
    removed_invoices = models.CharField(max_length=10, choices=RemovedInvoices.choices, default=RemovedInvoices.VOID)
    class_tracking = models.CharField(
        max_length=5, blank=True, help_text="Whether documents have classes: one each (form), one a line, or none"
    )
    location_tracking = models.BooleanField(default=False)
    start_date = models.DateField(null=True, help_text="Documents dated earlier are history and do not post")

    connected_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    connected_at = models.DateTimeField(null=True)
    last_success_at = models.DateTimeField(null=True)
    lists_read_at = models.DateTimeField(null=True, help_text="When accounts, items, terms and names were last read")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["realm_id", "api_base"], condition=~models.Q(realm_id=""), name="one_connection_per_company"
            ),
        ]

    def __str__(self) -> str:
        return self.company_name or f"Connection {self.pk}"

    @property
    def stopped(self) -> bool:
        """Whether it waits for a person, also while that person is at Intuit's sign-in."""
        return self.state in (ConnectionState.NEEDS_ATTENTION, ConnectionState.RECONNECTING)

    @property
    def healthy(self) -> bool:
        """Whether documents may be sent."""
        return self.state == ConnectionState.CONNECTED


class AuthorizationRequest(models.Model):
    """One trip to Intuit's consent page: the hashed `state`, bound to a browser session, good once."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="authorization_requests")
    state_hash = models.CharField(max_length=64, unique=True)
    session_hash = models.CharField(max_length=64)
    redirect_uri = models.URLField()
    created_at = models.DateTimeField(auto_now_add=True)
    used_at = models.DateTimeField(null=True)


class OtherCompany(models.Model):
    """A trip that ended in another company than the connection's. The tokens wait, sealed, for the person's answer."""

    connection = models.OneToOneField(Connection, on_delete=models.CASCADE, related_name="other_company")
    realm_id = models.CharField(max_length=32)
    company_name = models.CharField(max_length=1024)
    refresh_token_sealed = models.BinaryField(default=b"")
    chosen_by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    chosen_at = models.DateTimeField(auto_now_add=True)


class AuditEntry(models.Model):
    """Who did what to a connection, and when. Append-only: the database refuses to change or delete a row.

    It holds no secret, and stays when the connection, or the person, is gone.
    """

    organization = models.ForeignKey(Organization, on_delete=models.DO_NOTHING, related_name="+", db_constraint=False)
    connection_id = models.BigIntegerField(null=True, db_index=True)
    company_name = models.CharField(max_length=1024, blank=True)
    actor_id = models.BigIntegerField(null=True, help_text="The person; null for the product itself")
    actor_name = models.CharField(max_length=150, blank=True)
    action = models.CharField(max_length=30)
    detail = models.CharField(max_length=500, blank=True)
    at = models.DateTimeField(auto_now_add=True, db_index=True)


class RequestCount(models.Model):
    """How many HTTP requests of one kind a connection has cost: read, write or batch, while doing what.

    Reads are metered by Intuit; `purpose` tells connecting, posting and checking apart.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="request_counts")
    purpose = models.CharField(max_length=20)
    kind = models.CharField(max_length=10)
    count = models.PositiveBigIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "purpose", "kind"], name="one_count_per_kind"),
        ]


class Allowance(models.Model):
    """What is taken of one company's limits, by all processes together: `quickbooks.limits.Allowance` as a row.

    Unlogged: it is never flushed to disk, and empty after a crash of the database. Moments are seconds since 1970 on
    the database's clock.
    """

    company = models.CharField(max_length=300, primary_key=True)
    requests_at = models.FloatField(db_default=0.0)
    batches_at = models.FloatField(db_default=0.0)
    kept_requests_at = models.FloatField(db_default=0.0)
    kept_batches_at = models.FloatField(db_default=0.0)
    held_until = models.FloatField(db_default=0.0)
    factor = models.FloatField(db_default=1.0)
    slowed_at = models.FloatField(db_default=0.0)
    throttles = models.PositiveIntegerField(db_default=0)


class MonthlyCount(models.Model):
    """How many HTTP requests of one kind a connection has cost in one month of Intuit's (Pacific time).

    A read is written down before it is sent, because Intuit meters reads; the others within a second.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="monthly_counts")
    month = models.DateField(help_text="Its first day")
    kind = models.CharField(max_length=10)
    count = models.PositiveBigIntegerField(db_default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "month", "kind"], name="one_count_per_month_and_kind"),
        ]
