"""Free text as QuickBooks takes it in memos and line descriptions. Pure."""

from __future__ import annotations

from anyascii import anyascii

MAX_MEMO = 4000
MAX_DESCRIPTION = 4000


def plain(text: str) -> str:
    """Return `text` on one line, with every character outside ISO-8859-1 spelled in ASCII.

    QuickBooks documents ISO-8859-1 for its free text and garbles or refuses some of the rest.
    """
    latin = "".join(c if ord(c) < 0x100 else anyascii(c) for c in text)
    return " ".join("".join(c if c.isprintable() or c.isspace() else "" for c in latin).split())


def memo(parts: list[str], marker: str) -> str:
    """Join what is known about a document, cut to QuickBooks' 4,000 characters; the marker always stays whole."""
    room = MAX_MEMO - len(marker) - 1
    return f"{' · '.join(plain(part) for part in parts if part)[:room]} {marker}".strip()


def description(*parts: str) -> str:
    """Join the parts of a line's description, cut to QuickBooks' 4,000 characters."""
    return " · ".join(text for text in (plain(part) for part in parts) if text)[:MAX_DESCRIPTION]
