"""A bookkeeper at work in QuickBooks: pays, edits, deletes there, over HTTP, with an app of their own."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

import httpx2

from freightbooks import exact_json
from qbo_sandbox.pytest_plugin import RunningSandbox


@dataclass
class Bookkeeper:
    """Works in one company of a sandbox, and knows how many requests were made there."""

    sandbox: RunningSandbox
    http: httpx2.Client = field(init=False)

    def __post_init__(self) -> None:
        headers = {"Authorization": f"Bearer {self.sandbox.access_token}", "Accept": "application/json"}
        self.http = httpx2.Client(timeout=60, headers=headers)

    def pay(self, *invoice_ids: str, amount: Decimal | None = None) -> dict[str, Any]:
        """Receive one payment of these invoices of one customer, each in full or all with `amount`."""
        invoices = [self.seen("Invoice", each) for each in invoice_ids]
        lines = [
            {"Amount": amount or each["Balance"], "LinkedTxn": [{"TxnId": each["Id"], "TxnType": "Invoice"}]}
            for each in invoices
        ]
        total = sum((line["Amount"] for line in lines), Decimal(0))
        return self.write("Payment", {"CustomerRef": invoices[0]["CustomerRef"], "TotalAmt": total, "Line": lines})

    def seen(self, entity: str, qbo_id: str) -> dict[str, Any]:
        """An object as QuickBooks shows it."""
        company = self.sandbox.company
        found: dict[str, Any] = exact_json.loads(company.text(company.table(entity).records[qbo_id]))
        return found

    def write(self, entity: str, body: dict[str, Any], **parameters: str) -> dict[str, Any]:
        """Create or change an object; return it as QuickBooks has it."""
        url = f"{self.sandbox.base_url}/v3/company/{self.sandbox.realm_id}/{entity.lower()}"
        content = exact_json.dumps(body)
        answer = self.http.post(url, params=parameters, content=content, headers={"Content-Type": "application/json"})
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = exact_json.loads(answer.text)[entity]
        return found

    def write_all(self, entity: str, bodies: list[dict[str, Any]]) -> None:
        """Create many, thirty to a batch."""
        url = f"{self.sandbox.base_url}/v3/company/{self.sandbox.realm_id}/batch"
        for start in range(0, len(bodies), 30):
            some = bodies[start : start + 30]
            items = [{"bId": str(n), "operation": "create", entity: body} for n, body in enumerate(some)]
            content = exact_json.dumps({"BatchItemRequest": items})
            answer = self.http.post(url, content=content, headers={"Content-Type": "application/json"})
            assert answer.status_code == 200, answer.text
            assert "Fault" not in answer.text, answer.text[:500]

    def change(self, entity: str, qbo_id: str, **fields: Any) -> dict[str, Any]:
        """Edit an object, leaving the rest of it as it is."""
        now = self.seen(entity, qbo_id)
        return self.write(entity, {"Id": qbo_id, "SyncToken": now["SyncToken"], "sparse": True, **fields})

    def delete(self, entity: str, qbo_id: str) -> dict[str, Any]:
        """Delete a transaction."""
        now = self.seen(entity, qbo_id)
        return self.write(entity, {"Id": qbo_id, "SyncToken": now["SyncToken"]}, operation="delete")

    def control(self, path: str, body: dict[str, Any] | None = None, method: str = "POST") -> Any:
        """Use the sandbox's control plane."""
        answer = self.http.request(method, f"{self.sandbox.base_url}/_sandbox{path}", json=body or {})
        assert answer.status_code == 200, answer.text
        return answer.json()
