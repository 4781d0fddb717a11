"""Tells apart the causes behind one answer of Intuit's, from what the connection's row knows and, at most, one refresh.

Intuit says `invalid_grant` for every way a permission ends; the dates we keep, and a visit to our disconnect page,
tell most of them apart. What stays the same answer for several causes stays one reason, whose guide names them.
"""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from freightbooks.connections import tokens
from freightbooks.connections.models import Connection
from freightbooks.connections.states import Attention
from freightbooks.quickbooks.errors import NotSent, ReconnectNeeded, ReconnectReason

_WORTH_A_REFRESH = (ReconnectReason.USER_NOT_ADMIN, ReconnectReason.NOT_AUTHORIZED)
"""Answers of the accounting API that a refresh may tell more about: a user who is gone, an app that is gone."""


def attention_for(connection_id: int, reason: str) -> Attention:
    """Return what to tell a person about a ReconnectNeeded of this reason. May ask Intuit once, never QuickBooks.

    Not to be called within a transaction, nor where an event loop runs.
    """
    if reason in _WORTH_A_REFRESH:
        try:
            tokens.good_token(connection_id, refused=tokens.good_token(connection_id).text)
        except ReconnectNeeded as error:
            reason = error.reason
        except NotSent:
            pass  # Intuit does not answer now; what QuickBooks said is all there is
    connection = Connection.objects.get(pk=connection_id)
    return told_apart(connection, reason, timezone.now())


def told_apart(connection: Connection, reason: str, now: datetime) -> Attention:
    """Return the attention for a reason, given what the row knows. Pure."""
    attention = Attention(reason)
    if attention == Attention.GRANT_DEAD:
        return _why_dead(connection, now)
    if attention == Attention.NOT_AUTHORIZED and _never_worked(connection):
        return Attention.WRONG_ENVIRONMENT
    return attention


def _why_dead(connection: Connection, now: datetime) -> Attention:
    """Which limit has passed, or who told us: Intuit's own answer is the same for all."""
    if connection.hard_expires_at is not None and connection.hard_expires_at <= now:
        return Attention.LIMIT_REACHED
    if connection.refresh_expires_at is not None and connection.refresh_expires_at <= now:
        return Attention.IDLE_TOO_LONG
    if not connection.refresh_token_sealed:
        return Attention.CONSENT_NEEDED  # another app was entered, and nobody has signed in with it yet
    seen, connected = connection.disconnect_seen_at, connection.connected_at
    if seen is not None and (connected is None or seen > connected):
        return Attention.GRANT_REVOKED
    return Attention.GRANT_DEAD


def _never_worked(connection: Connection) -> bool:
    """Whether QuickBooks has let these keys in at all: keys of the other environment never are."""
    worked, changed = connection.last_success_at, connection.app_changed_at
    return worked is None or (changed is not None and worked <= changed)
