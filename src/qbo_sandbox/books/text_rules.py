"""What text QuickBooks takes: how names compare, which characters they may not hold, what becomes of the rest."""

from __future__ import annotations

import re

from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import FaultError, invalid_characters

_NOT_IN_NAMES = re.compile(r"[:\t\n\r\x00-\x1f\x7f]")
_NOT_IN_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f]")


def fold(name: str) -> str:
    """Return `name` as QuickBooks compares names: without case, white space collapsed."""
    return " ".join(name.split()).casefold()


def name_error(element: str, text: str) -> FaultError | None:
    """Return the error of a colon, tab, line break or control character in a name."""
    return invalid_characters(element, text) if _NOT_IN_NAMES.search(text) else None


def text_error(element: str, text: str) -> FaultError | None:
    """Return the error of a control character in free text; tabs and line breaks are fine there."""
    return invalid_characters(element, text) if _NOT_IN_TEXT.search(text) else None


def as_stored(element: str, text: str, quirks: Quirks) -> str | FaultError:
    """Return what a US company keeps of `text`, or the error when the quirk refuses what it cannot keep."""
    if text.isascii() or quirks.beyond_latin_1 == "keep":
        return text
    if quirks.beyond_latin_1 == "refuse":
        try:
            text.encode("latin-1")
        except UnicodeEncodeError:
            return invalid_characters(element, text)
        return text
    return text.encode("latin-1", "replace").decode("latin-1")
