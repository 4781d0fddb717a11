"""Seals secrets with AES-256-GCM, each bound to its table, column and row. The only file that sees a key.

A sealed value moved to another row, or another column, does not open. Keys form a ring: the first seals, all open.
The ring is `FREIGHTBOOKS_KEYS` (base64 keys of 32 bytes, by commas), else the private file `vault.keys`, one a line.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from freightbooks.config import data_dir, private_file

_VERSION = b"\x01"
_NAME_BYTES, _NONCE_BYTES, _KEY_BYTES = 8, 12, 32
_HEAD = len(_VERSION) + _NAME_BYTES + _NONCE_BYTES


class VaultError(Exception):
    """A sealed value cannot be opened."""


class KeyLost(VaultError):
    """The key it was sealed with is not in the ring. It opens again as soon as the key is back."""


class Altered(VaultError):
    """It was changed, cut, or taken from another row, column or table."""


class BadKeyRing(VaultError):
    """The key ring of this installation holds something that is not a key."""


@dataclass(frozen=True)
class Place:
    """Where a sealed value lives; it opens nowhere else."""

    table: str
    column: str
    row: int

    def _binding(self) -> bytes:
        return f"{self.table}\0{self.column}\0{self.row}".encode()


def seal(text: str, place: Place) -> bytes:
    """Seal a secret for its place, with the first key of the ring."""
    name, key = next(iter(_ring().items()))
    nonce = secrets.token_bytes(_NONCE_BYTES)
    return _VERSION + name + nonce + AESGCM(key).encrypt(nonce, text.encode(), _VERSION + place._binding())


def unseal(sealed: bytes, place: Place) -> str:
    """Open what was sealed for this place. Raises KeyLost, Altered."""
    sealed = bytes(sealed)
    if len(sealed) < _HEAD or not sealed.startswith(_VERSION):
        raise Altered(f"what {place} holds is not a sealed value")
    name, nonce = sealed[1 : 1 + _NAME_BYTES], sealed[1 + _NAME_BYTES : _HEAD]
    key = _ring().get(name)
    if key is None:
        raise KeyLost(f"the key that opens {place} is not in the key ring")
    try:
        return AESGCM(key).decrypt(nonce, sealed[_HEAD:], _VERSION + place._binding()).decode()
    except InvalidTag as error:
        raise Altered(f"what {place} holds was not sealed for it") from error


def is_current(sealed: bytes) -> bool:
    """Whether a value is sealed with the ring's first key, and needs no sealing anew after a change of keys."""
    return bytes(sealed)[1 : 1 + _NAME_BYTES] == next(iter(_ring()))


def new_key() -> str:
    """Make a key, as the ring wants it written."""
    return base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def key_names() -> list[str]:
    """Return the names of the ring's keys, the sealing one first. A name tells nothing of its key."""
    return [name.hex() for name in _ring()]


def sealed_with(sealed: bytes) -> str:
    """Return the name of the key a value was sealed with."""
    return bytes(sealed)[1 : 1 + _NAME_BYTES].hex()


def ring_is_in_the_environment() -> bool:
    """Whether the ring comes from `FREIGHTBOOKS_KEYS`, which only the operator can change."""
    return bool(os.environ.get("FREIGHTBOOKS_KEYS", "").replace(",", " ").split())


def add_key() -> None:
    """Put a new key in front of the ring's file; from now on it seals, and the older ones go on opening.

    Every seal reads the ring anew, so all processes on this data folder follow at once. Raises BadKeyRing when the
    ring is in the environment.
    """
    _ring()
    _write_ring([new_key(), *_ring_file().read_text().split()])


def drop_old_keys() -> int:
    """Keep only the sealing key in the ring's file; return how many went. Nothing may be sealed with those any more."""
    written = _ring_file().read_text().split()
    _write_ring(written[:1])
    return len(written) - 1


def _ring_file() -> Path:
    if ring_is_in_the_environment():
        raise BadKeyRing("the key ring is in FREIGHTBOOKS_KEYS, and only whoever sets that can change it")
    return data_dir() / "vault.keys"


def _write_ring(written: list[str]) -> None:
    path = _ring_file()
    draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w") as file:
        file.write("\n".join(written) + "\n")
        file.flush()
        os.fsync(descriptor)
    draft.replace(path)


def _ring() -> dict[bytes, bytes]:
    """Return the keys by name, the sealing one first. A key's name is the head of its SHA-256."""
    given = os.environ.get("FREIGHTBOOKS_KEYS", "").replace(",", " ").split()
    written = given or private_file(data_dir() / "vault.keys", f"{new_key()}\n".encode()).decode().split()
    ring: dict[bytes, bytes] = {}
    for text in written:
        try:
            key = base64.b64decode(text, validate=True)
        except binascii.Error:
            key = b""
        if len(key) != _KEY_BYTES:
            raise BadKeyRing("the key ring holds something that is not 32 bytes in base64") from None
        ring[hashlib.sha256(b"freightbooks vault " + key).digest()[:_NAME_BYTES]] = key
    if not ring:
        raise BadKeyRing("the key ring is empty")
    return ring
