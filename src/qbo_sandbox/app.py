"""The sandbox as a whole: its companies, users, apps and grants, behind one ASGI application."""

from __future__ import annotations

import secrets
from collections import deque
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from starlette.applications import Starlette
from starlette.requests import Request

from qbo_sandbox.access.grants import Code, Grants
from qbo_sandbox.access.oauth_pages import oauth_routes
from qbo_sandbox.bookkeeper.pages import bookkeeper_routes
from qbo_sandbox.books.company import Company
from qbo_sandbox.chance import Chance
from qbo_sandbox.clock import Clock
from qbo_sandbox.control import control_routes
from qbo_sandbox.faulting.application import TroubledApplication
from qbo_sandbox.faulting.troubles import Troubles
from qbo_sandbox.journal import Journal
from qbo_sandbox.latency import Latency
from qbo_sandbox.limits import Limits
from qbo_sandbox.wire.api import api_routes
from qbo_sandbox.wire.faults import not_authorized, throttled, token_refused

_REMEMBERED_REQUESTS = 500


@dataclass(frozen=True)
class App:
    """An Intuit app's development keys."""

    name: str
    client_id: str
    secret: str


@dataclass(frozen=True)
class Options:
    """How a sandbox behaves."""

    company: str = "sample"
    data: Path | None = None
    limits: str = "off"
    latency_ms: int = 0
    rotation: str = "daily"
    seed: int | None = None  # of everything random that a replay depends on; None draws one


class Sandbox:
    """Everything behind the application. It is the gateway the accounting API asks."""

    def __init__(self, options: Options | None = None) -> None:
        self.options = options or Options()
        self.clock = Clock()
        self.chance = Chance(self.options.seed)
        self.troubles = Troubles(self.chance, Latency(self.options.latency_ms, self.chance))
        self.journal = Journal(self.options.data)
        self.grants = Grants(self.clock, self._record_access, self.options.rotation == "strict")
        self.limits = Limits(self.options.limits, self.clock)
        self.companies: dict[str, Company] = {}
        self.apps: dict[str, App] = {}
        self.users = ("owner@sandbox.example", "controller@sandbox.example")
        self.counts: dict[str, dict[str, int]] = {}
        self.requests: deque[dict[str, Any]] = deque(maxlen=_REMEMBERED_REQUESTS)
        self.webhook_verifier_token = ""
        self._replay()

    def _replay(self) -> None:
        for record in self.journal.records():
            if "start" in record:
                self._begin(record["start"])
            elif "realm" in record:
                self.companies[record["realm"]].apply(record["change"])
            else:
                self.grants.apply(record)
        if not self.companies:
            start = {
                "realm_id": "934145" + "".join(secrets.choice("0123456789") for _ in range(10)),
                "company": self.options.company,
                "client_id": "AB" + secrets.token_hex(23),
                "client_secret": secrets.token_hex(20),
                "webhook_verifier_token": secrets.token_hex(16),
            }
            self.journal.append({"start": start})
            self._begin(start)

    def _begin(self, start: dict[str, str]) -> None:
        realm_id = start["realm_id"]

        def record(change: dict[str, Any]) -> None:
            self.journal.append({"realm": realm_id, "change": change})

        self.companies[realm_id] = Company(realm_id, seed=start["company"], clock=self.clock, record=record)
        app = App("Development app", start["client_id"], start["client_secret"])
        self.apps[app.client_id] = app
        self.webhook_verifier_token = start["webhook_verifier_token"]

    def _record_access(self, record: dict[str, Any]) -> None:
        self.journal.append(record)

    # -- the gateway ----------------------------------------------------------------------------------------------

    def company(self, realm_id: str) -> Company | None:
        """Return the company of a realm, or None."""
        return self.companies.get(realm_id)

    def admit(self, request: Request, realm_id: str, *, batch: bool) -> None:
        """Let a request in: 401 without a good token, 403 for another company, 429 for too many."""
        scheme, _, token = request.headers.get("Authorization", "").partition(" ")
        grant, words = self.grants.grant_of(token.strip() if scheme.lower() == "bearer" else "")
        if grant is None:
            raise token_refused(words)
        if grant.realm_id != realm_id or "com.intuit.quickbooks.accounting" not in grant.scopes:
            raise not_authorized()
        if not self.limits.take(grant.client_id, realm_id, batch=batch):
            raise throttled()

    def answered(self, request: Request, realm_id: str, kind: str, status: int) -> None:
        """Count an answer, and keep it among the last requests."""
        counted = self.counts.setdefault(realm_id, {"read": 0, "write": 0, "batch": 0})
        counted[kind] += 1
        self.requests.append(
            {
                "at": self.clock().isoformat(),
                "method": request.method,
                "path": request.url.path,
                "requestid": request.query_params.get("requestid", ""),
                "kind": kind,
                "status": status,
            }
        )

    # -- for whoever starts it ------------------------------------------------------------------------------------

    @property
    def only_app(self) -> App:
        """The app made at the first start."""
        return next(iter(self.apps.values()))

    def ready(self, base_url: str) -> dict[str, str]:
        """Return what a client needs to begin, with tokens of a grant made for it."""
        realm_id, app = next(iter(self.companies)), self.only_app
        code = Code(
            app.client_id,
            "",
            realm_id,
            self.users[0],
            ("com.intuit.quickbooks.accounting", "openid"),
            self.clock().isoformat(),
        )
        given = self._first_tokens(code)
        return {
            "base_url": base_url,
            "client_id": app.client_id,
            "client_secret": app.secret,
            "realm_id": realm_id,
            "access_token": given[0],
            "refresh_token": given[1],
            "webhook_verifier_token": self.webhook_verifier_token,
            "authorization_endpoint": f"{base_url}/connect/oauth2",
            "token_endpoint": f"{base_url}/oauth2/v1/tokens/bearer",
            "revocation_endpoint": f"{base_url}/v2/oauth2/tokens/revoke",
            "userinfo_endpoint": f"{base_url}/v1/openid_connect/userinfo",
            "jwks_uri": f"{base_url}/op/v1/jwks",
            "discovery_document": f"{base_url}/.well-known/openid_sandbox_configuration",
            "bookkeeper_url": f"{base_url}/bookkeeper/",
        }

    def _first_tokens(self, code: Code) -> tuple[str, str]:
        """Return tokens of the grant there is, or of a new one; a restart does not end the grant of a client."""
        standing = self.grants.grants.get(f"{code.client_id}/{code.realm_id}")
        if standing is not None and not standing.revoked:
            token = next((text for text in reversed(self.grants.tokens) if self.grants.grant_of(text)[0]), "")
            return token, standing.refresh_token
        given = self.grants.redeem(code.client_id, self.grants.issue_code(code), "")
        return given.access_token, given.refresh_token


def create_app(sandbox: Sandbox) -> Starlette:
    """Return the ASGI application of a sandbox."""
    return TroubledApplication(
        sandbox,
        routes=[
            *control_routes(sandbox),
            *oauth_routes(sandbox),
            *bookkeeper_routes(sandbox),
            *api_routes(sandbox),
        ],
    )
