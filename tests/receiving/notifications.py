"""Notifications as Intuit writes and signs them."""

from __future__ import annotations

import base64
import hmac
import json
from datetime import UTC, datetime
from typing import Any

VERIFIER = "00faeec4-08d0-4996-bb37-698ae19f0149"


def signature(body: bytes, token: str = VERIFIER) -> str:
    return base64.b64encode(hmac.digest(token.encode(), body, "sha256")).decode()


def legacy(realm_id: str, *entities: dict[str, Any]) -> bytes:
    """The form of before 2026."""
    told = [{"realmId": realm_id, "dataChangeEvent": {"entities": list(entities)}}]
    return json.dumps({"eventNotifications": told}).encode()


def entity(
    name: str, qbo_id: str, operation: str = "Update", at: datetime | None = None, **more: str
) -> dict[str, Any]:
    moment = (at or datetime.now(UTC)).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    return {"name": name, "id": qbo_id, "operation": operation, "lastUpdated": moment, **more}


def cloud_event(realm_id: str, name: str, qbo_id: str, past: str = "updated", **data: str) -> dict[str, Any]:
    """One event of the form of 2026."""
    return {
        "specversion": "1.0",
        "id": "88cd52aa-33b6-4351-9aa4-47572edbd068",
        "source": "intuit.dsnBgbseACLLRZNxo2dfc4evmEJdxde58xeeYcZliOU=",
        "type": f"qbo.{name.lower()}.{past}.v1",
        "datacontenttype": "application/json",
        "time": "2025-09-10T21:31:25.179851517Z",
        "intuitentityid": qbo_id,
        "intuitaccountid": realm_id,
        "data": data,
    }
