"""Keeps connections alive that nobody uses, and looks again at those that may have been mended elsewhere.

A worker calls these on a schedule. Intuit ends a permission after 100 idle days; one refresh a day is far from that.
"""

from __future__ import annotations

import logging
from datetime import timedelta

from asgiref.sync import async_to_sync
from django.db import transaction
from django.utils import timezone

from freightbooks.connections import connect, diagnosis, health, tokens
from freightbooks.connections.client import open_client
from freightbooks.connections.models import Connection
from freightbooks.connections.reasons import reason_of
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.connections.trips import GOOD_FOR
from freightbooks.in_database import in_database
from freightbooks.quickbooks.errors import NotSent, QuickBooksError, ReconnectNeeded

REFRESH_AFTER = timedelta(hours=20)
"""Refresh tokens change about every 24 hours; a refresh before that keeps the newest one stored."""
_SUBSCRIPTION_OVER = frozenset({"EXPIRED", "CANCELLED", "CANCELED", "SUSPENDED", "ENDED"})

log = logging.getLogger(__name__)


def refresh_idle() -> int:
    """Refresh the tokens of every working connection that were not refreshed for a while; return how many were.

    A company nothing was sent to meanwhile is read as well, once: a user who lost their admin rights, an ended
    subscription, or keys that may not go on are found out before the next document needs them.
    """
    limit = timezone.now() - REFRESH_AFTER
    idle = Connection.objects.filter(state=ConnectionState.CONNECTED, refreshed_at__lt=limit)
    refreshed = [connection for connection in idle.order_by("refreshed_at") if _refresh(connection)]
    for connection in refreshed:
        if connection.last_success_at is None or connection.last_success_at < limit:
            _look(connection)
    return len(refreshed)


def look_again() -> int:
    """Try the stopped connections that may have been mended outside of this product; return how many work again."""
    connect.give_up_trips(timezone.now() - GOOD_FOR)
    healed = 0
    for connection in Connection.objects.filter(state=ConnectionState.NEEDS_ATTENTION).order_by("pk"):
        reason = reason_of(connection.attention)
        if reason is not None and reason.heals_when_mended_elsewhere:
            healed += look_at(connection)
    return healed


def look_at(connection: Connection) -> bool:
    """Try one stopped connection: a refresh, then one read of the company. Return whether it works again."""
    needs_refresh = connection.attention in (Attention.CLIENT_REFUSED, Attention.KEY_LOST)
    return (not needs_refresh or _refresh(connection)) and _look(connection)


def _look(connection: Connection) -> bool:
    """Read a company, and say what it shows of the connection. Return whether it works."""
    try:
        return async_to_sync(_read_company)(connection.pk)
    except QuickBooksError as error:
        log.info("connection %s: still not working: %s", connection.pk, error)
        return False


async def _read_company(connection_id: int) -> bool:
    async with open_client(connection_id, "checking") as client:
        info = await client.company_info()
    pairs = {str(pair.get("Name")): str(pair.get("Value", "")) for pair in info.get("NameValue") or []}
    return await in_database(_told_of_subscription, connection_id, pairs.get("SubscriptionStatus", ""))


def _told_of_subscription(connection_id: int, subscription: str) -> bool:
    """Stop for an ended subscription, or heal it, as QuickBooks says; that the company can be read proves neither."""
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=connection_id)
        over = subscription.upper() in _SUBSCRIPTION_OVER
        if over and row.state == ConnectionState.CONNECTED:
            health.stop(row, Attention.SUBSCRIPTION_ENDED)
        elif not over and row.stopped and row.attention == Attention.SUBSCRIPTION_ENDED:
            health.mark_connected(row)
        return row.state == ConnectionState.CONNECTED


def look_now(connection_id: int) -> bool:
    """Ask Intuit whether a connection still works, because something hints that it does not. Return whether it does.

    What has stopped is tried again; what works is refreshed, so that an ended permission shows at once.
    """
    connection = Connection.objects.filter(pk=connection_id).first()
    if connection is None or not (connection.healthy or connection.stopped):
        return False
    return _refresh(connection) if connection.healthy else look_at(connection)


def _refresh(connection: Connection) -> bool:
    try:
        tokens.good_token(connection.pk, refused=_stored(connection))
    except ReconnectNeeded as error:
        attention = diagnosis.attention_for(connection.pk, error.reason)
        health.needs_attention(connection.pk, attention, connected_at=connection.connected_at)
        return False
    except NotSent:
        health.trouble(connection.pk)
        return False
    return True


def _stored(connection: Connection) -> str:
    return tokens.stored_access_token(connection)
