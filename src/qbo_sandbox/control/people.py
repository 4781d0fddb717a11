"""The people of a sandbox over HTTP: who there is, their passwords, and what each may do in which company."""

from __future__ import annotations

from typing import Any

from qbo_sandbox.access.people import Role, UnknownUser, User
from qbo_sandbox.control.asking import Asked, BadAsk, Part
from qbo_sandbox.control.route import Control

_GROUP = "People"
_ROLES = tuple(role.value for role in Role)


def _shown(asked: Asked, user: User) -> dict[str, Any]:
    return {
        "email": user.email,
        "sub": user.sub,
        "given_name": user.given_name,
        "family_name": user.family_name,
        "roles": {realm_id: role.value for realm_id, role in asked.sandbox.door.people.roles_of(user.email).items()},
    }


def _named(asked: Asked) -> User:
    try:
        return asked.sandbox.door.people.user(asked.path["email"])
    except UnknownUser as error:
        raise BadAsk(str(error), 404) from error


def _list(asked: Asked) -> Any:
    return [_shown(asked, user) for user in asked.sandbox.door.people.users.values()]


def _add(asked: Asked) -> Any:
    people, body = asked.sandbox.door.people, asked.body
    email = body["email"].strip()
    if "@" not in email or any(letter.isspace() for letter in email):
        raise BadAsk("email must be an e-mail address.")
    realm_id = body.get("realm_id", next(iter(asked.sandbox.companies)))
    if realm_id not in asked.sandbox.companies:
        raise BadAsk(f"There is no company {realm_id}.")
    user = people.add(
        email,
        body.get("given_name", email.partition("@")[0].capitalize()),
        body.get("family_name", "Sandbox"),
        body.get("password", ""),
        body.get("phone", ""),
    )
    people.give_role(realm_id, user.email, Role(body.get("role", Role.COMPANY_ADMIN.value)))
    return _shown(asked, user)


def _change_password(asked: Asked) -> Any:
    user = _named(asked)
    asked.sandbox.door.change_password(user.email, asked.body["password"])
    return {"ended_grants": asked.sandbox.door.quirks.password_change_ends_grant}


def _give_role(asked: Asked) -> Any:
    user, company = _named(asked), asked.company
    asked.sandbox.door.people.give_role(company.realm_id, user.email, Role(asked.body["role"]))
    return _shown(asked, user)


def _take_out(asked: Asked) -> Any:
    user, company = _named(asked), asked.company
    asked.sandbox.grants.remove_user(company.realm_id, user.email)
    return _shown(asked, user)


_SHOWN = {
    "email": "owner@sandbox.example",
    "sub": "a5c1b7f2-6a4f-8d0e-91aa-0123456789ab",
    "given_name": "Olive",
    "family_name": "Owner",
    "roles": {"9341450000000000": "primary_admin"},
}

CONTROLS = (
    Control("GET", "/users", "List the users and their roles.", _list, answers=[_SHOWN], group=_GROUP),
    Control(
        "POST",
        "/users",
        "Add a user and let them into a company (the first, as company admin, if nothing else is said).",
        _add,
        {
            "email": Part("text", "what they sign in with", needed=True),
            "given_name": Part("text", "their given name"),
            "family_name": Part("text", "their family name"),
            "phone": Part("text", "their phone number"),
            "password": Part("text", "their password; left out: sandbox"),
            "realm_id": Part("text", "the company"),
            "role": Part("text", "what they may do in it", choices=_ROLES),
        },
        example={"email": "pat@sandbox.example", "role": "company_admin"},
        answers=_SHOWN,
        group=_GROUP,
    ),
    Control(
        "POST",
        "/users/{email}/password",
        "Change a user's password, which ends the grants the user gave (quirk password_change_ends_grant).",
        _change_password,
        {"password": Part("text", "the new password", needed=True)},
        example={"password": "correct horse"},
        answers={"ended_grants": True},
        group=_GROUP,
    ),
    Control(
        "POST",
        "/companies/{realm}/users/{email}",
        "Give a user a role in a company: promote or demote. A connection of a user who is no admin answers 120.",
        _give_role,
        {"role": Part("text", "the role", needed=True, choices=_ROLES)},
        example={"role": "standard"},
        answers=_SHOWN,
        group=_GROUP,
    ),
    Control(
        "DELETE",
        "/companies/{realm}/users/{email}",
        "Delete a user from a company. A connection of theirs answers 120, and user_not_in_realm when refreshed.",
        _take_out,
        answers=_SHOWN | {"roles": {}},
        group=_GROUP,
    ),
)
