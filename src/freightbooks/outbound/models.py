"""Tables of the outbound room: which postings moved, in the order of their transactions, and who was told.

What moved is kept once for each posting, not once for each move: whoever reads the feed gets the posting as it is now.
"""

from __future__ import annotations

from django.db import models

from freightbooks.organizations.models import Organization
from freightbooks.posting.models import Posting


class Touched(models.Model):
    """A posting and the last transaction (PostgreSQL's 64-bit number) that moved it or its payments."""

    posting = models.OneToOneField(Posting, on_delete=models.CASCADE, primary_key=True, related_name="touched")
    organization = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="+")
    tx = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["organization", "tx", "posting"], name="touched_in_order")]


class Told(models.Model):
    """How far the endpoints of an organization were told. Without a row none asked yet."""

    organization = models.OneToOneField(Organization, on_delete=models.CASCADE, primary_key=True, related_name="+")
    tx = models.BigIntegerField(default=0)
    posting_id = models.BigIntegerField(default=0)
