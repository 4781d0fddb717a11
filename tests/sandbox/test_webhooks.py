"""Notifications from a write to an endpoint: who hears what, retries, and what is made to go wrong."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from qbo_sandbox.app import Options, Sandbox
from qbo_sandbox.books.changes import Operation
from qbo_sandbox.webhooks import postman
from qbo_sandbox.webhooks.events import signature
from qbo_sandbox.webhooks.lanes import LADDER
from sandbox.control_client import ControlClient
from sandbox.listener import Listener


@pytest.fixture
def listener() -> Iterator[Listener]:
    listener = Listener()
    yield listener
    listener.close()


@pytest.fixture
def client() -> Iterator[ControlClient]:
    client = ControlClient(seed=7)
    client.sandbox.clock.freeze()
    yield client
    client.sandbox.webhooks.close()


def listening(client: ControlClient, listener: Listener, **asked: Any) -> str:
    found = client.control("POST", "/webhooks", {"url": listener.url, "entities": ["Vendor"], **asked})
    return str(found["id"])


def a_vendor(client: ControlClient, name: str) -> str:
    return client.sandbox.companies[client.realm_id].create("Vendor", {"DisplayName": name}).qbo_id


def flush(client: ControlClient) -> Any:
    told = client.control("POST", "/webhooks/flush", {"timeout_seconds": 20})
    assert told["finished"]
    return told


def advance(client: ControlClient, seconds: float) -> None:
    client.control("POST", "/clock", {"advance_seconds": seconds})


def test_a_write_is_notified_and_signed(client: ControlClient, listener: Listener) -> None:
    listening(client, listener)
    vendor = a_vendor(client, "One")
    told = flush(client)
    assert (told["delivered"], told["failed"], told["left"]) == (1, 0, [])
    (received,) = listener.received
    assert received.path == "/hooks?from=qbo"
    assert received.entities == [f"Vendor {vendor} Create"]
    assert received.body["eventNotifications"][0]["realmId"] == client.realm_id
    token = client.ready["webhook_verifier_token"]
    assert received.headers["intuit-signature"] == signature(received.raw, token)
    assert received.headers["user-agent"] == "intuit_notification_server/0.1"


def test_each_endpoint_hears_what_it_chose_in_its_form(client: ControlClient, listener: Listener) -> None:
    other = Listener()
    listening(client, listener, entities=["Vendor.Update"], format="cloudevents", verifier_token="mine")
    listening(client, other, entities=["Vendor", "Customer"], format="both")
    vendor = a_vendor(client, "One")
    company = client.sandbox.companies[client.realm_id]
    company.update("Vendor", {"Id": vendor, "SyncToken": "0", "sparse": True, "DisplayName": "Two"})
    flush(client)
    other.close()
    (received,) = listener.received
    assert [each["type"] for each in received.body] == ["qbo.vendor.updated.v1"]
    assert received.headers["intuit-signature"] == signature(received.raw, "mine")
    kinds = {type(each.body).__name__ for each in other.received}
    assert kinds == {"dict", "list"}


def test_an_app_hears_only_of_companies_it_is_connected_to(client: ControlClient, listener: Listener) -> None:
    listening(client, listener)
    sandbox = client.sandbox
    sandbox.grants.revoke(client.ready["client_id"], client.ready["refresh_token"])
    a_vendor(client, "One")
    assert flush(client)["delivered"] == 0
    client.control("POST", "/webhooks/quirks", {"only_connected_companies": False})
    a_vendor(client, "Two")
    assert flush(client)["delivered"] == 1


def test_events_are_gathered_for_as_long_as_the_app_asked(client: ControlClient, listener: Listener) -> None:
    listening(client, listener, aggregate_seconds=60)
    a_vendor(client, "One")
    advance(client, 59)
    a_vendor(client, "Two")
    told = flush(client)
    assert (told["delivered"], told["left"][0]["events"]) == (0, 2)
    advance(client, 1)
    flush(client)
    assert [len(each.entities) for each in listener.received] == [2]


def test_a_failed_notification_is_tried_again_up_intuits_ladder(client: ControlClient, listener: Listener) -> None:
    listener.statuses = [500] * 10
    listening(client, listener)
    a_vendor(client, "One")
    assert flush(client)["failed"] == 1
    for seconds in (*LADDER, 6 * 3600):
        advance(client, seconds - 1)
        assert flush(client)["deliveries"] == []
        advance(client, 1)
        (delivery,) = flush(client)["deliveries"]
        assert (delivery["outcome"], delivery["status"]) == ("failed", 500)
    advance(client, 6 * 3600)
    (delivery,) = flush(client)["deliveries"]
    assert (delivery["outcome"], delivery["try"]) == ("delivered", 11)
    assert len({each.raw for each in listener.received}) == 1
    assert len({each.headers["intuit-t-id"] for each in listener.received}) == 1


def test_moving_the_clock_sends_what_is_due_without_a_flush(client: ControlClient, listener: Listener) -> None:
    second = threading.Event()
    listener.before = lambda: second.set() if len(listener.received) == 2 else None
    listener.statuses = [503]
    listening(client, listener)
    a_vendor(client, "One")
    flush(client)
    advance(client, 10)
    assert second.wait(5)


@pytest.mark.parametrize(("wait", "heard"), [(True, 1), (False, 2)])
def test_later_events_wait_for_an_answer_as_the_quirk_says(
    client: ControlClient, listener: Listener, wait: bool, heard: int
) -> None:
    client.control("POST", "/webhooks/quirks", {"later_events_wait": wait})
    listener.statuses = [500]
    listening(client, listener)
    a_vendor(client, "One")
    flush(client)
    a_vendor(client, "Two")
    flush(client)
    assert len(listener.received) == heard
    advance(client, 10)
    flush(client)
    assert len({each.raw for each in listener.received}) == 2


def test_an_endpoint_that_takes_too_long_has_failed(
    client: ControlClient, listener: Listener, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postman, "ANSWER_SECONDS", 0.2)
    released = threading.Event()
    listener.before = lambda: released.wait(5)
    listening(client, listener)
    a_vendor(client, "One")
    (delivery,) = flush(client)["deliveries"]
    released.set()
    assert (delivery["outcome"], delivery["status"]) == ("failed", None)
    assert "no answer within" in delivery["error"]


def test_an_answer_that_drips_in_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(postman, "ANSWER_SECONDS", 0.3)
    stop = threading.Event()
    with _server(lambda each: _drip(each, stop)) as port:
        reply = postman.carry(f"http://127.0.0.1:{port}/", b"{}", {})
        stop.set()
    assert reply.status is None
    assert reply.seconds < 3


def _drip(each: socket.socket, stop: threading.Event) -> None:
    each.sendall(b"HTTP/1.1 200 OK\r\n")
    number = 0
    while not stop.wait(0.05):
        number += 1
        each.sendall(f"X-{number}: y\r\n".encode())


@contextmanager
def _server(talk: Callable[[socket.socket], None]) -> Iterator[int]:
    """A server that talks to one caller; one that hangs up on it is no error."""
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with server.accept()[0] as caller:
                try:
                    talk(caller)
                except OSError:
                    return

        thread = threading.Thread(target=serve, daemon=True)
        thread.start()
        yield int(server.getsockname()[1])
        thread.join(5)


@pytest.mark.parametrize("garbage", [b"", b"SSH-2.0-OpenSSH\r\n", b"HTTP/1.1 two hundred\r\n\r\n"])
def test_an_endpoint_that_speaks_no_http_is_a_failed_try(garbage: bytes) -> None:
    with _server(lambda caller: caller.sendall(garbage)) as port:
        reply = postman.carry(f"http://127.0.0.1:{port}/", b"{}", {})
    assert reply.status is None
    assert reply.error


def test_an_endpoint_that_is_down_is_a_failed_try(client: ControlClient, listener: Listener) -> None:
    listening(client, listener)
    listener.close()
    a_vendor(client, "One")
    told = flush(client)
    assert (told["failed"], told["left"][0]["events"]) == (1, 1)
    assert told["deliveries"][0]["error"].startswith("ConnectionRefusedError")


def test_a_redirect_is_not_followed(client: ControlClient, listener: Listener) -> None:
    listener.statuses = [302]
    listening(client, listener)
    a_vendor(client, "One")
    assert flush(client)["failed"] == 1


def test_while_paused_only_a_flush_delivers(client: ControlClient, listener: Listener) -> None:
    listening(client, listener)
    client.control("POST", "/webhooks/pause")
    a_vendor(client, "One")
    a_vendor(client, "Two")
    assert listener.received == []
    flush(client)
    assert [len(each.entities) for each in listener.received] == [2]
    a_vendor(client, "Three")
    assert len(listener.received) == 1
    client.control("POST", "/webhooks/resume")
    flush(client)
    assert len(listener.entities) == 3


def play(client: ControlClient, trick: str, **more: Any) -> None:
    client.control("POST", "/webhooks/tricks", {"trick": trick, "times": 1, **more})


def test_a_duplicate_is_the_same_notification_again(client: ControlClient, listener: Listener) -> None:
    listening(client, listener)
    play(client, "duplicate")
    a_vendor(client, "One")
    assert flush(client)["delivered"] == 2
    one, other = listener.received
    assert (one.raw, one.headers["intuit-t-id"]) == (other.raw, other.headers["intuit-t-id"])
    a_vendor(client, "Two")
    assert flush(client)["delivered"] == 1


def test_events_come_out_of_order(client: ControlClient, listener: Listener) -> None:
    listening(client, listener)
    client.control("POST", "/webhooks/pause")
    play(client, "disorder")
    made = [f"Vendor {a_vendor(client, name)} Create" for name in ("One", "Two", "Three")]
    flush(client)
    assert sorted(listener.entities) == sorted(made)
    assert listener.entities != made


def test_a_lone_event_is_overtaken_by_the_next(client: ControlClient, listener: Listener) -> None:
    listening(client, listener)
    play(client, "disorder")
    first, second = (f"Vendor {a_vendor(client, name)} Create" for name in ("One", "Two") if flush(client) or True)
    flush(client)
    assert listener.entities == [second]
    advance(client, 10)
    flush(client)
    assert listener.entities == [second, first]


def test_a_delayed_notification_comes_at_its_time(client: ControlClient, listener: Listener) -> None:
    listening(client, listener)
    play(client, "delay", seconds=300)
    a_vendor(client, "One")
    advance(client, 299)
    assert flush(client)["delivered"] == 0
    advance(client, 1)
    assert flush(client)["delivered"] == 1


def test_a_dropped_notification_never_comes(client: ControlClient, listener: Listener) -> None:
    listening(client, listener)
    play(client, "drop")
    a_vendor(client, "One")
    told = flush(client)
    assert (told["dropped"], told["left"]) == (1, [])
    advance(client, 86_400)
    flush(client)
    assert listener.received == []


@pytest.mark.parametrize(("trick", "is_there"), [("wrong_signature", True), ("no_signature", False)])
def test_a_signature_can_be_wrong_or_missing(
    client: ControlClient, listener: Listener, trick: str, is_there: bool
) -> None:
    listening(client, listener)
    play(client, trick)
    a_vendor(client, "One")
    flush(client)
    (received,) = listener.received
    found = received.headers.get("intuit-signature")
    assert (found is not None) is is_there
    assert found != signature(received.raw, client.ready["webhook_verifier_token"])


def test_the_same_seed_drops_the_same_notifications(listener: Listener) -> None:
    stories = []
    for _ in range(2):
        client = ControlClient(seed=11)
        client.sandbox.clock.freeze()
        listening(client, listener)
        client.control("POST", "/webhooks/tricks", {"trick": "drop", "share": 0.5})
        for number in range(12):
            a_vendor(client, f"Carrier {number}")
            flush(client)
        log = client.control("GET", "/webhooks/deliveries")["deliveries"]
        stories.append([each["outcome"] for each in log])
        client.sandbox.webhooks.close()
    assert stories[0] == stories[1]
    assert set(stories[0]) == {"delivered", "dropped"}


def test_undelivered_events_and_endpoints_outlive_a_restart(listener: Listener, tmp_path: Path) -> None:
    data = tmp_path / "books.journal"
    client = ControlClient(data=data)
    listener.statuses = [500]
    listening(client, listener, format="legacy")
    first = a_vendor(client, "One")
    flush(client)
    second = a_vendor(client, "Two")
    client.sandbox.webhooks.close()
    client.sandbox.journal.close()

    again = Sandbox(Options(data=data, company="brokerage"))
    (left,) = again.webhooks.flush(5)["left"]
    assert left["events"] == 2
    again.clock.advance(10)
    again.webhooks.flush(5)
    assert listener.entities == [f"Vendor {first} Create", f"Vendor {first} Create", f"Vendor {second} Create"]
    again.webhooks.close()
    again.journal.close()

    third = Sandbox(Options(data=data, company="brokerage"))
    assert [each.url for each in third.webhooks.endpoints.values()] == [listener.url]
    assert third.webhooks.flush(5)["left"] == []
    assert len(listener.received) == 3
    third.webhooks.close()
    third.journal.close()


def test_its_records_make_the_same_webhooks_again(client: ControlClient, listener: Listener) -> None:
    listener.statuses = [500]
    listening(client, listener)
    a_vendor(client, "One")
    flush(client)
    a_vendor(client, "Two")
    records = client.sandbox.webhooks.as_records()
    fresh = ControlClient().sandbox.webhooks
    for record in records:
        fresh.apply(record)
    assert fresh.as_records() == records
    fresh.forget_events()
    assert [list(each) for each in fresh.as_records()] == [["endpoint"]]


def test_a_removed_endpoint_hears_no_more(client: ControlClient, listener: Listener) -> None:
    endpoint = listening(client, listener)
    client.control("POST", "/webhooks/pause")
    a_vendor(client, "One")
    client.control("DELETE", f"/webhooks/{endpoint}")
    assert flush(client)["deliveries"] == []
    client.control("DELETE", f"/webhooks/{endpoint}", expect=404)
    assert client.control("GET", "/webhooks")["endpoints"] == []


@pytest.mark.parametrize(
    "asked",
    [
        {"url": "http://192.0.2.7/hooks"},
        {"url": "http://0.0.0.0:9/"},
        {"url": "ftp://127.0.0.1/"},
        {"url": "http://127.0.0.1:99999/"},
        {"url": "http://127.0.0.1:9/a b"},
        {"url": "http://127.0.0.1:9/\r\nX: y"},
        {"url": "http://127.0.0.1:9/ü"},
        {"url": "http://[::1/"},
        {"url": "http:///hooks"},
        {"url": "hooks"},
        {"url": "http://127.0.0.1:9/", "entities": ["Custmoer"]},
        {"url": "http://127.0.0.1:9/", "format": "xml"},
        {"url": "http://127.0.0.1:9/", "client_id": "nobody"},
        {},
    ],
)
def test_an_endpoint_that_cannot_be_is_refused(client: ControlClient, asked: dict[str, Any]) -> None:
    assert "error" in client.control("POST", "/webhooks", asked, expect=400)


def test_notifications_may_leave_the_machine_only_when_told() -> None:
    client = ControlClient(webhooks_anywhere=True)
    client.control("POST", "/webhooks", {"url": "http://192.0.2.7/hooks"})
    assert client.sandbox.webhooks.endpoints["1"].url == "http://192.0.2.7/hooks"


def test_an_endpoint_can_be_given_at_the_start(listener: Listener) -> None:
    client = ControlClient(webhook_urls=(listener.url,), webhook_format="cloudevents")
    a_vendor(client, "One")
    flush(client)
    assert listener.received[0].body[0]["type"] == "qbo.vendor.created.v1"
    client.sandbox.webhooks.close()


def test_a_slow_endpoint_slows_no_write(client: ControlClient, listener: Listener) -> None:
    released = threading.Event()
    listener.before = lambda: released.wait(5)
    listening(client, listener)
    began = time.monotonic()
    for number in range(50):
        a_vendor(client, f"Carrier {number}")
    assert time.monotonic() - began < 2
    released.set()
    flush(client)
    assert len(listener.entities) == 50


def test_a_merge_names_the_object_that_is_gone(client: ControlClient, listener: Listener) -> None:
    listening(client, listener)
    kept, gone = a_vendor(client, "Kept"), a_vendor(client, "Gone")
    with client.sandbox.companies[client.realm_id].commit() as commit:
        commit.note("Vendor", kept, Operation.MERGE, gone)
    flush(client)
    last = listener.received[-1].body["eventNotifications"][0]["dataChangeEvent"]["entities"][-1]
    assert (last["operation"], last["id"], last["deletedId"]) == ("Merge", kept, gone)


def test_a_reset_leaves_only_the_endpoints_of_the_start(listener: Listener) -> None:
    client = ControlClient(webhook_urls=(listener.url,))
    other = client.control("POST", "/webhooks", {"url": "http://127.0.0.1:9/"})
    client.control("POST", "/webhooks/pause")
    play(client, "drop")
    a_vendor(client, "One")
    client.sandbox.reset()
    told = client.control("GET", "/webhooks")
    assert [each["url"] for each in told["endpoints"]] == [listener.url]
    assert (told["paused"], told["tricks"]) == (False, [])
    assert other["id"] == "2"
    vendor = a_vendor(client, "Two")
    flush(client)
    assert listener.entities[0] == f"Vendor {vendor} Create"
    client.sandbox.webhooks.close()
