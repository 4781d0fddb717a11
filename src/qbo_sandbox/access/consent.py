"""The page on which a person lets an app into a company, or does not; and what is wrong with asking for it.

[CAP] A request from an unknown app, or with an address to come back to that is not the app's, never leads back to
the app: Intuit shows a page. Anything wrong after that goes back as `error`.
"""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response

from qbo_sandbox.access.addresses import AUTHORIZE
from qbo_sandbox.access.apps import App
from qbo_sandbox.access.door import OPENID, SCOPES
from qbo_sandbox.access.forms import BadForm, read_form
from qbo_sandbox.access.grants import Code
from qbo_sandbox.access.people import UnknownUser, User

if TYPE_CHECKING:
    from qbo_sandbox.app import Sandbox

_ASKED = ("client_id", "redirect_uri", "state", "scope", "response_type")
_COOKIE = "sandbox_signed_in"
_MOST_SESSIONS = 1000
_HEADERS = {"Cache-Control": "no-store", "X-Frame-Options": "DENY", "Content-Security-Policy": "frame-ancestors 'none'"}


@dataclass(frozen=True)
class Asking:
    """A request for consent that is in order so far."""

    app: App
    redirect_uri: str
    state: str
    scopes: tuple[str, ...]
    fields: Mapping[str, str]

    @property
    def needs_company(self) -> bool:
        """Whether a company is to be chosen. [CAP] Signing in with Intuit alone gives no realmId."""
        return not set(self.scopes) <= {*OPENID, "intuit_name"}

    def back(self, **told: str) -> Response:
        """Return the way back to the app."""
        return RedirectResponse(f"{self.redirect_uri}?{urlencode(told)}", 302, headers={"Cache-Control": "no-store"})

    def refused(self, error: str) -> Response:
        """Return the way back to the app with an error."""
        return self.back(error=error, state=self.state)


class CannotAsk(Exception):
    """The request for consent is not in order; the message tells the developer why."""

    def __init__(self, sentence: str, app: str = "the app") -> None:
        super().__init__(sentence)
        self.app = app


class ConsentPage:
    """Shows the page, and takes the decision."""

    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._door = sandbox.door
        self._pages = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
        self._signed_in: dict[str, str] = {}  # the user of each browser

    async def ask(self, request: Request) -> Response:
        """Show the page; or, asked with `sandbox_auto` (or told so by the control plane), decide without one."""
        query = dict(request.query_params)
        try:
            asking = self._asking(query)
        except CannotAsk as problem:
            return self._problem(problem)
        if not SCOPES.issuperset(asking.scopes):
            return asking.refused("invalid_scope")
        auto = query.get("sandbox_auto") or self._door.auto_consent
        if auto == "deny":
            return asking.refused("access_denied")
        if auto == "allow":
            return self._decide_alone(asking, query)
        user = self._user_before(request, query)
        if user is None:
            return self._page("sign_in.html", asking)
        return self._consent(asking, user)

    async def decide(self, request: Request) -> Response:
        """Take what a person chose on the page."""
        try:
            form = await read_form(request)
            asking = self._asking(form)
        except BadForm:
            return self._problem(CannotAsk("The form could not be read."))
        except CannotAsk as problem:
            return self._problem(problem)
        if form.get("decision") == "deny":
            return asking.refused("access_denied")
        user = self._user_signing_in(form) or self._user_before(request, {})
        if user is None:
            return self._page("sign_in.html", asking, 401, wrong=True, email=form.get("user", ""))
        if form.get("decision") != "allow":
            return self._with_session(self._consent(asking, user), user)
        return self._allow(asking, user, form.get("realm_id", ""))

    # -- deciding -------------------------------------------------------------------------------------------------

    def _asking(self, asked: Mapping[str, str]) -> Asking:
        """Return the request for consent. Raises CannotAsk."""
        app = self._door.apps.by_id.get(asked.get("client_id", ""))
        if app is None:
            raise CannotAsk(
                "The client_id query parameter value is invalid. Make sure it matches the Client ID on your app's keys "
                "tab."
            )
        if not app.comes_back_to(asked.get("redirect_uri", "")):
            raise CannotAsk(
                "The redirect_uri query parameter value is invalid. Make sure it is listed in the Redirect URIs "
                "section on your app's keys tab and matches it exactly.",
                app.name,
            )
        if asked.get("response_type") != "code":
            raise CannotAsk("The response_type query parameter value is invalid. It must be code.", app.name)
        if not asked.get("scope", "").split():
            raise CannotAsk("The scope query parameter is missing.", app.name)
        if not asked.get("state"):
            raise CannotAsk("The state query parameter is missing.", app.name)
        fields = {name: asked[name] for name in _ASKED}
        return Asking(app, asked["redirect_uri"], asked["state"], tuple(asked["scope"].split()), fields)

    def _user_before(self, request: Request, query: Mapping[str, str]) -> User | None:
        """Return who is signed in; without passwords, whoever is asked for or the first."""
        users = self._door.people.users
        if self._sandbox.options.passwords:
            return users.get(self._signed_in.get(request.cookies.get(_COOKIE, ""), ""))
        return users.get(query.get("sandbox_user", "").lower()) or self._first_admin()

    def _first_admin(self) -> User | None:
        people = self._door.people
        for user in people.users.values():
            if any(role.is_admin for role in people.roles_of(user.email).values()):
                return user
        return next(iter(people.users.values()), None)

    def _user_signing_in(self, form: Mapping[str, str]) -> User | None:
        try:
            user = self._door.people.user(form.get("user", ""))
        except UnknownUser:
            return None
        return user if not self._sandbox.options.passwords or user.has_password(form.get("password", "")) else None

    def _decide_alone(self, asking: Asking, query: Mapping[str, str]) -> Response:
        people = self._door.people
        wanted = query.get("sandbox_user", "").lower()
        able = [user for user in people.users.values() if self._door.companies_for(asking.app, user.email)]
        user = people.users.get(wanted) if wanted else next(iter(able), None)
        if user is None:
            sentence = "There is no such user, or no user is an admin of a company these keys are good for."
            return self._problem(CannotAsk(sentence, asking.app.name), 403)
        companies = self._door.companies_for(asking.app, user.email)
        return self._allow(asking, user, query.get("sandbox_realm") or next(iter(companies), ""))

    def _allow(self, asking: Asking, user: User, realm_id: str) -> Response:
        if not asking.needs_company:
            realm_id = ""
        elif realm_id not in self._door.companies_for(asking.app, user.email):
            return self._problem(CannotAsk(self._why_not(asking.app, user, realm_id), asking.app.name), 403)
        code = self._door.grants.issue_code(
            Code(asking.app.client_id, asking.redirect_uri, realm_id, user.email, asking.scopes)
        )
        told = {"code": code, "state": asking.state}
        return asking.back(**(told | {"realmId": realm_id} if realm_id else told))

    def _why_not(self, app: App, user: User, realm_id: str) -> str:
        """Return why a user cannot connect an app to a company."""
        company = self._sandbox.companies.get(realm_id)
        role = self._door.people.role(realm_id, user.email)
        if company is None:
            return "Choose a company."
        if role is None:
            return f"{user.email} is not a user of {company.name}."
        if not role.is_admin:
            return (
                f"{user.email} is a {role.spoken} user of {company.name}. Only a primary admin or company admin can "
                "connect apps."
            )
        kind = self._door.environments[realm_id]
        return f"{company.name} is a {kind} company; {app.environment} keys open {app.environment.companies} companies."

    # -- showing --------------------------------------------------------------------------------------------------

    def _consent(self, asking: Asking, user: User) -> Response:
        companies = self._sandbox.companies
        offered = self._door.companies_for(asking.app, user.email)
        connected = {
            grant.realm_id: grant.user
            for grant in self._door.grants.grants.values()
            if grant.client_id == asking.app.client_id and not grant.revoked
        }
        others = [
            {"email": other, "address": f"{AUTHORIZE}?{urlencode({**asking.fields, 'sandbox_user': other})}"}
            for other in self._door.people.users
            if other != user.email and not self._sandbox.options.passwords
        ]
        return self._page(
            "consent.html",
            asking,
            user=user,
            companies=[(realm_id, companies[realm_id].name, connected.get(realm_id, "")) for realm_id in offered],
            closed=[
                self._why_not(asking.app, user, realm_id)
                for realm_id in companies
                if asking.needs_company and realm_id not in offered
            ],
            others=others,
        )

    def _problem(self, problem: CannotAsk, status: int = 400) -> Response:
        text = self._pages.get_template("problem.html").render(app=problem.app, sentence=str(problem))
        return HTMLResponse(text, status, _HEADERS)

    def _page(self, name: str, asking: Asking, status: int = 200, **shown: Any) -> Response:
        text = self._pages.get_template(name).render(asking=asking, app=asking.app.name, action=AUTHORIZE, **shown)
        return HTMLResponse(text, status, _HEADERS)

    def _with_session(self, response: Response, user: User) -> Response:
        """Remember in the browser who signed in."""
        session = secrets.token_urlsafe(24)
        self._signed_in[session] = user.email
        while len(self._signed_in) > _MOST_SESSIONS:
            del self._signed_in[next(iter(self._signed_in))]
        response.set_cookie(_COOKIE, session, path=AUTHORIZE, httponly=True, samesite="lax")
        return response
