"""A bookkeeper at the sandbox's pages, over HTTP, in the words of the tests."""

from __future__ import annotations

import html
import re
from dataclasses import dataclass
from typing import Any

from starlette.testclient import TestClient

from qbo_sandbox.app import Options, Sandbox, create_app
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.store import Record
from sandbox.builders import Body, account_line, ref, sales_line

_ALERT = re.compile(r'role="(alert|status)">(.*?)</p>', re.S)


@dataclass(frozen=True)
class Seen:
    """A page as it came."""

    status: int
    text: str
    path: str

    @property
    def said(self) -> str:
        """What the page says was done, or why it was refused."""
        found = _ALERT.search(self.text)
        return html.unescape(found.group(2)) if found else ""

    @property
    def title(self) -> str:
        found = re.search(r"<h1>(.*?)</h1>", self.text, re.S)
        return html.unescape(found.group(1)) if found else ""


class Bookkeeper:
    """Somebody at the desk of a company."""

    def __init__(self, seed: str = "brokerage", **options: Any) -> None:
        self.sandbox = Sandbox(Options(company=seed, **options))
        self.company: Company = next(iter(self.sandbox.companies.values()))
        self.http = TestClient(create_app(self.sandbox), base_url="http://127.0.0.1")
        self.base = f"/bookkeeper/{self.company.realm_id}"

    def see(self, path: str) -> Seen:
        found = self.http.get(self.base + path)
        return Seen(found.status_code, found.text, found.url.path)

    def send(self, path: str, headers: dict[str, str] | None = None, **fields: str) -> Seen:
        found = self.http.post(self.base + path, data=fields, headers=headers)
        return Seen(found.status_code, found.text, found.url.path)

    # -- the books the pages are about ----------------------------------------------------------------------------

    def account(self, number: str) -> str:
        (found,) = self.company.table("Account").with_value("AcctNum", number)
        return found.qbo_id

    def customer(self, name: str = "Piedmont Textiles") -> Record:
        return self.company.create("Customer", {"DisplayName": name})

    def vendor(self, name: str = "Fast Carrier LLC") -> Record:
        return self.company.create("Vendor", {"DisplayName": name})

    def item(self) -> Record:
        body = {"Name": "Linehaul", "Type": "Service", "IncomeAccountRef": {"value": self.account("4000")}}
        return self.company.named("Item", "Linehaul") or self.company.create("Item", body)

    def invoice(self, customer: Record, amount: str, **more: Any) -> Record:
        body = {"CustomerRef": ref(customer), "Line": [sales_line(self.item().qbo_id, amount)], **more}
        return self.company.create("Invoice", body)

    def bill(self, vendor: Record, amount: str, **more: Any) -> Record:
        line = account_line(self.account("5000"), amount)
        return self.company.create("Bill", {"VendorRef": ref(vendor), "Line": [line], **more})

    def shown(self, record: Record) -> Body:
        found = self.company.find(record.entity, record.qbo_id)
        assert found is not None
        return self.company.show(found)
