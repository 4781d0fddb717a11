"""How well a company's changes are heard of: what pages and the doctor say. Reads two rows, and decides.

Notifications and the change feed are judged apart: without notifications everything is still found, only later.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

from freightbooks.connections.models import Connection
from freightbooks.receiving.feeds import every
from freightbooks.receiving.models import Feed, NotificationAddress

LATE_SWEEPS = 3
"""So many sweeps in a row that did not take place mean that no worker runs."""
JUST_ENTERED = timedelta(minutes=10)
"""Intuit's first notification after setting up can take five minutes."""


class Hearing(StrEnum):
    """How well one of the two ears works."""

    GOOD = "good"
    QUIET = "quiet"  # nothing wrong is known
    OFF = "off"  # not set up
    DOUBT = "doubt"  # something is to be looked at


@dataclass(frozen=True)
class Ear:
    """One ear: how it works, in a sentence, and what to do if anything is."""

    hearing: Hearing
    says: str
    remedy: str = ""


@dataclass(frozen=True)
class Listening:
    """How a company's changes are heard of. `address` and `feed` are None while there is nothing to tell."""

    notifications: Ear
    changes: Ear
    address: NotificationAddress | None
    feed: Feed | None

    @property
    def summary(self) -> str:
        """The state in a few words, for a row of facts."""
        words = {
            Hearing.GOOD: "told at once",
            Hearing.QUIET: "told at once; none heard yet",
            Hearing.OFF: "looked for every few minutes",
            Hearing.DOUBT: "look at it",
        }
        return words[self.notifications.hearing]


def listening_of(connection: Connection, now: datetime) -> Listening:
    """Return how the changes of a connection are heard of at `now`."""
    address = NotificationAddress.objects.filter(
        organization_id=connection.organization_id, client_id=connection.client_id
    ).first()
    feed = Feed.objects.filter(connection=connection).first()
    return Listening(_notifications(address, feed, now), _changes(connection, feed, now), address, feed)


def _notifications(address: NotificationAddress | None, feed: Feed | None, now: datetime) -> Ear:
    told = feed.last_notification_at if feed is not None else None
    refused = address.last_refused_at if address is not None else None
    if address is None or not address.verifier_token_sealed:
        if refused is not None:
            return Ear(
                Hearing.DOUBT, "Intuit sends notifications, but their verifier token is not entered here.", _ENTER
            )
        return Ear(
            Hearing.OFF, "Notifications are not set up. Changes are found within five minutes all the same.", _SET_UP
        )
    if refused is not None and (told is None or refused > told) and now - refused < timedelta(days=1):
        return Ear(Hearing.DOUBT, f"The last notification was turned away. {address.last_refused_why}", _ENTER)
    if feed is not None and feed.untold and (told is None or feed.swept_at is None or told < feed.swept_at):
        changes = "a change" if feed.untold == 1 else f"{feed.untold:,} changes"
        return Ear(Hearing.DOUBT, f"The last look found {changes} that no notification had told of.", _LOOK)
    if told is None:
        since = address.verifier_set_at
        if since is not None and now - since < JUST_ENTERED:
            return Ear(Hearing.QUIET, "The verifier token is entered. The first notification can take five minutes.")
        return Ear(Hearing.QUIET, "No notification has come yet; nothing was missed either.")
    return Ear(Hearing.GOOD, "Notifications arrive.")


def _changes(connection: Connection, feed: Feed | None, now: datetime) -> Ear:
    if feed is None or feed.swept_at is None:
        if connection.connected_at is not None and now - connection.connected_at < timedelta(minutes=15):
            return Ear(Hearing.QUIET, "The first look at the change feed is still to come.")
        return Ear(Hearing.DOUBT, "Nobody has looked at the change feed yet.", _WORKER)
    if feed.trouble:
        return Ear(Hearing.DOUBT, f"The last look did not end well: {feed.trouble}", "It is tried again by itself.")
    if connection.healthy and now - feed.swept_at > LATE_SWEEPS * every(feed, now):
        return Ear(Hearing.DOUBT, "The change feed has not been looked at for a while.", _WORKER)
    return Ear(Hearing.GOOD, "Everything QuickBooks changed is looked at.")


_ENTER = (
    "Copy the verifier token from the app's Webhooks page at Intuit and enter it on the page Changes in QuickBooks."
)
_SET_UP = "Set them up on the page Changes in QuickBooks; then a payment shows here within a second."
_LOOK = "See at Intuit whether the app's webhook address is this one, and which events are chosen."
_WORKER = "Start a worker: freightbooks worker."
