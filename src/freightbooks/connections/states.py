"""The life of a connection: its states, the moves allowed, and the reasons it may need attention.

What each reason means to a person, and how it is repaired, stands in `reasons.py`.
"""

from __future__ import annotations

from django.db import models


class ConnectionState(models.TextChoices):
    """Where the link to a QuickBooks company stands."""

    DISCONNECTED = "disconnected", "Not connected"
    CONNECTING = "connecting", "Connecting"
    CONNECTED = "connected", "Connected"
    NEEDS_ATTENTION = "needs attention", "Needs attention"
    RECONNECTING = "reconnecting", "Reconnecting"


ALLOWED_MOVES: dict[ConnectionState, frozenset[ConnectionState]] = {
    ConnectionState.DISCONNECTED: frozenset({ConnectionState.CONNECTING, ConnectionState.CONNECTED}),
    ConnectionState.CONNECTING: frozenset({ConnectionState.CONNECTED, ConnectionState.DISCONNECTED}),
    ConnectionState.CONNECTED: frozenset({ConnectionState.NEEDS_ATTENTION, ConnectionState.DISCONNECTED}),
    ConnectionState.NEEDS_ATTENTION: frozenset(
        {ConnectionState.CONNECTED, ConnectionState.DISCONNECTED, ConnectionState.RECONNECTING}
    ),
    ConnectionState.RECONNECTING: frozenset(
        {ConnectionState.CONNECTED, ConnectionState.DISCONNECTED, ConnectionState.NEEDS_ATTENTION}
    ),
}
"""A company connected with pasted tokens comes from DISCONNECTED straight to CONNECTED. One that works and is
connected again stays CONNECTED on the way: its documents go on posting."""


class Attention(models.TextChoices):
    """Why a connection has stopped. The sentence is what tiles and lists show."""

    NONE = "", ""
    GRANT_DEAD = (
        "grant dead",
        "QuickBooks no longer accepts this connection: it was disconnected there, or a password changed",
    )
    GRANT_REVOKED = "grant revoked", "Somebody disconnected Freightbooks inside QuickBooks"
    CONSENT_NEEDED = "consent needed", "The new Intuit app needs a sign-in at Intuit before it may go on"
    USER_NOT_IN_COMPANY = (
        "user not in company",
        "The user who connected this company was removed from QuickBooks",
    )
    USER_NOT_ADMIN = "user not admin", "The user who connected this company is no longer an admin in QuickBooks"
    CLIENT_REFUSED = (
        "client refused",
        "Intuit refuses the app's Client ID or secret: the app was deleted or its secret changed",
    )
    IDLE_TOO_LONG = "idle too long", "The connection was not used for 100 days, and Intuit has ended it"
    LIMIT_REACHED = "limit reached", "The connection has reached Intuit's five-year limit"
    NOT_AUTHORIZED = "not authorized", "QuickBooks says this connection may not use this company"
    WRONG_ENVIRONMENT = (
        "wrong environment",
        "The app's keys are not for this kind of company: development keys go with sandbox companies only",
    )
    SUBSCRIPTION_ENDED = "subscription ended", "The QuickBooks subscription of this company has ended"
    KEY_LOST = "key lost", "The key that opens the stored tokens is missing"


class IllegalMove(Exception):
    """A connection was about to go from one state to another that does not follow it; a fault of ours."""


def hold_move(before: str, after: str) -> None:
    """Raise IllegalMove unless a connection may go from one state to the other. Staying is always allowed."""
    if before != after and ConnectionState(after) not in ALLOWED_MOVES[ConnectionState(before)]:
        raise IllegalMove(f"a connection does not go from {before!r} to {after!r}")
