"""The freight side's tables, as the TMS tells them. External ids are the TMS's own; money is to the cent.

`Invoice.revision` grows by one whenever the invoice or one of its costs changes: the word other rooms go by.
"""

from __future__ import annotations

from django.db import models

from freightbooks.freight.statuses import InvoiceStatus, PartyKind, Side
from freightbooks.organizations.models import Organization

MONEY_DIGITS = 18


class Party(models.Model):
    """A customer, a carrier or a factor."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="parties")
    kind = models.CharField(max_length=10, choices=PartyKind.choices)
    external_id = models.CharField(max_length=64)
    name = models.CharField(max_length=2000)
    accounting_id = models.CharField(
        max_length=64, blank=True, help_text="The accounting system's id, if the TMS knows it"
    )
    currency = models.CharField(max_length=3, default="USD")
    billing_email = models.CharField(max_length=320, blank=True)
    address = models.CharField(max_length=500, blank=True)
    city = models.CharField(max_length=255, blank=True)
    terms = models.CharField(max_length=100, blank=True, help_text="A carrier's terms by name, such as Quickpay 7")
    terms_days = models.PositiveIntegerField(null=True, help_text="A customer's days to pay")
    mc_number = models.CharField(max_length=20, blank=True)
    dot_number = models.CharField(max_length=20, blank=True)
    payment_method = models.CharField(max_length=40, blank=True)
    pay_to = models.CharField(max_length=10, blank=True, help_text="carrier, factor, or nothing when the TMS has none")
    factor_external_id = models.CharField(max_length=64, blank=True, help_text="As the TMS gives it; it may be unknown")
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        verbose_name_plural = "parties"
        constraints = [
            models.UniqueConstraint(fields=["organization", "kind", "external_id"], name="party_external_id"),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.external_id})"


class Shipment(models.Model):
    """A load."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="shipments")
    external_id = models.CharField(max_length=64)
    custom_id = models.CharField(max_length=64, blank=True, help_text="The number people use, such as 34000E")
    status = models.CharField(max_length=40, blank=True)
    mode = models.CharField(max_length=40, blank=True)
    pickup_date = models.DateField(null=True)
    delivery_date = models.DateField(null=True)
    origin = models.CharField(max_length=255, blank=True)
    destination = models.CharField(max_length=255, blank=True)
    miles = models.PositiveIntegerField(null=True)
    customer = models.ForeignKey(Party, on_delete=models.PROTECT, null=True, related_name="shipments")
    po = models.CharField(max_length=100, blank=True)
    bol = models.CharField(max_length=100, blank=True)
    pro = models.CharField(max_length=100, blank=True)
    office = models.CharField(max_length=40, blank=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "external_id"], name="shipment_external_id")]
        indexes = [models.Index(fields=["organization", "custom_id"], name="shipment_custom_id")]

    def __str__(self) -> str:
        return self.custom_id or self.external_id


class Invoice(models.Model):
    """A customer invoice or a carrier invoice. Its id grows in the order of arrival."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="invoices")
    side = models.CharField(max_length=10, choices=Side.choices)
    external_id = models.CharField(max_length=64)
    number = models.CharField(max_length=500)
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="invoices")
    block = models.PositiveIntegerField(default=1, help_text="Which carrier block of the shipment it belongs to")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="invoices")
    status = models.CharField(max_length=20, choices=InvoiceStatus.choices)
    invoice_date = models.DateField()
    due_date = models.DateField(null=True)
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2)
    archived = models.BooleanField(default=False, help_text="As the TMS tells it")
    archived_by = models.CharField(max_length=200, blank=True, help_text="Who archived it here; imports keep it")
    archived_at = models.DateTimeField(null=True, help_text="When it was archived here")
    costs_rejected_in = models.CharField(
        max_length=36,
        blank=True,
        help_text="The import that could not take in one of its costs; empty when it is whole",
    )
    revision = models.PositiveIntegerField(default=1)
    announced_revision = models.PositiveIntegerField(default=0, help_text="The revision other rooms last heard of")
    to_announce = models.BooleanField(default=True, help_text="Other rooms have to hear of it when it is whole")
    arrived_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "external_id"], name="invoice_external_id")]
        indexes = [
            models.Index(fields=["organization", "side", "-invoice_date", "-id"], name="invoice_list"),
            models.Index(fields=["party", "number"], name="invoice_party_number"),
            models.Index(fields=["organization", "number"], name="invoice_number"),
            models.Index(fields=["organization"], condition=models.Q(to_announce=True), name="invoices_to_announce"),
        ]

    def __str__(self) -> str:
        return f"{self.number} ({self.external_id})"


class Cost(models.Model):
    """One charge line of a shipment, on its customer side or on one of its carrier blocks."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="costs")
    external_id = models.CharField(max_length=64)
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, related_name="costs")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="costs")
    side = models.CharField(max_length=10, choices=Side.choices)
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="costs")
    block = models.PositiveIntegerField(default=1)
    code = models.CharField(max_length=64)
    name = models.CharField(max_length=255)
    qty = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=5)
    price = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=5)
    amount = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2)
    note = models.CharField(max_length=4000, blank=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "external_id"], name="cost_external_id")]
        indexes = [
            models.Index(
                fields=["organization", "side", "code", "id"], include=["amount", "invoice"], name="costs_by_code"
            )
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.amount}"


class Advance(models.Model):
    """An EFS or Comcheck payment to a carrier ahead of its invoice. `fee` is what the issuer charged on top."""

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="advances")
    external_id = models.CharField(max_length=64)
    shipment = models.ForeignKey(Shipment, on_delete=models.PROTECT, null=True, related_name="advances")
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, null=True, related_name="advances")
    party = models.ForeignKey(Party, on_delete=models.PROTECT, related_name="advances")
    method = models.CharField(max_length=40)
    reference = models.CharField(max_length=100, blank=True)
    date = models.DateField()
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2)
    fee = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2, default=0)
    reason = models.CharField(max_length=255, blank=True)
    revision = models.PositiveIntegerField(default=1)
    announced_revision = models.PositiveIntegerField(default=0, help_text="The revision other rooms last heard of")
    to_announce = models.BooleanField(default=True, help_text="Other rooms have to hear of it when it is whole")
    arrived_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "external_id"], name="advance_external_id")]
        indexes = [models.Index(fields=["organization", "reference"], name="advance_reference")]

    def __str__(self) -> str:
        return f"{self.method} {self.reference} ({self.external_id})"


class Payment(models.Model):
    """A payment recorded on the freight side: what was paid on one invoice. An amount of 0.00 takes it back.

    Rows with the same method, date and reference to the same payee were one check or one transfer.
    """

    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="payments")
    external_id = models.CharField(max_length=64)
    side = models.CharField(max_length=10, choices=Side.choices)
    invoice = models.ForeignKey(Invoice, on_delete=models.PROTECT, related_name="payments")
    method = models.CharField(max_length=40)
    reference = models.CharField(max_length=100, blank=True)
    date = models.DateField()
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2)
    note = models.CharField(max_length=255, blank=True)
    recorded_by = models.CharField(max_length=200, blank=True, help_text="A person, or the source")
    recorded_at = models.DateTimeField(auto_now_add=True)
    updated_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["organization", "external_id"], name="payment_external_id")]
        indexes = [models.Index(fields=["organization", "-date", "-id"], name="freight_payments_list")]

    def __str__(self) -> str:
        return f"{self.method} {self.reference} ({self.external_id})"
