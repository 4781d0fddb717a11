"""Grants and their tokens: what a code, a refresh token or an access token opens, and until when.

Everything here is plain data that the journal can hold; moments are seconds since 1970. Every question about a token
is one look-up. Who may use a grant today is the door's business; HTTP is next door.
"""

from __future__ import annotations

import hashlib
import secrets
import string
from collections.abc import Callable
from dataclasses import asdict, dataclass, field, replace
from datetime import datetime
from typing import Any

from qbo_sandbox.access.people import People, Role
from qbo_sandbox.access.quirks import AccessQuirks

ACCESS_SECONDS = 3600
REFRESH_SECONDS = 8726400
HARD_SECONDS = 157680000
CODE_SECONDS = 600
ROTATE_AFTER_SECONDS = 24 * 3600
_KEPT = 10_000  # dead tokens and codes remembered, to tell them from those that never were
_HEAD = "eyJlbmMiOiJBMTI4Q0JDLUhTMjU2IiwiYWxnIjoiZGlyIn0"  # how each access token of Intuit's begins
_LETTERS = string.ascii_letters + string.digits


@dataclass(frozen=True)
class Grant:
    """One user's consent that one app may use one company; without a realm, only that it may know who the user is."""

    client_id: str
    realm_id: str
    user: str
    scopes: tuple[str, ...]
    consent: str
    granted_at: float
    refresh_token: str
    refresh_issued_at: float
    refresh_used_at: float
    revoked: bool = False
    previous_token: str = ""
    previous_until: float = 0.0

    @property
    def key(self) -> str:
        """What the grant is kept under. [INF] A second consent of the same user continues it: its `consent` stays."""
        return f"{self.client_id}/{self.realm_id}/{self.user}"


@dataclass(frozen=True)
class Code:
    """An authorization code: good once, for ten minutes, for the redirect URI it was asked with."""

    client_id: str
    redirect_uri: str
    realm_id: str
    user: str
    scopes: tuple[str, ...]
    issued_at: float = 0.0


@dataclass(frozen=True, slots=True)
class AccessToken:
    """A bearer token of a grant."""

    grant: str
    consent: str
    expires_at: float


class TokenRefused(Exception):
    """The token endpoint refuses; `body` is its answer."""

    def __init__(self, **body: str) -> None:
        super().__init__(body.get("error", ""))
        self.body = body


@dataclass(frozen=True)
class Given:
    """What the token endpoint gives."""

    access_token: str
    refresh_token: str
    expires_in: int
    refresh_expires_in: int
    hard_expires_in: int
    grant: Grant
    by_code: bool


@dataclass
class Grants:
    """All grants and tokens of a sandbox. `record` gets one plain dict for each change, before the answer leaves."""

    clock: Callable[[], datetime]
    record: Callable[[dict[str, Any]], None]
    people: People
    quirks: AccessQuirks
    strict_rotation: bool = False
    access_seconds: int = ACCESS_SECONDS
    grants: dict[str, Grant] = field(default_factory=dict)
    tokens: dict[str, AccessToken] = field(default_factory=dict)
    _codes: dict[str, Code] = field(default_factory=dict)
    _used_codes: dict[str, str] = field(default_factory=dict)  # and the grant each gave
    _by_refresh: dict[str, str] = field(default_factory=dict)  # the grant of a living refresh token
    _dead: dict[str, None] = field(default_factory=dict)  # refresh tokens that were

    def issue_code(self, code: Code) -> str:
        """Return the code of a consent given now."""
        text = f"XAB1{secrets.token_hex(23)}"
        self._codes[text] = replace(code, issued_at=self._now())
        _forget_the_oldest(self._codes)
        return text

    def redeem(self, client_id: str, text: str, redirect_uri: str) -> Given:
        """Turn a code into tokens. Its app's attempt uses a code up. Raises TokenRefused."""
        code = self._codes.get(text)
        if code is not None and code.client_id != client_id:
            raise TokenRefused(error="invalid_grant", error_description="Incorrect Token type or clientID")
        if code is None:
            stolen = self.grants.get(self._used_codes.get(text, ""))
            if stolen is not None and self.quirks.replayed_code_ends_grant:
                self.end(stolen)
            raise self._dead_token()
        del self._codes[text]
        now = self._now()
        if code.issued_at + CODE_SECONDS < now or code.redirect_uri != redirect_uri:
            raise self._dead_token()
        grant = self._granted(code, now)
        if self.quirks.second_admin_replaces_grant:
            for other in list(self.grants.values()):
                same = (other.client_id, other.realm_id) == (grant.client_id, grant.realm_id)
                if same and other.key != grant.key and not other.revoked:
                    self.end(other)
        self._used_codes[text] = grant.key
        _forget_the_oldest(self._used_codes)
        return self._give(grant, by_code=True)

    def refresh(self, client_id: str, refresh_token: str) -> Given:
        """Give a new access token, and after a day (or always, if strict) a new refresh token. Raises TokenRefused."""
        grant = self.grants.get(self._by_refresh.get(refresh_token, ""))
        if grant is None:
            if refresh_token in self._dead:
                raise self._dead_token()
            if refresh_token in self.tokens:
                raise TokenRefused(error="invalid_grant", error_description="Incorrect Token type or clientID")
            raise TokenRefused(error="invalid_grant", error_description="Incorrect or invalid refresh token")
        if grant.client_id != client_id:
            raise TokenRefused(error="invalid_grant", error_description="Incorrect Token type or clientID")
        now = self._now()
        outgrown = refresh_token != grant.refresh_token and grant.previous_until < now
        if grant.revoked or outgrown or min(grant.refresh_used_at + REFRESH_SECONDS, _hard_end(grant)) < now:
            raise self._dead_token()
        if grant.realm_id:
            role = self.people.role(grant.realm_id, grant.user)
            if role is None:
                raise _not_in_realm()
            if not role.is_admin and self.quirks.demotion_ends_grant:
                raise self._dead_token()
        if refresh_token == grant.refresh_token and (
            self.strict_rotation or grant.refresh_issued_at + ROTATE_AFTER_SECONDS < now
        ):
            grant = self._rotated(grant, now)
        return self._give(replace(grant, refresh_used_at=now), by_code=False)

    def standing(self, client_id: str, realm_id: str) -> Given | None:
        """Return a grant of an app and company that stands, with its refresh token as it is; None if there is none."""
        for grant in self.grants.values():
            if (grant.client_id, grant.realm_id, grant.revoked) == (client_id, realm_id, False):
                return self._give(grant, by_code=False)
        return None

    def rotate(self, grant: Grant) -> None:
        """Change a grant's refresh token now."""
        self._keep(self._rotated(grant, self._now()))

    def revoke(self, client_id: str, token: str) -> bool:
        """End the grant of an access or refresh token; return whether there was one."""
        access = self.tokens.get(token)
        grant = self.grants.get(access.grant if access is not None else self._by_refresh.get(token, ""))
        if grant is None or grant.client_id != client_id or grant.revoked:
            return False
        self.end(grant)
        return True

    def end(self, grant: Grant) -> None:
        """End a grant, as a person does who disconnects the app inside QuickBooks (Apps, My apps)."""
        self._keep(replace(grant, revoked=True))

    def end_of_user(self, user: str) -> None:
        """End every grant a user gave."""
        for grant in list(self.grants.values()):
            if grant.user == user and not grant.revoked:
                self.end(grant)

    def expire(self, grant: Grant) -> int:
        """Let the access tokens of a grant expire now; return how many."""
        now = self._now()
        living = [text for text, token in self.tokens.items() if token.grant == grant.key and token.expires_at > now]
        for text in living:
            self._keep_token(text, replace(self.tokens[text], expires_at=now))
        return len(living)

    def remove_user(self, realm_id: str, user: str) -> None:
        """Take a user out of a company: tokens of that user can no longer be refreshed there."""
        self.people.give_role(realm_id, user, None)

    def demote_user(self, realm_id: str, user: str) -> None:
        """Make an admin of a company a standard user."""
        self.people.give_role(realm_id, user, Role.STANDARD)

    def grant_of(self, token: str) -> tuple[Grant | None, str]:
        """Return the grant a bearer token opens now, or None and the words of the refusal."""
        return self.opened_by(token, self._now())

    def opened_by(self, token: str, now: float) -> tuple[Grant | None, str]:
        """Return the grant a bearer token opens at a moment, or None and the words of the refusal."""
        access = self.tokens.get(token)
        if access is None:
            # [CAP] The gateway's words for what cannot be a token; those for one that could be are inferred.
            return None, "Invalid or missing token" if not token or len(token) > 40 else MALFORMED
        if access.expires_at <= now:
            return None, f"Token expired: {_shown(token, access)}"
        grant = self.grants.get(access.grant)
        if grant is None or grant.revoked or grant.consent != access.consent:
            return None, f"{REVOKED}{_shown(token, access)}"
        return grant, ""

    def apply(self, change: dict[str, Any]) -> None:
        """Do again what a journal record tells."""
        if "grant" in change:
            self._hold(Grant(**(change["grant"] | {"scopes": tuple(change["grant"]["scopes"])})))
        if "access" in change:
            self.tokens[change["token"]] = AccessToken(**change["access"])

    def renew(self, now: float) -> None:
        """Let every grant and token live as long as if it had been given now. The caller records it."""
        for key, grant in self.grants.items():
            self.grants[key] = replace(grant, refresh_issued_at=now, refresh_used_at=now)
        for text, token in self.tokens.items():
            self.tokens[text] = replace(token, expires_at=now + self.access_seconds)

    # -- inside ---------------------------------------------------------------------------------------------------

    def _now(self) -> float:
        return self.clock().timestamp()

    def _give(self, grant: Grant, *, by_code: bool) -> Given:
        now = self._now()
        text = f"{_HEAD}..{secrets.token_urlsafe(16)}.{secrets.token_urlsafe(96)}"
        self._keep(grant)
        self._keep_token(text, AccessToken(grant.key, grant.consent, now + self.access_seconds))
        self._forget_expired(now)
        hard = int(_hard_end(grant) - now)
        # [INF] The rolling window never reaches beyond the hard end.
        return Given(
            text, grant.refresh_token, self.access_seconds, min(REFRESH_SECONDS, hard), hard, grant, by_code=by_code
        )

    def _granted(self, code: Code, now: float) -> Grant:
        grant = Grant(
            code.client_id,
            code.realm_id,
            code.user,
            code.scopes,
            secrets.token_hex(8),
            now,
            _new_refresh_token(now),
            now,
            now,
        )
        before = self.grants.get(grant.key)
        return grant if before is None or before.revoked else replace(grant, consent=before.consent)

    def _rotated(self, grant: Grant, now: float) -> Grant:
        grace = self.quirks.old_token_grace_hours * 3600
        return replace(
            grant,
            refresh_token=_new_refresh_token(now),
            refresh_issued_at=now,
            previous_token=grant.refresh_token if grace else "",
            previous_until=now + grace,
        )

    def _keep(self, grant: Grant) -> None:
        self._hold(grant)
        self.record({"grant": asdict(grant)})

    def _hold(self, grant: Grant) -> None:
        """Put a grant among the others; a refresh token it had and has no more is dead."""
        before = self.grants.get(grant.key)
        for old in _refresh_tokens(before) - _refresh_tokens(grant) if before else ():
            del self._by_refresh[old]
            self._dead[old] = None
            _forget_the_oldest(self._dead)
        for token in _refresh_tokens(grant):
            self._by_refresh[token] = grant.key
        self.grants[grant.key] = grant

    def _keep_token(self, text: str, token: AccessToken) -> None:
        self.tokens[text] = token
        self.record({"token": text, "access": asdict(token)})

    def _forget_expired(self, now: float) -> None:
        """Forget the oldest expired tokens beyond those remembered. All live equally long, so the oldest come first."""
        while len(self.tokens) > _KEPT:
            oldest = next(iter(self.tokens))
            if self.tokens[oldest].expires_at > now:
                return
            del self.tokens[oldest]

    def _dead_token(self) -> TokenRefused:
        description = self.quirks.dead_token_description
        return TokenRefused(**({"error_description": description} if description else {}), error="invalid_grant")


MALFORMED = "Malformed bearer token: too short or too long"
REVOKED = "Token revoked: "


def _not_in_realm() -> TokenRefused:
    return TokenRefused(
        error_description="Unauthorized Request: User is not a member of the specified Realm",
        x_error_reason="user_not_in_realm",
        x_error_reason_detail="The user is not in the specified realm",
        error="invalid_grant",
    )


def _refresh_tokens(grant: Grant) -> set[str]:
    return {grant.refresh_token, grant.previous_token} - {""}


def _hard_end(grant: Grant) -> float:
    return grant.granted_at + HARD_SECONDS


def _new_refresh_token(now: float) -> str:
    letters = "".join(secrets.choice(string.ascii_lowercase + string.digits) for _ in range(20))
    return f"RT1-39-H3-{int(now + REFRESH_SECONDS):010d}{letters}"


def _shown(token: str, access: AccessToken) -> str:
    """Return the gateway's own name of a token. [CAP] AB0, the second it expires, and 37 letters."""
    digest = hashlib.sha512(token.encode("utf-8", "surrogateescape")).digest()
    return f"AB0{int(access.expires_at)}" + "".join(_LETTERS[byte % len(_LETTERS)] for byte in digest[:37])


def _forget_the_oldest(known: dict[str, Any]) -> None:
    while len(known) > _KEPT:
        del known[next(iter(known))]
