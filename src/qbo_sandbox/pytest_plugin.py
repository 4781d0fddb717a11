"""Fixtures that give a test its own QuickBooks sandbox over HTTP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from qbo_sandbox.app import Options, Sandbox
from qbo_sandbox.books.company import Company
from qbo_sandbox.control.fault_rules import add_rule
from qbo_sandbox.faulting.rules import Rule
from qbo_sandbox.server import ThreadedServer


@dataclass(frozen=True)
class RunningSandbox:
    """A sandbox that answers: what a client needs, and the inside for a test to look at."""

    base_url: str
    client_id: str
    client_secret: str
    realm_id: str
    access_token: str
    refresh_token: str
    webhook_verifier_token: str
    environment: str
    user: str
    password: str
    authorization_endpoint: str
    token_endpoint: str
    revocation_endpoint: str
    userinfo_endpoint: str
    jwks_uri: str
    discovery_document: str
    bookkeeper_url: str
    sandbox: Sandbox

    @property
    def company(self) -> Company:
        """The books."""
        return self.sandbox.companies[self.realm_id]

    def fault(self, action: str, **more: Any) -> Rule:
        """Add a fault rule, as `POST /_sandbox/faults` does: `fault("commit_and_cut", entity="Bill")`."""
        return add_rule(self.sandbox, {"action": action, **more})

    def reset(self) -> None:
        """Go back to the seed; the keys and tokens stay good."""
        self.sandbox.reset()


@pytest.fixture
def start_qbo_sandbox() -> Iterator[Callable[..., RunningSandbox]]:
    """Start sandboxes with the options of `qbo_sandbox.app.Options`; all stop with the test."""
    servers: list[ThreadedServer] = []

    def start(**options: Any) -> RunningSandbox:
        server = ThreadedServer(Sandbox(Options(**{"company": "brokerage", **options}))).start()
        servers.append(server)
        return RunningSandbox(**server.sandbox.ready(server.base_url), sandbox=server.sandbox)

    yield start
    for server in servers:
        server.stop()


@pytest.fixture
def qbo_sandbox(start_qbo_sandbox: Callable[..., RunningSandbox]) -> RunningSandbox:
    """A running sandbox with a fresh freight brokerage's company."""
    return start_qbo_sandbox()
