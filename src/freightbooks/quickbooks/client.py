"""Talks to the accounting API of one company: create, update, delete, read, query, batch. Retries nothing by itself,
except once with a fresh token after a 401, when nothing has been done.

Numbers are exact both ways. Which failure may have been written is told apart by the error raised.
"""

from __future__ import annotations

import time
from collections.abc import AsyncIterator, Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

import httpx2

from freightbooks import exact_json
from freightbooks.quickbooks.errors import NotSent, OutcomeUnknown, ReconnectNeeded, Refused, Throttled
from freightbooks.quickbooks.exchange import Exchange, Fault, read_fault
from freightbooks.quickbooks.limits import Pace

MOST_ROWS = 1000
MOST_ITEMS = 30
THROTTLE_WAIT_SECONDS = 60.0
"""Intuit documents no Retry-After; its advice is one minute."""
TIMEOUT = httpx2.Timeout(120.0, connect=10.0)
__all__ = ["BatchAnswer", "BatchItem", "BatchResult", "Client", "Exchange", "Fault", "TokenSource"]


class TokenSource(Protocol):
    """Where a client gets its access token."""

    async def access_token(self) -> str:
        """Return a token that should be good now. Raises ReconnectNeeded."""

    async def refused(self, token: str) -> str:
        """Return another token after QuickBooks refused this one. Raises ReconnectNeeded when there is none."""


@dataclass(frozen=True)
class BatchItem:
    """One write of a batch."""

    operation: str
    entity: str
    body: dict[str, Any]


@dataclass(frozen=True)
class BatchAnswer:
    """What became of one item: the entity as it is now, or the fault. Neither: QuickBooks left it out."""

    object: dict[str, Any] | None
    fault: Fault | None


@dataclass(frozen=True)
class BatchResult:
    """The answers of a batch, in the order of its items."""

    answers: tuple[BatchAnswer, ...]
    exchange: Exchange


class Client:
    """The accounting API of one company."""

    def __init__(
        self,
        api_base: str,
        realm_id: str,
        *,
        tokens: TokenSource,
        http: httpx2.AsyncClient,
        pace: Pace | None = None,
        observe: Callable[[Exchange], None] | None = None,
        minor_version: int = 75,
    ) -> None:
        self._base = f"{api_base.rstrip('/')}/v3/company/{realm_id}"
        self.realm_id = realm_id
        self._tokens = tokens
        self._http = http
        self._pace = pace
        self._observe = observe
        self._minor_version = str(minor_version)

    async def create(self, entity: str, body: dict[str, Any], *, request_id: str | None = None) -> dict[str, Any]:
        """Create an object and return it as QuickBooks has it. Raises QuickBooksError."""
        return await self._write(entity, body, {}, request_id)

    async def update(self, entity: str, body: dict[str, Any], *, request_id: str | None = None) -> dict[str, Any]:
        """Change the object that `body` names by Id and SyncToken; return it as it is now. Raises QuickBooksError."""
        return await self._write(entity, body, {}, request_id)

    async def delete(self, entity: str, body: dict[str, Any], *, request_id: str | None = None) -> dict[str, Any]:
        """Delete a transaction; return QuickBooks' short answer. Raises QuickBooksError."""
        return await self._write(entity, body, {"operation": "delete"}, request_id)

    async def read(self, entity: str, qbo_id: str) -> dict[str, Any]:
        """Return one object. Raises QuickBooksError; Refused with code 610 when it is not there."""
        answer, exchange = await self._ask("GET", f"/{entity.lower()}/{qbo_id}", "read")
        return _unwrap(answer, entity, exchange)

    async def company_info(self) -> dict[str, Any]:
        """Return the CompanyInfo."""
        return await self.read("CompanyInfo", self.realm_id)

    async def preferences(self) -> dict[str, Any]:
        """Return the Preferences."""
        answer, exchange = await self._ask("GET", "/preferences", "read")
        return _unwrap(answer, "Preferences", exchange)

    async def query(self, statement: str) -> list[dict[str, Any]]:
        """Return the objects a query finds: at most 1,000, and 100 without `maxresults`."""
        response = await self._query(statement)
        rows = next((value for value in response.values() if isinstance(value, list)), [])
        return list(rows)

    async def count(self, entity: str, where: str = "") -> int:
        """Return how many objects there are."""
        response = await self._query(f"select count(*) from {entity}{f' where {where}' if where else ''}")
        return int(response.get("totalCount", 0))

    async def query_all(
        self, entity: str, *, where: str = "", page: int = MOST_ROWS
    ) -> AsyncIterator[list[dict[str, Any]]]:
        """Yield all objects a condition finds, page by page in the order of their ids."""
        start = 1
        condition = f" where {where}" if where else ""
        while True:
            rows = await self.query(
                f"select * from {entity}{condition} orderby Id startposition {start} maxresults {page}"
            )
            if rows:
                yield rows
            if len(rows) < page:
                return
            start += page

    async def batch(self, items: Sequence[BatchItem], *, request_id: str) -> BatchResult:
        """Send up to 30 writes at once. One refused takes none with it; only a refusal of the whole raises."""
        if not 1 <= len(items) <= MOST_ITEMS:
            raise ValueError(f"a batch holds 1 to {MOST_ITEMS} items, not {len(items)}")
        requests = [
            {"bId": str(position), "operation": item.operation, item.entity: item.body}
            for position, item in enumerate(items)
        ]
        answer, exchange = await self._ask(
            "POST", "/batch", "batch", body={"BatchItemRequest": requests}, request_id=request_id
        )
        responses = answer.get("BatchItemResponse")
        if not isinstance(responses, list):
            raise OutcomeUnknown("the answer to a batch holds no items", exchange)
        by_id = {str(each.get("bId")): each for each in responses if isinstance(each, dict)}
        return BatchResult(
            tuple(_batch_answer(by_id.get(str(position), {}), item) for position, item in enumerate(items)), exchange
        )

    async def _query(self, statement: str) -> dict[str, Any]:
        answer, exchange = await self._ask("GET", "/query", "read", params={"query": statement})
        return _unwrap(answer, "QueryResponse", exchange)

    async def _write(
        self, entity: str, body: dict[str, Any], params: dict[str, str], request_id: str | None
    ) -> dict[str, Any]:
        answer, exchange = await self._ask(
            "POST", f"/{entity.lower()}", "write", params=params, body=body, request_id=request_id or ""
        )
        return _unwrap(answer, entity, exchange)

    async def _ask(
        self,
        method: str,
        path: str,
        kind: str,
        *,
        params: dict[str, str] | None = None,
        body: dict[str, Any] | None = None,
        request_id: str = "",
    ) -> tuple[dict[str, Any], Exchange]:
        asked = {"minorversion": self._minor_version, **(params or {})}
        if request_id:
            asked["requestid"] = request_id
        content = exact_json.dumps(body).encode() if body is not None else None
        token = await self._tokens.access_token()
        for retried in (False, True):
            if self._pace is not None:
                await self._pace.turn(batch=kind == "batch")
            response, exchange, answer = await self._send(method, path, kind, asked, content, token, request_id)
            if response.status_code == 401 and not retried:
                token = await self._tokens.refused(token)
                continue
            return _judged(response, exchange, answer), exchange
        raise AssertionError("unreachable")

    async def _send(
        self,
        method: str,
        path: str,
        kind: str,
        params: dict[str, str],
        content: bytes | None,
        token: str,
        request_id: str,
    ) -> tuple[httpx2.Response, Exchange, Any]:
        started, clock = datetime.now(UTC), time.monotonic()

        def exchange(status: int | None, code: str = "", tid: str = "") -> Exchange:
            spent = int((time.monotonic() - clock) * 1000)
            return Exchange(method, path, kind, request_id, status, code, tid, started, spent)

        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if content is not None:
            headers["Content-Type"] = "application/json"
        try:
            response = await self._http.request(
                method, f"{self._base}{path}", params=params, content=content, headers=headers, timeout=TIMEOUT
            )
        except (httpx2.ConnectError, httpx2.ConnectTimeout, httpx2.PoolTimeout) as error:
            self._note(exchange(None))
            raise NotSent(f"QuickBooks cannot be reached: {type(error).__name__}", exchange(None)) from error
        except httpx2.HTTPError as error:
            self._note(exchange(None))
            raise OutcomeUnknown(f"QuickBooks' answer was lost: {type(error).__name__}", exchange(None)) from error
        try:
            answer: Any = exact_json.loads(response.content) if response.content else {}
        except ValueError:
            answer = None
        fault = read_fault(answer)
        done = exchange(response.status_code, fault.code if fault else "", response.headers.get("intuit_tid", ""))
        self._note(done)
        return response, done, answer

    def _note(self, exchange: Exchange) -> None:
        if self._observe is not None:
            self._observe(exchange)


def _judged(response: httpx2.Response, exchange: Exchange, answer: Any) -> dict[str, Any]:
    """Return the answer of a request that went well; raise what it amounts to otherwise."""
    status, fault = response.status_code, read_fault(answer)
    if status == 200 and fault is None and isinstance(answer, dict):
        return answer
    if status == 401:
        raise ReconnectNeeded("grant dead", exchange)
    if status == 429 or (fault is not None and fault.code == "3001"):
        raise Throttled(_retry_after(response), exchange)
    if status == 403:
        raise ReconnectNeeded("not authorized", exchange)
    if fault is not None and status < 500:
        if fault.code == "120":
            raise ReconnectNeeded("user not in company", exchange)
        raise Refused(fault, exchange)
    if 400 <= status < 500 and status not in (408, 413):
        raise Refused(Fault("", ()), exchange)
    raise OutcomeUnknown(f"QuickBooks answered {status} with nothing we can read", exchange)


def _retry_after(response: httpx2.Response) -> float:
    text = response.headers.get("Retry-After", "")
    return float(text) if text.isdigit() else THROTTLE_WAIT_SECONDS


def _unwrap(answer: dict[str, Any], entity: str, exchange: Exchange) -> dict[str, Any]:
    found = answer.get(entity)
    if not isinstance(found, dict):
        raise OutcomeUnknown(f"the answer holds no {entity}", exchange)
    return found


def _batch_answer(response: dict[str, Any], item: BatchItem) -> BatchAnswer:
    fault = read_fault(response)
    found = response.get(item.entity)
    return BatchAnswer(found if isinstance(found, dict) and fault is None else None, fault)
