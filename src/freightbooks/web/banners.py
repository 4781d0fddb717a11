"""The banner of each connection that needs attention, as every page shows it. Pure: a row and a time in.

Red for what has stopped; amber for a date ahead and for what heals by itself. Costs no query: the frame has the rows.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from freightbooks.connections.models import Connection
from freightbooks.connections.standing import Look, standing_of


@dataclass(frozen=True)
class Banner:
    """What one company's banner says. `kind` is the colour's name in the stylesheet; `button` is empty without one."""

    company: str
    kind: str
    icon: str
    sentence: str
    since: datetime | None = None
    button: str = ""
    address: str = ""


def banner_of(connection: Connection, now: datetime, *, may_administer: bool) -> Banner | None:
    """Return the banner of a connection at `now`, or None when nothing is to be said."""
    standing = standing_of(connection, now)
    if standing.look not in (Look.STOPPED, Look.AMBER):
        return None
    stopped = standing.look == Look.STOPPED
    button = _button(connection, stopped=stopped, dated=standing.until is not None)
    return Banner(
        company=str(connection),
        kind="failed" if stopped else "waiting",
        icon="failed" if stopped else "waiting",
        sentence=standing.sentence,
        since=standing.since,
        button=button if may_administer or not button else "Ask an admin",
        address=reverse("connection", args=[connection.pk]),
    )


def _button(connection: Connection, *, stopped: bool, dated: bool) -> str:
    if stopped or connection.attention:
        return "Repair it"
    limit, idle = connection.hard_expires_at, connection.refresh_expires_at
    near_limit = dated and limit is not None and (idle is None or limit <= idle)
    return "Sign in anew" if near_limit else ""  # an idle permission needs a worker, an outage needs nobody
