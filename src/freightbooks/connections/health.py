"""Moves a connection between healthy and needing a person, as the requests made through it turn out."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from freightbooks.connections.events import connection_ready
from freightbooks.connections.models import Connection
from freightbooks.connections.states import Attention, ConnectionState

log = logging.getLogger(__name__)


def needs_attention(connection_id: int, reason: str, *, connected_at: datetime | None) -> None:
    """Say that a connection needs a person, unless it is connected anew by now: then `connected_at` is another."""
    with transaction.atomic():
        connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
        if connection.connected_at != connected_at or connection.state not in (
            ConnectionState.CONNECTED,
            ConnectionState.NEEDS_ATTENTION,
        ):
            return
        if connection.state == ConnectionState.NEEDS_ATTENTION and connection.attention == reason:
            return
        connection.state = ConnectionState.NEEDS_ATTENTION
        connection.attention = Attention(reason)
        connection.attention_since = timezone.now()
        connection.save(update_fields=["state", "attention", "attention_since"])
    log.warning("connection %s needs attention: %s", connection_id, reason)


def worked(connection_id: int, *, wrote: bool) -> None:
    """Note that QuickBooks answered just now. A connection that needed a person, and works again, is healed.

    Reading proves nothing about an ended subscription: the company can still be read, only not written.
    """
    with transaction.atomic():
        connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
        connection.last_success_at = timezone.now()
        connection.save(update_fields=["last_success_at"])
        if connection.state == ConnectionState.NEEDS_ATTENTION and (
            wrote or connection.attention != Attention.SUBSCRIPTION_ENDED
        ):
            mark_connected(connection)


def mark_connected(connection: Connection) -> None:
    """Make a locked connection connected and tell the rooms above."""
    connection.state = ConnectionState.CONNECTED
    connection.attention = Attention.NONE
    connection.attention_since = None
    connection.save(update_fields=["state", "attention", "attention_since"])
    connection_ready.send(sender=None, connection_id=connection.pk)
