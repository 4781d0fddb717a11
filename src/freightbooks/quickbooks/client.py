"""The only door to QuickBooks' accounting API: one company, JSON with exact numbers, every failure named by what to do.

It repeats nothing by itself, but for one request whose access token was refused. Whoever calls decides what to send
again, because only they know what may already be in the books.
"""

from __future__ import annotations

import time
import uuid
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from copy import copy
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, NoReturn, Protocol

import httpx2

from freightbooks import exact_json
from freightbooks.quickbooks.batches import BatchAnswer, BatchItem, BatchResult, batch_body, read_answers
from freightbooks.quickbooks.change_feed import MOST_CHANGED, Changed, moment_of, read_changes
from freightbooks.quickbooks.errors import NotSent, OutcomeUnknown, ReconnectNeeded, Refused, Throttled
from freightbooks.quickbooks.exchange import Exchange
from freightbooks.quickbooks.faults import Fault, FaultError
from freightbooks.quickbooks.pace import Pace
from freightbooks.quickbooks.verdict import Meaning, Verdict, judge

__all__ = [
    "MOST_CHANGED",
    "TIMEOUT",
    "BatchAnswer",
    "BatchItem",
    "BatchResult",
    "Changed",
    "Client",
    "Exchange",
    "Fault",
    "FaultError",
    "TokenSource",
]

TIMEOUT = httpx2.Timeout(connect=10.0, read=120.0, write=30.0, pool=120.0)
"""QuickBooks itself gives up after 120 seconds."""
_NEVER_LEFT = (
    httpx2.ConnectError,
    httpx2.ConnectTimeout,
    httpx2.PoolTimeout,
    httpx2.ProxyError,
    httpx2.UnsupportedProtocol,
)
_LONGEST_WAIT = 60.0
_LONGEST_ADDRESS = 1500
_VOIDED_AS_UPDATES = ("Payment", "BillPayment", "SalesReceipt")
"""QuickBooks voids these by an update with `include=void`; an Invoice by the operation `void`."""


Written = Callable[[Sequence[tuple[str, dict[str, Any]]]], Awaitable[None]]
"""Told of each write's answer before the caller is: (entity, the object as QuickBooks has it now), deleted ones too."""


class TokenSource(Protocol):
    """Where access tokens come from."""

    async def access_token(self) -> str:
        """Return a token that should be good now. Raises ReconnectNeeded, NotSent."""

    async def refused(self, token: str) -> str:
        """Return another token: QuickBooks refused this one. Raises ReconnectNeeded, NotSent."""


@dataclass(frozen=True)
class _Request:
    method: str
    path: str  # below /v3/company/{realm}/
    kind: str
    parameters: dict[str, str]
    request_id: str = ""
    content: bytes | None = None
    content_type: str = "application/json"


class Client:
    """One QuickBooks company. Safe for many tasks at once."""

    def __init__(
        self,
        api_base: str,
        realm_id: str,
        *,
        tokens: TokenSource,
        http: httpx2.AsyncClient,
        pace: Pace | None = None,
        people: bool = False,
        sending: Callable[[str], Awaitable[None]] | None = None,
        observe: Callable[[Exchange], None] | None = None,
        written: Written | None = None,
        minor_version: int = 75,
    ) -> None:
        """`sending` is awaited with the kind of each request before it goes out.

        `observe` is told of every exchange that reached QuickBooks, or may have; `written` of what writes answered.
        `http` stays the caller's.

        `people`: somebody waits for these requests, so the part of the pace that is kept for people is theirs.
        """
        self._company_url = f"{api_base.rstrip('/')}/v3/company/{realm_id}"
        self._realm_id = realm_id
        self._tokens, self._http, self._pace, self._people = tokens, http, pace, people
        self._sending, self._observe, self._written = sending, observe, written
        self._minor_version = str(minor_version)
        self._throttled_in_a_row = 0

    def __repr__(self) -> str:
        return f"<Client of {self._company_url}>"

    def for_people(self) -> Client:
        """Return the same client for requests somebody waits for: they take what the pace keeps for people."""
        other = copy(self)
        other._people = True
        return other

    async def create(self, entity: str, body: dict[str, Any], *, request_id: str | None = None) -> dict[str, Any]:
        """Create an object and return it as QuickBooks has it. The same request id again gives the same answer."""
        return await self._write(entity, body, "", request_id)

    async def update(self, entity: str, body: dict[str, Any], *, request_id: str | None = None) -> dict[str, Any]:
        """Update an object (`Id`, `SyncToken`, and `sparse` to keep what is not sent) and return it."""
        return await self._write(entity, body, "", request_id)

    async def delete(self, entity: str, body: dict[str, Any], *, request_id: str | None = None) -> dict[str, Any]:
        """Delete a transaction (`Id`, `SyncToken`); returns its Id and `status` Deleted."""
        return await self._write(entity, body, "delete", request_id)

    async def read(self, entity: str, qbo_id: str) -> dict[str, Any]:
        """Read one object. Refused with 610 when it is not there."""
        body, exchange = await self._send(_Request("GET", f"{entity.lower()}/{qbo_id}", "read", {}))
        return _entity(body, entity, exchange)

    async def company_info(self) -> dict[str, Any]:
        """Read the company's name, address, plan."""
        return await self.read("CompanyInfo", self._realm_id)

    async def preferences(self) -> dict[str, Any]:
        """Read the company's preferences."""
        body, exchange = await self._send(_Request("GET", "preferences", "read", {}))
        return _entity(body, "Preferences", exchange)

    async def query(self, statement: str) -> list[dict[str, Any]]:
        """Return the rows of a statement: at most 1000, and 100 unless it says MAXRESULTS."""
        answer = await self._query(statement)
        return next((rows for rows in answer.values() if isinstance(rows, list)), [])

    async def query_at(self, statement: str) -> tuple[list[dict[str, Any]], datetime]:
        """Return the rows of a statement, and by QuickBooks' own clock when they were so (UTC)."""
        answer, at = await self._query_at(statement)
        return next((rows for rows in answer.values() if isinstance(rows, list)), []), at

    async def changes(self, entities: Sequence[str], since: datetime) -> Changed:
        """Return what changed since a moment: at most 1000 objects in all, from 30 days back at most.

        Raises ValueError for no entities. An answer that is full may lack some: ask for less (`Changed.full`).
        """
        if not entities:
            raise ValueError("no entities to look for changes of")
        parameters = {"entities": ",".join(entities), "changedSince": since.astimezone(UTC).isoformat("T", "seconds")}
        body, exchange = await self._send(_Request("GET", "cdc", "read", parameters))
        found = read_changes(body)
        if found is None:
            raise OutcomeUnknown("QuickBooks answered the change feed without a CDCResponse", exchange)
        return found

    async def report(self, name: str, parameters: dict[str, str]) -> dict[str, Any]:
        """Read a report of the books, such as AgedReceivables: Header, Columns and nested Rows, amounts as texts."""
        body, exchange = await self._send(_Request("GET", f"reports/{name}", "read", parameters))
        if "Rows" not in body:
            raise OutcomeUnknown("QuickBooks answered a report without its rows", exchange)
        return body

    async def count(self, entity: str, where: str = "") -> int:
        """Count the objects that meet a condition."""
        answer = await self._query(f"select count(*) from {entity}{_where(where)}")  # noqa: S608 - not SQL
        return int(answer.get("totalCount", 0))

    async def query_all(self, entity: str, *, where: str = "", page: int = 1000) -> AsyncIterator[list[dict[str, Any]]]:
        """Yield every object that meets a condition, in pages ordered by Id."""
        start = 1
        while True:
            rows = await self.query(
                f"select * from {entity}{_where(where)}"  # noqa: S608 - not SQL; `query.py` writes the literals
                f" orderby Id startposition {start} maxresults {page}"
            )
            if rows:
                yield rows
            if len(rows) < page:
                return
            start += page

    async def batch(self, items: Sequence[BatchItem], *, request_id: str) -> BatchResult:
        """Send up to 30 operations; each is done or refused by itself. Raises only when the whole request fails."""
        content = exact_json.dumps(batch_body(items)).encode()
        body, exchange = await self._send(
            _Request("POST", "batch", "batch", {"requestid": request_id}, request_id, content)
        )
        answers = read_answers(items, body)
        if answers is None:
            raise OutcomeUnknown("QuickBooks answered a batch, but not for each of its items", exchange)
        if self._written is not None:
            pairs = zip(items, answers, strict=True)
            await self._written([(item.entity, each.object) for item, each in pairs if each.object is not None])
        return BatchResult(answers, exchange)

    async def single(self, item: BatchItem, *, request_id: str) -> BatchResult:
        """Send one operation by itself, answered as a batch of one. Raises only when the request itself fails."""
        operation = item.operation if item.operation in ("delete", "void") else ""
        parameters = {"requestid": request_id} | ({"operation": operation} if operation else {})
        body = item.body
        if operation == "void" and item.entity in _VOIDED_AS_UPDATES:
            parameters |= {"operation": "update", "include": "void"}
            body = body | {"sparse": True}
        content = exact_json.dumps(body).encode()
        request = _Request("POST", item.entity.lower(), "write", parameters, request_id, content)
        try:
            answer, exchange = await self._send(request)
        except Refused as refusal:
            if refusal.exchange is None:
                raise
            return BatchResult((BatchAnswer(None, refusal.fault),), refusal.exchange)
        found = _entity(answer, item.entity, exchange)
        if self._written is not None:
            await self._written([(item.entity, found)])
        return BatchResult((BatchAnswer(found, None),), exchange)

    async def _write(self, entity: str, body: dict[str, Any], operation: str, request_id: str | None) -> dict[str, Any]:
        request_id = request_id or str(uuid.uuid4())
        parameters = {"requestid": request_id} | ({"operation": operation} if operation else {})
        content = exact_json.dumps(body).encode()
        answer, exchange = await self._send(_Request("POST", entity.lower(), "write", parameters, request_id, content))
        found = _entity(answer, entity, exchange)
        if self._written is not None:
            await self._written([(entity, found)])
        return found

    async def _query(self, statement: str) -> dict[str, Any]:
        return (await self._query_at(statement))[0]

    async def _query_at(self, statement: str) -> tuple[dict[str, Any], datetime]:
        if len(statement) <= _LONGEST_ADDRESS:
            request = _Request("GET", "query", "read", {"query": statement})
        else:  # a long list of values would not fit an address
            request = _Request("POST", "query", "read", {}, "", statement.encode(), "application/text")
        body, exchange = await self._send(request)
        answer = body.get("QueryResponse")
        if not isinstance(answer, dict):
            raise OutcomeUnknown("QuickBooks answered a query without a QueryResponse", exchange)
        return answer, moment_of(body.get("time")) or exchange.started_at

    async def _send(self, request: _Request) -> tuple[dict[str, Any], Exchange]:
        token = await self._tokens.access_token()
        verdict, exchange, retry_after = await self._exchange(request, token)
        if verdict.meaning is Meaning.TOKEN_REFUSED:
            token = await self._tokens.refused(token)
            verdict, exchange, retry_after = await self._exchange(request, token)
        if verdict.meaning is not Meaning.THROTTLED:
            self._throttled_in_a_row = 0
        if verdict.meaning is Meaning.DONE and verdict.body is not None:
            return verdict.body, exchange
        await self._fail(verdict, exchange, retry_after)

    async def _exchange(self, request: _Request, token: str) -> tuple[Verdict, Exchange, float | None]:
        """Make one HTTP exchange. Raises NotSent, or OutcomeUnknown when no answer came."""
        if self._pace is not None:
            await self._pace.turn(request.kind, people=self._people)
        if self._sending is not None:
            await self._sending(request.kind)
        started_at, begun = datetime.now(UTC), time.monotonic()

        def happened(status: int | None, code: str, intuit_tid: str) -> Exchange:
            duration = int((time.monotonic() - begun) * 1000)
            path = f"/v3/company/{self._realm_id}/{request.path}"
            exchange = Exchange(
                request.method, path, request.kind, request.request_id, status, code, intuit_tid, started_at, duration
            )
            if self._observe is not None:
                self._observe(exchange)
            return exchange

        headers = {"Authorization": f"Bearer {token}", "Accept": "application/json"}
        if request.content is not None:
            headers["Content-Type"] = request.content_type
        try:
            response = await self._http.request(
                request.method,
                f"{self._company_url}/{request.path}",
                params=request.parameters | {"minorversion": self._minor_version},
                content=request.content,
                headers=headers,
                timeout=TIMEOUT,
                follow_redirects=False,
            )
        except _NEVER_LEFT as error:
            raise NotSent(f"QuickBooks could not be reached ({type(error).__name__})") from error
        except (httpx2.TransportError, httpx2.DecodingError) as error:
            exchange = happened(None, "", "")
            raise OutcomeUnknown(f"QuickBooks gave no answer ({type(error).__name__})", exchange) from error
        verdict = judge(response.status_code, response.content)
        exchange = happened(response.status_code, verdict.code, response.headers.get("intuit_tid", ""))
        return verdict, exchange, _seconds(response.headers.get("Retry-After", ""))

    async def _fail(self, verdict: Verdict, exchange: Exchange, retry_after: float | None) -> NoReturn:
        if verdict.meaning is Meaning.REFUSED and verdict.fault is not None:
            raise Refused(verdict.fault, exchange)
        if verdict.meaning is Meaning.THROTTLED:
            raise Throttled(await self._wait(retry_after), exchange)
        if verdict.reason is not None:
            # The fault's text stays out of it: "Token expired: ..." quotes the token.
            raise ReconnectNeeded(verdict.reason, exchange)
        raise OutcomeUnknown(f"QuickBooks answered with HTTP {exchange.http_status} and nothing to go by", exchange)

    async def _wait(self, retry_after: float | None) -> float:
        """How long to wait: as told, else longer each time in a row, up to the minute Intuit counts its limits in."""
        doubled = min(self._throttled_in_a_row, 6)
        self._throttled_in_a_row += 1
        seconds = retry_after if retry_after is not None else min(_LONGEST_WAIT, 2.0**doubled)
        if self._pace is not None:
            await self._pace.hold(seconds)
        return seconds


def _where(condition: str) -> str:
    return f" where {condition}" if condition else ""


def _entity(body: dict[str, Any], entity: str, exchange: Exchange) -> dict[str, Any]:
    found = body.get(entity)
    if not isinstance(found, dict):
        raise OutcomeUnknown(f"QuickBooks answered without the {entity} it was asked about", exchange)
    return found


def _seconds(header: str) -> float | None:
    return min(float(header), 3600.0) if header.isdecimal() else None
