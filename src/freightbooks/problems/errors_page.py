"""Writes `docs/errors.md` out of the catalogue: `python -m freightbooks.problems.errors_page docs/errors.md`. Pure."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

from freightbooks.problems.codes import BUSINESS, COMPANY, DOCUMENTS, NOT_MET, OURS, RECORDS, REMOVING, SETTINGS
from freightbooks.problems.entries import Entry
from freightbooks.problems.holds import HOLDS

_CHAPTERS: tuple[tuple[str, str, tuple[Entry, ...]], ...] = (
    ("Held before QuickBooks is asked", "The first that holds is the one that is shown.", HOLDS),
    ("The company", "Told of the whole company: everything waits, and nothing is lost.", COMPANY),
    ("Accounts, items and parties", "What a document refers to.", RECORDS),
    ("The document itself", "Numbers, dates, texts and amounts.", DOCUMENTS),
    ("Business rules (6000)", "One code for many things; QuickBooks' words tell them apart.", BUSINESS),
    ("Settings and plan of the company", "Mended in QuickBooks; we try again by ourselves.", SETTINGS),
    ("Removing, payments and deposits", "What keeps a transaction where it is.", REMOVING),
    ("Faults of ours and of Intuit", "Nothing an accountant did.", OURS),
)  # fmt: skip


def page() -> str:
    """Return the page, as it is kept in the repository."""
    return "\n".join([*_head(), *_chapters(), *_not_met()]) + "\n"


def _head() -> Iterator[str]:
    yield "# What can go wrong, and what to do"
    yield ""
    yield "Written by `python -m freightbooks.problems.errors_page`. Pages, API and command line say the same."
    yield "QuickBooks' own words, its code and Intuit's `intuit_tid` are one click away on every problem."


def _chapters() -> Iterator[str]:
    for title, about, entries in _CHAPTERS:
        yield f"\n## {title}\n\n{about}"
        for entry in entries:
            yield from _entry(entry)


def _entry(entry: Entry) -> Iterator[str]:
    code = f" (error {entry.key})" if entry.key.isdigit() else ""
    yield f"\n### {entry.title}{code}\n"
    if entry.says:
        yield f"When QuickBooks says “…{entry.says}…”.\n"
    yield entry.cause
    yield ""
    for number, step in enumerate(entry.steps_for(), 1):
        yield f"{number}. {step}"
    yield f"\nWho can mend it: {entry.who.value}."
    yield f"Does it heal by itself? {entry.heals.value}"
    if entry.mends:
        yield f"On the problem's page: {'; '.join(mend.value for mend in entry.mends)}."


def _not_met() -> Iterator[str]:
    yield "\n## Codes no freight document meets\n"
    yield "| Code | Why |"
    yield "|---|---|"
    for code, why in sorted(NOT_MET.items(), key=lambda pair: int(pair[0])):
        yield f"| {code} | {why} |"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page(), encoding="utf-8")
