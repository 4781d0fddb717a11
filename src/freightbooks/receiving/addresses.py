"""The address an Intuit app posts its notifications to, and the verifier token that signs them, sealed in the vault.

Intuit takes one address for an app. Each organization has its own for each app it uses, whatever companies it reaches.
"""

from __future__ import annotations

import re
import secrets

from django.db import transaction
from django.utils import timezone

from freightbooks.connections import audit, vault
from freightbooks.connections.audit import Action
from freightbooks.connections.failures import BadForm
from freightbooks.connections.models import Connection
from freightbooks.organizations.models import User
from freightbooks.receiving.models import NotificationAddress

_TOKEN = re.compile(r"[A-Za-z0-9\-]{20,100}")


def address_of(connection: Connection) -> NotificationAddress:
    """Return where the app of a connection posts; made when it is first asked for."""
    return NotificationAddress.objects.get_or_create(
        organization_id=connection.organization_id,
        client_id=connection.client_id,
        defaults={"key": secrets.token_urlsafe(24)},
    )[0]


def set_verifier(connection: Connection, text: str, *, user: User | None = None) -> NotificationAddress:
    """Keep the verifier token of a connection's app. Raises BadForm."""
    token = _checked(text)
    with transaction.atomic():
        address = NotificationAddress.objects.select_for_update().get(pk=address_of(connection).pk)
        address.verifier_token_sealed = vault.seal(token, _place(address))
        address.verifier_set_at, address.verifier_set_by = timezone.now(), user
        address.save(update_fields=["verifier_token_sealed", "verifier_set_at", "verifier_set_by"])
        detail = f"verifier token of notifications entered, Client ID {connection.client_id[:6]}…"
        audit.about(connection, Action.SETTINGS_CHANGED, actor=user, detail=detail)
    return address


def verifier_of(address: NotificationAddress) -> str:
    """Open the verifier token; empty when none was entered. Raises VaultError."""
    sealed = bytes(address.verifier_token_sealed)
    return vault.unseal(sealed, _place(address)) if sealed else ""


def seal_anew() -> int:
    """Seal every verifier token with the ring's first key; return how many were not."""
    changed = 0
    for pk in NotificationAddress.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            address = NotificationAddress.objects.select_for_update().filter(pk=pk).first()
            sealed = bytes(address.verifier_token_sealed) if address is not None else b""
            if address is not None and sealed and not vault.is_current(sealed):
                address.verifier_token_sealed = vault.seal(verifier_of(address), _place(address))
                address.save(update_fields=["verifier_token_sealed"])
                changed += 1
    return changed


def _checked(text: str) -> str:
    token = text.strip()
    if not token:
        raise BadForm("Copy the verifier token here.")
    if not _TOKEN.fullmatch(token):
        raise BadForm(
            "This does not look like a verifier token. It is one word of letters, digits and dashes, shown under "
            "Webhooks after Show verifier token. Copy it again, whole."
        )
    return token


def _place(address: NotificationAddress) -> vault.Place:
    return vault.Place("notification address", "verifier_token", address.pk)
