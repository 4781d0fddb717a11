"""How a connection stands at a moment, as the hub shows it: one look, one sentence, and the date that matters.

Pure: a row and a time in, a standing out. What heals by itself, and what lies ahead, is amber; only what has stopped
is red.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from freightbooks.connections.models import Connection
from freightbooks.connections.reasons import Reason, reason_of
from freightbooks.connections.states import ConnectionState

LIMIT_AHEAD = timedelta(days=90)
"""From when on the five-year limit is shown."""
SIGN_IN = timedelta(minutes=10)
"""How long a trip to Intuit's sign-in may take (`trips.GOOD_FOR`)."""
IDLE_AHEAD = timedelta(days=30)
"""A permission that ends this soon was not used for ten weeks: no worker runs."""


class Look(StrEnum):
    """The mark a company carries on the hub."""

    CONNECT = "connect"  # blue: there is something to connect
    GOOD = "good"  # green
    AMBER = "amber"  # heals by itself, or a date lies ahead
    STOPPED = "stopped"  # red


@dataclass(frozen=True)
class Standing:
    """How a connection stands. `since` is when it began, `until` a date that lies ahead."""

    look: Look
    sentence: str
    reason: Reason | None = None
    since: datetime | None = None
    until: datetime | None = None


def standing_of(connection: Connection, now: datetime) -> Standing:
    """Return how a connection stands at `now` (aware)."""
    state = ConnectionState(connection.state)
    if state == ConnectionState.DISCONNECTED:
        return Standing(Look.CONNECT, "Not connected")
    if state == ConnectionState.CONNECTING:
        return Standing(Look.CONNECT, "Waiting for the sign-in at Intuit")
    reason = reason_of(connection.attention)
    begun = connection.reconnect_begun_at
    if state == ConnectionState.RECONNECTING and begun is not None and now - begun < SIGN_IN:
        return Standing(Look.AMBER, "Waiting for the sign-in at Intuit", reason, connection.attention_since)
    if connection.stopped:
        return Standing(Look.STOPPED, connection.get_attention_display(), reason, connection.attention_since)
    return _ahead(connection, now) or Standing(Look.GOOD, "Connected")


def _ahead(connection: Connection, now: datetime) -> Standing | None:
    """Return the standing of a company that works, but where something is to be known."""
    if connection.trouble_since is not None:
        sentence = "QuickBooks does not answer at the moment; we keep trying, and nothing is lost"
        return Standing(Look.AMBER, sentence, since=connection.trouble_since)
    limit = connection.hard_expires_at
    if limit is not None and limit - now <= LIMIT_AHEAD:
        sentence = f"Intuit asks for a new sign-in by {limit:%b %-d, %Y}: the five-year limit"
        return Standing(Look.AMBER, sentence, until=limit)
    idle = connection.refresh_expires_at
    if idle is not None and idle - now <= IDLE_AHEAD:
        sentence = f"The permission ends {idle:%b %-d, %Y} unless it is used: start a worker"
        return Standing(Look.AMBER, sentence, until=idle)
    return None
