"""Trips to Intuit's consent page and back: a `state` is good once, for ten minutes, in the browser that began it."""

from __future__ import annotations

import hashlib
import hmac
import logging
import secrets
from datetime import timedelta

from django.db import transaction
from django.utils import timezone

from freightbooks.connections.failures import TripExpired
from freightbooks.connections.models import AuthorizationRequest, Connection
from freightbooks.organizations.models import Organization

GOOD_FOR = timedelta(minutes=10)
log = logging.getLogger(__name__)


def start(connection: Connection, session_key: str, redirect_uri: str) -> str:
    """Begin a trip and return its state. Only its hash is kept."""
    if not session_key:
        raise ValueError("a trip is bound to a browser session, and there is none")
    state = secrets.token_urlsafe(32)
    AuthorizationRequest.objects.create(
        connection=connection, state_hash=_hash(state), session_hash=_hash(session_key), redirect_uri=redirect_uri
    )
    return state


def take(
    session_key: str, state: str, *, outcome: str = "consent given", organization: Organization | None = None
) -> AuthorizationRequest:
    """Use up the trip of a state, whatever comes of it, and return it. Raises TripExpired.

    `organization` is the one the person works in now; a trip begun in another one does not end here.
    Committed at once: not even a crash in what follows lets a state be used twice.
    """
    with transaction.atomic():
        trip = (
            AuthorizationRequest.objects.select_for_update(of=("self",))
            .select_related("connection")
            .filter(state_hash=_hash(state), used_at=None)
            .first()
        )
        if trip is not None:
            trip.used_at = timezone.now()
            trip.save(update_fields=["used_at"])
    if trip is None:
        raise TripExpired("This way back from QuickBooks was used already. Connect again from the Integration hub.")
    log.info("connection %s: back from Intuit: %r", trip.connection_id, outcome[:60])
    if not hmac.compare_digest(trip.session_hash, _hash(session_key)):
        raise TripExpired(
            "This way back from QuickBooks was begun in another browser or by someone else. "
            "Connect again from the Integration hub, and stay in one browser."
        )
    if organization is not None and trip.connection.organization_id != organization.pk:
        raise TripExpired(
            "This way back from QuickBooks was begun in another organization. Work there, and connect again."
        )
    if timezone.now() - trip.created_at > GOOD_FOR:
        raise TripExpired("It took longer than ten minutes. Connect again from the Integration hub.")
    return trip


def drop_open(connection: Connection) -> None:
    """Make the trips of a connection that are still under way useless."""
    connection.authorization_requests.filter(used_at=None).update(used_at=timezone.now())


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
