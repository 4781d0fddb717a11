"""Intuit's own OAuth client for Node connects, refreshes and disconnects, and raises its own errors."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from qbo_sandbox.pytest_plugin import RunningSandbox
from sandbox.clients.node_runner import needs_node, run

pytestmark = needs_node

Seen = Callable[[str], Any]


@pytest.fixture
def seen(start_qbo_sandbox: Callable[..., RunningSandbox]) -> Seen:
    sandbox = start_qbo_sandbox(company="sample")
    return lambda scenario: run("intuit_oauth", scenario, sandbox)


def test_it_connects_through_the_consent_page_uses_the_tokens_and_disconnects(seen: Seen) -> None:
    found = seen("connect")
    assert found["location"].startswith("http://localhost:8000/callback?code=")
    assert f"realmId={found['realm']}" in found["location"]
    assert found["state"] == "as sent"
    assert found["keys"] == [
        "access_token",
        "expires_in",
        "id_token",
        "refresh_token",
        "token_type",
        "x_refresh_token_expires_in",
    ]
    assert found["valid"] is True  # signature, issuer, audience and time of the id_token
    assert found["user"]["email"]
    assert found["company"] == "Sandbox Company_US_1"


def test_a_fault_of_the_books_is_its_oauth_error_with_code_and_detail(seen: Seen) -> None:
    fault = seen("connect")["fault"]
    assert fault["name"] == "OAuthError"
    assert fault["code"] == "610"
    assert fault["message"] == "Object Not Found"
    assert fault["description"].startswith("Object Not Found : Something you're trying to use has been made inactive.")


def test_after_it_revoked_neither_the_token_nor_the_code_works_again(seen: Seen) -> None:
    found = seen("connect")
    assert found["dead"]["error"] == "invalid_grant"
    assert found["twice"]["error"] == "invalid_grant"


def test_it_gets_the_hard_expiry_it_asks_for(seen: Seen) -> None:
    found = seen("hard_expiry")
    assert found["x_refresh_token_hard_expires_in"] > 4 * 365 * 86_400
    assert found["x_refresh_token_expires_in"] == 8_726_400


def test_a_wrong_secret_is_an_invalid_client(seen: Seen) -> None:
    assert seen("wrong_secret")["error"] == "invalid_client"
