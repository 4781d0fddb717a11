"""What is asked of Intuit and of QuickBooks while a company is being connected, and what the company says of itself."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeVar

import httpx2

from freightbooks.connections.counts import add_counts
from freightbooks.connections.models import Connection
from freightbooks.quickbooks import oauth
from freightbooks.quickbooks.client import Client, Exchange
from freightbooks.quickbooks.errors import ReconnectNeeded, ReconnectReason
from freightbooks.quickbooks.tls import trusted

_T = TypeVar("_T")


@dataclass(frozen=True)
class Facts:
    """CompanyInfo and Preferences, as far as we go by them."""

    name: str
    country: str
    plan: str
    home_currency: str
    multicurrency: bool
    books_closed_through: date | None
    class_tracking: str = ""
    location_tracking: bool = False


def exchange(endpoints: oauth.Endpoints, app: oauth.App, *, code: str, redirect_uri: str) -> oauth.Tokens:
    """Trade a consent's code. Raises OAuthError."""
    return _run(lambda http: oauth.exchange_code(http, endpoints, app, code=code, redirect_uri=redirect_uri))


def refresh(endpoints: oauth.Endpoints, app: oauth.App, *, refresh_token: str) -> oauth.Tokens:
    """Trade a refresh token that is not ours yet. Raises OAuthError."""
    return _run(lambda http: oauth.refresh(http, endpoints, app, refresh_token=refresh_token))


def check_app(endpoints: oauth.Endpoints, app: oauth.App) -> None:
    """Ask whether Intuit accepts an app's keys. Raises OAuthError."""
    _run(lambda http: oauth.check_app(http, endpoints, app))


def revoke(endpoints: oauth.Endpoints, app: oauth.App, *, token: str) -> None:
    """End a grant. One that is dead already, or whose app is gone, is ended well enough. Raises OAuthUnreachable."""

    async def end(http: httpx2.AsyncClient) -> None:
        try:
            await oauth.revoke(http, endpoints, app, token=token)
        except (oauth.GrantDead, oauth.ClientRefused):
            return

    _run(end)


def read(connection: Connection, realm_id: str, access_token: str) -> Facts:
    """Read a company with a token that is not stored yet. Raises QuickBooksError."""
    counts: Counter[str] = Counter()

    def observe(exchange: Exchange) -> None:
        counts[exchange.kind] += 1

    async def ask(http: httpx2.AsyncClient) -> Facts:
        client = Client(connection.api_base, realm_id, tokens=_NewToken(access_token), http=http, observe=observe)
        return facts_of(await client.company_info(), await client.preferences())

    try:
        return _run(ask)
    finally:
        add_counts(connection.pk, "connecting", counts)


def facts_of(info: dict[str, Any], preferences: dict[str, Any]) -> Facts:
    """Pick what we go by out of CompanyInfo and Preferences. A company without currencies keeps US dollars."""
    pairs = {str(pair.get("Name")): str(pair.get("Value", "")) for pair in info.get("NameValue") or []}
    currency = preferences.get("CurrencyPrefs") or {}
    accounting = preferences.get("AccountingInfoPrefs") or {}
    by_line, by_form = accounting.get("ClassTrackingPerTxnLine"), accounting.get("ClassTrackingPerTxn")
    return Facts(
        name=str(info.get("CompanyName", "")),
        country=str(info.get("Country", ""))[:3],
        plan=pairs.get("OfferingSku", "")[:100],
        home_currency=str((currency.get("HomeCurrency") or {}).get("value", "USD")),
        multicurrency=bool(currency.get("MultiCurrencyEnabled")),
        books_closed_through=closing_date(preferences),
        class_tracking="line" if by_line else "form" if by_form else "",
        location_tracking=bool(accounting.get("TrackDepartments")),
    )


FILLED = (
    "company_name",
    "country",
    "plan",
    "home_currency",
    "multicurrency",
    "books_closed_through",
    "class_tracking",
    "location_tracking",
)
"""The fields `fill` sets."""


def closing_date(preferences: dict[str, Any]) -> date | None:
    """Return the day the books are closed through, where QuickBooks tells it."""
    closed = (preferences.get("AccountingInfoPrefs") or {}).get("BookCloseDate")
    return date.fromisoformat(str(closed)[:10]) if closed else None


def fill(connection: Connection, facts: Facts) -> None:
    """Put what a company says of itself into the row; saving it is the caller's."""
    connection.company_name = facts.name
    connection.country = facts.country
    connection.plan = facts.plan
    connection.home_currency = facts.home_currency
    connection.multicurrency = facts.multicurrency
    connection.books_closed_through = facts.books_closed_through
    connection.class_tracking = facts.class_tracking
    connection.location_tracking = facts.location_tracking


class _NewToken:
    """The access token of a grant made a moment ago. When it is refused, there is nothing to refresh yet."""

    def __init__(self, token: str) -> None:
        self._token = token

    async def access_token(self) -> str:
        return self._token

    async def refused(self, token: str) -> str:  # noqa: ARG002 - as TokenSource has it
        raise ReconnectNeeded(ReconnectReason.GRANT_DEAD)


def _run(work: Callable[[httpx2.AsyncClient], Awaitable[_T]]) -> _T:
    async def with_http() -> _T:
        async with httpx2.AsyncClient(verify=trusted()) as http:
            return await work(http)

    return asyncio.run(with_http())
