"""Keeps secrets in the database unreadable: AES-256-GCM, bound to the table, column and row they stand in.

The keys are in `vault.keys` of the data folder, or in FREIGHTBOOKS_KEYS (base64 of 32 bytes, separated by commas).
The first key seals; every key opens, so a new one can be put in front of the old.
"""

from __future__ import annotations

import base64
import hashlib
import os
import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from freightbooks.config import data_dir, private_file

_KEY_BYTES = 32
_MARK = 8
_NONCE = 12


class KeyLost(Exception):
    """No key at hand opens this secret: the key file is missing, or the secret was moved from another row."""


def seal(secret: str, *, table: str, column: str, row: int) -> bytes:
    """Return `secret` as ciphertext that opens only where it belongs."""
    key = _keys()[0]
    nonce = secrets.token_bytes(_NONCE)
    return _mark(key) + nonce + AESGCM(key).encrypt(nonce, secret.encode(), _place(table, column, row))


def unseal(sealed: bytes, *, table: str, column: str, row: int) -> str:
    """Return the secret again. Raises KeyLost."""
    sealed = bytes(sealed)
    mark, nonce, ciphertext = sealed[:_MARK], sealed[_MARK : _MARK + _NONCE], sealed[_MARK + _NONCE :]
    for key in _keys():
        if _mark(key) == mark:
            try:
                return AESGCM(key).decrypt(nonce, ciphertext, _place(table, column, row)).decode()
            except InvalidTag as error:
                raise KeyLost("a stored secret does not open where it stands") from error
    raise KeyLost("the key that sealed a stored secret is missing")


def _place(table: str, column: str, row: int) -> bytes:
    return f"{table}/{column}/{row}".encode()


def _mark(key: bytes) -> bytes:
    return hashlib.sha256(b"freightbooks vault " + key).digest()[:_MARK]


def _keys() -> list[bytes]:
    given = os.environ.get("FREIGHTBOOKS_KEYS")
    if not given:
        made = base64.b64encode(secrets.token_bytes(_KEY_BYTES))
        given = private_file(data_dir() / "vault.keys", made).decode()
    keys = [base64.b64decode(each.strip()) for each in given.split(",") if each.strip()]
    if not keys or any(len(key) != _KEY_BYTES for key in keys):
        raise KeyLost("FREIGHTBOOKS_KEYS must hold base64 of 32 bytes for each key")
    return keys
