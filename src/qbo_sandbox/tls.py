"""A certificate of the sandbox's own, for clients that speak nothing but https."""

from __future__ import annotations

import ipaddress
import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

_GOOD_FOR = timedelta(days=825)  # longer ones are refused by some clients
_NAMES = ("localhost",)
_ADDRESSES = ("127.0.0.1", "::1")


def certificate_in(folder: Path) -> tuple[Path, Path]:
    """Return the certificate's file and its key's in a folder, made anew unless there is one that is still good."""
    from cryptography import x509
    from cryptography.hazmat.primitives import hashes, serialization
    from cryptography.hazmat.primitives.asymmetric import ec
    from cryptography.x509.oid import NameOID

    certificate_file, key_file = folder / "sandbox-certificate.pem", folder / "sandbox-key.pem"
    now = datetime.now(UTC)  # what a client compares it with; not the clock of the books
    if certificate_file.exists() and key_file.exists():
        known = x509.load_pem_x509_certificate(certificate_file.read_bytes())
        if known.not_valid_after_utc > now + timedelta(days=1):
            return certificate_file, key_file
    folder.mkdir(parents=True, exist_ok=True)
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "QuickBooks sandbox on this machine")])
    others: list[x509.GeneralName] = [x509.DNSName(each) for each in _NAMES]
    others += [x509.IPAddress(ipaddress.ip_address(each)) for each in _ADDRESSES]
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + _GOOD_FOR)
        .add_extension(x509.SubjectAlternativeName(others), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .sign(key, hashes.SHA256())
    )
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    with os.fdopen(os.open(key_file, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
        file.write(private)
    certificate_file.write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    return certificate_file, key_file
