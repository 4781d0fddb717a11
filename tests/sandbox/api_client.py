"""A client of the sandbox's accounting API for tests: the routes before a door that lets everyone in."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.testclient import TestClient

from qbo_sandbox.books import json_text
from qbo_sandbox.books.company import Company
from qbo_sandbox.wire.api import api_routes
from qbo_sandbox.wire.faults import GatewayFault
from sandbox.builders import Body, Books, account_line, sales_line


@dataclass
class Door:
    """A gateway that lets everyone in, unless told to turn them away, and notes every answer."""

    books: Books
    turned_away: GatewayFault | None = None
    answers: list[tuple[str, int]] = field(default_factory=list)

    def company(self, realm_id: str) -> Company | None:
        return self.books.company if realm_id == self.books.company.realm_id else None

    def admit(self, _request: Request, _realm_id: str, *, batch: bool) -> None:
        if self.turned_away is not None:
            raise self.turned_away

    def answered(self, _request: Request, _realm_id: str, kind: str, status: int) -> None:
        self.answers.append((kind, status))


@dataclass(frozen=True)
class Answer:
    """An answer of the API, its numbers exact."""

    status: int
    text: str
    headers: dict[str, str]

    @property
    def body(self) -> Body:
        found = json_text.loads(self.text)
        assert isinstance(found, dict)
        return found

    @property
    def error(self) -> Body:
        """The first error of a fault of the books."""
        found = self.body["Fault"]["Error"][0]
        assert isinstance(found, dict)
        return found

    @property
    def code(self) -> str:
        return str(self.error["code"])


class Api:
    """Requests to the API, in the words of its callers."""

    def __init__(self, books: Books | None = None) -> None:
        self.books = books or Books()
        self.door = Door(self.books)
        app = Starlette(routes=api_routes(self.door))
        self.http = TestClient(app, base_url="http://qbo.test", headers={"Accept": "application/json"})

    def send(
        self,
        method: str,
        path: str,
        content: str | bytes | None = None,
        headers: dict[str, str] | None = None,
        **parameters: str,
    ) -> Answer:
        """Send a request below the company's address; it asks for JSON unless `headers` say otherwise."""
        url = f"/v3/company/{self.books.company.realm_id}/{path}"
        found = self.http.request(method, url, params=parameters, content=content, headers=headers)
        return Answer(found.status_code, found.text, dict(found.headers))

    def at(self, method: str, url: str) -> Answer:
        """Send a request to an address that need not be the company's."""
        found = self.http.request(method, url)
        return Answer(found.status_code, found.text, dict(found.headers))

    def get(self, path: str, **parameters: str) -> Answer:
        return self.send("GET", path, **parameters)

    def post(self, path: str, body: Any, **parameters: str) -> Answer:
        return self.send("POST", path, json_text.dumps(body), **parameters)

    def batch(self, *items: Body, **parameters: str) -> Answer:
        """Send a batch; each item gets its position as bId."""
        numbered = [{"bId": str(at), **item} for at, item in enumerate(items)]
        return self.post("batch", {"BatchItemRequest": numbered}, **parameters)

    def query(self, statement: str) -> Answer:
        return self.get("query", query=statement)

    def rows(self, statement: str) -> list[Body]:
        """Return the objects a query answers with."""
        found = self.query(statement)
        assert found.status == 200, found.text
        lists = [value for value in found.body["QueryResponse"].values() if isinstance(value, list)]
        return lists[0] if lists else []

    def count(self, statement: str) -> int:
        return int(self.query(statement).body["QueryResponse"]["totalCount"])


def a_bill(vendor_id: str, account_id: str, amount: str, **more: Any) -> Body:
    """Return the body of a bill with one line."""
    return {"VendorRef": {"value": vendor_id}, "Line": [account_line(account_id, amount)], **more}


def an_invoice(customer_id: str, item_id: str, amount: str, **more: Any) -> Body:
    """Return the body of an invoice with one line."""
    return {"CustomerRef": {"value": customer_id}, "Line": [sales_line(item_id, amount)], **more}
