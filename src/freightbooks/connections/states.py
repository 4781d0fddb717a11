"""The life of a connection: its states, the moves allowed, and the reasons it may need attention."""

from __future__ import annotations

from django.db import models


class ConnectionState(models.TextChoices):
    """Where the link to a QuickBooks company stands."""

    DISCONNECTED = "disconnected", "Not connected"
    CONNECTING = "connecting", "Connecting"
    CONNECTED = "connected", "Connected"
    NEEDS_ATTENTION = "needs attention", "Needs attention"


ALLOWED_MOVES: dict[ConnectionState, frozenset[ConnectionState]] = {
    ConnectionState.DISCONNECTED: frozenset({ConnectionState.CONNECTING}),
    ConnectionState.CONNECTING: frozenset({ConnectionState.CONNECTED, ConnectionState.DISCONNECTED}),
    ConnectionState.CONNECTED: frozenset(
        {ConnectionState.NEEDS_ATTENTION, ConnectionState.DISCONNECTED, ConnectionState.CONNECTING}
    ),
    ConnectionState.NEEDS_ATTENTION: frozenset(
        {ConnectionState.CONNECTED, ConnectionState.DISCONNECTED, ConnectionState.CONNECTING}
    ),
}


class Attention(models.TextChoices):
    """Why a connection needs a person. The sentence is what the hub shows."""

    NONE = "", ""
    GRANT_DEAD = "grant dead", "QuickBooks no longer accepts this connection. An admin must reconnect it"
    USER_NOT_IN_COMPANY = (
        "user not in company",
        "The user who connected this company was removed from QuickBooks",
    )
    CLIENT_REFUSED = (
        "client refused",
        "Intuit refuses the app's Client ID or secret: the app was deleted or its secret changed",
    )
    NOT_AUTHORIZED = "not authorized", "QuickBooks says this connection may not use this company"
    SUBSCRIPTION_ENDED = "subscription ended", "The QuickBooks subscription of this company has ended"
    KEY_LOST = "key lost", "The key that opens the stored tokens is missing"
