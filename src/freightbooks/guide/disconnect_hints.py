"""What is done when a browser comes to our disconnect page: somebody may have disconnected us inside QuickBooks.

Anybody can open that address, so it proves nothing and ends nothing. A worker asks Intuit, and Intuit's answer counts.
A stranger can cost us one query a call, and one refresh of a company's tokens in five minutes.
"""

from __future__ import annotations

from datetime import timedelta

from django.db.models import Q
from django.utils import timezone

from freightbooks import jobs
from freightbooks.connections import connect
from freightbooks.connections.models import Connection

NOT_AGAIN_WITHIN = timedelta(minutes=5)
_LONGEST_REALM = 32


def look_into(realm_id: str) -> int:
    """Note the hint and ask a worker to look at the company; return how many connections it is about now."""
    if not realm_id.isascii() or not realm_id.isdecimal() or len(realm_id) > _LONGEST_REALM:
        return 0
    lately = timezone.now() - NOT_AGAIN_WITHIN
    fresh = Q(disconnect_seen_at=None) | Q(disconnect_seen_at__lt=lately)
    if not Connection.objects.filter(fresh, realm_id=realm_id).exists():
        return 0
    found = connect.disconnect_seen(realm_id)
    for connection in found:
        jobs.request_look(connection.pk)
    return len(found)
