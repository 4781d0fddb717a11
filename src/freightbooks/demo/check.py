"""Runs the main job once in a throw-away folder, and holds what is posted against the books, read back by our mark."""

# ruff: noqa: T201 - what a command says

from __future__ import annotations

import asyncio
import json
import os
import tempfile
import time
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from freightbooks import embedded_postgres
from freightbooks.demo.supervisor import Demo, DemoFailed

if TYPE_CHECKING:
    from freightbooks.connections.models import Connection
    from freightbooks.reconcile.books import Entry, Total

DOCUMENT_ENTITIES = ("Invoice", "Bill", "VendorCredit", "CreditMemo")


def check(folder: Path, *, as_json: bool) -> int:
    """Run it on `folder`; print what came of it; return 0 if the books agree and nothing is left over, 1 if not."""
    began = time.monotonic()
    if not folder.is_dir():
        raise DemoFailed(f"{folder} is not a folder. Give the folder with the CSV files with --data.")
    os.environ.pop("DATABASE_URL", None)
    with tempfile.TemporaryDirectory(prefix="freightbooks-check-") as place:
        data = Path(place)
        data.chmod(0o755)  # the embedded PostgreSQL may run as a user of its own
        demo = Demo(data, folder)
        try:
            connection = demo.run()
            entries = asyncio.run(_read(connection.pk))
            found = result(demo, connection, entries)
        finally:
            if os.environ.get("DJANGO_SETTINGS_MODULE"):
                demo.stop()
            embedded_postgres.stop(data)
    found["seconds"] = round(time.monotonic() - began, 2)
    print(json.dumps(found) if as_json else _words(found))
    return 0 if found["ok"] else 1


async def _read(connection_id: int) -> list[Entry]:
    from freightbooks.connections.client import open_client
    from freightbooks.reconcile.books import read_books

    async with open_client(connection_id, "checking") as client:
        return await read_books(client)


def result(demo: Demo, connection: Connection, entries: list[Entry]) -> dict[str, Any]:
    """Return what came of the job as plain JSON values."""
    from freightbooks.connections.models import RequestCount
    from freightbooks.freight.models import Advance, Invoice
    from freightbooks.posting.models import Posting
    from freightbooks.posting.states import PostingState
    from freightbooks.reconcile.books import totals, twice

    mine = Posting.objects.filter(connection=connection)
    posted = list(mine.filter(state=PostingState.POSTED).values_list("entity", "posted_amount", "invoice_id"))
    ours = totals((entity, amount or Decimal(0)) for entity, amount, _ in posted)
    books = totals((entry.entity, entry.amount) for entry in entries)
    held: dict[str, list[str]] = defaultdict(list)
    held_advances: dict[str, list[str]] = defaultdict(list)
    not_posted = mine.exclude(state=PostingState.POSTED).select_related("invoice", "advance", "problem")
    unexplained: list[str] = []
    for posting in not_posted.order_by("pk"):
        reason = posting.gate or (posting.problem.title if posting.problem else "")
        if not reason:
            unexplained.append(posting.document.external_id)
            continue
        (held if posting.invoice is not None else held_advances)[reason].append(posting.document.external_id)
    documents = Invoice.objects.filter(organization_id=connection.organization_id).count()
    advances = Advance.objects.filter(organization_id=connection.organization_id).count()
    postings_of_invoices = mine.filter(invoice__isnull=False).count()
    requests: dict[str, dict[str, int]] = defaultdict(lambda: {"write": 0, "read": 0, "batch": 0})
    for row in RequestCount.objects.filter(connection=connection):
        requests[row.purpose][row.kind] = row.count
    doubled = twice(entries)
    ok = (
        ours == books
        and not doubled
        and not unexplained
        and postings_of_invoices == documents
        and mine.filter(advance__isnull=False).count() == advances
    )
    report = demo.report
    return {
        "ok": ok,
        "documents": documents,
        "posted": _shown(ours, DOCUMENT_ENTITIES),
        "held": held,
        "books": _shown(books, DOCUMENT_ENTITIES),
        "advances": {
            "documents": advances,
            "posted": _shown(ours, ("Purchase",))["Purchase"],
            "held": held_advances,
            "books": _shown(books, ("Purchase",))["Purchase"],
        },
        "twice": doubled,
        "unexplained": unexplained,
        "rejected": [str(problem) for problem in report.problems] if report else [],
        "requests": requests["posting"],
        "requests_by_purpose": requests,
        "seconds": 0,
        "seconds_by_phase": demo.seconds,
    }


def _shown(found: dict[str, Total], entities: tuple[str, ...]) -> dict[str, dict[str, Any]]:
    return {entity: {"count": found[entity].count, "amount": f"{found[entity].amount:.2f}"} for entity in entities}


def _words(found: dict[str, Any]) -> str:
    lines = [f"{found['documents']:,} documents"]
    for entity, total in found["posted"].items():
        books = found["books"][entity]
        lines.append(
            f"  {entity:13} posted {total['count']:>6,} {total['amount']:>15}   "
            f"books {books['count']:>6,} {books['amount']:>15}"
        )
    lines += [f"  held {len(ids):>6,}  {reason}" for reason, ids in found["held"].items()]
    lines.append("The books agree." if found["ok"] else "THE BOOKS DO NOT AGREE, or documents are left over.")
    return "\n".join(lines)
