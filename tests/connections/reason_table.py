"""Writes `docs/connection.md` from the rows the tests live: `cd tests && python -m connections.reason_table`."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from connections.reason_rows import ROWS, Row

PAGE = Path(__file__).parents[2] / "docs" / "connection.md"
_LOOKS = {"good": "green", "amber": "amber", "stopped": "red"}
_HEAD = """# The connection: why it stops, and what repairs it

Written by `cd tests && python -m connections.reason_table` from the rows that `test_every_reason.py` lives.

Each row is a test: a company is connected through the pages, 200 approved documents come in, the sandbox provokes the
reason, a worker meets it, and the page of the connection says what stands under *The user sees*. Then the repair is
done on that page, the worker goes on by itself, and the sandbox's books are read by our mark: each of the 200 documents
is there once, and the money is right to the penny.

Where Intuit gives the same answer for several causes, the page names them and says how to tell. An admin repairs;
everybody else sees why, and whom to ask. Every repair is also driven in a real browser, by
`tests/connections/test_repairs_in_a_browser.py`.

| Reason | How the sandbox provokes it | The user sees | What repairs it | The 200 documents |
|---|---|---|---|---|
"""


def page(rows: Iterable[Row]) -> str:
    """Return the page."""
    return _HEAD + "".join(f"{_line(row)}\n" for row in rows)


def _line(row: Row) -> str:
    seen = f"{_LOOKS[row.look]}: “{row.says}”"
    return f"| {row.reason} | {row.provoked} | {seen} | {row.repaired} | posted once |"


if __name__ == "__main__":
    PAGE.write_text(page(ROWS))
