"""A place in the feed as a word to keep: `841-1207`. Pure."""

from __future__ import annotations

import re

BEGINNING = (0, 0)
_WORD = re.compile(r"(\d{1,18})-(\d{1,18})")


def read(word: str) -> tuple[int, int] | None:
    """Return the place a word stands for; no word is the beginning. None: it stands for none."""
    if not word:
        return BEGINNING
    parts = _WORD.fullmatch(word)
    return (int(parts[1]), int(parts[2])) if parts else None


def word(place: tuple[int, int]) -> str:
    """Return the word for a place."""
    return f"{place[0]}-{place[1]}"
