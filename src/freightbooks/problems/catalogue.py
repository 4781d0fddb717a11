"""What can go wrong, looked up: the one source for pages, API, command line and `docs/errors.md`. Pure."""

from __future__ import annotations

from collections.abc import Iterator

from freightbooks.problems.codes import CODES, OTHER
from freightbooks.problems.entries import Entry
from freightbooks.problems.holds import HOLDS

_BY_GATE = {entry.key: entry for entry in HOLDS}
_BY_CODE: dict[str, list[Entry]] = {}
for _entry in CODES:
    _BY_CODE.setdefault(_entry.key, []).append(_entry)


def of_code(code: str, message: str = "") -> Entry:
    """Return the entry of a refusal: by its code, and by QuickBooks' words where a code has several."""
    said = message.casefold()
    entries = _BY_CODE.get(code.lstrip("0"), [])
    return next((entry for entry in entries if entry.says in said), OTHER)


def of_gate(gate: str) -> Entry | None:
    """Return the entry of a gate, by its words."""
    return _BY_GATE.get(gate)


def everything() -> Iterator[Entry]:
    """Yield every entry: the gates in the order they are tried, then the codes."""
    yield from HOLDS
    yield from CODES
