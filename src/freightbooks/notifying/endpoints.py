"""Endpoints of other programs: which addresses may be one, and their signing secrets, sealed in the vault."""

from __future__ import annotations

import base64
import secrets
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.db import transaction

from freightbooks.connections import audit, vault
from freightbooks.connections.audit import Action
from freightbooks.notifying.models import Endpoint
from freightbooks.organizations.models import Organization, User

_PREFIX = "whsec_"
_SECRET_BYTES = 32
_LONGEST = 1000


class BadAddress(Exception):
    """Nothing can be sent to this address. The text says why."""


def checked(url: str) -> str:
    """Return an address that may be an endpoint: https anywhere, http on this machine only. Raises BadAddress."""
    url = url.strip()
    try:
        parts = urlsplit(url)
        host, _ = parts.hostname or "", parts.port
    except ValueError as error:
        raise BadAddress("This is not a web address. Write it whole, beginning with https://") from error
    if parts.scheme not in ("https", "http") or not host or len(url) > _LONGEST or any(c.isspace() for c in url):
        raise BadAddress("This is not a web address. Write it whole, beginning with https://")
    if parts.username is not None or parts.password is not None:
        raise BadAddress("Leave name and password out of the address; what we send is signed instead.")
    if parts.scheme == "http" and not _is_this_machine(host):
        raise BadAddress("Only https:// keeps what is sent from being read on the way; http:// is for this machine.")
    return url


def add(organization: Organization, url: str, events: list[str], user: User) -> tuple[Endpoint, str]:
    """Add an endpoint and return it with its signing secret, which can be shown this once. Raises BadAddress."""
    url = checked(url)
    secret = _PREFIX + base64.b64encode(secrets.token_bytes(_SECRET_BYTES)).decode()
    with transaction.atomic():
        endpoint = Endpoint.objects.create(organization=organization, url=url, events=events, created_by=user)
        _put(endpoint, secret)
        audit.write(
            Action.SETTINGS_CHANGED, organization=organization, actor=user, detail=f"webhook added: {shown(url)}"
        )
    return endpoint, secret


def switch(endpoint: Endpoint, *, on: bool, user: User) -> None:
    """Stop telling an endpoint, or go on; what waited meanwhile is sent then."""
    with transaction.atomic():
        endpoint.active, endpoint.switched_off_because = on, "" if on else f"{user.name} switched it off."
        endpoint.save(update_fields=["active", "switched_off_because"])
        detail = f"webhook switched {'on' if on else 'off'}: {shown(endpoint.url)}"
        audit.write(Action.SETTINGS_CHANGED, organization=endpoint.organization, actor=user, detail=detail)


def remove(endpoint: Endpoint, user: User) -> None:
    """Remove an endpoint with its log; what still waits for it is not sent."""
    with transaction.atomic():
        detail = f"webhook removed: {shown(endpoint.url)}"
        audit.write(Action.SETTINGS_CHANGED, organization=endpoint.organization, actor=user, detail=detail)
        endpoint.delete()


def signing_key(endpoint: Endpoint) -> bytes:
    """Return the bytes that sign for an endpoint. Raises VaultError."""
    text = vault.unseal(bytes(endpoint.secret_sealed), _place(endpoint))
    return base64.b64decode(text.removeprefix(_PREFIX))


def seal_anew() -> int:
    """Seal every signing secret with the ring's first key; return how many were not."""
    changed = 0
    for pk in Endpoint.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            endpoint = Endpoint.objects.select_for_update().filter(pk=pk).first()
            if endpoint is not None and not vault.is_current(bytes(endpoint.secret_sealed)):
                _put(endpoint, vault.unseal(bytes(endpoint.secret_sealed), _place(endpoint)))
                changed += 1
    return changed


def shown(url: str) -> str:
    """Return an address without its query, which may hold a key of the other program's."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}{parts.path}"


def _put(endpoint: Endpoint, secret: str) -> None:
    endpoint.secret_sealed = vault.seal(secret, _place(endpoint))
    endpoint.save(update_fields=["secret_sealed"])


def _place(endpoint: Endpoint) -> vault.Place:
    return vault.Place("webhook endpoint", "secret", endpoint.pk)


def _is_this_machine(host: str) -> bool:
    if host == "localhost":
        return True
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
