"""A trip that ends in another company changes nothing, and asks; the answer is done, and everything is in the audit."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.db import DatabaseError, transaction

from connections.conftest import SESSION
from connections.consent import REDIRECT, consent
from freightbooks.connections import connect, sealed, vault
from freightbooks.connections.models import AuditEntry, Connection, OtherCompany
from freightbooks.connections.states import ConnectionState
from freightbooks.organizations.models import User


@pytest.fixture
def another_realm(qbo_sandbox: Any) -> str:
    """A second company of the same people in the same sandbox."""
    company = qbo_sandbox.sandbox.add_company("brokerage", name="Blue Ridge Drayage LLC")
    return str(company.realm_id)


def come_back(connection: Connection, admin: User, sandbox: Any, realm_id: str) -> Connection:
    address = connect.begin(connection, admin, SESSION, REDIRECT)
    back = consent(address, sandbox, realm_id=realm_id)
    return connect.complete(SESSION, back["state"], back["code"], back["realmId"], user=admin)


def told(connection: Connection) -> list[str]:
    rows = AuditEntry.objects.filter(connection_id=connection.pk).order_by("pk")
    return list(rows.values_list("action", flat=True))


def test_another_company_than_before_stops_and_asks(
    connection: Connection, admin: User, qbo_sandbox: Any, another_realm: str
) -> None:
    before = Connection.objects.get(pk=connection.pk)
    with pytest.raises(connect.CompanyMismatch, match="Blue Ridge Drayage LLC"):
        come_back(connection, admin, qbo_sandbox, another_realm)
    now = Connection.objects.get(pk=connection.pk)
    assert (now.state, now.realm_id) == (ConnectionState.CONNECTED, before.realm_id)
    assert now.refresh_token_sealed == before.refresh_token_sealed
    other = OtherCompany.objects.get(connection=connection)
    assert (other.realm_id, other.company_name) == (another_realm, "Blue Ridge Drayage LLC")
    assert told(connection)[-1] == "another company chosen"


def test_the_other_company_becomes_a_connection_of_its_own(
    connection: Connection, admin: User, qbo_sandbox: Any, another_realm: str
) -> None:
    with pytest.raises(connect.CompanyMismatch):
        come_back(connection, admin, qbo_sandbox, another_realm)
    made = connect.connect_other(connection, admin)
    assert made.pk != connection.pk
    assert (made.state, made.realm_id) == (ConnectionState.CONNECTED, another_realm)
    assert not OtherCompany.objects.exists()
    with pytest.raises(connect.ConnectFailed, match="no other company"):
        connect.connect_other(connection, admin)


def test_the_other_company_is_let_go_again(
    connection: Connection, admin: User, qbo_sandbox: Any, another_realm: str
) -> None:
    with pytest.raises(connect.CompanyMismatch):
        come_back(connection, admin, qbo_sandbox, another_realm)
    token = sealed.take_other(OtherCompany.objects.get())
    connect.forget_other(connection, admin)
    assert not OtherCompany.objects.exists()
    with pytest.raises(connect.ConnectFailed):
        connect.adopt_tokens(connection, connection.realm_id, token, user=admin)


def test_the_token_that_waits_opens_in_its_own_row_only(
    connection: Connection, admin: User, qbo_sandbox: Any, another_realm: str
) -> None:
    with pytest.raises(connect.CompanyMismatch):
        come_back(connection, admin, qbo_sandbox, another_realm)
    other = OtherCompany.objects.get()
    assert sealed.take_other(other).encode() not in bytes(other.refresh_token_sealed)
    other.pk += 1
    with pytest.raises(vault.Altered):
        sealed.take_other(other)


def test_a_company_connected_elsewhere_keeps_its_permission(
    connection: Connection, admin: User, qbo_sandbox: Any, another_realm: str, organization: Any
) -> None:
    with pytest.raises(connect.CompanyMismatch):
        come_back(connection, admin, qbo_sandbox, another_realm)
    made = connect.connect_other(connection, admin)
    with pytest.raises(connect.AlreadyConnected):
        come_back(connection, admin, qbo_sandbox, another_realm)
    connect.adopt_tokens(made, another_realm, sealed.take(made, "refresh_token"), user=admin)


def test_what_a_person_does_is_written_down_and_stays(
    connection: Connection, admin: User, connect_to: Callable[[Any], Connection]
) -> None:
    connect.disconnect(connection, admin)
    assert told(connection) == ["app keys changed", "sign-in begun", "connected", "disconnected"]
    last = AuditEntry.objects.order_by("pk").last()
    assert last is not None
    assert (last.actor_name, last.company_name) == ("Priya Raman", connection.company_name)
    for change in (last.delete, lambda: AuditEntry.objects.update(detail="")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            change()
