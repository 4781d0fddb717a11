"""How far each company was followed, and when it is time to look again. Keeps the durable cursor of the change feed."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db.models import Min
from django.utils import timezone

from freightbooks import jobs
from freightbooks.connections.models import Connection
from freightbooks.connections.states import ConnectionState
from freightbooks.posting.models import Posting
from freightbooks.receiving.models import Feed, Hint

WHILE_TOLD = timedelta(minutes=15)
"""How often the change feed is looked at while notifications arrive: they are the ear, it is the safety net."""
WHILE_UNTOLD = timedelta(minutes=5)
"""The same where none arrive. Intuit's free tier has 500,000 reads a month; this is 8,640 of them."""
TOLD_WITHIN = timedelta(hours=24)
OVERLAP = timedelta(minutes=5)
"""Asked for again each time: what QuickBooks commits may show late, and its clocks differ a little."""
LOOK_BACK = timedelta(days=29, hours=12)
"""Intuit's change feed goes back thirty days; before that only a comparison tells."""
FACTS_AFTER = timedelta(hours=24)
JUST_NOW = timedelta(seconds=20)
"""What begins looks at once, unless somebody has looked or begun to just now."""


def feed_of(connection_id: int) -> Feed:
    """Return the row of a connection; made when it is first asked for."""
    return Feed.objects.get_or_create(connection_id=connection_id)[0]


def every(feed: Feed, now: datetime) -> timedelta:
    """Return how often this company is looked at."""
    told = feed.last_notification_at is not None and now - feed.last_notification_at < TOLD_WITHIN
    return WHILE_TOLD if told else WHILE_UNTOLD


def begins_at(connection: Connection, feed: Feed, now: datetime) -> datetime:
    """Return since when changes are to be asked for. A company never followed begins with its first posted document."""
    if feed.cursor is not None:
        return feed.cursor - OVERLAP
    first = Posting.objects.filter(connection=connection).aggregate(first=Min("posted_at"))["first"]
    return (first or now) - OVERLAP


def ask_for_due(now: datetime) -> None:
    """Ask for a sweep of each company whose time it is, and for the reading of hints that were put off."""
    for connection in _followed():
        feed = feed_of(connection.pk)
        if (feed.swept_at is None or now - feed.swept_at >= every(feed, now)) and not _just_looked(feed, now):
            jobs.request_sweep(connection.pk)
    waiting = Hint.objects.filter(not_before__lte=now).order_by().values_list("connection_id", flat=True).distinct()
    for connection_id in waiting:
        jobs.request_hearing(connection_id)


def ask_after_a_start(now: datetime) -> None:
    """Ask for a sweep of every company: nobody may have listened before this process began."""
    for connection in _followed():
        if not _just_looked(feed_of(connection.pk), now):
            jobs.request_sweep(connection.pk)


def on_connection_ready(sender: object, connection_id: int, **_: object) -> None:  # noqa: ARG001
    """Look for what happened while nobody could look, and read what was told meanwhile."""
    feed_of(connection_id)
    jobs.request_sweep(connection_id)
    if Hint.objects.filter(connection_id=connection_id).exists():
        jobs.request_hearing(connection_id)


def note_trouble(connection_id: int, why: str) -> None:
    """Write down that following a company did not end well; nothing is lost, it is tried again."""
    feed = feed_of(connection_id)
    feed.trouble, feed.trouble_since = why[:500], feed.trouble_since or timezone.now()
    feed.save(update_fields=["trouble", "trouble_since"])


def _just_looked(feed: Feed, now: datetime) -> bool:
    return any(at is not None and now - at < JUST_NOW for at in (feed.swept_at, feed.sweep_begun_at))


def _followed() -> list[Connection]:
    return list(Connection.objects.filter(state=ConnectionState.CONNECTED).order_by("pk"))
