"""Writes the page that tells what this stand-in covers: entities by operation, reports, faults and quirks.

All of it is read from the code that does it. `python -m qbo_sandbox.coverage docs/sandbox-coverage.md` writes it.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from qbo_sandbox.access.quirks import AccessQuirks
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.entity import Entity
from qbo_sandbox.books.fault_codes import FAULT_CODES, TEXTS_OF_6000, Met
from qbo_sandbox.books.mailing import FORMS
from qbo_sandbox.books.quirk_notes import quirk_notes
from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.querying.changed_since import NOT_CAPTURED
from qbo_sandbox.reports.catalog import REPORTS
from qbo_sandbox.webhooks.matrix import NOTIFIED, notified_name
from qbo_sandbox.webhooks.quirks import WebhookQuirks

_SOURCES = {"CAP": "recorded", "DOC": "Intuit's text", "3P": "told by others", "INF": "inferred"}


def _may(operation: str) -> Callable[[Entity], bool]:
    return lambda entity: operation in entity.operations


_COLUMNS: tuple[tuple[str, Callable[[Entity], bool]], ...] = (
    ("create", _may("create")),
    ("read, query", lambda entity: bool(entity.filterable)),
    ("update, sparse", _may("update")),
    ("delete", _may("delete")),
    ("void", _may("void")),
    ("deactivate", lambda entity: "Active" in entity.fields and "update" in entity.operations),
    ("pdf, send", lambda entity: entity.name in FORMS),
    ("change data capture", lambda entity: entity.name not in NOT_CAPTURED),
    ("webhooks", lambda entity: notified_name(entity.name) in NOTIFIED),
)


def page() -> str:
    """Return the page."""
    return "\n".join(_lines()) + "\n"


def _lines() -> Iterator[str]:
    yield "# What the QuickBooks sandbox covers"
    yield ""
    yield "Written by `python -m qbo_sandbox.coverage docs/sandbox-coverage.md` from the code."
    yield ""
    yield "## Entities"
    yield ""
    yield from _table(("Entity", *(name for name, _ in _COLUMNS)), map(_entity, ENTITIES.values()))
    yield ""
    yield "Every entity answers in JSON and XML, singly and in batches."
    yield ""
    yield "## Reports"
    yield ""
    yield ", ".join(REPORTS) + "."
    yield ""
    yield "## Faults"
    yield ""
    yield (
        "Each is provoked by a test. A client meets it by a request that deserves it, by a request while the company, "
        "the app or a quirk is in a certain state, or only by a rule of `POST /_sandbox/faults`."
    )
    yield ""
    rows = ((c.code, f"`{c.message}`", c.when, c.met.value, _SOURCES[c.source]) for c in FAULT_CODES.values())
    yield from _table(("Code", "Message", "When", "Met by", "Words"), rows)
    yield ""
    yield "### The sentences of code 6000"
    yield ""
    sentences = ((f"`{text}`", met.value, _SOURCES[source]) for text, source, met in TEXTS_OF_6000)
    yield from _table(("Detail, after `Business Validation Error: `", "Met by", "Words"), sentences)
    yield ""
    by_rule = sum(code.met is Met.BY_RULE for code in FAULT_CODES.values())
    yield f"{len(FAULT_CODES)} codes, {by_rule} of them by rule only; {len(TEXTS_OF_6000)} sentences."
    yield ""
    yield "## Quirks"
    yield ""
    yield (
        "What nothing confirms about QuickBooks is a named choice. `GET /_sandbox/quirks`, `GET /_sandbox/access` "
        "and `GET /_sandbox/webhooks` tell how they are set."
    )
    yield ""
    for title, kind in (
        ("Of a company's books", Quirks),
        ("Of connecting", AccessQuirks),
        ("Of notifications", WebhookQuirks),
    ):
        yield f"### {title}"
        yield ""
        notes = quirk_notes(kind).values()
        rows_of = ((f"`{n.name}`", f"`{n.default!r}`", n.meaning, _SOURCES[n.source]) for n in notes)
        yield from _table(("Quirk", "Default", "Meaning", "Source"), rows_of)
        yield ""


def _entity(entity: Entity) -> tuple[str, ...]:
    return (entity.name, *("yes" if has(entity) else "" for _, has in _COLUMNS))


def _table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> Iterator[str]:
    heads = list(head)
    yield "| " + " | ".join(heads) + " |"
    yield "|" + "---|" * len(heads)
    for row in rows:
        yield "| " + " | ".join(cell.replace("|", "\\|") for cell in row) + " |"


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(page())
