"""A client of the control plane for tests: a sandbox in this process, spoken to over ASGI."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from qbo_sandbox.app import Options, Sandbox, create_app


class ControlClient:
    """A sandbox and its control plane; `ready` is what its ready file would hold."""

    def __init__(self, **options: Any) -> None:
        self.sandbox = Sandbox(Options(**{"company": "brokerage", **options}))
        self.ready = self.sandbox.ready("http://sandbox.test")
        self.realm_id = self.ready["realm_id"]
        self.http = TestClient(create_app(self.sandbox), base_url="http://sandbox.test", raise_server_exceptions=False)

    def control(self, method: str, path: str, body: Any = None, expect: int = 200) -> Any:
        """Send a control request; return its JSON."""
        found = self.http.request(method, f"/_sandbox{path}", json=body)
        assert found.status_code == expect, found.text
        return found.json()
