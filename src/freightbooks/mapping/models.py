"""Tables of the mapping room: what QuickBooks has (its lists, as last read) and the five sections that use them."""

from __future__ import annotations

from django.db import models

from freightbooks.connections.models import Connection
from freightbooks.freight.models import Party
from freightbooks.freight.statuses import Side
from freightbooks.organizations.models import User


class ListKind(models.TextChoices):
    """The QuickBooks name lists we keep a copy of, by their entity names on the wire."""

    ACCOUNT = "Account", "Account"
    ITEM = "Item", "Item"
    TERM = "Term", "Term"
    CUSTOMER = "Customer", "Customer"
    VENDOR = "Vendor", "Vendor"
    EMPLOYEE = "Employee", "Employee"
    CLASS = "Class", "Class"
    DEPARTMENT = "Department", "Location"


class ListedObject(models.Model):
    """One entry of a QuickBooks list as we last saw it.

    `folded_name` is the name as QuickBooks compares it: spaces collapsed, case folded.
    Accounts fill `number`, `type` and `subtype`; items fill `income_account_id`; terms fill `due_days`. `mark` is where
    we write whose record it is when we make one: a vendor's account number, a customer's notes, an item's SKU.
    Customers and vendors fill what tells that they may be one of our parties: `loose_name`, `email`, `mc_number` and
    `street`, each as `mapping.likeness` reduces it for comparing.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="listed")
    kind = models.CharField(max_length=12, choices=ListKind.choices)
    qbo_id = models.CharField(max_length=32)
    name = models.CharField(max_length=1000)
    folded_name = models.CharField(max_length=1000)
    active = models.BooleanField(default=True)
    currency = models.CharField(max_length=3, blank=True)
    number = models.CharField(max_length=20, blank=True)
    type = models.CharField(max_length=60, blank=True)
    subtype = models.CharField(max_length=80, blank=True)
    income_account_id = models.CharField(max_length=32, blank=True)
    due_days = models.IntegerField(null=True)
    mark = models.CharField(max_length=100, blank=True)
    loose_name = models.CharField(max_length=200, blank=True)
    email = models.CharField(max_length=100, blank=True)
    mc_number = models.CharField(max_length=12, blank=True)
    street = models.CharField(max_length=200, blank=True)
    sync_token = models.CharField(max_length=20, blank=True)
    seen_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "kind", "qbo_id"], name="listed_once")]
        indexes = [
            models.Index(fields=["connection", "folded_name"], name="listed_folded_name"),
            *(
                models.Index(
                    fields=["connection", "kind", field], condition=~models.Q(**{field: ""}), name=f"listed_{field}"
                )
                for field in ("loose_name", "email", "mc_number", "street")
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.name}".strip()


class Section(models.TextChoices):
    """The two sections that map costs."""

    CARRIER_COSTS = "carrier costs", "Carrier costs"
    CUSTOMER_COSTS = "customer costs", "Customer costs"


SIDES = {Section.CARRIER_COSTS: Side.CARRIER, Section.CUSTOMER_COSTS: Side.CUSTOMER}
PURPOSES = {Section.CARRIER_COSTS: "carrier cost", Section.CUSTOMER_COSTS: "customer cost"}
"""By section: which side of freight it maps, and what an account is wanted for (`mapping.legality`)."""


class CostMapping(models.Model):
    """Where one cost lands. With an empty `cost_code` it is the section's default.

    `account_id` empty on an override row means: use the default. Customer costs also name the item that posts there;
    it is found or made when the first invoice needs it, and `item_account_id` tells which account it was bound to.
    With `item_chosen` a person picked the item, and the cost lands wherever that item posts.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="cost_mappings")
    section = models.CharField(max_length=20, choices=Section.choices)
    cost_code = models.CharField(max_length=64, blank=True)
    cost_name = models.CharField(max_length=255, blank=True)
    account_id = models.CharField(max_length=32, blank=True)
    item_id = models.CharField(max_length=32, blank=True)
    item_name = models.CharField(max_length=100, blank=True)
    item_account_id = models.CharField(max_length=32, blank=True)
    item_request_id = models.UUIDField(null=True, help_text="Set while the item is being made")
    item_chosen = models.BooleanField(default=False)
    set_by = models.CharField(max_length=200, blank=True, help_text="A person's name, or the rule that chose it")
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "section", "cost_code"], name="one_mapping_per_cost"),
        ]

    def __str__(self) -> str:
        return f"{self.section}: {self.cost_name or 'default'}"


class PaymentTypeMapping(models.Model):
    """Which bank account a TMS payment method is paid from and, for advances, the account they are held in."""

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="payment_types")
    method = models.CharField(max_length=40)
    bank_account_id = models.CharField(max_length=32, blank=True)
    advance_account_id = models.CharField(max_length=32, blank=True)
    fee_account_id = models.CharField(max_length=32, blank=True)
    set_by = models.CharField(max_length=200, blank=True)
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "method"], name="one_mapping_per_method")]

    def __str__(self) -> str:
        return self.method


class LinkState(models.TextChoices):
    """How far a party's link to QuickBooks has come."""

    UNRESOLVED = "unresolved", "A person must choose"
    WANTED = "wanted", "To be made"
    MAKING = "making", "Being made"
    LINKED = "linked", "Linked"


class PartyLink(models.Model):
    """Which QuickBooks Customer or Vendor a freight party is (sections Shipper ID and Carrier ID).

    `display_name` is the name it has or will have there, `naming` says in words how it differs from the TMS's name.
    One record is one party, unless a person confirmed that it is several: the links after the first are `shared`.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="party_links")
    party = models.ForeignKey(Party, on_delete=models.CASCADE, related_name="links")
    entity = models.CharField(max_length=10, help_text="Customer or Vendor")
    state = models.CharField(max_length=12, choices=LinkState.choices)
    qbo_id = models.CharField(max_length=32, blank=True)
    display_name = models.CharField(max_length=500, blank=True)
    folded_name = models.CharField(max_length=500, blank=True)
    naming = models.CharField(max_length=500, blank=True)
    reason = models.CharField(max_length=1000, blank=True, help_text="Why it is unresolved, for a person")
    candidate_id = models.CharField(
        max_length=32, blank=True, help_text="The unlinked QuickBooks name it collides with"
    )
    request_id = models.UUIDField(null=True)
    shared = models.BooleanField(default=False, help_text="A person confirmed that another party is this record too")
    set_by = models.CharField(max_length=200, blank=True)
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "party", "entity"], name="one_link_per_party"),
            models.UniqueConstraint(
                fields=["connection", "entity", "qbo_id"],
                condition=~models.Q(qbo_id="") & models.Q(shared=False),
                name="one_party_per_name",
            ),
            models.UniqueConstraint(
                fields=["connection", "folded_name"], condition=~models.Q(folded_name=""), name="one_link_per_name"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.party} is {self.entity} {self.qbo_id or '(not yet)'}"


class TrackingTarget(models.TextChoices):
    """What QuickBooks sorts documents by, beside accounts. A location is a Department on the wire."""

    CLASS = "class", "Class"
    LOCATION = "location", "Location"


class TrackingMapping(models.Model):
    """Which class or location the documents of an office or of a mode get. With an empty `value` it is for the rest.

    The office is asked first, then the mode, then the row for the rest.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="tracking_mappings")
    target = models.CharField(max_length=10, choices=TrackingTarget.choices)
    by = models.CharField(max_length=10, blank=True, help_text="office, mode, or nothing for the rest")
    value = models.CharField(max_length=40, blank=True)
    qbo_id = models.CharField(max_length=32, blank=True)
    set_by = models.CharField(max_length=200, blank=True)
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "target", "by", "value"], name="one_tracking_mapping"),
        ]

    def __str__(self) -> str:
        return f"{self.target} of {self.by} {self.value or 'the rest'}"


class MakingBatch(models.Model):
    """The intent of one batch that makes records, committed before the call: its request id and exactly what is in it.

    While the row is there, what became of the batch is not known. `items` is the JSON text of a list with, for each
    record, its kind, its body, and the link, cost mapping or term it is made for.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="making_batches")
    request_id = models.UUIDField(unique=True)
    items = models.TextField()
    created_at = models.DateTimeField(auto_now_add=True)


class MappingChange(models.Model):
    """One change of a mapping: who, when, what, from, to.

    Changes saved together share a `version`, counted for each connection. `subject` says for a program what `key` says
    for a person (a cost's code, a method, a party's id, a tracked value); `was` and `became` are the ids that `before`
    and `after` name, as `mapping.changes` set them: what undoing goes by. They are null for changes of earlier days.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="mapping_changes")
    version = models.PositiveIntegerField(default=0)
    section = models.CharField(max_length=20)
    subject = models.CharField(max_length=100, blank=True)
    key = models.CharField(max_length=255, blank=True)
    before = models.CharField(max_length=500, blank=True)
    after = models.CharField(max_length=500, blank=True)
    was = models.JSONField(null=True)
    became = models.JSONField(null=True)
    undoes = models.ForeignKey("self", on_delete=models.SET_NULL, null=True, related_name="undone_by")
    by = models.ForeignKey(User, on_delete=models.SET_NULL, null=True, related_name="+")
    by_name = models.CharField(max_length=200)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [
            models.Index(fields=["connection", "-id"], name="mapping_history"),
            models.Index(fields=["connection", "section", "subject"], name="mapping_change_subject"),
        ]

    def __str__(self) -> str:
        return f"{self.section}, {self.key or 'default'}: {self.before or 'nothing'} to {self.after or 'nothing'}"

    @property
    def author(self) -> str:
        """Who changed it, without the reasons of a rule."""
        return "rule" if self.by_name.startswith("rule:") else self.by_name


class QuickPayPolicy(models.TextChoices):
    """How a quick-pay discount shows in the books."""

    DISCOUNT_LINE = "discount line", "A line below zero on the bill"
    REDUCED_BILL = "reduced bill", "Every line of the bill is less"
    VENDOR_CREDIT = "vendor credit", "A credit of its own, applied to the bill"


class QuickPay(models.Model):
    """What a carrier gives up for being paid sooner: `percent` of the invoice, for carriers with these terms.

    `account_id` is where the discount lands; a reduced bill needs none.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="quick_pays")
    terms = models.CharField(max_length=100)
    percent = models.DecimalField(max_digits=5, decimal_places=2)
    policy = models.CharField(max_length=20, choices=QuickPayPolicy.choices)
    account_id = models.CharField(max_length=32, blank=True)
    set_by = models.CharField(max_length=200, blank=True)
    set_at = models.DateTimeField(auto_now=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["connection", "terms"], name="one_quick_pay_per_terms")]

    def __str__(self) -> str:
        return f"{self.terms}: {self.percent}%"
