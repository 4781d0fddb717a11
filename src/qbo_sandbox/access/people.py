"""The people of a sandbox: who signs in with what, and what each may do in which company."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from enum import StrEnum
from typing import Any

Record = Callable[[dict[str, Any]], None]

START_PASSWORD = "sandbox"  # noqa: S105 - printed in the documentation; of people who do not exist
"""The password of everybody who was given none."""


class Role(StrEnum):
    """What a user may do in a company."""

    PRIMARY_ADMIN = "primary_admin"
    COMPANY_ADMIN = "company_admin"
    STANDARD = "standard"
    REPORTS_ONLY = "reports_only"
    TIME_TRACKING_ONLY = "time_tracking_only"

    @property
    def is_admin(self) -> bool:
        """Whether this role may connect an app. [3P] Only primary and company admins may."""
        return self in (Role.PRIMARY_ADMIN, Role.COMPANY_ADMIN)

    @property
    def spoken(self) -> str:
        """The role as a page calls it."""
        return self.replace("_", " ")


class UnknownUser(Exception):
    """There is no user with that e-mail address."""


@dataclass(frozen=True)
class User:
    """A person with an Intuit account. `sub` is what apps know them by."""

    email: str
    sub: str
    given_name: str
    family_name: str
    phone: str = ""
    password_hash: str = ""

    def has_password(self, password: str) -> bool:
        """Whether this is the user's password."""
        if not self.password_hash:
            return secrets.compare_digest(password.encode(), START_PASSWORD.encode())
        salt, _, known = self.password_hash.partition("$")
        return secrets.compare_digest(_hash(password, salt), known)


@dataclass
class People:
    """All users and their roles. `record` gets one plain dict for each change."""

    record: Record
    users: dict[str, User] = field(default_factory=dict)
    _roles: dict[str, dict[str, Role]] = field(default_factory=dict)  # by company, then by user

    def user(self, email: str) -> User:
        """Return a user. Raises UnknownUser."""
        user = self.users.get(email.strip().lower())
        if user is None:
            raise UnknownUser(f"There is no user {email}; the users are {', '.join(self.users)}.")
        return user

    def role(self, realm_id: str, email: str) -> Role | None:
        """Return what a user may do in a company; None for nothing."""
        return self._roles.get(realm_id, {}).get(email)

    def roles_of(self, email: str) -> dict[str, Role]:
        """Return a user's roles by company."""
        return {realm_id: roles[email] for realm_id, roles in self._roles.items() if email in roles}

    def add(self, email: str, given_name: str, family_name: str, password: str = "", phone: str = "") -> User:
        """Add a user, or change one's name and password."""
        email = email.strip().lower()
        before = self.users.get(email)
        sub = before.sub if before else _uuid_of(email)
        password_hash = _new_hash(password) if password else (before.password_hash if before else "")
        return self._keep(User(email, sub, given_name, family_name, phone, password_hash))

    def set_password(self, email: str, password: str) -> None:
        """Give a user another password. Raises UnknownUser."""
        self._keep(replace(self.user(email), password_hash=_new_hash(password)))

    def give_role(self, realm_id: str, email: str, role: Role | None) -> None:
        """Let a user do something else in a company, or (None) nothing. Raises UnknownUser."""
        email = self.user(email).email
        change = {"role": [realm_id, email, role.value if role else ""]}
        self.apply(change)
        self.record(change)

    def apply(self, change: dict[str, Any]) -> None:
        """Do again what a journal record tells."""
        if "user" in change:
            user = User(**change["user"])
            self.users[user.email] = user
        if "role" in change:
            realm_id, email, role = change["role"]
            roles = self._roles.setdefault(realm_id, {})
            if role:
                roles[email] = Role(role)
            else:
                roles.pop(email, None)

    def start_company(self, realm_id: str) -> None:
        """Put the people every company starts with into a new one: two admins and a clerk. Recorded nowhere."""
        for email, given_name, family_name, role in _AT_THE_START:
            self.users.setdefault(email, User(email, _uuid_of(email), given_name, family_name, "+1 828 555 0100"))
            self._roles.setdefault(realm_id, {})[email] = role

    def _keep(self, user: User) -> User:
        change = {"user": asdict(user)}
        self.apply(change)
        self.record(change)
        return user


_AT_THE_START = (
    ("owner@sandbox.example", "Olive", "Owner", Role.PRIMARY_ADMIN),
    ("controller@sandbox.example", "Carl", "Controller", Role.COMPANY_ADMIN),
    ("clerk@sandbox.example", "Clara", "Clerk", Role.STANDARD),
)


def _uuid_of(email: str) -> str:
    """Return the `sub` of a user: the same after a restart without a journal, and no e-mail address, as Intuit's."""
    digest = hashlib.sha256(f"qbo-sandbox user {email}".encode()).hexdigest()
    return f"{digest[:8]}-{digest[8:12]}-{digest[12:16]}-{digest[16:20]}-{digest[20:32]}"


def _new_hash(password: str) -> str:
    salt = secrets.token_hex(8)
    return f"{salt}${_hash(password, salt)}"


def _hash(password: str, salt: str) -> str:
    return hashlib.scrypt(password.encode(), salt=salt.encode(), n=2**12, r=8, p=1).hex()
