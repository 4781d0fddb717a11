"""Takes a notification in: holds its signature, notes what it tells of, and asks for the work. Milliseconds, no reads.

What is wrong with a post, or about companies not connected here, changes nothing but a count.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from http import HTTPStatus

from django.db import transaction
from django.db.models import F
from django.utils import timezone

from freightbooks import jobs
from freightbooks.connections.models import Connection
from freightbooks.connections.states import ConnectionState
from freightbooks.connections.vault import VaultError
from freightbooks.receiving import hints, notification
from freightbooks.receiving.addresses import verifier_of
from freightbooks.receiving.entities import SETTINGS, followed
from freightbooks.receiving.feeds import feed_of
from freightbooks.receiving.hints import Told
from freightbooks.receiving.models import Feed, NotificationAddress
from freightbooks.receiving.notification import MOST_BYTES, Event, NotANotification

_COUNT_EVERY_SECONDS = 1.0
"""A flood of bad posts is written down this often, not once a post."""

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Reception:
    """How a post was answered."""

    status: HTTPStatus
    says: str


def receive(key: str, signature: str, body: bytes) -> Reception:
    """Take in what was posted to the address that ends in `key`. `signature`: the header `intuit-signature`."""
    address = NotificationAddress.objects.filter(key=key).first()
    if address is None:
        return Reception(HTTPStatus.NOT_FOUND, "Nobody listens at this address.")
    if len(body) > MOST_BYTES:
        return _refuse(address, HTTPStatus.REQUEST_ENTITY_TOO_LARGE, "It was larger than any notification.")
    try:
        token = verifier_of(address)
    except VaultError:
        return _refuse(address, HTTPStatus.UNAUTHORIZED, "The key that opens the verifier token is missing.")
    if not token:
        return _refuse(address, HTTPStatus.UNAUTHORIZED, "No verifier token has been entered here yet.")
    if not notification.is_signed(body, signature, token):
        return _refuse(address, HTTPStatus.UNAUTHORIZED, "The signature is not that of the verifier token.")
    try:
        events = notification.read(body)
    except NotANotification as error:
        return _refuse(address, HTTPStatus.BAD_REQUEST, f"Well signed, but {error}.")
    _hear(address, signature, body, events)
    return Reception(HTTPStatus.OK, "Thank you.")


def _hear(address: NotificationAddress, signature: str, body: bytes, events: Sequence[Event]) -> None:
    by_realm: dict[str, list[Event]] = defaultdict(list)
    for event in events:
        by_realm[event.realm_id].append(event)
    with transaction.atomic():
        heard = 0
        for connection in _meant(address, signature, body, list(by_realm)):
            heard += len(by_realm[connection.realm_id])
            note(connection.pk, by_realm[connection.realm_id])
        NotificationAddress.objects.filter(pk=address.pk).update(
            heard=F("heard") + 1, last_heard_at=timezone.now(), strangers=F("strangers") + max(0, len(events) - heard)
        )


def _meant(address: NotificationAddress, signature: str, body: bytes, realm_ids: list[str]) -> list[Connection]:
    """Return the connections that may hear this: their own organization must hold a token that signs it."""
    candidates = Connection.objects.filter(realm_id__in=realm_ids, client_id=address.client_id).exclude(
        state=ConnectionState.DISCONNECTED
    )
    found, signed = [], {address.organization_id: True}
    for connection in candidates.order_by("pk"):
        whose = connection.organization_id
        if whose not in signed:
            signed[whose] = _signed_for(whose, address.client_id, signature, body)
        if signed[whose]:
            found.append(connection)
    return found


def _signed_for(organization_id: int, client_id: str, signature: str, body: bytes) -> bool:
    own = NotificationAddress.objects.filter(organization_id=organization_id, client_id=client_id).first()
    try:
        token = verifier_of(own) if own is not None else ""
    except VaultError:
        return False
    return bool(token) and notification.is_signed(body, signature, token)


def note(connection_id: int, events: Sequence[Event]) -> None:
    """Keep what a notification tells of one company, and ask a worker to read what is news."""
    now = timezone.now()
    told: list[Told] = []
    for event in events:
        entity = followed(event.entity)
        if entity is not None:
            told.append(Told(entity, event.qbo_id, event.at, event.operation == "delete"))
            if event.merged_id:
                told.append(Told(entity, event.merged_id, event.at))
    sorted_out = hints.sort_out(connection_id, [one for one in told if one.entity not in SETTINGS])
    to_read = [*sorted_out.to_read, *(one for one in told if one.entity in SETTINGS)]
    hints.put(connection_id, to_read, now)
    feed_of(connection_id)
    Feed.objects.filter(connection_id=connection_id).update(
        last_notification_at=now,
        notifications=F("notifications") + 1,
        events=F("events") + len(events),
        known_already=F("known_already") + sorted_out.known_already,
        not_ours=F("not_ours") + sorted_out.not_ours + sum(1 for each in events if followed(each.entity) is None),
    )
    moments = [hints.first_look(one, now) for one in to_read]
    if any(moment <= now for moment in moments):
        jobs.request_hearing(connection_id)
    elif moments:
        jobs.request_hearing(connection_id, at=min(moments))


def _refuse(address: NotificationAddress, status: HTTPStatus, why: str) -> Reception:
    _refusals.note(address.key, why)
    return Reception(status, why)


class _Refusals:
    """Counts bad posts in this process, and writes the counts down now and then."""

    def __init__(self) -> None:
        self._alone = threading.Lock()
        self._waiting: dict[str, int] = defaultdict(int)
        self._written: dict[str, float] = {}

    def note(self, key: str, why: str) -> None:
        with self._alone:
            self._waiting[key] += 1
            now = time.monotonic()
            if now - self._written.get(key, -_COUNT_EVERY_SECONDS) < _COUNT_EVERY_SECONDS:
                return
            self._written[key] = now
            count = self._waiting.pop(key)
        NotificationAddress.objects.filter(key=key).update(
            refused=F("refused") + count, last_refused_at=timezone.now(), last_refused_why=why
        )
        log.warning("notification address %s… turned %d away: %s", key[:6], count, why)


_refusals = _Refusals()
