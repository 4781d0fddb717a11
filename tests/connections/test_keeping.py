"""Connections that nobody uses stay alive, and those mended outside of this product are found to work again."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from freightbooks.connections import connect, health, keeping, sealed
from freightbooks.connections.models import Connection
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.organizations.models import User


def test_an_idle_connection_is_refreshed_every_day_and_outlives_a_hundred_days(
    connection: Connection, qbo_sandbox: Any
) -> None:
    for _ in range(4):
        qbo_sandbox.sandbox.clock.advance(40 * 86_400)
        Connection.objects.update(refreshed_at=timezone.now() - timedelta(hours=21))
        assert keeping.refresh_idle() == 1
    assert keeping.refresh_idle() == 0
    assert Connection.objects.get(pk=connection.pk).state == ConnectionState.CONNECTED


def test_an_idle_connection_whose_permission_was_revoked_is_found_out(connection: Connection, qbo_sandbox: Any) -> None:
    qbo_sandbox.sandbox.grants.revoke(connection.client_id, sealed.take(connection, "refresh_token"))
    Connection.objects.update(refreshed_at=timezone.now() - timedelta(hours=21))
    assert keeping.refresh_idle() == 0
    now = Connection.objects.get(pk=connection.pk)
    assert (now.state, now.attention) == (ConnectionState.NEEDS_ATTENTION, Attention.GRANT_DEAD)


@pytest.mark.parametrize(
    ("what_happened", "attention"),
    [
        (lambda s: s.sandbox.grants.demote_user(s.realm_id, "owner@sandbox.example"), Attention.USER_NOT_ADMIN),
        (lambda s: s.sandbox.grants.remove_user(s.realm_id, "owner@sandbox.example"), Attention.USER_NOT_IN_COMPANY),
        (lambda s: s.company.subscribe(status="EXPIRED"), Attention.SUBSCRIPTION_ENDED),
        (lambda s: s.sandbox.door.apps.rotate_secret(s.client_id), Attention.CLIENT_REFUSED),
    ],
)
def test_a_company_nothing_is_sent_to_is_looked_at_once_a_day(
    what_happened: Callable[[Any], None], attention: Attention, connection: Connection, qbo_sandbox: Any
) -> None:
    what_happened(qbo_sandbox)
    a_day_ago = timezone.now() - timedelta(hours=21)
    Connection.objects.update(refreshed_at=a_day_ago, last_success_at=a_day_ago)
    keeping.refresh_idle()
    now = Connection.objects.get(pk=connection.pk)
    assert (now.state, now.attention) == (ConnectionState.NEEDS_ATTENTION, attention)


def test_a_renewed_subscription_is_found_by_looking_again(connection: Connection, qbo_sandbox: Any) -> None:
    health.needs_attention(connection.pk, Attention.SUBSCRIPTION_ENDED, connected_at=connection.connected_at)
    qbo_sandbox.company.subscribe(status="EXPIRED")
    assert keeping.look_again() == 0
    assert Connection.objects.get(pk=connection.pk).state == ConnectionState.NEEDS_ATTENTION
    qbo_sandbox.company.subscribe(status="PAID")
    assert keeping.look_again() == 1
    assert Connection.objects.get(pk=connection.pk).state == ConnectionState.CONNECTED


def test_a_dead_grant_is_not_asked_about_again_and_again(connection: Connection, qbo_sandbox: Any) -> None:
    health.needs_attention(connection.pk, Attention.GRANT_DEAD, connected_at=connection.connected_at)
    asked = len(qbo_sandbox.sandbox.requests)
    assert keeping.look_again() == 0
    assert len(qbo_sandbox.sandbox.requests) == asked


def test_a_trip_nobody_came_back_from_is_given_up(connection: Connection, admin: User) -> None:
    health.needs_attention(connection.pk, Attention.GRANT_DEAD, connected_at=connection.connected_at)
    connect.begin(connection, admin, "a session", "http://127.0.0.1:8000/connections/callback")
    assert Connection.objects.get(pk=connection.pk).state == ConnectionState.RECONNECTING
    Connection.objects.update(reconnect_begun_at=timezone.now() - timedelta(minutes=11))
    keeping.look_again()
    now = Connection.objects.get(pk=connection.pk)
    assert (now.state, now.attention) == (ConnectionState.NEEDS_ATTENTION, Attention.GRANT_DEAD)
