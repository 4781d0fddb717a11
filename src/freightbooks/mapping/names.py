"""How QuickBooks compares names, and the name it will take for one of ours. Pure.

Source of the rules: Intuit's reference for DisplayName (500 characters, no colon, tab or line break; unique among
customers, vendors and employees whatever the case) and for US companies' character set (ISO-8859-1).
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass

from anyascii import anyascii

MAX_DISPLAY_NAME = 500
MAX_ITEM_NAME = 100
MAX_TERM_NAME = 31
OTHER_TERM = " (TMS)"
"""Set behind a term's name when its plain name belongs to an inactive term."""


@dataclass(frozen=True)
class LegalName:
    """A name QuickBooks takes, and in plain words each thing that was changed to get there. It may be empty."""

    name: str
    changes: tuple[str, ...]


_AND = re.compile(r"\s*&\s*")


def fold(name: str) -> str:
    """Return `name` as QuickBooks compares names: spaces collapsed, case folded.

    Spaces around an ampersand count for nothing: whether QuickBooks takes `A&B` beside `A & B` is not known, and two
    records for one name are worse than one question to a person.
    """
    return _AND.sub("&", " ".join(unicodedata.normalize("NFC", name).split())).casefold()


def legal_name(name: str, limit: int = MAX_DISPLAY_NAME) -> LegalName:
    """Return the nearest name QuickBooks takes, `limit` characters at most."""
    changes: list[str] = []
    composed = unicodedata.normalize("NFC", name)
    latin = "".join(c if ord(c) < 0x100 else anyascii(c) for c in composed)
    if latin != composed:
        changes.append("Characters QuickBooks does not keep were spelled in plain ones.")
    printable = "".join(c for c in latin if c.isprintable() or c.isspace())
    if printable != latin:
        changes.append("Characters that cannot be printed were left out.")
    tidy = " ".join(printable.split())
    if tidy != printable:
        changes.append("Extra spaces were taken out.")
    if ":" in tidy:
        changes.append("The colon became a dash: QuickBooks uses colons for sub-customers.")
        tidy = " ".join(tidy.replace(":", " -").split())
    if len(tidy) > limit:
        changes.append(f"The name was cut to QuickBooks' {limit} characters.")
        tidy = tidy[:limit].rstrip()
    return LegalName(tidy, tuple(changes))


def with_suffix(name: str, suffix: str, limit: int = MAX_DISPLAY_NAME) -> str:
    """Return `name` and `suffix`, cutting the name where both together are too long."""
    return name[: limit - len(suffix)].rstrip() + suffix


def term_keys(key: str) -> tuple[str, str]:
    """Return the folded names under which the term folded to `key` may stand in QuickBooks, the best first."""
    return key, fold(with_suffix(key, OTHER_TERM, MAX_TERM_NAME))
