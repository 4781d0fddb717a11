"""The control plane as a whole: every route answers as its table says, and bad input gets a sentence."""

from __future__ import annotations

import pytest

from qbo_sandbox.control.table import CONTROLS
from sandbox.control_client import ControlClient


def test_health_names_the_companies() -> None:
    client = ControlClient()
    assert client.control("GET", "/health") == {"status": "ok", "companies": [client.realm_id]}


def test_clock_can_be_set_and_moved_on() -> None:
    client = ControlClient()
    assert client.control("POST", "/clock", {"set": "2027-01-01T00:00:00+00:00"})["now"].startswith("2027-01-01T00:00")
    assert client.control("POST", "/clock", {"advance_seconds": 86400})["now"].startswith("2027-01-02T00:00")


@pytest.mark.parametrize(
    ("body", "words"),
    [
        (b"{", "JSON"),
        (b"\xff", "UTF-8"),
        (b"[]", "object"),
        (b'{"sett": 1}', "it takes set, advance_seconds"),
        (b'{"set": "noon"}', "set must be a time with its offset"),
        (b'{"set": "2027-01-01T00:00:00"}', "set must be a time with its offset"),
        (b'{"advance_seconds": "a lot"}', "advance_seconds must be a number"),
        (b'{"advance_seconds": 1e25}', "year 9000"),
    ],
)
def test_bad_input_is_answered_with_a_sentence_that_says_what_is_allowed(body: bytes, words: str) -> None:
    client = ControlClient()
    found = client.http.post("/_sandbox/clock", content=body)
    assert found.status_code == 400
    assert words in found.json()["error"]


def test_unknown_route_is_404_and_says_where_the_list_is() -> None:
    assert "GET /_sandbox/ lists them" in ControlClient().control("POST", "/nonsense", expect=404)["error"]


def test_each_route_stands_in_the_table_once() -> None:
    addresses = [(control.method, control.path) for control in CONTROLS]
    assert len(addresses) == len(set(addresses))
