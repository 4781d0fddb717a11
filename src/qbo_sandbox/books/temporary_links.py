"""Links to attachments that need no token and last fifteen minutes, shaped like those of Intuit's file store."""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from enum import Enum
from urllib.parse import quote, urlencode

LASTS = timedelta(minutes=15)
PATH = "/attachments"
_TIME = "%Y%m%dT%H%M%SZ"


class Held(Enum):
    """What a link is worth when somebody follows it."""

    GOOD = "good"
    EXPIRED = "expired"
    FORGED = "forged"


def link(base_url: str, realm_id: str, qbo_id: str, name: str, moment: datetime) -> str:
    """Return a link to an attachment, good from `moment` (aware) on."""
    date = moment.astimezone(UTC).strftime(_TIME)
    query = {
        "X-Amz-Algorithm": "AWS4-HMAC-SHA256",
        "X-Amz-Date": date,
        "X-Amz-SignedHeaders": "host",
        "X-Amz-Expires": str(int(LASTS.total_seconds())),
        "X-Amz-Signature": _signature(realm_id, qbo_id, date),
    }
    return f"{base_url}{PATH}/{realm_id}/{qbo_id}/{quote(name or 'attachment', safe='')}?{urlencode(query)}"


def hold(realm_id: str, qbo_id: str, query: Mapping[str, str], now: datetime) -> Held:
    """Return whether a link with this query is good now."""
    date = query.get("X-Amz-Date", "")
    given = query.get("X-Amz-Signature", "")
    if not hmac.compare_digest(given.encode(), _signature(realm_id, qbo_id, date).encode()):
        return Held.FORGED
    until = datetime.strptime(date, _TIME).replace(tzinfo=UTC) + LASTS
    return Held.GOOD if now <= until else Held.EXPIRED


def _signature(realm_id: str, qbo_id: str, date: str) -> str:
    """Return a signature that a replayed company gives as well: it shows what was changed, it guards no secret."""
    told = f"{realm_id}/{qbo_id}/{date}".encode()
    return hmac.new(hashlib.sha256(realm_id.encode()).digest(), told, hashlib.sha256).hexdigest()
