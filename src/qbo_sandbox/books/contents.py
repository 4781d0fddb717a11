"""The bytes of attachments, kept by what they are: in memory, or in a folder beside the journal.

Nothing is ever thrown away, since a snapshot may go back to an attachment that was deleted since.
"""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import NamedTuple


class Content(NamedTuple):
    """Which bytes an attachment has, and how many."""

    digest: str
    size: int


@dataclass
class Contents:
    """All bytes of a sandbox, for each of its companies. Without a folder they end with the process."""

    folder: Path | None = None
    _held: dict[str, bytes] = field(default_factory=dict)

    def keep(self, content: bytes) -> Content:
        """Keep bytes, on disk before this returns; return how to find them."""
        digest = hashlib.sha256(content).hexdigest()
        if self.folder is None:
            self._held[digest] = content
        elif not (self.folder / digest).exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            draft = self.folder / f".{digest}.{os.getpid()}"
            draft.write_bytes(content)
            draft.replace(self.folder / digest)
        return Content(digest, len(content))

    def read(self, content: Content) -> bytes | None:
        """Return kept bytes, or None when somebody took them out of the folder."""
        if self.folder is None:
            return self._held.get(content.digest)
        try:
            return (self.folder / content.digest).read_bytes()
        except FileNotFoundError:
            return None
