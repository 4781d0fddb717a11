"""Connecting an organization to a QuickBooks company, connecting it anew, and ending it.

Called from pages and commands, never where an event loop runs. Every failure is a ConnectFailed whose text is for the
person at the page. Nothing of a trip that failed is kept.
"""

from __future__ import annotations

import logging

from django.db import IntegrityError, transaction
from django.utils import timezone

from freightbooks.connections import company, discovery, health, sealed, tokens, trips
from freightbooks.connections.failures import (
    AlreadyConnected,
    CompanyMismatch,
    CompanyUnreadable,
    ConnectFailed,
    TripExpired,
    told_to_a_person,
)
from freightbooks.connections.models import Connection
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.connections.vault import VaultError
from freightbooks.organizations.models import Organization, User
from freightbooks.quickbooks import oauth

__all__ = [
    "AlreadyConnected",
    "CompanyMismatch",
    "CompanyUnreadable",
    "ConnectFailed",
    "TripExpired",
    "adopt_tokens",
    "begin",
    "complete",
    "denied",
    "disconnect",
    "new_connection",
    "set_app",
]

log = logging.getLogger(__name__)


def new_connection(
    organization: Organization, *, discovery_url: str, api_base: str, client_id: str, client_secret: str
) -> Connection:
    """Make a connection with the organization's own Intuit app, still to be connected.

    One that was begun with the same addresses and never connected is used again rather than left lying about.
    """
    with transaction.atomic():
        connection = (
            Connection.objects.select_for_update(no_key=True)
            .filter(organization=organization, discovery_url=discovery_url, api_base=api_base, realm_id="")
            .first()
        ) or Connection.objects.create(organization=organization, discovery_url=discovery_url, api_base=api_base)
        connection.client_id = client_id.strip()
        sealed.put(connection, "client_secret", client_secret.strip())
        connection.save(update_fields=["client_id", "client_secret_sealed"])
    return connection


def set_app(connection: Connection, client_id: str, client_secret: str) -> None:
    """Change the keys of a connection's Intuit app. Another app has no consent: the company must be connected anew."""
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        another = row.client_id != client_id.strip()
        row.client_id = client_id.strip()
        sealed.put(row, "client_secret", client_secret.strip())
        if another:
            tokens.forget(row)
            if row.state == ConnectionState.CONNECTED:
                row.state, row.attention = ConnectionState.NEEDS_ATTENTION, Attention.GRANT_DEAD
                row.attention_since = timezone.now()
        row.save()
    connection.refresh_from_db()


def begin(connection: Connection, user: User, session_key: str, redirect_uri: str) -> str:
    """Return the address of Intuit's consent page to send the browser of `user` to. Raises ConnectFailed.

    A connection that works goes on working until the trip is completed.
    """
    with told_to_a_person():
        endpoints = discovery.read(connection.discovery_url)
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        if row.state == ConnectionState.DISCONNECTED:
            row.state, row.connected_by = ConnectionState.CONNECTING, user
            row.save(update_fields=["state", "connected_by"])
        state = trips.start(row, session_key, redirect_uri)
    connection.refresh_from_db()
    return oauth.authorization_url(endpoints, client_id=row.client_id, redirect_uri=redirect_uri, state=state)


def complete(session_key: str, state: str, code: str, realm_id: str, *, user: User) -> Connection:
    """Finish a trip: trade the code for tokens, read what the company is, and connect. Raises ConnectFailed."""
    trip = trips.take(session_key, state)
    connection = trip.connection
    if not code or not realm_id.isdecimal():
        raise ConnectFailed("QuickBooks sent no authorization back. Begin again from the Integration hub.")
    # Before the code is traded: where there are no tokens, none have to be thrown away.
    _may_be_connected_to(connection, realm_id)
    with told_to_a_person():
        endpoints = discovery.read(connection.discovery_url)
        given = company.exchange(endpoints, _app(connection), code=code, redirect_uri=trip.redirect_uri)
    return _connect(connection, realm_id, given, user)


def adopt_tokens(connection: Connection, realm_id: str, refresh_token: str, *, user: User) -> Connection:
    """Connect with a refresh token from Intuit's OAuth 2.0 Playground instead of a trip. Raises ConnectFailed."""
    _may_be_connected_to(connection, realm_id)
    with told_to_a_person():
        endpoints = discovery.read(connection.discovery_url)
        given = company.refresh(endpoints, _app(connection), refresh_token=refresh_token.strip())
    return _connect(connection, realm_id, given, user)


def denied(session_key: str, state: str, error: str) -> Connection:
    """Note that the person came back without consent (`error`: why, in Intuit's word). The connection is as before."""
    connection = trips.take(session_key, state, outcome=error).connection
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        if row.state == ConnectionState.CONNECTING:
            row.state = ConnectionState.DISCONNECTED
            row.save(update_fields=["state"])
    return row


def disconnect(connection: Connection, user: User) -> None:
    """End a connection: revoke it at Intuit and forget its tokens. Documents stay; what is due waits.

    Raises ConnectFailed, and changes nothing, when Intuit cannot be reached to end it.
    """
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        try:
            app = oauth.App(row.client_id, sealed.take(row, "client_secret"))
            refresh_token = sealed.take(row, "refresh_token")
        except VaultError:
            refresh_token = ""  # without its key it cannot be revoked from here, and nobody can use it
        if refresh_token:
            with told_to_a_person():
                company.revoke(discovery.read(row.discovery_url), app, token=refresh_token)
        tokens.forget(row)
        row.state, row.attention, row.attention_since = ConnectionState.DISCONNECTED, Attention.NONE, None
        row.save(update_fields=["state", "attention", "attention_since", *tokens.TOKEN_COLUMNS])
    trips.drop_open(row)
    log.info("connection %s: disconnected by user %s", row.pk, user.pk)
    connection.refresh_from_db()


def _connect(connection: Connection, realm_id: str, given: oauth.Tokens, user: User) -> Connection:
    """Read the company with new tokens; then store them with what it says of itself, and the connection is made."""
    with told_to_a_person():
        facts = company.read(connection, realm_id, given.access_token)
    try:
        with transaction.atomic():
            row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
            if row.realm_id and row.realm_id != realm_id:
                raise CompanyMismatch.of(row.company_name)
            company.fill(row, facts)
            row.realm_id = realm_id
            row.connected_by = user
            row.connected_at = row.last_success_at = timezone.now()
            tokens.store(row, given)
            row.save()
            health.mark_connected(row)
    except IntegrityError as error:
        raise AlreadyConnected.here() from error
    log.info("connection %s: connected to company %s by user %s", row.pk, realm_id, user.pk)
    return row


def _may_be_connected_to(connection: Connection, realm_id: str) -> None:
    """Refuse another company than before, and a company that another connection holds."""
    if connection.realm_id and connection.realm_id != realm_id:
        raise CompanyMismatch.of(connection.company_name)
    others = Connection.objects.filter(realm_id=realm_id, api_base=connection.api_base).exclude(pk=connection.pk)
    if others.exists():
        raise AlreadyConnected.here()


def _app(connection: Connection) -> oauth.App:
    return oauth.App(connection.client_id, sealed.take(connection, "client_secret"))
