"""Connecting an organization to a QuickBooks company, connecting it anew, and ending it.

Called from pages and commands, never where an event loop runs. Every failure is a ConnectFailed whose text is for the
person at the page. Nothing of a trip that failed is kept. Everything done is written to the audit.
"""

from __future__ import annotations

import logging
from datetime import datetime

from django.db import IntegrityError, transaction
from django.utils import timezone

from freightbooks.connections import app_keys, audit, company, diagnosis, discovery, health, sealed, tokens, trips
from freightbooks.connections.audit import Action
from freightbooks.connections.failures import (
    AlreadyConnected,
    BadForm,
    CompanyMismatch,
    CompanyUnreadable,
    ConnectFailed,
    ConsentRefused,
    NotForThisCompany,
    TripExpired,
    told_to_a_person,
)
from freightbooks.connections.models import Connection, OtherCompany
from freightbooks.connections.states import Attention, ConnectionState, hold_move
from freightbooks.connections.vault import VaultError
from freightbooks.organizations.models import Organization, User
from freightbooks.quickbooks import oauth
from freightbooks.quickbooks.errors import ReconnectReason

__all__ = [
    "AlreadyConnected",
    "BadForm",
    "CompanyMismatch",
    "CompanyUnreadable",
    "ConnectFailed",
    "TripExpired",
    "adopt_tokens",
    "begin",
    "check_app",
    "choose_environment",
    "complete",
    "connect_other",
    "denied",
    "disconnect",
    "disconnect_seen",
    "forget_other",
    "new_connection",
    "set_app",
]

log = logging.getLogger(__name__)


def check_app(discovery_url: str, client_id: str, client_secret: str) -> oauth.App:
    """Hold an app's keys to their form, and ask Intuit whether it knows them. Raises ConnectFailed; saves nothing."""
    app = oauth.App(app_keys.client_id(client_id), app_keys.client_secret(client_secret))
    with told_to_a_person():
        company.check_app(discovery.read(discovery_url), app)
    return app


def new_connection(
    organization: Organization,
    *,
    discovery_url: str,
    api_base: str,
    client_id: str,
    client_secret: str,
    user: User | None = None,
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
        _put_app(connection, client_id.strip(), client_secret.strip(), user)
        connection.save(update_fields=["client_id", "client_secret_sealed", "app_changed_at"])
    return connection


def choose_environment(connection: Connection, *, discovery_url: str, api_base: str) -> None:
    """Change where Intuit and QuickBooks answer, as long as no company has been connected. Raises ConnectFailed."""
    changed = Connection.objects.filter(pk=connection.pk, realm_id="").update(
        discovery_url=discovery_url, api_base=api_base
    )
    connection.refresh_from_db()
    if not changed and (connection.discovery_url, connection.api_base) != (discovery_url, api_base):
        raise ConnectFailed(
            f"{connection} stays in the environment it was connected in. Make a new connection for another one."
        )


def set_app(connection: Connection, client_id: str, client_secret: str, *, user: User | None = None) -> None:
    """Change the keys of a connection's Intuit app, on the same connection, with the same mapping and history.

    Another app has no consent: the company must be connected anew. The same app with its new secret goes on by itself.
    """
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        another = row.client_id != client_id.strip()
        _put_app(row, client_id.strip(), client_secret.strip(), user)
        if another:
            tokens.forget(row)
        row.save()
        if another and (row.stopped or row.state == ConnectionState.CONNECTED):
            health.stop(row, Attention.CONSENT_NEEDED)
        elif not another and row.stopped and row.attention == Attention.CLIENT_REFUSED:
            health.mark_connected(row)
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
            row.connected_by = user
            _move(row, ConnectionState.CONNECTING)
        elif row.stopped:
            row.reconnect_begun_at = timezone.now()
            _move(row, ConnectionState.RECONNECTING)
        row.save(update_fields=["state", "connected_by", "reconnect_begun_at"])
        state = trips.start(row, session_key, redirect_uri)
        audit.about(row, Action.BEGUN, actor=user)
    connection.refresh_from_db()
    return oauth.authorization_url(endpoints, client_id=row.client_id, redirect_uri=redirect_uri, state=state)


def complete(
    session_key: str, state: str, code: str, realm_id: str, *, user: User, organization: Organization | None = None
) -> Connection:
    """Finish a trip: trade the code for tokens, read what the company is, and connect. Raises ConnectFailed.

    Another company than before is not connected: its tokens wait for what the person says (CompanyMismatch).
    """
    trip = trips.take(session_key, state, organization=organization)
    connection = trip.connection
    try:
        if not code or not realm_id.isdecimal():
            raise ConnectFailed("QuickBooks sent no authorization back. Begin again from the Integration hub.")
        # Before the code is traded: a company connected elsewhere would lose its own tokens by it.
        _hold_unconnected(connection, realm_id)
        with told_to_a_person():
            endpoints = discovery.read(connection.discovery_url)
            given = company.exchange(endpoints, _app(connection), code=code, redirect_uri=trip.redirect_uri)
        if connection.realm_id and connection.realm_id != realm_id:
            raise _keep_other(connection, realm_id, given, user)
        return _connect(connection, realm_id, given, user)
    except ConnectFailed as failure:
        _refused(connection, user, failure)
        raise


def adopt_tokens(connection: Connection, realm_id: str, refresh_token: str, *, user: User) -> Connection:
    """Connect with a refresh token from Intuit's OAuth 2.0 Playground instead of a trip. Raises ConnectFailed.

    The token is tried at once: against Intuit with this connection's app, and against the company.
    """
    try:
        token = app_keys.refresh_token(refresh_token)
        realm_id = realm_id.strip()
        if not realm_id.isdecimal():
            raise BadForm("The company's Realm ID is a number; the Playground shows it beside the authorization code.")
        if connection.realm_id and connection.realm_id != realm_id:
            raise CompanyMismatch.of(connection.company_name)
        _hold_unconnected(connection, realm_id)
        try:
            with told_to_a_person():
                given = company.refresh(discovery.read(connection.discovery_url), _app(connection), refresh_token=token)
        except ConsentRefused as error:
            raise ConsentRefused(
                "Intuit does not accept this refresh token with this connection's Client ID. Choose the same app in "
                "the Playground, get new tokens, and paste them here."
            ) from error
        try:
            return _connect(connection, realm_id, given, user, how=Action.TOKENS_PASTED)
        except CompanyUnreadable as error:
            if _other_environment(connection, error):
                raise
            raise CompanyUnreadable(
                f"These tokens do not open {connection.company_name or 'this company'}: they are another company's, or "
                "were made without the scope com.intuit.quickbooks.accounting. Nothing was changed."
            ) from error
    except ConnectFailed as failure:
        _refused(connection, user, failure)
        raise


def connect_other(connection: Connection, user: User) -> Connection:
    """Connect the company that was chosen instead of this connection's, as one of its own. Raises ConnectFailed."""
    other = _other_of(connection)
    with told_to_a_person():
        refresh_token = sealed.take_other(other)
    another = new_connection(
        connection.organization,
        discovery_url=connection.discovery_url,
        api_base=connection.api_base,
        client_id=connection.client_id,
        client_secret=_app(connection).client_secret,
        user=user,
    )
    connected = adopt_tokens(another, other.realm_id, refresh_token, user=user)
    other.delete()
    return connected


def forget_other(connection: Connection, user: User) -> None:
    """End what was given for the company that was chosen by mistake. Raises ConnectFailed."""
    other = _other_of(connection)
    with told_to_a_person():
        company.revoke(discovery.read(connection.discovery_url), _app(connection), token=sealed.take_other(other))
    with transaction.atomic():
        audit.about(connection, Action.OTHER_COMPANY, actor=user, detail=f"{other.company_name} was let go again")
        other.delete()


def denied(
    session_key: str, state: str, error: str, *, user: User | None = None, organization: Organization | None = None
) -> Connection:
    """Note that the person came back without consent (`error`: why, in Intuit's word). The connection is as before."""
    connection = trips.take(session_key, state, outcome=error, organization=organization).connection
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        _back_from_trip(row)
        audit.about(row, Action.DENIED, actor=user, detail=error[:60])
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
        _move(row, ConnectionState.DISCONNECTED)
        row.attention, row.attention_since, row.trouble_since = Attention.NONE, None, None
        row.save(update_fields=["state", "attention", "attention_since", "trouble_since", *tokens.TOKEN_COLUMNS])
        audit.about(row, Action.DISCONNECTED, actor=user)
    trips.drop_open(row)
    log.info("connection %s: disconnected by user %s", row.pk, user.pk)
    connection.refresh_from_db()


def disconnect_seen(realm_id: str) -> list[Connection]:
    """Note that Intuit sent a browser to our disconnect page for a company. It is a hint, and anybody can give it.

    So nothing is ended by it; it tells a revoked permission from another dead one. Return the connections meant.
    """
    found = list(Connection.objects.filter(realm_id=realm_id).exclude(realm_id="")) if realm_id.isdecimal() else []
    Connection.objects.filter(pk__in=[each.pk for each in found]).update(disconnect_seen_at=timezone.now())
    return found


def give_up_trips(before: datetime) -> int:
    """Put connections back that somebody left for Intuit and did not come back to since `before`; return how many."""
    count = 0
    lost = Connection.objects.filter(state=ConnectionState.RECONNECTING, reconnect_begun_at__lt=before)
    for pk in lost.values_list("pk", flat=True):
        with transaction.atomic():
            row = Connection.objects.select_for_update(no_key=True).get(pk=pk)
            if row.state == ConnectionState.RECONNECTING:
                _back_from_trip(row)
                count += 1
    return count


def _connect(
    connection: Connection, realm_id: str, given: oauth.Tokens, user: User, *, how: Action | None = None
) -> Connection:
    """Read the company with new tokens; then store them with what it says of itself, and the connection is made."""
    with told_to_a_person():
        facts = company.read(connection, realm_id, given.access_token)
    try:
        with transaction.atomic():
            row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
            if row.realm_id and row.realm_id != realm_id:
                raise CompanyMismatch.of(row.company_name)
            action = how or (Action.RECONNECTED if row.realm_id else Action.CONNECTED)
            company.fill(row, facts)
            row.realm_id = realm_id
            row.connected_by = user
            row.connected_at = row.last_success_at = timezone.now()
            row.disconnect_seen_at = row.hard_expires_at = None
            tokens.store(row, given)
            row.save()
            audit.about(row, action, actor=user, detail=f"realm {realm_id}")
            health.mark_connected(row)
    except IntegrityError as error:
        raise AlreadyConnected.here() from error
    OtherCompany.objects.filter(connection=row).delete()
    log.info("connection %s: connected to company %s by user %s", row.pk, realm_id, user.pk)
    return row


def _keep_other(connection: Connection, realm_id: str, given: oauth.Tokens, user: User) -> CompanyMismatch:
    """Keep what was given for another company until the person says what to do with it; return what to raise."""
    with told_to_a_person():
        facts = company.read(connection, realm_id, given.access_token)
    with transaction.atomic():
        OtherCompany.objects.filter(connection=connection).delete()
        other = OtherCompany.objects.create(
            connection=connection, realm_id=realm_id, company_name=facts.name, chosen_by=user
        )
        sealed.put_other(other, given.refresh_token)
        other.save(update_fields=["refresh_token_sealed"])
    return CompanyMismatch.of(connection.company_name, facts.name)


def _other_of(connection: Connection) -> OtherCompany:
    other = OtherCompany.objects.filter(connection=connection).first()
    if other is None:
        raise ConnectFailed("There is no other company to decide about any more. Connect again from the hub.")
    return other


def _refused(connection: Connection, user: User, failure: ConnectFailed) -> None:
    """Write down that something was refused, and put a connection back that was on a trip.

    One that has stopped and whose keys QuickBooks refuses for this company says so from now on.
    """
    failure.connection_id = connection.pk
    with transaction.atomic():
        row = Connection.objects.select_for_update(no_key=True).get(pk=connection.pk)
        _back_from_trip(row)
        action = Action.OTHER_COMPANY if isinstance(failure, CompanyMismatch) else Action.REFUSED
        audit.about(row, action, actor=user, detail=str(failure))
        if row.stopped and _other_environment(row, failure):
            health.stop(row, Attention.WRONG_ENVIRONMENT)


def _other_environment(connection: Connection, failure: ConnectFailed) -> bool:
    """Whether a company was refused to keys that never opened it: then they are for the other kind of company."""
    told = diagnosis.told_apart(connection, ReconnectReason.NOT_AUTHORIZED, timezone.now())
    return isinstance(failure, NotForThisCompany) and told == Attention.WRONG_ENVIRONMENT


def _back_from_trip(row: Connection) -> None:
    """Put a locked connection back to what it was before somebody left for Intuit."""
    if row.state == ConnectionState.CONNECTING:
        _move(row, ConnectionState.DISCONNECTED)
    elif row.state == ConnectionState.RECONNECTING:
        _move(row, ConnectionState.NEEDS_ATTENTION)
    row.save(update_fields=["state"])


def _move(row: Connection, state: ConnectionState) -> None:
    hold_move(row.state, state)
    row.state = state


def _hold_unconnected(connection: Connection, realm_id: str) -> None:
    """Refuse a company that another connection holds."""
    others = Connection.objects.filter(realm_id=realm_id, api_base=connection.api_base).exclude(pk=connection.pk)
    if others.exists():
        raise AlreadyConnected.here()


def _put_app(row: Connection, client_id: str, client_secret: str, user: User | None) -> None:
    row.client_id = client_id
    sealed.put(row, "client_secret", client_secret)
    row.app_changed_at = timezone.now()
    audit.about(row, Action.APP_CHANGED, actor=user, detail=f"Client ID {client_id[:6]}…")


def _app(connection: Connection) -> oauth.App:
    return oauth.App(connection.client_id, sealed.take(connection, "client_secret"))
