"""The checks of one QuickBooks company: three reads, no write. What one check finds, the next ones go by.

The app's keys are tried with a token nobody has; the stored token is renewed if it has run out, as any work would.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import httpx2
from django.urls import reverse

from freightbooks.connections import diagnosis, sealed, tokens
from freightbooks.connections.company import Facts, facts_of
from freightbooks.connections.counts import add_counts
from freightbooks.connections.models import Connection
from freightbooks.connections.reasons import REASONS, Repair
from freightbooks.connections.standing import Look, standing_of
from freightbooks.connections.states import Attention, ConnectionState
from freightbooks.connections.vault import VaultError
from freightbooks.doctor.findings import Finding, Level
from freightbooks.doctor.hearing import hearing_findings
from freightbooks.doctor.mapped import mapping_findings
from freightbooks.in_database import in_database
from freightbooks.quickbooks import oauth
from freightbooks.quickbooks.client import Client, Exchange
from freightbooks.quickbooks.errors import QuickBooksError, ReconnectNeeded

CHECKS = (
    "Intuit's discovery document",
    "App keys",
    "Token",
    "Company",
    "Subscription",
    "Role",
    "Preferences",
    "Chart of accounts",
    "Mapping",
    "Notifications arrive",
    "Change feed is current",
)
_OVER = ("EXPIRED", "CANCELLED", "CANCELED", "SUSPENDED", "ENDED")
_ACCOUNTS = "select * from Account where Active in (true, false) maxresults 1000"


@dataclass
class Examined:
    """What came of it: findings in order, and when Intuit says it is."""

    findings: list[Finding] = field(default_factory=list)
    intuit_says: datetime | None = None

    def found(self, check: str, level: Level, says: str, remedy: str = "", page: str = "") -> None:
        """Note one finding."""
        self.findings.append(Finding(check, level, says, remedy, page))

    def skip_rest(self, why: str) -> Examined:
        """Note that what comes after could not be looked at."""
        done = {finding.check for finding in self.findings}
        for check in CHECKS:
            if check not in done:
                self.found(check, Level.SKIPPED, why)
        return self


async def examine_company(connection: Connection, now: datetime) -> Examined:
    """Look at one company. Raises nothing that Intuit or QuickBooks may do."""
    examined = Examined()
    page = reverse("connection", args=[connection.pk])
    async with httpx2.AsyncClient() as http:
        try:
            endpoints, examined.intuit_says = await oauth.discover_with_time(http, connection.discovery_url)
        except oauth.OAuthError as error:
            remedy = "See whether this machine reaches the internet, and Intuit's status page; it heals by itself."
            examined.found(CHECKS[0], Level.RED, str(error), remedy)
            return examined.skip_rest("Not looked at: Intuit does not answer.")
        examined.found(CHECKS[0], Level.GREEN, f"Intuit answers at {connection.discovery_url}.")
        if connection.state == ConnectionState.DISCONNECTED:
            examined.found(CHECKS[1], Level.SKIPPED, "The company is not connected.", "Connect it.", page)
            return examined.skip_rest("Not looked at: the company is not connected.")
        if not await _keys(examined, http, endpoints, connection, page):
            return examined.skip_rest("Not looked at: the app's keys are refused.")
        if not await _token(examined, connection, now, page):
            return examined.skip_rest("Not looked at: there is no token that works.")
        await _books(examined, http, connection, page)
    return examined


async def _keys(
    examined: Examined, http: httpx2.AsyncClient, endpoints: oauth.Endpoints, connection: Connection, page: str
) -> bool:
    try:
        secret = await in_database(sealed.take, connection, "client_secret")
        await oauth.check_app(http, endpoints, oauth.App(connection.client_id, secret))
    except VaultError:
        _stopped(examined, CHECKS[1], Attention.KEY_LOST, page)
        return False
    except oauth.ClientRefused:
        _stopped(examined, CHECKS[1], Attention.CLIENT_REFUSED, page)
        return False
    except oauth.OAuthError as error:
        examined.found(CHECKS[1], Level.AMBER, f"Intuit did not say whether the keys are good: {error}")
        return True
    examined.found(CHECKS[1], Level.GREEN, "Intuit knows the app and its secret.")
    return True


async def _token(examined: Examined, connection: Connection, now: datetime, page: str) -> bool:
    try:
        await in_database(tokens.good_token, connection.pk)
    except ReconnectNeeded as error:
        _stopped(examined, CHECKS[2], await in_database(diagnosis.attention_for, connection.pk, error.reason), page)
        return False
    except QuickBooksError as error:
        examined.found(CHECKS[2], Level.AMBER, str(error), "It is tried again by itself.")
        return False
    fresh = await in_database(Connection.objects.get, pk=connection.pk)
    standing = standing_of(fresh, now)
    if standing.look is Look.AMBER and standing.until is not None:
        examined.found(CHECKS[2], Level.AMBER, f"{standing.sentence}.", "Reconnect before then.", page)
        return True
    days = (fresh.refresh_expires_at - now).days if fresh.refresh_expires_at else None
    limit = f"; the five-year limit is {fresh.hard_expires_at:%b %-d, %Y}" if fresh.hard_expires_at else ""
    kept = f" for {days} days without use" if days is not None else ""
    examined.found(CHECKS[2], Level.GREEN, f"Good, and renewed by itself. It lasts{kept}{limit}.")
    return True


async def _books(examined: Examined, http: httpx2.AsyncClient, connection: Connection, page: str) -> None:
    counts: Counter[str] = Counter()

    def observe(exchange: Exchange) -> None:
        counts[exchange.kind] += 1

    stored = tokens.StoredTokens(connection.pk)
    client = Client(connection.api_base, connection.realm_id, tokens=stored, http=http, observe=observe)
    try:
        info = await client.company_info()
        facts = facts_of(info, await client.preferences())
        accounts = await client.query(_ACCOUNTS)
    except ReconnectNeeded as error:
        attention = await in_database(diagnosis.attention_for, connection.pk, error.reason)
        check = "Role" if attention in (Attention.USER_NOT_ADMIN, Attention.USER_NOT_IN_COMPANY) else "Company"
        _stopped(examined, check, attention, page)
        examined.skip_rest("Not looked at: QuickBooks does not let us in.")
        return
    except QuickBooksError as error:
        examined.found("Company", Level.AMBER, str(error), "It is tried again by itself.")
        examined.skip_rest("Not looked at: QuickBooks did not answer.")
        return
    finally:
        await in_database(add_counts, connection.pk, "checking", counts)
    _company(examined, connection, facts, page)
    _subscription(examined, info, facts, page)
    examined.found("Role", Level.GREEN, "The user who connected still has access to the company.")
    _preferences(examined, facts)
    _chart(examined, accounts)
    examined.findings += await in_database(mapping_findings, connection, accounts)
    examined.findings += await in_database(hearing_findings, connection)


def _company(examined: Examined, connection: Connection, facts: Facts, page: str) -> None:
    if connection.company_name and facts.name != connection.company_name:
        says = f"It is called {facts.name} now; when it was connected, {connection.company_name}."
        examined.found("Company", Level.AMBER, says, "Reconnect it to take the new name over.", page)
        return
    examined.found("Company", Level.GREEN, f"{facts.name}, realm {connection.realm_id}.")


def _subscription(examined: Examined, info: dict[str, Any], facts: Facts, page: str) -> None:
    pairs = {str(pair.get("Name")): str(pair.get("Value", "")) for pair in info.get("NameValue") or []}
    status = pairs.get("SubscriptionStatus", "")
    if status.upper() in _OVER:
        _stopped(examined, "Subscription", Attention.SUBSCRIPTION_ENDED, page)
    elif "Simple Start" in facts.plan:
        says = f"{facts.plan} has no bills; carrier invoices cannot post."
        examined.found("Subscription", Level.RED, says, "Take a plan with bills: Essentials, Plus or Advanced.")
    else:
        plan = facts.plan or "QuickBooks does not tell the plan"
        examined.found("Subscription", Level.GREEN, f"{plan}{f', {status.lower()}' if status else ''}.")


def _preferences(examined: Examined, facts: Facts) -> None:
    closed = facts.books_closed_through
    told = [f"Home currency {facts.home_currency}{' and others' if facts.multicurrency else ''}"]
    told.append(f"books closed through {closed:%b %-d, %Y}" if closed else "books not closed")
    examined.found("Preferences", Level.GREEN, f"{'; '.join(told)}.")


def _chart(examined: Examined, accounts: Sequence[dict[str, Any]]) -> None:
    active = [account for account in accounts if account.get("Active") is not False]
    types = Counter(str(account.get("AccountType")) for account in active)
    lacking = [kind for kind in ("Accounts Payable", "Accounts Receivable", "Bank") if not types[kind]]
    if lacking:
        says = f"There is no account of type {', '.join(lacking)}."
        remedy = "QuickBooks makes A/P and A/R with the first bill and invoice; a bank account you make there."
        examined.found("Chart of accounts", Level.AMBER, says, remedy)
        return
    examined.found("Chart of accounts", Level.GREEN, f"{len(active)} active accounts, with A/P, A/R and a bank.")


def _stopped(examined: Examined, check: str, attention: Attention, page: str) -> None:
    """Note a reason for which a connection stops, with its first repair."""
    reason = REASONS[attention]
    examined.found(check, Level.RED, f"{reason.title}. {reason.happened}", _REMEDIES[reason.repairs[0]], page)


_REMEDIES = {
    Repair.RECONNECT: "Reconnect on the connection's page.",
    Repair.PASTE_TOKENS: "Paste tokens from Intuit's OAuth 2.0 Playground on the connection's page.",
    Repair.NEW_SECRET: "Copy the app's Client ID and secret again, on the connection's page.",
    Repair.NEW_APP: "Make a new Intuit app, and enter its keys on the connection's page.",
    Repair.MAKE_ADMIN: "Make that user an admin again in QuickBooks, under Manage users.",
    Repair.RENEW: "Renew the subscription in QuickBooks, under Account and settings, Billing and subscription.",
    Repair.PUT_KEY_BACK: "Put the missing key back into FREIGHTBOOKS_KEYS or vault.keys.",
    Repair.WAIT: "Nothing; it heals by itself.",
}
