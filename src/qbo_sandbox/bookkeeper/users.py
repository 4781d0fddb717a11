"""Users and the apps they connected: another password or role, a user who leaves, an app that is disconnected."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.access.people import Role, UnknownUser, User
from qbo_sandbox.bookkeeper.desk import Desk, Done, Unfit
from qbo_sandbox.books.company import Company


def user_routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of users and apps."""
    door = desk.sandbox.door

    def page(request: Request, company: Company, form: Mapping[str, str], error: str) -> Response:
        people, realm = door.people, company.realm_id
        users = [
            (user, people.role(realm, user.email), [each for each in _grants(company) if each.user == user.email])
            for user in people.users.values()
        ]
        return desk.page(
            request,
            "users.html",
            "Users and apps",
            status=400 if error else 200,
            error=error,
            users=users,
            roles=list(Role),
            form=form,
            grants=[(each, door.apps.by_id.get(each.client_id)) for each in _grants(company)],
        )

    def _grants(company: Company) -> list[Any]:
        return [each for each in door.grants.grants.values() if each.realm_id == company.realm_id and not each.revoked]

    def user_in(form: FormData) -> User:
        try:
            return door.people.user(str(form.get("user", "")))
        except UnknownUser as unknown:
            raise Unfit(str(unknown)) from None

    def password(_company: Company, form: FormData) -> Done:
        user, text = user_in(form), str(form.get("password", ""))
        if not text:
            raise Unfit("The new password is missing.")
        door.change_password(user.email, text)
        return Done("/users", f"{user.given_name} {user.family_name} has another password.")

    def role(company: Company, form: FormData) -> Done:
        user, text = user_in(form), str(form.get("role", ""))
        if text not in (*Role, ""):
            raise Unfit(f"{text} is no role.")
        door.people.give_role(company.realm_id, user.email, Role(text) if text else None)
        name = f"{user.given_name} {user.family_name}"
        return Done(
            "/users", f"{name} is {Role(text).spoken} now." if text else f"{name} is no longer in this company."
        )

    def add(company: Company, form: FormData) -> Done:
        email, given, family = (str(form.get(name, "")).strip() for name in ("email", "given", "family"))
        if "@" not in email or not given:
            raise Unfit("An e-mail address and a first name are needed.")
        user = door.people.add(email, given, family)
        door.people.give_role(company.realm_id, user.email, Role.STANDARD)
        return Done("/users", f"{given} {family} is a standard user of this company.")

    def disconnect(company: Company, form: FormData) -> Done:
        for grant in _grants(company):
            if grant.key == form.get("grant"):
                app = door.apps.by_id.get(grant.client_id)
                door.grants.end(grant)
                return Done("/users", f"{app.name if app else grant.client_id} is disconnected; its tokens are dead.")
        raise Unfit("That app is not connected any more.")

    def acting(do: Callable[[Company, FormData], Done]) -> Callable[[Request], Any]:
        async def handle(request: Request) -> Response:
            return await desk.either(request, do, lambda *shown: page(request, *shown))

        return handle

    async def sure(request: Request) -> Response:
        return _sure(desk, request)

    prefix = "/bookkeeper/{realm}/users"
    return [
        Route(prefix, acting(add), methods=["GET", "POST"]),
        Route(f"{prefix}/sure", sure),
        Route(f"{prefix}/password", acting(password), methods=["GET", "POST"]),
        Route(f"{prefix}/role", acting(role), methods=["GET", "POST"]),
        Route(f"{prefix}/disconnect", acting(disconnect), methods=["GET", "POST"]),
    ]


def _sure(desk: Desk, request: Request) -> Response:
    """Ask before a user leaves the company or an app is disconnected."""
    company = desk.company(request)
    if company is None:
        return desk.nowhere(request, "There is no such company")
    door, asked = desk.sandbox.door, request.query_params
    user = door.people.users.get(asked.get("user", ""))
    grant = next((each for each in door.grants.grants.values() if each.key == asked.get("grant", "")), None)
    if user is not None:
        name = f"{user.given_name} {user.family_name}"
        return desk.page(
            request,
            "confirm.html",
            f"Take {name} out of this company?",
            means="Apps this user connected stop working: a refresh is told that the user is not in the realm.",
            told=[("E-mail", user.email)],
            fields={"user": user.email, "role": ""},
            action="/users/role",
            button=f"Take {name} out",
            back="/users",
            keep="Keep the user",
        )
    if grant is not None and grant.realm_id == company.realm_id:
        app = door.apps.by_id.get(grant.client_id)
        name = app.name if app else grant.client_id
        return desk.page(
            request,
            "confirm.html",
            f"Disconnect {name}?",
            means="Its access and refresh tokens are dead at once, and its next request is answered 401.",
            told=[("Connected by", grant.user), ("Client id", grant.client_id)],
            fields={"grant": grant.key},
            action="/users/disconnect",
            button=f"Disconnect {name}",
            back="/users",
            keep="Keep it connected",
        )
    return desk.nowhere(request, "There is nothing to ask about")
