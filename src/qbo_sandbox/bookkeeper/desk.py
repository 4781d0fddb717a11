"""The bookkeeper's desk: renders a page of a company, and does an action as the user who sits there.

Every action goes through the company's own operations, under the user's name, so that journal, CDC and webhooks see it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

from jinja2 import Environment, FileSystemLoader
from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, RedirectResponse, Response

from qbo_sandbox.access.people import User
from qbo_sandbox.bookkeeper.menu import menu
from qbo_sandbox.bookkeeper.words import money, sentences, short_day, spoken
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.app import Sandbox

ACTOR_COOKIE = "bookkeeper"
_FOLDER = Path(__file__).parent / "templates"
_NO_SCRIPT = "default-src 'none'; style-src 'self'; img-src data:; form-action 'self'; base-uri 'none'"


@dataclass(frozen=True)
class Done:
    """An action was done: where to go next, and what to say there."""

    path: str  # below the company
    said: str


class Desk:
    """Pages and actions over one sandbox."""

    def __init__(self, sandbox: Sandbox) -> None:
        self.sandbox = sandbox
        self._templates = Environment(loader=FileSystemLoader(_FOLDER), autoescape=True, trim_blocks=True)
        self._templates.filters |= {"money": money, "day": short_day, "spoken": spoken}

    def company(self, request: Request) -> Company | None:
        """Return the company a page is about."""
        return self.sandbox.companies.get(request.path_params["realm"])

    def actor(self, request: Request) -> User | None:
        """Return the user who sits at the desk: the one chosen, or the first who is an admin of the company."""
        people, realm = self.sandbox.door.people, request.path_params["realm"]
        chosen = people.users.get(request.cookies.get(ACTOR_COOKIE, ""))
        if chosen is not None and people.role(realm, chosen.email) is not None:
            return chosen
        return next((user for user in people.users.values() if people.role(realm, user.email) is not None), None)

    def page(
        self, request: Request, template: str, title: str, *, status: int = 200, error: str = "", **context: Any
    ) -> Response:
        """Return a page of the company in the address; 404 when there is none."""
        company = self.company(request)
        if company is None:
            return HTMLResponse("There is no such company.", 404)
        realm = request.path_params["realm"]
        people = self.sandbox.door.people
        shared = {
            "company": company,
            "realm": realm,
            "base": f"/bookkeeper/{realm}",
            "path": request.url.path.removeprefix(f"/bookkeeper/{realm}"),
            "companies": [(each.realm_id, each.name) for each in self.sandbox.companies.values()],
            "menu": menu(),
            "actor": self.actor(request),
            "actors": [user for user in people.users.values() if people.role(realm, user.email) is not None],
            "said": request.query_params.get("said", ""),
            "today": company.today(),
            "title": title,
            "error": error,
        }
        text = self._templates.get_template(template).render(shared | context)
        return HTMLResponse(text, status, {"Content-Security-Policy": _NO_SCRIPT, "Cache-Control": "no-store"})

    def nowhere(self, request: Request, text: str) -> Response:
        """Return the page for something that is not in the books."""
        return self.page(request, "nowhere.html", text, status=404)

    async def either(self, request: Request, do: Do, again: Again) -> Response:
        """Show an empty form, or do what a form that was sent asks."""
        company = self.company(request)
        if company is not None and request.method == "GET":
            return again(company, {}, "")
        return await self.act(request, do, again)

    async def act(self, request: Request, do: Do, again: Again) -> Response:
        """Do what a form asks, as the user at the desk. Refused, the form is shown `again` with what was in it."""
        if is_from_elsewhere(request):
            return PlainTextResponse("This form was sent from another site.", 403)
        company = self.company(request)
        if company is None:
            return HTMLResponse("There is no such company.", 404)
        form = await request.form()
        actor = self.actor(request)
        try:
            with company.acting(f"{actor.given_name} {actor.family_name}".strip() if actor else "A bookkeeper"):
                done = do(company, form)
        except Refusal as refusal:
            return again(company, texts(form), sentences(refusal))
        except Unfit as unfit:
            return again(company, texts(form), str(unfit))
        separator = "&" if "?" in done.path else "?"
        path = f"/bookkeeper/{company.realm_id}{done.path}{separator}said={quote(done.said)}"
        return RedirectResponse(path, 303)


Do = Callable[[Company, FormData], Done]
Again = Callable[[Company, Mapping[str, str], str], Response]
"""Shows a form: the company, what stands in its fields, and why it was refused."""


class Unfit(Exception):
    """What is in the form makes no sense before QuickBooks is even asked; the text says which field."""


def texts(form: FormData) -> dict[str, str]:
    """Return what was in a form, by field."""
    return {name: value for name, value in form.items() if isinstance(value, str)}


def is_from_elsewhere(request: Request) -> bool:
    """Whether a browser says that the form stood on another site's page."""
    if request.headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        return True
    origin = request.headers.get("origin")
    return origin is not None and urlsplit(origin).netloc != request.headers.get("host", "")


def the(company: Company, entity: str, qbo_id: str) -> Record:
    """Return an object of the books, or refuse as QuickBooks does."""
    return company.read(entity, qbo_id)


def amount_in(form: Mapping[str, Any], name: str, what: str) -> Decimal | None:
    """Return the amount in a field, None when it is empty. Raises Unfit."""
    text = str(form.get(name) or "").strip().replace(",", "").replace("$", "").replace("\u2212", "-")
    if not text:
        return None
    try:
        value = Decimal(text)
    except ArithmeticError:
        raise Unfit(f"{what} must be an amount such as 1,250.00; “{text}” is none.") from None
    if not value.is_finite():
        raise Unfit(f"{what} must be an amount such as 1,250.00; “{text}” is none.")
    return value
