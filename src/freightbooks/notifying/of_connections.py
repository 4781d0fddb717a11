"""Notices about connections: one stopped, it works again, Intuit's five-year limit comes near.

Listens to the connections room within its transactions; the limit is looked at on a schedule. The words are those of
the reasons, so that mail, page and doctor say the same.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.connections.reasons import REASONS, Reason
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.notifying.events import Event
from freightbooks.notifying.models import Notice
from freightbooks.notifying.outbox import News, announce
from freightbooks.notifying.stake import Stake, stake_of

LIMIT_WARNINGS = (timedelta(days=14), timedelta(days=90))
"""How long before the limit it is told, the last time first. Each is told once."""


def on_stopped(sender: object, connection_id: int, attention: str, **_: object) -> None:  # noqa: ARG001 - a signal's
    """Tell that a connection waits for a person."""
    connection = _connection(connection_id)
    announce(connection.organization, stopped(connection, REASONS[Attention(attention)], stake_of(connection_id)))


def on_ready(sender: object, connection_id: int, **_: object) -> None:  # noqa: ARG001 - a signal's
    """Tell that a connection works again, if it was told that it had stopped."""
    open_notices = Notice.objects.filter(
        subject_id=connection_id, event=Event.CONNECTION_STOPPED, over_at=None
    ).select_for_update()
    told = list(open_notices.order_by("pk"))
    if not told:
        return
    Notice.objects.filter(pk__in=[each.pk for each in told]).update(over_at=timezone.now())
    connection = _connection(connection_id)
    announce(connection.organization, healed(connection, told[-1], since=told[0].at, stake=stake_of(connection_id)))


def tell_limits(now: datetime) -> int:
    """Tell of every working connection whose five-year limit has come near; return how many notices were new."""
    near = Connection.objects.filter(
        state=ConnectionState.CONNECTED, hard_expires_at__gt=now, hard_expires_at__lte=now + max(LIMIT_WARNINGS)
    ).select_related("organization")
    count = 0
    for connection in near.order_by("pk"):
        limit = connection.hard_expires_at
        assert limit is not None
        warning = next(each for each in LIMIT_WARNINGS if limit - now <= each)
        with transaction.atomic():
            count += announce(connection.organization, limit_ahead(connection, limit, warning, now)) is not None
    return count


def stopped(connection: Connection, reason: Reason, stake: Stake) -> News:
    """Return the news of a connection that stopped: what, since when, what waits, who mends it, where."""
    since = connection.attention_since or timezone.now()
    link = _link(connection)
    how_to_tell = "".join(f"\n- {cause.what}. {cause.how_to_tell}" for cause in reason.causes)
    apart = f"\nWhich it was, and how to tell:{how_to_tell}\n" if how_to_tell else ""
    itself = (
        "\nIf it is mended there, Freightbooks notices by itself within minutes.\n"
        if reason.heals_when_mended_elsewhere
        else ""
    )
    text = (
        f"{connection} stopped syncing on {_moment(since)}.\n\n"
        f"What happened: {reason.title}. {reason.happened}\n{apart}\n"
        f"{stake.in_words()}. Nothing is lost, nothing will post twice, and what waits goes on by itself "
        f"once this is mended.\n\n"
        f"Who can mend it: {reason.mender}.\n{itself}\n"
        f"Repair it here: {link}\n"
    )
    return News(
        Event.CONNECTION_STOPPED,
        f"connection {connection.pk} {since.isoformat()} {reason.attention}",
        f"{connection} stopped syncing: {reason.title}",
        text,
        _data(connection)
        | {
            "reason": str(reason.attention),
            "title": reason.title,
            "since": since.isoformat(),
            "waiting": stake.as_data(),
            "mended_by": str(reason.mender),
            "link": link,
        },
        connection.pk,
    )


def healed(connection: Connection, told: Notice, *, since: datetime, stake: Stake) -> News:
    """Return the news that a connection works again, with who mended it where somebody here did."""
    by = _mended_by(connection, since)
    goes_on = f"{stake.in_words()} and goes to QuickBooks now" if stake.documents else "No document was waiting"
    text = (
        f"{connection} works again. {by}\n\n"
        f"It had stopped on {_moment(since)}. {goes_on}.\n\n"
        f"Look at it here: {_public(reverse('hub'))}?company={connection.pk}\n"
    )
    return News(
        Event.CONNECTION_HEALED,
        f"after {told.key}",
        f"{connection} works again",
        text,
        _data(connection)
        | {"reason": told.data.get("reason", ""), "stopped_since": since.isoformat(), "waiting": stake.as_data()},
        connection.pk,
    )


def limit_ahead(connection: Connection, limit: datetime, warning: timedelta, now: datetime) -> News:
    """Return the news that Intuit ends the permission soon. Once for each warning of each sign-in."""
    days = max((limit - now).days, 0)
    link = _link(connection)
    left = "less than a day" if days == 0 else f"{days} {'day' if days == 1 else 'days'}"
    text = (
        f"Intuit ends every permission after five years. That of {connection} ends on {_moment(limit)}, in {left}; "
        "until then everything goes on as before.\n\n"
        "An admin signs in to Intuit anew, and five new years begin. It takes a minute; mapping and history stay.\n\n"
        f"Do it here: {link}\n"
    )
    begun = connection.connected_at.isoformat() if connection.connected_at else ""
    return News(
        Event.LIMIT_AHEAD,
        f"connection {connection.pk} {begun} {warning.days}",
        f"{connection} needs a new sign-in at Intuit within {left}",
        text,
        _data(connection) | {"limit": limit.isoformat(), "days_left": days, "link": link},
        connection.pk,
    )


def _mended_by(connection: Connection, since: datetime) -> str:
    if connection.connected_at is not None and connection.connected_at >= since:
        who = connection.connected_by.name if connection.connected_by else "Somebody"
        return f"{who} connected it anew."
    if connection.app_changed_at is not None and connection.app_changed_at >= since:
        return "The keys of its Intuit app were entered anew."
    return "QuickBooks lets us in again; nobody had to do anything here."


def _connection(connection_id: int) -> Connection:
    return Connection.objects.select_related("organization", "connected_by").get(pk=connection_id)


def _data(connection: Connection) -> dict[str, object]:
    return {
        "organization": {"id": connection.organization_id, "name": connection.organization.name},
        "connection": {"id": connection.pk, "company": connection.company_name, "realm_id": connection.realm_id},
    }


def _link(connection: Connection) -> str:
    return _public(reverse("connection", args=[connection.pk]))


def _public(path: str) -> str:
    return f"{settings.PUBLIC_ADDRESS}{path}"


def _moment(value: datetime) -> str:
    local = timezone.localtime(value)
    return f"{local:%A, %B %-d, %Y} at {local:%-I:%M %p} ({local:%Z})"
