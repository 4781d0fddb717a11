"""Tokens are refreshed once for all who ask, stored before they are used, and never lost."""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from typing import Any

import pytest
from django.db import OperationalError
from django.db import connection as database
from django.utils import timezone

from connections.token_crowd import a_crowd_of, one_refresh_for_all, refreshes_of
from freightbooks.connections import sealed, tokens, vault
from freightbooks.connections.models import Connection
from freightbooks.connections.states import Attention
from freightbooks.connections.tokens import StoredTokens, good_token
from freightbooks.quickbooks import oauth
from freightbooks.quickbooks.errors import NotSent, ReconnectNeeded, ReconnectReason


@pytest.fixture
def strict(start_qbo_sandbox: Callable[..., Any], connect_to: Callable[[Any], Connection]) -> tuple[Any, Connection]:
    """A sandbox that rotates the refresh token each time: a second refresh with the old one is `invalid_grant`."""
    sandbox = start_qbo_sandbox(rotation="strict")
    return sandbox, connect_to(sandbox)


def stored(connection: Connection, secret: sealed.Secret) -> str:
    return sealed.take(Connection.objects.get(pk=connection.pk), secret)


def grow_old(connection: Connection) -> None:
    """Let the access token be about to end."""
    now = timezone.now()
    Connection.objects.filter(pk=connection.pk).update(
        refreshed_at=now - timedelta(minutes=58), access_expires_at=now + timedelta(minutes=2)
    )


def test_a_token_that_is_good_is_not_refreshed(strict: tuple[Any, Connection]) -> None:
    _, connection = strict
    assert good_token(connection.pk).text == stored(connection, "access_token")
    assert stored(connection, "refresh_token") == sealed.take(connection, "refresh_token")


def test_a_token_about_to_end_is_refreshed_before_use_and_stored(strict: tuple[Any, Connection]) -> None:
    sandbox, connection = strict
    before = stored(connection, "access_token")
    grow_old(connection)
    token = good_token(connection.pk).text
    assert token != before
    assert token == stored(connection, "access_token")
    assert stored(connection, "refresh_token") == next(iter(sandbox.sandbox.grants.grants.values())).refresh_token


async def test_fifty_tasks_refused_at_once_refresh_once(strict: tuple[Any, Connection]) -> None:
    _, connection = strict
    source = StoredTokens(connection.pk)
    old = await source.access_token()
    got = set(await asyncio.gather(*(source.refused(old) for _ in range(50))))
    assert len(got) == 1
    assert old not in got


def test_threads_with_a_source_each_refresh_once(strict: tuple[Any, Connection]) -> None:
    _, connection = strict
    old = stored(connection, "access_token")
    with ThreadPoolExecutor(6) as threads:
        got = set(threads.map(lambda _: good_token(connection.pk, refused=old).text, range(6)))
    assert got == {stored(connection, "access_token")}
    assert old not in got


def test_processes_that_meet_at_the_same_moment_refresh_once(strict: tuple[Any, Connection]) -> None:
    sandbox, connection = strict
    given = refreshes_of(sandbox)
    with a_crowd_of(6, connection) as crowd:
        for _ in range(5):
            one_refresh_for_all(crowd, connection, given, 6)


async def test_a_task_cancelled_in_the_middle_of_a_refresh_loses_no_token(strict: tuple[Any, Connection]) -> None:
    sandbox, connection = strict
    source = StoredTokens(connection.pk)
    old = await source.access_token()
    task = asyncio.create_task(source.refused(old))
    await asyncio.sleep(0)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)
    fresh = await StoredTokens(connection.pk).refused(old)
    assert sandbox.sandbox.grants.grant_of(fresh)[0] is not None


def test_tokens_given_while_the_database_went_away_are_stored_when_it_is_back(
    strict: tuple[Any, Connection], monkeypatch: pytest.MonkeyPatch
) -> None:
    sandbox, connection = strict
    old = stored(connection, "access_token")
    real_store, failures = tokens.store, iter([True, True, False])

    def store_into_a_database_that_went_away(row: Connection, given: Any) -> None:
        if next(failures, False):
            raise OperationalError("the connection is closed")
        real_store(row, given)

    monkeypatch.setattr(tokens, "store", store_into_a_database_that_went_away)
    fresh = good_token(connection.pk, refused=old).text
    assert fresh == stored(connection, "access_token") != old
    assert stored(connection, "refresh_token") == next(iter(sandbox.sandbox.grants.grants.values())).refresh_token


def test_a_refresh_does_not_stand_in_the_way_of_rows_that_refer_to_the_connection(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_ask = tokens._ask

    def ask_while_another_writes(*what: Any) -> Any:
        def write() -> None:
            with database.cursor() as cursor:
                cursor.execute("SET lock_timeout = '3s'")
            connection.authorization_requests.create(state_hash="s", session_hash="h", redirect_uri="http://x")
            database.close()

        with ThreadPoolExecutor(1) as other:
            other.submit(write).result()
        return really_ask(*what)

    monkeypatch.setattr(tokens, "_ask", ask_while_another_writes)
    assert good_token(connection.pk, refused=stored(connection, "access_token")).text


def test_a_revoked_grant_asks_for_a_person(qbo_sandbox: Any, connection: Connection) -> None:
    qbo_sandbox.sandbox.grants.revoke(connection.client_id, stored(connection, "refresh_token"))
    with pytest.raises(ReconnectNeeded) as caught:
        good_token(connection.pk, refused=stored(connection, "access_token"))
    assert caught.value.reason == ReconnectReason.GRANT_DEAD


def test_a_user_taken_out_of_the_company_is_told_apart(qbo_sandbox: Any, connection: Connection) -> None:
    qbo_sandbox.sandbox.grants.remove_user(qbo_sandbox.realm_id, qbo_sandbox.sandbox.users[0])
    with pytest.raises(ReconnectNeeded) as caught:
        good_token(connection.pk, refused=stored(connection, "access_token"))
    assert caught.value.reason == ReconnectReason.USER_NOT_IN_COMPANY


def test_a_changed_secret_is_told_apart(connection: Connection) -> None:
    sealed.put(connection, "client_secret", "not the secret any more")
    connection.save()
    with pytest.raises(ReconnectNeeded) as caught:
        good_token(connection.pk, refused=stored(connection, "access_token"))
    assert caught.value.reason == ReconnectReason.CLIENT_REFUSED


def test_a_key_that_is_missing_is_told_apart(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("FREIGHTBOOKS_KEYS", vault.new_key())
    with pytest.raises(ReconnectNeeded) as caught:
        good_token(connection.pk)
    assert caught.value.reason == Attention.KEY_LOST


def test_an_intuit_that_cannot_be_reached_is_no_reason_to_reconnect(connection: Connection) -> None:
    Connection.objects.update(discovery_url="http://127.0.0.1:9/openid")
    with pytest.raises(NotSent):
        good_token(connection.pk, refused=stored(connection, "access_token"))


def test_secrets_are_sealed_anew_with_a_new_key(connection: Connection, monkeypatch: pytest.MonkeyPatch) -> None:
    old, new = vault.new_key(), vault.new_key()
    kept = stored(connection, "refresh_token")
    monkeypatch.setenv("FREIGHTBOOKS_KEYS", old)
    for secret in sealed.SECRETS:
        sealed.put(connection, secret, kept)
    connection.save()
    monkeypatch.setenv("FREIGHTBOOKS_KEYS", f"{new},{old}")
    assert sealed.seal_anew() == 3
    assert sealed.seal_anew() == 0
    monkeypatch.setenv("FREIGHTBOOKS_KEYS", new)
    assert stored(connection, "refresh_token") == kept


def test_a_refresh_whose_answer_was_lost_is_asked_once_more_with_the_same_token(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    really_refresh, asked_with = oauth.refresh, []

    async def lose_the_first_answer(*what: Any, refresh_token: str) -> oauth.Tokens:
        asked_with.append(refresh_token)
        given = await really_refresh(*what, refresh_token=refresh_token)
        if len(asked_with) == 1:
            raise oauth.OAuthUnreachable("cut", perhaps_done=True)
        return given

    monkeypatch.setattr(oauth, "refresh", lose_the_first_answer)
    old = stored(connection, "refresh_token")
    assert good_token(connection.pk, refused=stored(connection, "access_token")).text
    assert asked_with == [old, old]
