"""Rotates the vault's key: a new one seals, everything is sealed anew with it, and the old ones go.

In this order a crash at any point leaves every secret openable; running it again finishes the work.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from freightbooks.connections import audit, sealed, vault
from freightbooks.connections.audit import Action
from freightbooks.connections.models import Connection
from freightbooks.organizations.models import Organization


@dataclass(frozen=True)
class Holdings:
    """The keys of the ring by name, and how many secrets of connections each seals. `lost`: no key opens them."""

    keys: list[str]
    sealed: dict[str, int]
    lost: int

    def as_text(self) -> str:
        """Return it for a person."""
        rows = [f"{name}  seals {self.sealed.get(name, 0):,}" for name in self.keys]
        rows[0] += "  (seals what is new)"
        if self.lost:
            rows.append(f"{self.lost:,} sealed with a key that is missing")
        return "\n".join(rows)


@dataclass(frozen=True)
class Rotated:
    """What a rotation did."""

    sealed_anew: int
    keys_dropped: int
    key: str
    from_environment: bool

    def as_text(self) -> str:
        """Return it for a person."""
        done = f"{self.sealed_anew:,} secrets were sealed anew with key {self.key}."
        if self.from_environment:
            return (
                f"{done} The ring is in FREIGHTBOOKS_KEYS: to rotate, put a new key (freightbooks keys new) in front "
                "of it, restart, and run this again; then every key behind the first may go."
            )
        return f"{done} {self.keys_dropped:,} older keys were dropped; keep a copy of vault.keys with your backups."


def holdings() -> Holdings:
    """Count what each key seals."""
    names = vault.key_names()
    found: Counter[str] = Counter()
    for row in Connection.objects.values_list(*(f"{secret}_sealed" for secret in sealed.SECRETS)):
        found.update(vault.sealed_with(value) for value in row if value)
    return Holdings(names, dict(found), sum(count for name, count in found.items() if name not in names))


def rotate() -> Rotated:
    """Seal everything with a new key. Raises VaultError, and drops no key, when something cannot be opened."""
    from_environment = vault.ring_is_in_the_environment()
    if not from_environment:
        vault.add_key()
    changed = 0
    while (some := sealed.seal_anew()) > 0:  # a process that had read the ring before may have sealed meanwhile
        changed += some
    dropped = 0 if from_environment else vault.drop_old_keys()
    for organization in Organization.objects.order_by("pk"):
        audit.write(Action.KEYS_ROTATED, organization=organization, detail=f"key {vault.key_names()[0]}")
    return Rotated(changed, dropped, vault.key_names()[0], from_environment)
