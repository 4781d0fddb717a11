"""A client opened for a connection counts what it cost, and the connection shows what came of it."""

from __future__ import annotations

import asyncio
import logging
from typing import Any

import pytest
from asgiref.sync import sync_to_async

from freightbooks.connections import sealed
from freightbooks.connections.client import open_client, pace_of
from freightbooks.connections.models import Connection, RequestCount
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.in_database import in_database
from freightbooks.quickbooks.client import BatchItem
from freightbooks.quickbooks.errors import ReconnectNeeded, Refused

VENDOR = {"DisplayName": "Old Mill Cartage Co"}


def counts(connection: Connection, purpose: str) -> dict[str, int]:
    return dict(RequestCount.objects.filter(connection=connection, purpose=purpose).values_list("kind", "count"))


async def as_it_is(connection: Connection) -> Connection:
    return await in_database(Connection.objects.get, pk=connection.pk)


async def revoke(sandbox: Any, connection: Connection) -> None:
    token = await in_database(sealed.take, await as_it_is(connection), "refresh_token")
    sandbox.sandbox.grants.revoke(connection.client_id, token)


async def test_requests_are_counted_by_purpose_and_kind_also_when_the_work_fails(connection: Connection) -> None:
    async with open_client(connection.pk, "posting") as client:
        await client.create("Vendor", VENDOR)
        await client.batch([BatchItem("create", "Customer", {"DisplayName": "Acme"})], request_id="r-1")
    with pytest.raises(Refused):
        async with open_client(connection.pk, "posting") as client:
            await client.read("Vendor", "999999")
    assert await in_database(counts, connection, "posting") == {"write": 1, "batch": 1, "read": 1}


async def test_the_counts_of_clients_open_at_once_add_up(connection: Connection) -> None:
    async def ask() -> None:
        async with open_client(connection.pk, "checking") as client:
            await client.count("Vendor")

    await asyncio.gather(*(ask() for _ in range(8)))
    assert await in_database(counts, connection, "checking") == {"read": 8}


async def test_a_success_is_noted(connection: Connection) -> None:
    before = (await as_it_is(connection)).last_success_at
    async with open_client(connection.pk, "checking") as client:
        await client.company_info()
    after = (await as_it_is(connection)).last_success_at
    assert before is not None
    assert after is not None
    assert after > before


async def test_an_expired_token_heals_itself_while_at_work(connection: Connection, qbo_sandbox: Any) -> None:
    async with open_client(connection.pk, "posting") as client:
        await client.create("Vendor", VENDOR)
        qbo_sandbox.sandbox.clock.advance(3601)
        made = await asyncio.gather(*(client.create("Vendor", {"DisplayName": f"Carrier {n}"}) for n in range(5)))
    assert len({row["Id"] for row in made}) == 5
    assert (await as_it_is(connection)).healthy


async def test_a_dead_grant_marks_the_connection_and_the_error_goes_on(
    connection: Connection, qbo_sandbox: Any
) -> None:
    await revoke(qbo_sandbox, connection)
    with pytest.raises(ReconnectNeeded):
        async with open_client(connection.pk, "posting") as client:
            await client.create("Vendor", VENDOR)
    now = await as_it_is(connection)
    assert (now.state, now.attention) == (ConnectionState.NEEDS_ATTENTION, Attention.GRANT_DEAD)
    assert now.attention_since is not None


async def test_a_dead_grant_in_a_group_of_tasks_marks_the_connection_too(
    connection: Connection, qbo_sandbox: Any
) -> None:
    await revoke(qbo_sandbox, connection)

    async def two_at_once() -> None:
        async with open_client(connection.pk, "posting") as client, asyncio.TaskGroup() as group:
            group.create_task(client.create("Vendor", VENDOR))
            group.create_task(client.create("Customer", VENDOR))

    with pytest.raises(ExceptionGroup):
        await two_at_once()
    assert (await as_it_is(connection)).state == ConnectionState.NEEDS_ATTENTION


async def test_a_connection_made_anew_meanwhile_is_not_marked_by_an_old_failure(
    connection: Connection, qbo_sandbox: Any
) -> None:
    await revoke(qbo_sandbox, connection)

    async def while_someone_connects() -> None:
        async with open_client(connection.pk, "posting") as client:
            await in_database(Connection.objects.update, connected_at="2030-01-01T00:00:00Z")
            await client.create("Vendor", VENDOR)

    with pytest.raises(ReconnectNeeded):
        await while_someone_connects()
    assert (await as_it_is(connection)).healthy


async def test_a_connection_that_works_again_is_healed(connection: Connection) -> None:
    await in_database(
        Connection.objects.update, state=ConnectionState.NEEDS_ATTENTION, attention=Attention.NOT_AUTHORIZED
    )
    async with open_client(connection.pk, "checking") as client:
        await client.company_info()
    now = await as_it_is(connection)
    assert (now.state, now.attention) == (ConnectionState.CONNECTED, Attention.NONE)


async def test_reading_does_not_heal_an_ended_subscription_and_writing_does(connection: Connection) -> None:
    await in_database(
        Connection.objects.update, state=ConnectionState.NEEDS_ATTENTION, attention=Attention.SUBSCRIPTION_ENDED
    )
    async with open_client(connection.pk, "checking") as client:
        await client.company_info()
    assert (await as_it_is(connection)).state == ConnectionState.NEEDS_ATTENTION
    async with open_client(connection.pk, "posting") as client:
        await client.create("Vendor", VENDOR)
    assert (await as_it_is(connection)).state == ConnectionState.CONNECTED


async def test_no_secret_is_logged_or_shown(
    connection: Connection, qbo_sandbox: Any, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    secrets = [await sync_to_async(sealed.take)(connection, secret) for secret in sealed.SECRETS]
    shown: list[str] = []
    async with open_client(connection.pk, "posting") as client:
        await client.create("Vendor", VENDOR)
        qbo_sandbox.sandbox.clock.advance(3601)
        await client.company_info()
        shown.append(repr(client) + repr(vars(client)))
    await revoke(qbo_sandbox, connection)
    with pytest.raises(ReconnectNeeded) as caught:
        async with open_client(connection.pk, "posting") as client:
            await client.create("Vendor", VENDOR)
    shown.append(f"{caught.value!r} {caught.value.__cause__!r} {vars(caught.value)!r}")
    now = await as_it_is(connection)
    secrets += [await sync_to_async(sealed.take)(now, secret) for secret in sealed.SECRETS]
    shown.append(repr(now) + str(now))
    everything = caplog.text + "".join(shown)
    assert "HTTP" in caplog.text, "the libraries below do log at this level"
    assert not [secret for secret in secrets if secret in everything]


async def test_a_purpose_nobody_knows_is_refused(connection: Connection) -> None:
    with pytest.raises(ValueError, match="counted under"):
        async with open_client(connection.pk, "fun"):
            pass


def test_one_pace_a_company_and_none_for_a_sandbox_on_this_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("FREIGHTBOOKS_PACE", raising=False)
    intuit = pace_of("https://quickbooks.api.intuit.com", "1")
    assert intuit is not None
    assert pace_of("https://quickbooks.api.intuit.com", "1") is intuit
    assert pace_of("https://quickbooks.api.intuit.com", "2") is not intuit
    assert pace_of("http://127.0.0.1:4010", "1") is None
    monkeypatch.setenv("FREIGHTBOOKS_PACE", "intuit")
    assert pace_of("http://127.0.0.1:4010", "2") is not None
