"""The control plane as a whole: every route answers as its table says, and bad input gets a sentence."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from qbo_sandbox.control.describing import as_markdown
from qbo_sandbox.control.fault_rules import TOLD
from qbo_sandbox.control.route import Control
from qbo_sandbox.control.table import CONTROLS
from qbo_sandbox.faulting.actions import ACTIONS
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


def test_the_documentation_says_what_the_table_says() -> None:
    """`python -m qbo_sandbox.control.describing docs/sandbox.md` writes it."""
    document = (Path(__file__).parents[2] / "docs" / "sandbox.md").read_text()
    assert as_markdown() in document


def test_the_page_lists_every_route() -> None:
    client = ControlClient()
    found = client.http.get("/_sandbox")
    assert found.headers["Content-Type"].startswith("text/html")
    for control in CONTROLS:
        assert f"<code>{control.method} " in found.text
        assert f"/_sandbox{control.path}" in found.text


def test_each_action_is_described_and_done() -> None:
    assert set(TOLD) == set(ACTIONS)


@pytest.mark.parametrize(
    "control",
    [each for each in CONTROLS if each.example is not None and "{" not in each.path],
    ids=lambda each: f"{each.method} {each.path}",
)
def test_the_example_of_a_route_works_and_answers_with_what_its_table_shows(control: Control) -> None:
    client = ControlClient(company="sample")
    answer = client.control(control.method, control.path, control.example)
    if isinstance(control.answers, dict) and isinstance(answer, dict):
        assert set(control.answers) <= set(answer)


ANYTHING = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize("control", CONTROLS, ids=lambda each: f"{each.method} {each.path}")
def test_anything_sent_to_a_control_route_is_answered_without_a_server_error(control: Control) -> None:
    client = ControlClient(company="empty")
    names = st.sampled_from(sorted(control.takes) or ["x"])
    some = ANYTHING | st.sampled_from([part.choices[0] for part in control.takes.values() if part.choices] or ["1"])
    path = control.path.replace("{realm}", client.realm_id).replace("{client_id}", client.keys[0])
    path = re.sub(r"\{\w+(:\w+)?\}", "1", path)

    @settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck))
    @given(body=ANYTHING | st.dictionaries(names, some, max_size=4))
    def send(body: object) -> None:
        found = client.http.request(control.method, f"/_sandbox{path}", content=json.dumps(body))
        assert found.status_code in (200, 201, 400, 404, 409), found.text
        if found.status_code != 200:
            assert len(found.json()["error"]) > 10

    send()
