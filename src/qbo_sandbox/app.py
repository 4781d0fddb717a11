"""The sandbox as a whole: its companies, users, apps and grants, behind one ASGI application."""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request

from qbo_sandbox.access.addresses import AUTHORIZE, JWKS, REVOKE, SANDBOX_DISCOVERY, SANDBOX_USERINFO, TOKEN
from qbo_sandbox.access.apps import App, Environment, new_client_id, new_secret
from qbo_sandbox.access.door import ACCOUNTING, OPENID, Door
from qbo_sandbox.access.grants import Grants
from qbo_sandbox.access.oauth_pages import oauth_routes
from qbo_sandbox.access.people import START_PASSWORD
from qbo_sandbox.bookkeeper.pages import bookkeeper_routes
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.contents import Contents
from qbo_sandbox.books.subscription import PLANS, UnknownPlan
from qbo_sandbox.chance import Chance
from qbo_sandbox.clock import Clock
from qbo_sandbox.control import control_routes
from qbo_sandbox.faulting.application import TroubledApplication
from qbo_sandbox.faulting.troubles import Troubles
from qbo_sandbox.journal import Journal
from qbo_sandbox.latency import Latency
from qbo_sandbox.limits import Limits, Quota
from qbo_sandbox.openapi import openapi_routes
from qbo_sandbox.snapshots import Snapshots
from qbo_sandbox.webhooks import Webhooks
from qbo_sandbox.webhooks.matrix import chosen
from qbo_sandbox.wire.api import api_routes
from qbo_sandbox.wire.faults import throttled

_REMEMBERED_REQUESTS = 500


@dataclass(frozen=True)
class Options:
    """How a sandbox behaves."""

    company: str = "sample"
    data: Path | None = None
    limits: str = "off"
    latency_ms: int = 0
    rotation: str = "daily"
    seed: int | None = None  # of everything random that a replay depends on; None draws one
    more_companies: tuple[str, ...] = ()  # seeds of further companies, made at the first start
    environment: str = "development"  # of the first keys and companies: development or production
    passwords: bool = False  # people sign in at the consent page; else one picks who one is
    consent: str = "ask"  # ask, or answer the consent page with allow or deny
    access_token_seconds: int = 3600
    core_plus_quota: int | None = None  # reads a month, over all companies and apps
    webhook_urls: tuple[str, ...] = ()
    webhook_format: str = "legacy"  # or cloudevents, or both
    webhooks_anywhere: bool = False  # whether notifications may leave this machine


class Sandbox:
    """Everything behind the application. It is the gateway the accounting API asks."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.clock = Clock()
        self.chance = Chance(self.options.seed)
        self.troubles = Troubles(self.chance, Latency(self.options.latency_ms, self.chance))
        self.journal = Journal(self.options.data)
        self.door = Door(self.clock, self.journal.append, strict_rotation=self.options.rotation == "strict")
        self.door.grants.access_seconds = self.options.access_token_seconds
        self.door.auto_consent = "" if self.options.consent == "ask" else self.options.consent
        self.door.plans = lambda realm_id: self.companies[realm_id].subscription.plan.name
        self.limits = Limits(self.options.limits)
        self.limits.quota = Quota(self.options.core_plus_quota)
        self.companies: dict[str, Company] = {}
        self.counts: dict[str, dict[str, int]] = {}
        self.requests: deque[dict[str, Any]] = deque(maxlen=_REMEMBERED_REQUESTS)
        self.webhook_verifier_token = ""
        data = self.options.data
        self._contents = Contents(data.with_name(f"{data.name}.files") if data else None)
        self.snapshots = Snapshots(self)
        self.webhooks = Webhooks(
            clock=self.clock,
            record=lambda record: self.journal.append({"webhooks": record}),
            chance=lambda: self.chance.stream("webhooks"),
            token_of=lambda _client_id: self.webhook_verifier_token,
            is_connected=self.is_connected,
            anywhere=self.options.webhooks_anywhere,
        )
        self._replay()
        for url in self.options.webhook_urls:
            everything = chosen(())
            self.webhooks.register(self.only_app.client_id, url, form=self.options.webhook_format, chosen=everything)

    def _replay(self) -> None:
        for record in self.journal.records():
            if "start" in record:
                self._begin(record["start"])
            elif "realm" in record:
                self.companies[record["realm"]].apply(record["change"])
            elif "company" in record:
                self._open(**record["company"])
            elif "clock" in record:
                self.clock.restore(record["clock"])
            elif self.snapshots.apply(record):
                continue
            elif "webhooks" in record:
                self.webhooks.apply(record["webhooks"])
            else:
                self.door.apply(record)
        if not self.companies:
            start = {
                "realm_id": _new_realm_id(),
                "company": self.options.company,
                "environment": Environment(self.options.environment).value,
                "client_id": new_client_id(),
                "client_secret": new_secret(),
                "webhook_verifier_token": secrets.token_hex(16),
            }
            self._begin(start)
            self.journal.append({"start": start})
            for seed in self.options.more_companies:
                self.add_company(seed)
        if not self.snapshots.has_seed:  # a first start, or a journal of before there was a reset
            self.snapshots.keep_seed()

    def _begin(self, start: dict[str, str]) -> None:
        environment = Environment(start.get("environment", "development"))
        self._open(start["realm_id"], start["company"], environment.companies)
        self.door.start_app(start["client_id"], start["client_secret"], environment)
        self.webhook_verifier_token = start["webhook_verifier_token"]

    def _open(self, realm_id: str, seed: str, environment: str) -> Company:
        def record(change: dict[str, Any]) -> None:
            self.journal.append({"realm": realm_id, "change": change})

        company = Company(realm_id, seed=seed, clock=self.clock, record=record, store=self._contents)
        company.subscribers.append(self.webhooks.hear)
        self.companies[realm_id] = company
        self.door.open_company(realm_id, environment)
        return company

    def add_company(self, seed: str, *, environment: str = "", name: str = "", plan: str = "") -> Company:
        """Add a company beside the others. `environment` is sandbox or production, as the first keys' by default.

        Raises UnknownSeed or UnknownPlan.
        """
        if plan and plan not in PLANS:
            raise UnknownPlan(f"{plan!r} is no plan; there are {', '.join(PLANS)}")
        told = {
            "realm_id": _new_realm_id(),
            "seed": seed,
            "environment": environment or Environment(self.options.environment).companies,
        }
        company = self._open(**told)
        self.journal.append({"company": told})
        if plan:
            company.subscribe(plan=plan)
        if name:
            token = company.company_info.sync_token
            named = {"Id": "1", "SyncToken": str(token), "sparse": True, "CompanyName": name, "LegalName": name}
            company.update("CompanyInfo", named)
        return company

    # -- who may come in ------------------------------------------------------------------------------------------

    @property
    def grants(self) -> Grants:
        """All grants and tokens."""
        return self.door.grants

    @property
    def apps(self) -> dict[str, App]:
        """The apps by client id."""
        return self.door.apps.by_id

    @property
    def users(self) -> tuple[str, ...]:
        """The e-mail addresses of all users, the first company's primary admin first."""
        return tuple(self.door.people.users)

    # -- the gateway ----------------------------------------------------------------------------------------------

    def company(self, realm_id: str) -> Company | None:
        """Return the company of a realm, or None."""
        return self.companies.get(realm_id)

    def admit(self, request: Request, realm_id: str, *, batch: bool) -> None:
        """Let a request in: 401 without a good token, 403 for another company, 120 for its user, 429 for too many."""
        now = self.clock()
        moment = now.timestamp()
        headers = request.headers
        grant = self.door.admit(headers.get("authorization", ""), realm_id, headers.get("host", ""), moment)
        path = request.scope["path"]
        kinds = {"batch"} if batch else set()
        if self.door.quirks.reports_are_limited and "/reports/" in path:
            kinds.add("report")
        if path.endswith("/send") and self.door.environments[realm_id] == "sandbox":
            kinds.add("mail")
        if not self.limits.take(grant.client_id, realm_id, moment, kinds):
            raise throttled()
        reads = request.method == "GET" or path.endswith("/query")
        if reads and self._is_metered(realm_id) and not self.limits.quota.has_room(now):
            raise throttled()

    def _is_metered(self, realm_id: str) -> bool:
        if self.limits.quota.monthly is None:
            return False
        return self.door.quirks.sandbox_companies_are_metered or self.door.environments[realm_id] == "production"

    def is_connected(self, client_id: str, realm_id: str) -> bool:
        """Whether an app has a grant for a company."""
        return any(
            (grant.client_id, grant.realm_id) == (client_id, realm_id) and not grant.revoked
            for grant in list(self.grants.grants.values())  # the books may be written from another thread
        )

    def answered(self, request: Request, realm_id: str, kind: str, status: int) -> None:
        """Count an answer, and keep it among the last requests."""
        counted = self.counts.setdefault(realm_id, {"read": 0, "write": 0, "batch": 0})
        counted[kind] += 1
        if kind == "read" and status == 200 and self._is_metered(realm_id):
            self.limits.quota.used += 1
        self.requests.append(
            {
                "at": self.clock().isoformat(),
                "method": request.method,
                "path": request.url.path,
                "requestid": request.query_params.get("requestid", ""),
                "kind": kind,
                "status": status,
                "fault": getattr(request.state, "fault", ""),
            }
        )

    # -- its state ------------------------------------------------------------------------------------------------

    def parts_of_state(self) -> list[Any]:
        """Return everything a snapshot holds, beside the clock and the chance."""
        door = self.door
        return [*self.companies.values(), door, door.people, door.apps, door.grants, door.quirks]

    def trouble_tokens(self, what: str, realm_id: str, bearer: str) -> None:
        """Expire, revoke or rotate the tokens of the bearer's grant, or else of every grant of the company."""
        grants = self.door.grants
        access = grants.tokens.get(bearer)
        meant = [grants.grants[access.grant]] if access is not None else list(grants.grants.values())
        for grant in meant:
            if not grant.revoked and realm_id in ("", grant.realm_id):
                {"expire": grants.expire, "revoke": grants.end, "rotate": grants.rotate}[what](grant)

    def keep_clock(self) -> None:
        """Keep across restarts what the clock was moved by."""
        self.journal.append({"clock": self.clock.state()})

    def reset(self) -> None:
        """Go back to the seed: books, grants and clock; no faults, no latency but that of the start, no counts."""
        self.troubles.reset()
        self.snapshots.reset()
        self.limits.set(self.options.limits)
        self.limits.quota = Quota(self.options.core_plus_quota)
        self.webhooks.reset(self.options.webhook_urls)
        self.counts.clear()
        self.requests.clear()

    # -- for whoever starts it ------------------------------------------------------------------------------------

    @property
    def only_app(self) -> App:
        """The first app there is; a new one when all were deleted."""
        return next(iter(self.apps.values()), None) or self.door.apps.add("Development app", Environment.DEVELOPMENT)

    def ready(self, base_url: str) -> dict[str, str]:
        """Return what a client needs to begin, with tokens of a grant made for it."""
        realm_id, app = next(iter(self.companies)), self.only_app
        # A restart does not end the grant of a client.
        given = self.grants.standing(app.client_id, realm_id) or self.door.grant(
            app.client_id, realm_id, self.users[0], (ACCOUNTING, *OPENID)
        )
        self.snapshots.keep_tokens()
        return {
            "base_url": base_url,
            "client_id": app.client_id,
            "client_secret": app.secret,
            "realm_id": realm_id,
            "access_token": given.access_token,
            "refresh_token": given.refresh_token,
            "webhook_verifier_token": self.webhook_verifier_token,
            "environment": self.door.environments[realm_id],
            "user": given.grant.user,
            "password": START_PASSWORD,
            "authorization_endpoint": f"{base_url}{AUTHORIZE}",
            "token_endpoint": f"{base_url}{TOKEN}",
            "revocation_endpoint": f"{base_url}{REVOKE}",
            "userinfo_endpoint": f"{base_url}{SANDBOX_USERINFO}",
            "jwks_uri": f"{base_url}{JWKS}",
            "discovery_document": f"{base_url}{SANDBOX_DISCOVERY}",
            "bookkeeper_url": f"{base_url}/bookkeeper/",
        }


def _new_realm_id() -> str:
    return "934145" + "".join(secrets.choice("0123456789") for _ in range(10))


def create_app(sandbox: Sandbox) -> Starlette:
    """Return the ASGI application of a sandbox."""
    return TroubledApplication(
        sandbox,
        routes=[
            *api_routes(sandbox),  # first: every route passed over costs each request of a client a microsecond
            *openapi_routes(),
            *control_routes(sandbox),
            *oauth_routes(sandbox),
            *bookkeeper_routes(sandbox),
        ],
    )
