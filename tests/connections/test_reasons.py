"""Every reason a connection stops for is told apart, has words for a person, and shows on the hub as what it is."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from freightbooks.connections.diagnosis import told_apart
from freightbooks.connections.models import Connection
from freightbooks.connections.reasons import REASONS, Repair
from freightbooks.connections.standing import Look, standing_of
from freightbooks.connections.states import ALLOWED_MOVES, Attention, ConnectionState, IllegalMove, hold_move
from freightbooks.quickbooks.errors import ReconnectReason

NOW = datetime(2026, 11, 9, 14, 41, tzinfo=UTC)


def a_connection(**fields: Any) -> Connection:
    """A row that is not saved: what is told apart here needs no database."""
    values = {
        "state": ConnectionState.CONNECTED,
        "connected_at": NOW - timedelta(days=200),
        "last_success_at": NOW - timedelta(hours=1),
        "refresh_expires_at": NOW + timedelta(days=99),
        "hard_expires_at": NOW + timedelta(days=1500),
        "refresh_token_sealed": b"sealed",
    }
    return Connection(**(values | fields))


def test_every_reason_the_wire_knows_can_be_told_to_a_person() -> None:
    assert {str(reason) for reason in ReconnectReason} <= {str(attention) for attention in Attention}


def test_every_attention_has_its_words_and_a_repair() -> None:
    assert set(REASONS) == set(Attention) - {Attention.NONE}
    for reason in REASONS.values():
        assert reason.title
        assert reason.happened.endswith(".")
        assert reason.repairs
        assert len(reason.causes) != 1, "one cause is not told apart from anything"


def test_every_repair_mends_something() -> None:
    assert {repair for reason in REASONS.values() for repair in reason.repairs} == set(Repair) - {Repair.WAIT}


@pytest.mark.parametrize(
    ("row", "attention"),
    [
        ({}, Attention.GRANT_DEAD),
        ({"hard_expires_at": NOW - timedelta(seconds=1)}, Attention.LIMIT_REACHED),
        ({"refresh_expires_at": NOW - timedelta(seconds=1)}, Attention.IDLE_TOO_LONG),
        ({"disconnect_seen_at": NOW - timedelta(minutes=1)}, Attention.GRANT_REVOKED),
        ({"disconnect_seen_at": NOW - timedelta(days=300)}, Attention.GRANT_DEAD),
        ({"refresh_token_sealed": b""}, Attention.CONSENT_NEEDED),
    ],
)
def test_what_we_know_tells_dead_grants_apart(row: dict[str, Any], attention: Attention) -> None:
    assert told_apart(a_connection(**row), ReconnectReason.GRANT_DEAD, NOW) == attention


@pytest.mark.parametrize(
    ("row", "attention"),
    [
        ({}, Attention.NOT_AUTHORIZED),
        ({"last_success_at": None}, Attention.WRONG_ENVIRONMENT),
        ({"app_changed_at": NOW}, Attention.WRONG_ENVIRONMENT),
        ({"app_changed_at": NOW - timedelta(days=9)}, Attention.NOT_AUTHORIZED),
    ],
)
def test_keys_that_never_opened_the_company_are_of_the_other_environment(
    row: dict[str, Any], attention: Attention
) -> None:
    assert told_apart(a_connection(**row), ReconnectReason.NOT_AUTHORIZED, NOW) == attention


@pytest.mark.parametrize(
    ("row", "look"),
    [
        ({}, Look.GOOD),
        ({"state": ConnectionState.DISCONNECTED}, Look.CONNECT),
        ({"state": ConnectionState.CONNECTING}, Look.CONNECT),
        ({"trouble_since": NOW - timedelta(minutes=3)}, Look.AMBER),
        ({"hard_expires_at": NOW + timedelta(days=90)}, Look.AMBER),
        ({"hard_expires_at": NOW + timedelta(days=91)}, Look.GOOD),
        ({"refresh_expires_at": NOW + timedelta(days=29)}, Look.AMBER),
        ({"state": ConnectionState.NEEDS_ATTENTION, "attention": Attention.KEY_LOST}, Look.STOPPED),
        (
            {
                "state": ConnectionState.RECONNECTING,
                "attention": Attention.GRANT_DEAD,
                "reconnect_begun_at": NOW - timedelta(minutes=9),
            },
            Look.AMBER,
        ),
        (
            {
                "state": ConnectionState.RECONNECTING,
                "attention": Attention.GRANT_DEAD,
                "reconnect_begun_at": NOW - timedelta(minutes=11),
            },
            Look.STOPPED,
        ),
    ],
)
def test_only_what_has_stopped_is_red(row: dict[str, Any], look: Look) -> None:
    standing = standing_of(a_connection(**row), NOW)
    assert standing.look == look
    assert standing.sentence


def test_a_connection_makes_only_the_moves_of_the_table() -> None:
    for before in ConnectionState:
        for after in ConnectionState:
            if before == after or after in ALLOWED_MOVES[before]:
                hold_move(before, after)
            else:
                with pytest.raises(IllegalMove):
                    hold_move(before, after)
