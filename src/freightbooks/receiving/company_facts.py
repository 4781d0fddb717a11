"""Reads again what a company says of itself, its closing date above all: on a hint, and once a day."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from freightbooks.connections import company
from freightbooks.connections.models import Connection
from freightbooks.in_database import in_database
from freightbooks.mapping.events import mapping_changed
from freightbooks.quickbooks.client import Client
from freightbooks.receiving.feeds import feed_of
from freightbooks.receiving.reading import patiently


async def read(client: Client, connection_id: int) -> None:
    """Read CompanyInfo and Preferences, two reads, and keep them. Raises QuickBooksError."""
    info = await patiently(client.company_info)
    facts = company.facts_of(info, await patiently(client.preferences))
    await in_database(_keep, connection_id, facts)


def _keep(connection_id: int, facts: company.Facts) -> None:
    """Keep the facts; where they differ, what waited for them is tried again."""
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
        before = [getattr(row, name) for name in company.FILLED]
        company.fill(row, facts)
        if before != [getattr(row, name) for name in company.FILLED]:
            row.save(update_fields=company.FILLED)
            mapping_changed.send(sender=None, connection_id=connection_id)
        feed = feed_of(connection_id)
        feed.facts_read_at = timezone.now()
        feed.save(update_fields=["facts_read_at"])
