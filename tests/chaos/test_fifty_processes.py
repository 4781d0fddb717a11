"""Fifty processes at the moment a token expires, a hundred times in a row: one refresh, fifty good tokens."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from connections.conftest import admin, connect_to, organization
from connections.token_crowd import a_crowd_of, one_refresh_for_all, refreshes_of
from freightbooks.connections.models import Connection

__all__ = ["admin", "connect_to", "organization"]
pytestmark = pytest.mark.chaos


def test_fifty_processes_a_hundred_times_in_a_row(
    start_qbo_sandbox: Callable[..., Any], connect_to: Callable[[Any], Connection]
) -> None:
    sandbox = start_qbo_sandbox(rotation="strict")
    connection = connect_to(sandbox)
    given = refreshes_of(sandbox)
    with a_crowd_of(50, connection) as crowd:
        for _ in range(100):
            one_refresh_for_all(crowd, connection, given, 50)
    assert len(set(given)) == 100
