"""Moves a connection between healthy and needing a person, as the requests made through it turn out."""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import transaction
from django.utils import timezone

from freightbooks.connections import audit
from freightbooks.connections.audit import Action
from freightbooks.connections.events import connection_ready, connection_stopped
from freightbooks.connections.models import Connection
from freightbooks.connections.states import Attention, ConnectionState, hold_move

log = logging.getLogger(__name__)

_STATE_COLUMNS = ("state", "attention", "attention_since", "trouble_since")


def needs_attention(connection_id: int, attention: str, *, connected_at: datetime | None) -> None:
    """Say that a connection needs a person, unless it is connected anew by now: then `connected_at` is another."""
    with transaction.atomic():
        connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
        if connection.connected_at != connected_at or connection.state not in (
            ConnectionState.CONNECTED,
            ConnectionState.NEEDS_ATTENTION,
            ConnectionState.RECONNECTING,
        ):
            return
        stop(connection, Attention(attention))


def stop(connection: Connection, attention: Attention) -> None:
    """Stop a locked connection for a reason, and tell the rooms above. The same reason again changes nothing."""
    stopped = connection.state in (ConnectionState.NEEDS_ATTENTION, ConnectionState.RECONNECTING)
    if stopped and connection.attention == attention:
        return
    if connection.state == ConnectionState.CONNECTED:
        connection.state = ConnectionState.NEEDS_ATTENTION
    connection.attention = attention
    connection.attention_since = timezone.now()
    connection.trouble_since = None
    connection.save(update_fields=_STATE_COLUMNS)
    audit.about(connection, Action.STOPPED, detail=connection.get_attention_display())
    connection_stopped.send(sender=None, connection_id=connection.pk, attention=str(attention))
    log.warning("connection %s needs attention: %s", connection.pk, attention)


def worked(connection_id: int, *, wrote: bool) -> None:
    """Note that QuickBooks answered just now. A connection that needed a person, and works again, is healed.

    Reading proves nothing about an ended subscription: the company can still be read, only not written.
    """
    with transaction.atomic():
        connection = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
        connection.last_success_at = timezone.now()
        connection.trouble_since = None
        connection.save(update_fields=["last_success_at", "trouble_since"])
        if connection.state == ConnectionState.NEEDS_ATTENTION and (
            wrote or connection.attention != Attention.SUBSCRIPTION_ENDED
        ):
            mark_connected(connection)


def trouble(connection_id: int) -> None:
    """Note that QuickBooks or Intuit did not answer. It heals by itself; the work is kept and tried again."""
    Connection.objects.filter(pk=connection_id, state=ConnectionState.CONNECTED, trouble_since=None).update(
        trouble_since=timezone.now()
    )


def mark_connected(connection: Connection) -> None:
    """Make a locked connection connected and tell the rooms above."""
    hold_move(connection.state, ConnectionState.CONNECTED)
    if connection.attention:
        audit.about(connection, Action.HEALED, detail=connection.get_attention_display())
    connection.state = ConnectionState.CONNECTED
    connection.attention = Attention.NONE
    connection.attention_since = connection.trouble_since = None
    connection.save(update_fields=_STATE_COLUMNS)
    connection_ready.send(sender=None, connection_id=connection.pk)
