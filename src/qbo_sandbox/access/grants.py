"""Grants and their tokens: what a code, a refresh token or an access token opens, and until when.

One grant for one app and company. Everything here is plain data that the journal can hold; HTTP is next door.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any

ACCESS_SECONDS = 3600
REFRESH_SECONDS = 8726400
HARD_SECONDS = 157680000
CODE_SECONDS = 600
ROTATE_AFTER = timedelta(hours=24)


@dataclass
class Grant:
    """One user's consent that one app may use one company."""

    client_id: str
    realm_id: str
    user: str
    scopes: tuple[str, ...]
    granted_at: str
    refresh_token: str
    refresh_issued_at: str
    refresh_used_at: str
    revoked: bool = False


@dataclass
class Code:
    """An authorization code: good once, for ten minutes, for the redirect URI it was asked with."""

    client_id: str
    redirect_uri: str
    realm_id: str
    user: str
    scopes: tuple[str, ...]
    issued_at: str


@dataclass
class AccessToken:
    """A bearer token of a grant."""

    client_id: str
    realm_id: str
    expires_at: str


class TokenRefused(Exception):
    """The token endpoint refuses; `body` is its answer."""

    def __init__(self, **body: str) -> None:
        super().__init__(body.get("error", ""))
        self.body = body


@dataclass
class Given:
    """What the token endpoint gives."""

    access_token: str
    refresh_token: str
    refresh_expires_in: int
    hard_expires_in: int
    grant: Grant


@dataclass
class Grants:
    """All grants and tokens of a sandbox. `record` gets one plain dict for each change, before the answer leaves."""

    clock: Callable[[], datetime]
    record: Callable[[dict[str, Any]], None]
    strict_rotation: bool = False
    grants: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, AccessToken] = field(default_factory=dict)
    _codes: dict[str, Code] = field(default_factory=dict)
    _users_gone: set[tuple[str, str]] = field(default_factory=set)

    def issue_code(self, code: Code) -> str:
        """Return the code of a consent given now."""
        text = f"XAB1{secrets.token_hex(20)}"
        self._codes[text] = code
        return text

    def redeem(self, client_id: str, text: str, redirect_uri: str) -> Given:
        """Turn a code into tokens. A code is used up by the attempt. Raises TokenRefused."""
        code = self._codes.pop(text, None)
        now = self.clock()
        if code is None or datetime.fromisoformat(code.issued_at) + timedelta(seconds=CODE_SECONDS) < now:
            raise TokenRefused(error="invalid_grant")
        if code.client_id != client_id or code.redirect_uri != redirect_uri:
            raise TokenRefused(error="invalid_grant", error_description="Incorrect Token type or clientID")
        moment = now.isoformat()
        grant = Grant(client_id, code.realm_id, code.user, code.scopes, moment, _new_refresh_token(now), moment, moment)
        return self._give(grant)

    def refresh(self, client_id: str, refresh_token: str) -> Given:
        """Give a new access token, and after a day (or always, if strict) a new refresh token. Raises TokenRefused."""
        if refresh_token in self.tokens:
            raise TokenRefused(error="invalid_grant", error_description="Incorrect Token type or clientID")
        grant = next((each for each in self.grants.values() if each.refresh_token == refresh_token), None)
        if grant is None or grant.revoked:
            raise TokenRefused(error="invalid_grant", error_description="Incorrect or invalid refresh token")
        if grant.client_id != client_id:
            raise TokenRefused(error="invalid_grant", error_description="Incorrect Token type or clientID")
        now = self.clock()
        idle = datetime.fromisoformat(grant.refresh_used_at) + timedelta(seconds=REFRESH_SECONDS)
        if min(idle, self._hard_end(grant)) < now:
            raise TokenRefused(error="invalid_grant")
        if (grant.realm_id, grant.user) in self._users_gone:
            raise TokenRefused(
                error_description="Unauthorized Request: User is not a member of the specified Realm",
                x_error_reason="user_not_in_realm",
                x_error_reason_detail="The user is not in the specified realm",
                error="invalid_grant",
            )
        if self.strict_rotation or datetime.fromisoformat(grant.refresh_issued_at) + ROTATE_AFTER < now:
            grant.refresh_token, grant.refresh_issued_at = _new_refresh_token(now), now.isoformat()
        grant.refresh_used_at = now.isoformat()
        return self._give(grant)

    def revoke(self, client_id: str, token: str) -> bool:
        """End the grant of an access or refresh token; return whether there was one."""
        access = self.tokens.get(token)
        for grant in self.grants.values():
            by_access = access is not None and (access.client_id, access.realm_id) == (grant.client_id, grant.realm_id)
            if grant.client_id == client_id and not grant.revoked and (by_access or grant.refresh_token == token):
                grant.revoked = True
                self.record({"grant": asdict(grant)})
                return True
        return False

    def remove_user(self, realm_id: str, user: str) -> None:
        """Take a user out of a company: tokens of that user can no longer be refreshed there."""
        self._users_gone.add((realm_id, user))
        self.record({"user_gone": [realm_id, user]})

    def grant_of(self, token: str) -> tuple[Grant | None, str]:
        """Return the grant a bearer token opens now, or None and the words of the refusal."""
        access = self.tokens.get(token)
        if access is None:
            return None, "Invalid or missing token"
        if datetime.fromisoformat(access.expires_at) <= self.clock():
            return None, f"Token expired: {token[:16]}"
        grant = self.grants.get(f"{access.client_id}/{access.realm_id}")
        if grant is None or grant.revoked:
            return None, f"Token revoked: {token[:16]}"
        return grant, ""

    def apply(self, record: dict[str, Any]) -> None:
        """Do again what a journal record tells."""
        if "grant" in record:
            stored = record["grant"] | {"scopes": tuple(record["grant"]["scopes"])}
            grant = Grant(**stored)
            self.grants[f"{grant.client_id}/{grant.realm_id}"] = grant
        if "access" in record:
            self.tokens[record["token"]] = AccessToken(**record["access"])
        if "user_gone" in record:
            self._users_gone.add((record["user_gone"][0], record["user_gone"][1]))

    def _hard_end(self, grant: Grant) -> datetime:
        return datetime.fromisoformat(grant.granted_at) + timedelta(seconds=HARD_SECONDS)

    def _give(self, grant: Grant) -> Given:
        now = self.clock()
        token = f"eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0..{secrets.token_urlsafe(48)}"
        access = AccessToken(grant.client_id, grant.realm_id, (now + timedelta(seconds=ACCESS_SECONDS)).isoformat())
        self.grants[f"{grant.client_id}/{grant.realm_id}"] = grant
        self.tokens[token] = access
        self.record({"grant": asdict(grant), "token": token, "access": asdict(access)})
        hard = int((self._hard_end(grant) - now).total_seconds())
        return Given(token, grant.refresh_token, REFRESH_SECONDS, hard, grant)


def _new_refresh_token(now: datetime) -> str:
    return f"RT1-39-H3-{int(now.timestamp())}{secrets.token_hex(10)}"
