"""An event of a notification, and a notification as it is sent: legacy or CloudEvents form, headers, signature."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import uuid
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from enum import StrEnum
from typing import Any, NamedTuple

from qbo_sandbox.books.changes import Operation

_NAMES = uuid.UUID("6f0c2a38-5d7c-4d0e-9b55-3f6a9f1f6f0e")
_PAST = {
    Operation.CREATE: "created",
    Operation.UPDATE: "updated",
    Operation.DELETE: "deleted",
    Operation.MERGE: "merged",
    Operation.VOID: "voided",
    Operation.EMAILED: "emailed",
}


class Form(StrEnum):
    """The shape of a notification's body."""

    LEGACY = "legacy"
    CLOUDEVENTS = "cloudevents"


class Event(NamedTuple):
    """One change an endpoint is told of. `number` is its own among all events of the sandbox."""

    number: int
    realm_id: str
    entity: str
    qbo_id: str
    operation: str
    at: str  # ISO, UTC
    deleted_id: str = ""


def body_of(form: Form, events: Sequence[Event], client_id: str) -> bytes:
    """Return the body of a notification of these events."""
    shown = _legacy(events) if form is Form.LEGACY else [_cloud_event(event, client_id) for event in events]
    return json.dumps(shown, separators=(",", ":")).encode()


def signature(body: bytes, verifier_token: str) -> str:
    """Return what `intuit-signature` holds: HMAC-SHA256 of the raw body under the verifier token, in base64."""
    return base64.b64encode(hmac.digest(verifier_token.encode(), body, "sha256")).decode()


def headers_of(form: Form, body: bytes, verifier_token: str, trace: str, moment: datetime) -> dict[str, str]:
    """Return the headers of a notification created at `moment`; `trace` is the same for each try."""
    return {
        "Content-Type": "application/json",
        "intuit-signature": signature(body, verifier_token),
        "intuit-created-time": _utc(moment, "milliseconds"),
        "intuit-t-id": trace,
        # [INF] CloudEvents name their own version; the header of the older form stays 0.1.
        "intuit-notification-schema-version": "0.1" if form is Form.LEGACY else "1.0",
        "User-Agent": "intuit_notification_server/0.1",
        "Accept": "*/*",
    }


def trace_of(events: Sequence[Event], form: Form) -> str:
    """Return the trace id of the notification of these events."""
    return str(uuid.uuid5(_NAMES, f"{form} {events[0].realm_id} {events[0].at} {[event.number for event in events]}"))


def _legacy(events: Sequence[Event]) -> Mapping[str, Any]:
    by_realm: dict[str, list[dict[str, str]]] = {}
    for event in events:
        shown = {
            "name": event.entity,
            "id": event.qbo_id,
            "operation": event.operation,
            # Whole seconds with zero milliseconds, as recorded.
            "lastUpdated": _utc(datetime.fromisoformat(event.at).replace(microsecond=0), "milliseconds"),
        }
        if event.deleted_id:
            shown["deletedId"] = event.deleted_id
        by_realm.setdefault(event.realm_id, []).append(shown)
    return {
        "eventNotifications": [
            {"realmId": realm_id, "dataChangeEvent": {"entities": entities}} for realm_id, entities in by_realm.items()
        ]
    }


def _cloud_event(event: Event, client_id: str) -> Mapping[str, Any]:
    moment = datetime.fromisoformat(event.at)
    return {
        "specversion": "1.0",
        "id": str(uuid.uuid5(_NAMES, f"{event.realm_id} {event.number} {event.at}")),
        "source": f"intuit.{base64.b64encode(hashlib.sha256(client_id.encode()).digest()).decode()}",
        "type": f"qbo.{event.entity.lower()}.{_PAST[Operation(event.operation)]}.v1",
        "datacontenttype": "application/json",
        "time": f"{_utc(moment, 'microseconds')[:-1]}000Z",
        "intuitentityid": event.qbo_id,
        "intuitaccountid": event.realm_id,
        "data": {"deletedid": event.deleted_id} if event.deleted_id else {},
    }


def _utc(moment: datetime, smallest: str) -> str:
    return moment.astimezone(UTC).isoformat(timespec=smallest).replace("+00:00", "Z")
