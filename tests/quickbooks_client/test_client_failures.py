"""Every way a request can end badly is told apart by what may have been written."""

from __future__ import annotations

import json
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx2
import pytest

from freightbooks.quickbooks import client as client_module
from freightbooks.quickbooks.client import BatchItem, Client, Exchange
from freightbooks.quickbooks.errors import (
    NotSent,
    OutcomeUnknown,
    QuickBooksError,
    ReconnectNeeded,
    ReconnectReason,
    Refused,
    Throttled,
)
from quickbooks_client.odd_server import CUT, SILENCE, OddServer, answer, odd_server

TOKEN = "eyJlbmMi-the-first-token"
BILL = {"VendorRef": {"value": "1"}}


class TwoTokens:
    """Gives a first token; after a refusal, a second."""

    def __init__(self) -> None:
        self.refusals = 0

    async def access_token(self) -> str:
        return TOKEN

    async def refused(self, token: str) -> str:
        assert token == TOKEN
        self.refusals += 1
        return "eyJlbmMi-the-second-token"


@asynccontextmanager
async def talking_to(*answers: bytes) -> AsyncIterator[tuple[Client, OddServer, list[Exchange]]]:
    seen: list[Exchange] = []
    async with odd_server(*answers) as server, httpx2.AsyncClient() as http:
        yield Client(server.address, "9341", tokens=TwoTokens(), http=http, observe=seen.append), server, seen


def fault(code: str, message: str = "Message", detail: str = "Detail", kind: str = "ValidationFault") -> bytes:
    error = {"Message": message, "Detail": detail, "code": code, "element": ""}
    return json.dumps({"Fault": {"Error": [error], "type": kind}, "time": "2026-01-01T00:00:00.000-08:00"}).encode()


def gateway(code: str, message: str, detail: str | None = None, kind: str = "SERVICE") -> bytes:
    error = {"message": message, "detail": detail, "code": code, "element": None}
    return json.dumps({"warnings": None, "fault": {"error": [error], "type": kind}, "time": 1601391072830}).encode()


async def test_a_connection_cut_after_the_request_went_out_leaves_the_outcome_unknown() -> None:
    async with talking_to(CUT) as (client, server, seen):
        with pytest.raises(OutcomeUnknown) as caught:
            await client.create("Bill", BILL, request_id="r-1")
    assert len(server.requests) == 1, "nothing is sent again by itself"
    assert caught.value.exchange == seen[0]
    assert (seen[0].http_status, seen[0].kind, seen[0].request_id) == (None, "write", "r-1")


async def test_an_answer_that_never_comes_leaves_the_outcome_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(client_module, "TIMEOUT", httpx2.Timeout(0.2))
    async with talking_to(SILENCE) as (client, server, _):
        with pytest.raises(OutcomeUnknown):
            await client.create("Bill", BILL)
    assert len(server.requests) == 1


async def test_a_server_that_is_not_there_was_never_sent_anything() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        seen: list[Exchange] = []
        async with httpx2.AsyncClient() as http:
            address = f"http://127.0.0.1:{taken.getsockname()[1]}"
            client = Client(address, "9341", tokens=TwoTokens(), http=http, observe=seen.append)
            with pytest.raises(NotSent):
                await client.create("Bill", BILL)
    assert seen == [], "what never left is no request to count"


@pytest.mark.parametrize(
    "odd",
    [
        answer("502 Bad Gateway", b"<html><body>Bad Gateway</body></html>", "Content-Type: text/html"),
        answer("503 Service Unavailable", b""),
        answer("500 Internal Server Error", fault("10000", kind="SystemFault")),
        answer("200 OK", b'{"Bill":{"Id":"1'),
        answer("200 OK", b"<html>maintenance</html>"),
        answer("200 OK", b'{"time":"2026-01-01T00:00:00.000-08:00"}'),
        answer("404 Not Found", b"<html>no such page</html>"),
        answer("302 Found", b"", "Location: http://127.0.0.1:9/elsewhere"),
        b"HTTP/1.1 200 OK\r\nContent-Length: 500\r\n\r\n{",
        b"what is this\r\n\r\n",
    ],
    ids=["html 502", "empty 503", "system fault", "cut json", "html 200", "no entity", "html 404", "redirect", "short",
         "not http"],
)  # fmt: skip
async def test_an_answer_that_proves_nothing_leaves_the_outcome_unknown(odd: bytes) -> None:
    async with talking_to(odd) as (client, server, _):
        with pytest.raises(OutcomeUnknown):
            await client.create("Bill", BILL)
    assert len(server.requests) == 1


async def test_a_refusal_carries_quickbooks_words_and_codes() -> None:
    body = fault(
        "6140", "Duplicate Document Number Error", "Duplicate Document Number Error : You must specify another."
    )
    async with talking_to(answer("400 Bad Request", body, "intuit_tid: 1-abc")) as (client, _, seen):
        with pytest.raises(Refused) as caught:
            await client.create("Bill", BILL)
    assert caught.value.fault.code == "6140"
    assert caught.value.fault.text == "Duplicate Document Number Error : You must specify another."
    assert (seen[0].http_status, seen[0].code, seen[0].intuit_tid) == (400, "6140", "1-abc")


async def test_a_fault_inside_a_200_is_a_refusal() -> None:
    async with talking_to(answer("200 OK", fault("2500"))) as (client, _, _seen):
        with pytest.raises(Refused):
            await client.create("Bill", BILL)


@pytest.mark.parametrize(
    "body",
    [
        gateway("3001", "message=ThrottleExceeded; errorCode=003001; statusCode=429"),
        gateway("003001", "message=ThrottleExceeded; errorCode=003001; statusCode=429"),
        b'<Answer><Fault type="SERVICE"><Error code="3001"><Message>m</Message></Error></Fault></Answer>',
        b"",
    ],
    ids=["json", "padded code", "xml", "empty"],
)
async def test_too_many_requests_says_how_long_to_wait_and_waits_longer_each_time(body: bytes) -> None:
    many = answer("429 Too Many Requests", body)
    waits: list[float] = []
    async with talking_to(many, many, many, answer("200 OK", b'{"QueryResponse":{}}'), many) as (client, _, _seen):
        for _ in range(3):
            with pytest.raises(Throttled) as caught:
                await client.query("select * from Bill")
            waits.append(caught.value.retry_after_seconds)
        assert await client.query("select * from Bill") == []
        with pytest.raises(Throttled) as caught:
            await client.query("select * from Bill")
        waits.append(caught.value.retry_after_seconds)
    assert waits == [1.0, 2.0, 4.0, 1.0]


async def test_a_wait_that_is_told_is_kept_to() -> None:
    async with talking_to(answer("429 Too Many Requests", b"", "Retry-After: 17")) as (client, _, _seen):
        with pytest.raises(Throttled) as caught:
            await client.query("select * from Bill")
    assert caught.value.retry_after_seconds == 17


async def test_throttling_told_with_a_403_is_no_reason_to_reconnect() -> None:
    async with talking_to(answer("403 Forbidden", gateway("3001", "message=ThrottleExceeded"))) as (client, _, _seen):
        with pytest.raises(Throttled):
            await client.query("select * from Bill")


@pytest.mark.parametrize(
    ("status", "body", "reason"),
    [
        ("403 Forbidden", gateway("3100", "message=ApplicationAuthorizationFailed"), ReconnectReason.NOT_AUTHORIZED),
        ("400 Bad Request", fault("120", "Authorization Failure"), ReconnectReason.USER_NOT_ADMIN),
        ("400 Bad Request", fault("6190", "Invalid Company Status"), ReconnectReason.SUBSCRIPTION_ENDED),
    ],
)
async def test_a_closed_door_says_which_repair_it_needs(status: str, body: bytes, reason: str) -> None:
    async with talking_to(answer(status, body)) as (client, server, _):
        with pytest.raises(ReconnectNeeded) as caught:
            await client.create("Bill", BILL)
    assert caught.value.reason == reason
    assert len(server.requests) == 1


async def test_a_refused_token_is_replaced_once_and_the_same_request_goes_out_again() -> None:
    expired = answer("401 Unauthorized", gateway("3200", "message=AuthenticationFailed", f"Token expired: {TOKEN}"))
    async with talking_to(expired, answer("200 OK", b'{"Bill":{"Id":"7"}}')) as (client, server, seen):
        assert await client.create("Bill", BILL, request_id="r-2") == {"Id": "7"}
    heads = [head for head, _ in server.requests]
    assert TOKEN in heads[0]
    assert "eyJlbmMi-the-second-token" in heads[1]
    assert server.requests[0][1] == server.requests[1][1]
    assert [exchange.request_id for exchange in seen] == ["r-2", "r-2"]


async def test_a_second_refused_token_asks_for_a_person_and_its_error_does_not_quote_the_token() -> None:
    expired = answer("401 Unauthorized", gateway("3200", "message=AuthenticationFailed", f"Token expired: {TOKEN}"))
    async with talking_to(expired, expired) as (client, server, seen):
        with pytest.raises(ReconnectNeeded) as caught:
            await client.create("Bill", BILL)
        shown = repr(client) + repr(seen) + str(caught.value) + repr(caught.value) + repr(vars(caught.value))
    assert len(server.requests) == 2
    assert "token" not in shown.replace("TwoTokens", "")


async def test_a_batch_answered_only_in_part_leaves_the_outcome_unknown() -> None:
    half = b'{"BatchItemResponse":[{"bId":"0","Bill":{"Id":"7"}}]}'
    items = [BatchItem("create", "Bill", BILL), BatchItem("create", "Bill", BILL)]
    async with talking_to(answer("200 OK", half)) as (client, _, _seen):
        with pytest.raises(OutcomeUnknown):
            await client.batch(items, request_id="r-3")


async def test_a_batch_answered_out_of_order_is_put_in_the_order_of_its_items() -> None:
    body = b'{"BatchItemResponse":[{"bId":"1","Bill":{"Id":"8"}},{"bId":"0","Bill":{"Id":"7"}}]}'
    items = [BatchItem("create", "Bill", BILL), BatchItem("create", "Bill", BILL)]
    async with talking_to(answer("200 OK", body)) as (client, _, _seen):
        result = await client.batch(items, request_id="r-4")
    assert [each.object for each in result.answers] == [{"Id": "7"}, {"Id": "8"}]


@pytest.mark.parametrize("count", [0, 31])
async def test_a_batch_quickbooks_would_not_take_is_not_sent(count: int) -> None:
    async with talking_to() as (client, server, _):
        with pytest.raises(ValueError, match="30 items"):
            await client.batch([BatchItem("create", "Bill", BILL)] * count, request_id="r-5")
    assert server.requests == []


async def test_no_failure_carries_a_body_or_a_header() -> None:
    many = answer("400 Bad Request", fault("6000"))
    async with talking_to(many) as (client, _, _seen):
        with pytest.raises(QuickBooksError) as caught:
            await client.create("Bill", {"PrivateNote": "do not show"})
    assert "do not show" not in repr(vars(caught.value))
    assert TOKEN not in repr(vars(caught.value))
