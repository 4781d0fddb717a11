"""Names as QuickBooks can hold and compare them. Pure.

QuickBooks holds 500 characters of DisplayName without colon, tab or line break, in ISO-8859-1 for US companies, and
compares names without case (its error 6240), across customers, vendors and employees.
"""

from __future__ import annotations

from dataclasses import dataclass

from anyascii import anyascii

MAX_NAME = 500
MAX_ITEM_NAME = 100


@dataclass(frozen=True)
class LegalName:
    """A name QuickBooks takes, and in plain words how it differs from the one given."""

    name: str
    changes: tuple[str, ...]


def fold(name: str) -> str:
    """Return a name as QuickBooks compares it: white space collapsed, without case."""
    return " ".join(name.split()).casefold()


def legal_name(name: str, longest: int = MAX_NAME) -> LegalName:
    """Return the nearest name QuickBooks takes. It may be empty; the caller then has to name it otherwise."""
    changes: list[str] = []
    text = name
    if any(c in "\t\n\r" for c in text):
        changes.append("Tabs and line breaks became spaces.")
    plain = "".join(c if c.isprintable() or c.isspace() else "" for c in text)
    if plain != text and len(plain) < len(text):
        changes.append("Control characters were left out.")
    text = plain
    latin = "".join(c if ord(c) < 0x100 and c != "\u00a0" else " " if c.isspace() else anyascii(c) for c in text)
    if latin != text:
        changes.append("Characters QuickBooks cannot hold were spelled in plain letters.")
    text = latin
    if ":" in text:
        text = text.replace(":", " -")
        changes.append("The colon became a dash: QuickBooks uses colons for sub-customers.")
    collapsed = " ".join(text.split())
    if collapsed != " ".join(text.replace("\t", " ").split(" ")).strip() or "  " in text.strip():
        changes.append("Extra spaces were taken out.")
    text = collapsed
    if len(text) > longest:
        text = text[:longest].strip()
        changes.append(f"It was cut to QuickBooks' {longest} characters.")
    return LegalName(text, tuple(dict.fromkeys(changes)))


def with_suffix(name: str, suffix: str, longest: int = MAX_NAME) -> str:
    """Return `name (suffix)`, cutting the name so that the suffix stays whole."""
    tail = f" ({suffix})"
    return f"{name[: longest - len(tail)].strip()}{tail}"
