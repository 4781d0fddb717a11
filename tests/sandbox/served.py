"""A sandbox behind a real socket, and a client of it in the words of the tests."""

from __future__ import annotations

from typing import Any

import httpx2

from qbo_sandbox.app import Options, Sandbox
from qbo_sandbox.books.company import Company
from qbo_sandbox.server import ThreadedServer

Body = dict[str, Any]


class Served:
    """A running sandbox and an HTTP client that has its tokens. Close it with the test."""

    def __init__(self, **options: Any) -> None:
        self.server = ThreadedServer(Sandbox(Options(**{"company": "brokerage", **options}))).start()
        self.sandbox = self.server.sandbox
        self.ready = self.sandbox.ready(self.server.base_url)
        self.realm_id = self.ready["realm_id"]
        self.http = httpx2.Client(base_url=self.server.base_url, timeout=20)
        company = self.company
        self.account = company.table("Account").with_value("AcctNum", "5000")[0].qbo_id
        self.vendor = company.create("Vendor", {"DisplayName": "Fast Carrier LLC"}).qbo_id

    def close(self) -> None:
        """End the client and the server."""
        self.sandbox.troubles.release()
        self.http.close()
        self.server.stop()

    @property
    def company(self) -> Company:
        return self.sandbox.companies[self.realm_id]

    @property
    def bills(self) -> int:
        """How many bills are in the books."""
        return len(self.company.table("Bill"))

    def control(self, method: str, path: str, body: Any = None, expect: int = 200) -> Any:
        """Send a control request; return its JSON."""
        found = self.http.request(method, f"/_sandbox{path}", json=body)
        assert found.status_code == expect, found.text
        return found.json()

    def fault(self, action: str, **more: Any) -> Body:
        """Add a fault rule."""
        rule: Body = self.control("POST", "/faults", {"action": action, **more})
        return rule

    def send(self, method: str, path: str, *, token: str = "", headers: Body | None = None, **more: Any) -> Any:
        """Send a request below the company's address."""
        sent = {"Authorization": f"Bearer {token or self.ready['access_token']}", "Accept": "application/json"}
        url = f"/v3/company/{self.realm_id}/{path}"
        return self.http.request(method, url, headers=sent | (headers or {}), **more)

    def bill_body(self, amount: str = "10.00") -> Body:
        detail = {"AccountRef": {"value": self.account}}
        line = {
            "DetailType": "AccountBasedExpenseLineDetail",
            "Amount": amount,
            "AccountBasedExpenseLineDetail": detail,
        }
        return {"VendorRef": {"value": self.vendor}, "Line": [line]}

    def create_bill(self, requestid: str = "", **more: Any) -> Any:
        parameters = {"requestid": requestid} if requestid else {}
        return self.send("POST", "bill", params=parameters, json=self.bill_body(), **more)

    def create_bills(self, count: int, requestid: str = "") -> Any:
        items = [{"bId": f"b{at}", "operation": "create", "Bill": self.bill_body()} for at in range(count)]
        parameters = {"requestid": requestid} if requestid else {}
        return self.send("POST", "batch", params=parameters, json={"BatchItemRequest": items})

    def refresh(self) -> Any:
        """Ask the token endpoint for new tokens."""
        form = {"grant_type": "refresh_token", "refresh_token": self.ready["refresh_token"]}
        keys = (self.ready["client_id"], self.ready["client_secret"])
        return self.http.post("/oauth2/v1/tokens/bearer", data=form, auth=keys)
