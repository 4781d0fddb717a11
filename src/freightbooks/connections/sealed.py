"""The sealed columns of a connection: puts secrets into its row and takes them out, through the vault."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from django.db import transaction

from freightbooks.connections import vault
from freightbooks.connections.models import Connection, OtherCompany

Secret = Literal["client_secret", "access_token", "refresh_token"]
SECRETS: tuple[Secret, ...] = ("client_secret", "access_token", "refresh_token")


def put(connection: Connection, secret: Secret, text: str) -> None:
    """Seal a secret into its column; an empty one clears it. The row must exist; saving it is the caller's."""
    setattr(connection, f"{secret}_sealed", vault.seal(text, _place(connection, secret)) if text else b"")


def take(connection: Connection, secret: Secret) -> str:
    """Open a secret; empty when there is none. Raises VaultError."""
    sealed = bytes(getattr(connection, f"{secret}_sealed"))
    return vault.unseal(sealed, _place(connection, secret)) if sealed else ""


def put_other(other: OtherCompany, refresh_token: str) -> None:
    """Seal the refresh token of a company that waits for a person's answer. The row must exist."""
    other.refresh_token_sealed = vault.seal(refresh_token, _other_place(other))


def take_other(other: OtherCompany) -> str:
    """Open it. Raises VaultError."""
    return vault.unseal(bytes(other.refresh_token_sealed), _other_place(other))


Holder = Callable[[], int]
_holders: list[Holder] = []


def also_seal_anew(holder: Holder) -> None:
    """Have a room's own sealed columns sealed anew with all others. Called when the room is ready."""
    _holders.append(holder)


def seal_anew() -> int:
    """Seal every secret with the ring's first key; return how many were not. Then the older keys may go.

    Raises VaultError at a value that no key of the ring opens; what came before it is done.
    """
    return _connections_anew() + _other_companies_anew() + sum(holder() for holder in _holders)


def _other_companies_anew() -> int:
    changed = 0
    for pk in OtherCompany.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            other = OtherCompany.objects.select_for_update().filter(pk=pk).first()
            if other is not None and not vault.is_current(bytes(other.refresh_token_sealed)):
                put_other(other, take_other(other))
                other.save(update_fields=["refresh_token_sealed"])
                changed += 1
    return changed


def _connections_anew() -> int:
    changed = 0
    for pk in Connection.objects.order_by("pk").values_list("pk", flat=True):
        with transaction.atomic():
            connection = Connection.objects.select_for_update(no_key=True).get(pk=pk)
            old = [
                secret
                for secret in SECRETS
                if (sealed := getattr(connection, f"{secret}_sealed")) and not vault.is_current(bytes(sealed))
            ]
            for secret in old:
                put(connection, secret, take(connection, secret))
            if old:
                connection.save(update_fields=[f"{secret}_sealed" for secret in old])
            changed += len(old)
    return changed


def _other_place(other: OtherCompany) -> vault.Place:
    return vault.Place("other company", "refresh_token", other.pk)


def _place(connection: Connection, secret: Secret) -> vault.Place:
    if connection.pk is None:
        raise ValueError("a secret is bound to its row, so the row must be saved first")
    return vault.Place("connection", secret, connection.pk)
