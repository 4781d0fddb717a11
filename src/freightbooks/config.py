"""Where this installation keeps its files, and its keys. Read from the environment, made at first start."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import unquote, urlsplit


def data_dir() -> Path:
    """The folder of everything that is not in the database: `FREIGHTBOOKS_DATA`, or `.freightbooks` here."""
    return Path(os.environ.get("FREIGHTBOOKS_DATA", ".freightbooks")).absolute()


def private_file(path: Path, content: bytes) -> bytes:
    """Return what `path` holds, writing `content` there first, readable by its owner only, if it is not there.

    Two processes may come at once: the file appears whole or not at all, and both get the same bytes.
    """
    if not path.exists():
        path.parent.mkdir(parents=True, exist_ok=True)
        draft = path.with_name(f".{path.name}.{os.getpid()}.{secrets.token_hex(4)}")
        descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(content)
        try:
            os.link(draft, path)
        except FileExistsError:
            pass
        finally:
            draft.unlink()
    return path.read_bytes()


def secret_key() -> str:
    """The key that signs sessions: `FREIGHTBOOKS_SECRET_KEY`, or a private file made at first start."""
    given = os.environ.get("FREIGHTBOOKS_SECRET_KEY")
    if given:
        return given
    return private_file(data_dir() / "secret.key", secrets.token_urlsafe(50).encode()).decode()


class BadMailAddress(Exception):
    """`FREIGHTBOOKS_EMAIL_URL` names no mail server. The text says how to write it; it never repeats what was given."""


@dataclass(frozen=True)
class MailSettings:
    """Where mail goes, as Django wants it told."""

    backend: str
    host: str = ""
    port: int = 25
    user: str = ""
    password: str = field(default="", repr=False)
    starttls: bool = False
    tls: bool = False


_BACKENDS = "django.core.mail.backends"
_SMTP_PORTS = {"smtp": 587, "smtps": 465, "smtp-plain": 25}


def mail_settings(url: str) -> MailSettings:
    """Read `console:`, `smtp://user:password@host:587` (STARTTLS), `smtps://...` (TLS), `smtp-plain://host` (none).

    Raises BadMailAddress.
    """
    if url in ("", "console:"):
        return MailSettings(f"{_BACKENDS}.console.EmailBackend")
    try:
        parts = urlsplit(url)
        port = parts.port or _SMTP_PORTS[parts.scheme]
    except (ValueError, KeyError):
        parts, port = urlsplit(""), 0
    if not parts.hostname:
        raise BadMailAddress(
            "FREIGHTBOOKS_EMAIL_URL is written smtp://user:password@host:587 or smtps://user:password@host:465; "
            "signs such as @ and / in the password are written %40 and %2F."
        )
    return MailSettings(
        f"{_BACKENDS}.smtp.EmailBackend",
        parts.hostname,
        port,
        unquote(parts.username or ""),
        unquote(parts.password or ""),
        starttls=parts.scheme == "smtp",
        tls=parts.scheme == "smtps",
    )
