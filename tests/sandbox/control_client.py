"""A client of the control plane for tests: a sandbox in this process, spoken to over ASGI."""

from __future__ import annotations

from typing import Any

from starlette.testclient import TestClient

from qbo_sandbox.app import Options, Sandbox, create_app
from qbo_sandbox.books.company import Company


class ControlClient:
    """A sandbox and its control plane; `ready` is what its ready file would hold."""

    def __init__(self, **options: Any) -> None:
        self.sandbox = Sandbox(Options(**{"company": "brokerage", **options}))
        self.ready = self.sandbox.ready("http://sandbox.test")
        self.realm_id = self.ready["realm_id"]
        self.keys = (self.ready["client_id"], self.ready["client_secret"])
        self.http = TestClient(create_app(self.sandbox), base_url="http://sandbox.test", raise_server_exceptions=False)

    @property
    def company(self) -> Company:
        return self.sandbox.companies[self.realm_id]

    def control(self, method: str, path: str, body: Any = None, expect: int = 200) -> Any:
        """Send a control request; return its JSON."""
        found = self.http.request(method, f"/_sandbox{path}", json=body)
        assert found.status_code == expect, found.text
        return found.json()

    def people(self, path: str, body: Any = None, expect: int = 200) -> Any:
        """Let somebody do something in the company's books; return its JSON."""
        return self.control("POST", f"/companies/{self.realm_id}/{path}", body, expect)

    def get(self, path: str, **parameters: str) -> Any:
        """Read below the company's address, with the ready file's token."""
        return self._send("GET", path, params=parameters)

    def post(self, path: str, body: Any, **parameters: str) -> Any:
        """Write below the company's address, with the ready file's token."""
        return self._send("POST", path, json=body, params=parameters)

    def _send(self, method: str, path: str, **more: Any) -> Any:
        headers = {"Authorization": f"Bearer {self.ready['access_token']}", "Accept": "application/json"}
        return self.http.request(method, f"/v3/company/{self.realm_id}/{path}", headers=headers, **more)

    def create_vendor(self, name: str, **parameters: str) -> Any:
        found = self.post("vendor", {"DisplayName": name}, **parameters)
        assert found.status_code == 200, found.text
        return found.json()["Vendor"]

    def refresh(self) -> Any:
        """Ask for new tokens with the ready file's refresh token."""
        form = {"grant_type": "refresh_token", "refresh_token": self.ready["refresh_token"]}
        return self.http.post("/oauth2/v1/tokens/bearer", data=form, auth=self.keys)
