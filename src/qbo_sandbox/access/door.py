"""The door of a sandbox: people, apps and grants together, and the judgement on every request of the accounting API.

Intuit's gateway asks in this order [INF]: is the token good (401), is it for this company (403), may its user (120).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from qbo_sandbox.access.apps import App, Apps, Environment
from qbo_sandbox.access.grants import REVOKED, Code, Given, Grant, Grants
from qbo_sandbox.access.people import People
from qbo_sandbox.access.quirks import AccessQuirks
from qbo_sandbox.access.signing import Signer
from qbo_sandbox.books.refusals import authentication_failure, no_access
from qbo_sandbox.wire.faults import not_authorized, token_refused

ACCOUNTING = "com.intuit.quickbooks.accounting"
OPENID = ("openid", "profile", "email", "phone", "address")
SCOPES = frozenset(
    {
        *OPENID,
        ACCOUNTING,
        "com.intuit.quickbooks.payment",
        "com.intuit.quickbooks.payroll",
        "com.intuit.quickbooks.payroll.timetracking",
        "com.intuit.quickbooks.payroll.benefits",
        "com.intuit.quickbooks.payroll.payslip.read",
        "intuit_name",
        "payroll.compensation.read",
        "project-management.project",
        "app-foundations.custom-field-definitions",
        "app-foundations.custom-field-definitions.read",
        "app-foundations.custom-dimensions.read",
        "time-tracking.time-entry",
        "indirect-tax.tax-calculation.quickbooks",
    }
)
"""Every scope an app can ask for."""

_HOSTS = {"quickbooks.api.intuit.com": "production", "sandbox-quickbooks.api.intuit.com": "sandbox"}


class Door:
    """Who may come in. `record` gets one plain dict for each change, before any answer leaves."""

    def __init__(
        self, clock: Callable[[], datetime], record: Callable[[dict[str, Any]], None], *, strict_rotation: bool = False
    ) -> None:
        self._clock = clock
        self._record = record
        self.quirks = AccessQuirks()
        self.people = People(record)
        self.apps = Apps(record)
        self.grants = Grants(clock, record, self.people, self.quirks, strict_rotation)
        self.signer = Signer(record)
        self.environments: dict[str, str] = {}  # of each company: sandbox or production
        self.plans: Callable[[str], str] = lambda _realm_id: "QuickBooks Online Plus"
        self.auto_consent = ""  # "allow" or "deny": the consent page answers itself

    def now(self) -> float:
        """Return the moment it is on the sandbox's clock, in seconds since 1970."""
        return self._clock().timestamp()

    # -- what happens to people and apps --------------------------------------------------------------------------

    def change_password(self, email: str, password: str) -> None:
        """Give a user another password, which ends the grants the user gave (a quirk). Raises UnknownUser."""
        self.people.set_password(email, password)
        if self.quirks.password_change_ends_grant:
            self.grants.end_of_user(self.people.user(email).email)

    def grant(self, client_id: str, realm_id: str, user: str, scopes: tuple[str, ...]) -> Given:
        """Let a user consent without a page, whatever the page would say."""
        return self.grants.redeem(
            client_id, self.grants.issue_code(Code(client_id, "", realm_id, user, scopes)), redirect_uri=""
        )

    def set_quirk(self, name: str, value: bool | int | str) -> None:
        """Choose an unconfirmed behaviour otherwise; it stays so across restarts."""
        change = {"access_quirk": [name, value]}
        self.apply(change)
        self._record(change)

    def companies_for(self, app: App, user: str) -> list[str]:
        """Return the companies a user may connect an app to: those of the keys' kind in which the user is an admin."""
        kind = app.environment.companies
        return [
            realm_id
            for realm_id, role in self.people.roles_of(user).items()
            if role.is_admin and self.environments.get(realm_id) == kind
        ]

    def open_company(self, realm_id: str, environment: str) -> None:
        """Let the people every company starts with into a new company."""
        self.environments[realm_id] = environment
        self.people.start_company(realm_id)

    def start_app(self, client_id: str, secret: str, environment: Environment) -> None:
        """Make the app a sandbox starts with. The sandbox's own first record tells of it."""
        name = "Development app" if environment is Environment.DEVELOPMENT else "Production app"
        self.apps.by_id[client_id] = App(name, client_id, secret, environment)

    # -- requests of the accounting API ---------------------------------------------------------------------------

    def admit(self, authorization: str, realm_id: str, host: str, now: float) -> Grant:
        """Return the grant a request comes with. Raises GatewayFault (401, 403) or Refusal (120)."""
        quirks = self.quirks
        scheme, _, token = authorization.partition(" ")
        grant, words = self.grants.opened_by(token.strip() if scheme.lower() == "bearer" else "", now)
        if grant is None:
            if words.startswith(REVOKED) and quirks.withdrawn_grant_status == 403:
                raise not_authorized(quirks.word_of_403)
            raise token_refused(words, quirks.word_of_401)
        app = self.apps.by_id.get(grant.client_id)
        if app is None:
            # [INF] The tokens of an app deleted at Intuit are refused in the app's name.
            raise token_refused("Invalid or missing token", "ApplicationAuthenticationFailed")
        if grant.realm_id != realm_id:
            if quirks.other_company_answer == "100" and realm_id in self.environments:
                raise authentication_failure()
            raise not_authorized(quirks.word_of_403)
        environment = self.environments[realm_id]
        named = _HOSTS.get(host.partition(":")[0], environment)
        if ACCOUNTING not in grant.scopes or not environment == app.environment.companies == named:
            raise not_authorized(quirks.word_of_403)
        role = self.people.role(realm_id, grant.user)
        if role is None and quirks.removed_user_answer == "3100":
            raise not_authorized(quirks.word_of_403)
        if role is None or not role.is_admin:
            raise no_access(self.plans(realm_id), quirks.no_access_status)
        return grant

    # -- the journal ----------------------------------------------------------------------------------------------

    def apply(self, change: dict[str, Any]) -> None:
        """Do again what a journal record tells."""
        if "access_quirk" in change:
            setattr(self.quirks, *change["access_quirk"])
        self.people.apply(change)
        self.apps.apply(change)
        self.grants.apply(change)
        self.signer.apply(change)
