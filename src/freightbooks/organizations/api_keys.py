"""Keys with which programs use the API: made and shown once, recognised, counted against their limit, revoked.

A key is 256 random bits, so its plain SHA-256 cannot be turned back; the key itself is stored nowhere.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass

from django.db import connection as database
from django.utils import timezone

from freightbooks.organizations.models import ApiKey, Organization, Scope, User

PREFIX = "fbk_"
REQUESTS_A_MINUTE = 600
_HINT = 12


@dataclass(frozen=True)
class Caller:
    """The program behind a request: whose rows it sees, and whether it may write."""

    key_id: int
    name: str
    organization: Organization
    may_write: bool
    requests: int
    """How many it has sent in the minute under way, this one with it."""
    seconds_left: int
    """Until the next minute begins."""

    @property
    def over_the_limit(self) -> bool:
        """Whether this request is one too many."""
        return self.requests > REQUESTS_A_MINUTE


def make(organization: Organization, name: str, scope: Scope, by: User | None) -> tuple[ApiKey, str]:
    """Make a key. The second value is the key itself, to be shown this once."""
    key = PREFIX + secrets.token_urlsafe(32)
    row = ApiKey.objects.create(
        organization=organization, name=name, hint=key[:_HINT], key_hash=_hash(key), scope=scope, created_by=by
    )
    return row, key


def revoke(key: ApiKey, by: User) -> bool:
    """End a key at once; whether it was still good."""
    good = ApiKey.objects.filter(pk=key.pk, revoked_at=None)
    return good.update(revoked_at=timezone.now(), revoked_by=by) == 1


def recognise(key: str) -> Caller | None:
    """Return whose key it is and count the request. None: there is no such key, or it was revoked.

    One statement does both, so the count is true however many processes serve.
    """
    with database.cursor() as cursor:
        cursor.execute(_RECOGNISE, [_hash(key)])
        row = cursor.fetchone()
    if row is None:
        return None
    key_id, name, scope, requests, seconds_left, organization_id, organization_name, paused = row
    organization = Organization(pk=organization_id, name=organization_name, paused=paused)
    return Caller(key_id, name, organization, scope == Scope.WRITE, requests, max(1, int(seconds_left)))


_RECOGNISE = """
    UPDATE organizations_apikey AS key
    SET last_used_at = now(),
        window_began = date_trunc('minute', now()),
        window_count = CASE WHEN key.window_began = date_trunc('minute', now()) THEN key.window_count + 1 ELSE 1 END
    FROM organizations_organization AS organization
    WHERE key.key_hash = %s AND key.revoked_at IS NULL AND organization.id = key.organization_id
    RETURNING key.id, key.name, key.scope, key.window_count,
        ceil(extract(epoch FROM date_trunc('minute', now()) + interval '1 minute' - now())),
        organization.id, organization.name, organization.paused
"""


def _hash(key: str) -> str:
    return hashlib.sha256(key.encode(errors="surrogatepass")).hexdigest()
