"""Reads what Intuit posts: `eventNotifications`, or an array of CloudEvents, which takes its place in 2026. Pure.

Source: Intuit's webhooks guide. A notification names objects; it never holds one.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from freightbooks.quickbooks.change_feed import moment_of

MOST_BYTES = 1_000_000
"""A post of Intuit's is a few kilobytes; with five minutes gathered, some thousand events."""
_TYPE_PARTS = 4
_LONGEST_ID = 32


class NotANotification(ValueError):
    """The body has neither form."""


@dataclass(frozen=True)
class Event:
    """One object, and that something happened to it. `at` is UTC; `merged_id` is what a merge did away with."""

    realm_id: str
    entity: str
    qbo_id: str
    operation: str  # "create", "update", "delete", "void", "merge", "emailed"
    at: datetime
    merged_id: str = ""


_PAST = {
    "created": "create",
    "updated": "update",
    "deleted": "delete",
    "voided": "void",
    "merged": "merge",
    "emailed": "emailed",
}


def is_signed(body: bytes, signature: str, verifier_token: str) -> bool:
    """Whether `intuit-signature` is that of these very bytes; compared in constant time."""
    wanted = hmac.digest(verifier_token.encode(), body, "sha256")
    try:
        given = base64.b64decode(signature, validate=True)
    except (binascii.Error, ValueError):
        given = b""
    return hmac.compare_digest(wanted, given)


def read(body: bytes) -> list[Event]:
    """Return the events of a notification, whatever its form. Raises NotANotification."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError) as error:
        raise NotANotification("the body is not JSON") from error
    if isinstance(found, dict) and isinstance(found.get("eventNotifications"), list):
        return list(_legacy(found["eventNotifications"]))
    if isinstance(found, dict) and "specversion" in found:
        found = [found]
    if isinstance(found, list):
        return list(_cloud_events(found))
    raise NotANotification("the body has neither eventNotifications nor CloudEvents")


def _legacy(notifications: list[Any]) -> Iterator[Event]:
    for each in notifications:
        if not isinstance(each, Mapping):
            continue
        changed = each.get("dataChangeEvent")
        entities = changed.get("entities") if isinstance(changed, Mapping) else None
        for entity in entities if isinstance(entities, list) else []:
            if isinstance(entity, Mapping):
                event = _event(
                    each.get("realmId"),
                    entity.get("name"),
                    entity.get("id"),
                    str(entity.get("operation", "")).lower(),
                    entity.get("lastUpdated"),
                    entity.get("deletedId"),
                )
                if event is not None:
                    yield event


def _cloud_events(events: list[Any]) -> Iterator[Event]:
    for each in events:
        parts = str(each.get("type", "")).lower().split(".") if isinstance(each, Mapping) else []
        if len(parts) < _TYPE_PARTS or parts[0] != "qbo":
            continue
        data = each.get("data")
        gone = {str(name).lower(): value for name, value in data.items()} if isinstance(data, Mapping) else {}
        event = _event(
            each.get("intuitaccountid"),
            parts[1],
            each.get("intuitentityid"),
            _PAST.get(parts[2], parts[2]),
            each.get("time"),
            gone.get("deletedid"),
        )
        if event is not None:
            yield event


def _event(realm: Any, entity: Any, qbo_id: Any, operation: str, at: Any, merged: Any) -> Event | None:
    """Return an event, or None where it lacks what names an object. Without a time it happened just now."""
    realm_id, identity, gone = (str(each) if each is not None else "" for each in (realm, qbo_id, merged))
    if not isinstance(entity, str) or not realm_id.isdecimal() or not 0 < len(identity) <= _LONGEST_ID:
        return None
    when = moment_of(at) or datetime.now(UTC)
    return Event(realm_id, entity, identity, operation, when, gone if len(gone) <= _LONGEST_ID else "")
