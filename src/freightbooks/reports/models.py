"""Tables of the reports room: a line for each posting, tallies of the lines, what is still to be folded in, own views.

Lines and tallies are derived. Triggers in the database note every posting that moved (`Moved`), and `folding` brings
its line and the tallies up to date together, so that the tallies are the sums of the lines, to the cent, at any moment.
"""

from __future__ import annotations

from django.db import models
from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.freight.models import MONEY_DIGITS
from freightbooks.organizations.models import Organization, User
from freightbooks.reports.standing import Kind, Standing


class Line(models.Model):
    """One posting as the report finds, orders and counts it. What is only shown is read from the posting itself.

    `cause` is QuickBooks' code, or the words of the gate that holds it. `place` is its place in the report's order.
    Two more indexes, by which numbers are found by how they begin, are in the migration.
    """

    posting_id = models.BigIntegerField(primary_key=True)
    connection = models.ForeignKey(Connection, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    standing = models.CharField(max_length=10, choices=Standing.choices)
    cause = models.CharField(max_length=100)
    problem_id = models.BigIntegerField(help_text="0: none")
    day = models.DateField(help_text="The invoice's or the advance's own date")
    currency = models.CharField(max_length=3)
    amount = models.DecimalField(max_digits=MONEY_DIGITS, decimal_places=2)
    party_id = models.BigIntegerField()
    shipment_id = models.BigIntegerField(help_text="0: an advance without one")
    office = models.CharField(max_length=40)
    number = models.CharField(max_length=500)
    shipment = models.CharField(max_length=64)
    first_seen = models.DateTimeField()
    last_try = models.DateTimeField(null=True)
    tries = models.IntegerField()
    approved_at = models.DateTimeField(null=True)
    posted_at = models.DateTimeField(null=True)
    posted_on = models.DateField(null=True, help_text="The day it was first posted, in the installation's time zone")
    wait = models.SmallIntegerField(null=True, help_text="The step of the time from approval to posted")
    place = models.BigIntegerField()

    class Meta:
        indexes = [
            models.Index(fields=["connection", "place"], name="report_lines"),
            models.Index(fields=["connection", "office", "place"], name="report_office"),
            models.Index(fields=["connection", "party_id", "place"], name="report_party"),
            models.Index(fields=["connection", "cause", "place"], condition=~models.Q(cause=""), name="report_cause"),
            models.Index(fields=["problem_id", "place"], condition=~models.Q(problem_id=0), name="report_problem"),
            models.Index(fields=["connection", "amount", "posting_id"], name="report_amount"),
        ]

    def __str__(self) -> str:
        return f"{self.number}: {self.standing}"


class Span(models.TextChoices):
    """What a tally counts over: one day or one whole month of the documents' dates, or the day they were posted."""

    DAY = "d", "Day"
    MONTH = "m", "Month"
    POSTED = "p", "Day posted"


class Tally(models.Model):
    """How many lines of one sort there are, and what they come to, over one span; each span is a partition."""

    connection = models.ForeignKey(Connection, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False)
    span = models.CharField(max_length=1, choices=Span.choices)
    day = models.DateField(help_text="The day, or the first day of the month")
    kind = models.CharField(max_length=10, choices=Kind.choices)
    standing = models.CharField(max_length=10, choices=Standing.choices)
    cause = models.CharField(max_length=100)
    problem_id = models.BigIntegerField()
    office = models.CharField(max_length=40)
    currency = models.CharField(max_length=3)
    wait = models.SmallIntegerField(help_text="-1: not posted, or not known")
    documents = models.BigIntegerField()
    amount = models.DecimalField(max_digits=MONEY_DIGITS + 4, decimal_places=2)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=[
                    "connection", "span", "day", "kind", "standing", "cause", "problem_id", "office", "currency",
                    "wait",
                ],
                name="one_tally_of_a_sort",
            ),
        ]  # fmt: skip
        indexes = [models.Index(fields=["connection"], condition=models.Q(documents=0), name="empty_tallies")]


class Moved(models.Model):
    """A posting whose line has to be made anew. Written by triggers, inside the transaction that moved it."""

    connection_id = models.BigIntegerField()
    posting_id = models.BigIntegerField()
    approved_at = models.DateTimeField(null=True, help_text="Its invoice was approved then, if that is what moved it")

    class Meta:
        indexes = [models.Index(fields=["connection_id", "id"], name="report_moved")]


class SavedFilter(models.Model):
    """A view of the report that a person keeps under a name. `query` is the part of its address after the `?`."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    name = models.CharField(max_length=80)
    query = models.CharField(max_length=2000)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "organization", "name"], name="one_saved_filter_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name


class DailyMail(models.Model):
    """A person who wants the daily summary of an organization by e-mail, and since when."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="+")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    since = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "organization"], name="one_daily_mail_each")]


class BooksAging(models.Model):
    """What QuickBooks' own aging report said of one side when it was asked: of all parties, or (`party`) of one.

    `figures` are, of all: {party id: [name, total as text]}; of one: a list of its open transactions.
    """

    connection = models.ForeignKey(Connection, on_delete=models.CASCADE, related_name="+")
    side = models.CharField(max_length=10, choices=[("receivable", "Receivable"), ("payable", "Payable")])
    party = models.CharField(max_length=32, blank=True)
    read_at = models.DateTimeField(default=timezone.now)
    figures = models.JSONField(default=dict)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["connection", "side", "party"], name="one_aging_of_a_side"),
        ]
