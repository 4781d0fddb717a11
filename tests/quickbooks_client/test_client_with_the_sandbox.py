"""The client against the sandbox over HTTP: what goes in comes out, to the penny."""

from __future__ import annotations

import asyncio
import uuid
from collections.abc import AsyncIterator
from decimal import Decimal
from typing import Any

import httpx2
import pytest

from freightbooks.quickbooks.client import BatchItem, Client, Exchange
from freightbooks.quickbooks.errors import ReconnectNeeded, Refused, Throttled
from freightbooks.quickbooks.pace import OwnPace
from freightbooks.quickbooks.query import EVEN_INACTIVE, literal, where_in


class GivenToken:
    """The token the sandbox gave at its start."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def access_token(self) -> str:
        return self._token

    async def refused(self, token: str) -> str:
        raise ReconnectNeeded("grant dead")


@pytest.fixture
def seen() -> list[Exchange]:
    return []


@pytest.fixture
async def client(qbo_sandbox: Any, seen: list[Exchange]) -> AsyncIterator[Client]:
    async with httpx2.AsyncClient() as http:
        yield Client(
            qbo_sandbox.base_url,
            qbo_sandbox.realm_id,
            tokens=GivenToken(qbo_sandbox.access_token),
            http=http,
            observe=seen.append,
        )


async def costs_account(client: Client) -> str:
    rows = await client.query("select * from Account where AccountType = 'Cost of Goods Sold'")
    return str(rows[0]["Id"])


async def test_an_amount_comes_back_as_the_same_decimal(client: Client) -> None:
    account = await costs_account(client)
    vendor = await client.create("Vendor", {"DisplayName": "Old Mill Cartage Co"})
    bill = await client.create("Bill", a_bill(vendor["Id"], account, "7", Decimal("1234567.10")))
    assert bill["TotalAmt"] == Decimal("1234567.10")
    assert isinstance(bill["Line"][0]["Amount"], Decimal)
    assert (await client.read("Bill", bill["Id"]))["TotalAmt"] == Decimal("1234567.10")


async def test_the_same_request_id_again_creates_nothing_new(client: Client, seen: list[Exchange]) -> None:
    request_id = str(uuid.uuid4())
    first = await client.create("Vendor", {"DisplayName": "Old Mill Cartage Co"}, request_id=request_id)
    again = await client.create("Vendor", {"DisplayName": "Old Mill Cartage Co"}, request_id=request_id)
    assert again == first
    assert await client.count("Vendor", "DisplayName = 'Old Mill Cartage Co'") == 1
    assert [exchange.kind for exchange in seen] == ["write", "write", "read"]
    assert seen[0].request_id == request_id
    assert all(exchange.intuit_tid for exchange in seen)


async def test_a_batch_does_what_it_can_and_says_item_by_item_what_it_could_not(client: Client) -> None:
    kept = await client.create("Vendor", {"DisplayName": "Old Mill Cartage Co"})
    result = await client.batch(
        [
            BatchItem("create", "Vendor", {"DisplayName": "Old Mill Cartage Co"}),
            BatchItem("create", "Customer", {"DisplayName": "Acme Foods Inc"}),
            BatchItem(
                "update",
                "Vendor",
                {"Id": kept["Id"], "SyncToken": kept["SyncToken"], "sparse": True, "DisplayName": "Old Mill"},
            ),
        ],
        request_id=str(uuid.uuid4()),
    )
    taken, made, renamed = result.answers
    assert taken.fault is not None
    assert taken.fault.code == "6240"
    assert made.object is not None
    assert made.object["DisplayName"] == "Acme Foods Inc"
    assert renamed.object is not None
    assert renamed.object["SyncToken"] == "1"
    assert result.exchange.kind == "batch"


async def test_paging_gives_every_object_once(client: Client) -> None:
    for start in range(0, 50, 25):
        await client.batch(
            [BatchItem("create", "Vendor", {"DisplayName": f"Carrier {n:03}"}) for n in range(start, start + 25)],
            request_id=str(uuid.uuid4()),
        )
    pages = [[row["Id"] for row in rows] async for rows in client.query_all("Vendor", where=EVEN_INACTIVE, page=20)]
    assert [len(page) for page in pages] == [20, 20, 10]
    ids = [qbo_id for page in pages for qbo_id in page]
    assert len(set(ids)) == 50
    assert ids == sorted(ids, key=int)


@pytest.mark.parametrize("name", ["O'Neill & Sons", 'Mill "East" 100% + more', "Back\\slash Ltd", "Straße 7 (é)"])
async def test_a_name_is_found_by_its_literal_whatever_is_in_it(client: Client, name: str) -> None:
    made = await client.create("Vendor", {"DisplayName": name})
    rows = await client.query(f"select * from Vendor where DisplayName = {literal(name)}")
    assert [row["Id"] for row in rows] == [made["Id"]]


async def test_a_list_of_names_too_long_for_an_address_is_asked_all_the_same(client: Client) -> None:
    await client.create("Vendor", {"DisplayName": "Carrier 77"})
    names = [f"Carrier {n}" for n in range(300)]
    rows = await client.query(f"select * from Vendor where {where_in('DisplayName', names)}")
    assert [row["DisplayName"] for row in rows] == ["Carrier 77"]


async def test_a_deleted_bill_is_gone_and_reading_it_is_refused_with_610(client: Client) -> None:
    vendor = await client.create("Vendor", {"DisplayName": "Old Mill Cartage Co"})
    bill = await client.create("Bill", a_bill(vendor["Id"], await costs_account(client), "7", Decimal("10.00")))
    gone = await client.delete("Bill", {"Id": bill["Id"], "SyncToken": bill["SyncToken"]})
    assert gone["status"] == "Deleted"
    with pytest.raises(Refused) as caught:
        await client.read("Bill", bill["Id"])
    assert caught.value.fault.code == "610"


async def test_the_company_says_who_it_is(client: Client) -> None:
    assert (await client.company_info())["CompanyName"] == "Blue Ridge Freight Brokers LLC"
    assert "CurrencyPrefs" in await client.preferences()


def a_bill(vendor: str, account: str, number: str, amount: Decimal) -> dict[str, Any]:
    line = {
        "Amount": amount,
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": account}},
    }
    return {"VendorRef": {"value": vendor}, "DocNumber": number, "Line": [line]}


async def test_a_client_that_keeps_the_pace_is_never_throttled(start_qbo_sandbox: Any) -> None:
    sandbox = start_qbo_sandbox(limits="8")
    async with httpx2.AsyncClient() as http:
        paced = Client(
            sandbox.base_url,
            sandbox.realm_id,
            tokens=GivenToken(sandbox.access_token),
            http=http,
            pace=OwnPace(8),
        )
        async with asyncio.TaskGroup() as group:
            for _ in range(200):
                group.create_task(paced.count("Vendor"))
    assert sandbox.sandbox.counts[sandbox.realm_id]["read"] == 200


async def test_a_client_without_a_pace_meets_the_limit(start_qbo_sandbox: Any) -> None:
    sandbox = start_qbo_sandbox(limits="1")
    async with httpx2.AsyncClient() as http:
        hasty = Client(sandbox.base_url, sandbox.realm_id, tokens=GivenToken(sandbox.access_token), http=http)
        answers = await asyncio.gather(*(hasty.count("Vendor") for _ in range(30)), return_exceptions=True)
    assert any(isinstance(answer, Throttled) for answer in answers)
