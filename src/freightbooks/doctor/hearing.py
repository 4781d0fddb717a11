"""The checks of how a company's changes are heard of: notifications, and the change feed. Reads our own rows only."""

from __future__ import annotations

from django.urls import reverse
from django.utils import timezone

from freightbooks.connections.models import Connection
from freightbooks.doctor.findings import Finding, Level
from freightbooks.guide.facts import is_production
from freightbooks.receiving.standing import Ear, Hearing, listening_of


def hearing_findings(connection: Connection) -> list[Finding]:
    """Return the two findings. Neither is ever red: what one ear misses, the other finds."""
    listening = listening_of(connection, timezone.now())
    page = reverse("changes-heard", args=[connection.pk])
    needed = is_production(connection)
    return [
        _finding("Notifications arrive", listening.notifications, page, needed=needed),
        _finding("Change feed is current", listening.changes, page),
    ]


def _finding(check: str, ear: Ear, page: str, *, needed: bool = True) -> Finding:
    """Return the finding of an ear. One that is off and not needed, as with development keys, is nothing to know."""
    if ear.hearing in (Hearing.GOOD, Hearing.QUIET) or (ear.hearing is Hearing.OFF and not needed):
        return Finding(check, Level.GREEN, ear.says)
    return Finding(check, Level.AMBER, ear.says, ear.remedy, page)
