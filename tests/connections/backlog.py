"""Two hundred approved documents of the example month, and what the books must have of them."""

from __future__ import annotations

import csv
import json
from collections import defaultdict
from decimal import Decimal
from pathlib import Path
from typing import Any

from main_job.brokerage import MONTH, copy_rows

COUNT = 200
_ENTITY = {"customer": "Invoice", "carrier": "Bill"}


def write_backlog(folder: Path) -> dict[str, tuple[int, Decimal]]:
    """Write the documents to a folder; return how many of each kind must be in the books, and what they come to."""
    held = json.loads((MONTH / "expected.json").read_text())["not_postable"]
    never = {document for documents in held.values() for document in documents}
    with (MONTH / "invoices.csv").open(newline="", encoding="utf-8") as file:
        fit = [row for row in csv.DictReader(file) if row["id"] not in never and _plain(row)][:COUNT]
    ids, loads = {row["id"] for row in fit}, {row["shipment_id"] for row in fit}
    for name in ("customers.csv", "carriers.csv", "factors.csv"):
        copy_rows(MONTH, folder, name, lambda row: row)
    copy_rows(MONTH, folder, "shipments.csv", lambda row: row if row["id"] in loads else None)
    copy_rows(MONTH, folder, "invoices.csv", lambda row: row if row["id"] in ids else None)
    copy_rows(MONTH, folder, "costs.csv", lambda row: row if row["invoice_id"] in ids else None)
    amounts: dict[str, list[Decimal]] = defaultdict(list)
    for row in fit:
        amounts[_ENTITY[row["side"]]].append(Decimal(row["amount"]))
    return {entity: (len(some), sum(some, Decimal("0.00"))) for entity, some in amounts.items()}


def _plain(row: dict[str, str]) -> bool:
    return row["status"] == "Approved" and row["currency"] == "USD" and Decimal(row["amount"]) > 0


def in_the_books(company: Any) -> dict[str, tuple[int, Decimal]]:
    """What the books have with our mark. A mark that is there twice fails the test."""
    from freightbooks.posting.doc_numbers import read_marker

    found: dict[str, tuple[int, Decimal]] = {}
    marks: list[str] = []
    for entity in ("Invoice", "Bill", "CreditMemo", "VendorCredit", "Purchase"):
        ours = [each for each in company.table(entity) if read_marker(str(each.body.get("PrivateNote", "")))]
        marks += [read_marker(str(each.body["PrivateNote"])) for each in ours]
        if ours:
            found[entity] = (len(ours), sum((each.body["TotalAmt"] for each in ours), Decimal("0.00")))
    assert len(marks) == len(set(marks)), "a document is in the books twice"
    return found
