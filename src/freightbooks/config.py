"""Where this installation keeps its files, and its keys. Read from the environment, made at first start."""

from __future__ import annotations

import os
import secrets
from pathlib import Path


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
