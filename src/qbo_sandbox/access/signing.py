"""Signs id tokens (RS256) with a key made at first need, and kept from then on."""

from __future__ import annotations

import base64
import json
import secrets
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey


class Signer:
    """One RSA key. `record` gets it when it is made. (The library is loaded then too: it would slow every start.)"""

    def __init__(self, record: Callable[[dict[str, Any]], None]) -> None:
        self._record = record
        self._key: RSAPrivateKey | None = None
        self._key_id = ""

    def sign(self, claims: dict[str, object]) -> str:
        """Return a signed JWT."""
        from cryptography.hazmat.primitives import hashes
        from cryptography.hazmat.primitives.asymmetric import padding

        key = self._made()
        head = _encode(json.dumps({"kid": self._key_id, "typ": "JWT", "alg": "RS256"}).encode())
        signed = f"{head}.{_encode(json.dumps(claims).encode())}"
        signature = key.sign(signed.encode(), padding.PKCS1v15(), hashes.SHA256())
        return f"{signed}.{_encode(signature)}"

    def public_key(self) -> dict[str, str]:
        """Return the key that verifies, as a JWK."""
        numbers = self._made().public_key().public_numbers()
        modulus = numbers.n.to_bytes((numbers.n.bit_length() + 7) // 8, "big")
        exponent = numbers.e.to_bytes(3, "big")
        return {
            "kty": "RSA",
            "e": _encode(exponent),
            "use": "sig",
            "kid": self._key_id,
            "alg": "RS256",
            "n": _encode(modulus),
        }

    def apply(self, change: dict[str, Any]) -> None:
        """Take the key a journal record tells of."""
        if "signing_key" in change:
            from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
            from cryptography.hazmat.primitives.serialization import load_pem_private_key

            key = load_pem_private_key(change["signing_key"].encode(), None)
            assert isinstance(key, RSAPrivateKey)
            self._key, self._key_id = key, change["key_id"]

    def _made(self) -> RSAPrivateKey:
        if self._key is None:
            from cryptography.hazmat.primitives import serialization
            from cryptography.hazmat.primitives.asymmetric import rsa

            key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
            self._key, self._key_id = key, secrets.token_hex(10)
            pem = key.private_bytes(
                serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
            )
            self._record({"signing_key": pem.decode(), "key_id": self._key_id})
        return self._key


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
