"""Every code of the catalogue is met in the sandbox, becomes its problem, and its remedy sends the document.

One bill for each code, and a rule of the sandbox that refuses it once in QuickBooks' words.
"""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Any

from main_job.brokerage import MONTH, copy_rows
from main_job.conftest import brokerage as connected_brokerage
from qbo_sandbox.books.fault_codes import FAULT_CODES

if TYPE_CHECKING:
    from freightbooks.problems.entries import Entry
    from main_job.brokerage import Brokerage

brokerage = connected_brokerage

OF_THE_COMPANY = {"3200", "3100", "100", "110", "120", "130", "140", "150", "3001", "6190"}
"""Told of a whole request or company: no document fails. The connection's tests provoke each of them."""
TRIED_BY_ITSELF = {"10000"}
"""Sent again by itself a little later."""


def refused_entries() -> list[Entry]:
    from freightbooks.problems import catalogue
    from freightbooks.problems.codes import CODES

    return [
        entry
        for entry in CODES
        if entry.key not in OF_THE_COMPANY | TRIED_BY_ITSELF and catalogue.of_code(entry.key, entry.says) is entry
    ]


def bills(folder: Path, count: int) -> Path:
    """Write a month with `count` carrier invoices of one cost each, all of one carrier paid by itself."""
    for name in ("customers.csv", "factors.csv"):
        copy_rows(MONTH, folder, name, lambda row: row)
    copy_rows(MONTH, folder, "payments.csv", lambda _row: None)
    with (MONTH / "invoices.csv").open(newline="", encoding="utf-8") as file:
        (pattern,) = [row for row in csv.DictReader(file) if row["id"] == "AP500001"]
    with (MONTH / "costs.csv").open(newline="", encoding="utf-8") as file:
        cost = next(row for row in csv.DictReader(file) if row["invoice_id"] == "AP500001")
    copy_rows(MONTH, folder, "carriers.csv", lambda row: row)
    copy_rows(MONTH, folder, "shipments.csv", lambda row: row if row["id"] == pattern["shipment_id"] else None)
    invoices = [pattern | {"id": f"AP6{n:05}", "number": f"C-{n}", "amount": "100.00"} for n in range(count)]
    costs = [
        cost | {"id": f"C6{n:05}", "invoice_id": f"AP6{n:05}", "qty": "1", "price": "100.00", "amount": "100.00"}
        for n in range(count)
    ]
    for name, rows in (("invoices.csv", invoices), ("costs.csv", costs)):
        with (folder / name).open("w", newline="", encoding="utf-8") as file:
            writer = csv.DictWriter(file, list(rows[0]))
            writer.writeheader()
            writer.writerows(rows)
    return folder


def words_of(entry: Entry) -> dict[str, Any]:
    """Return what QuickBooks would say for an entry, as the sandbox knows it."""
    known = FAULT_CODES.get(entry.key)
    message = known.message if known else entry.title
    detail = f"Business Validation Error: {entry.says or 'something else'}" if entry.key == "6000" else f"{message} : x"
    return {"code": entry.key, "message": message, "detail": detail}


def test_every_code_becomes_its_problem_and_its_remedy_sends_the_document(brokerage: Brokerage, tmp_path: Path) -> None:
    from freightbooks.posting import remedies
    from freightbooks.posting.models import Posting
    from freightbooks.problems.models import Problem

    entries = refused_entries()
    brokerage.take_in(bills(tmp_path, len(entries) + 1))
    for position, entry in enumerate(entries):
        brokerage.sandbox.fault(
            "refuse", entity="Bill", operation="create", times=1, after=0, items=[position % 30], **words_of(entry)
        )
    brokerage.post()
    failed = list(Posting.objects.filter(state="failed").select_related("problem").order_by("pk"))
    met = {(one.problem.entry.key, one.problem.entry.says) for one in failed if one.problem}
    assert {(entry.key, entry.says) for entry in entries} - met == set()
    for posting in failed:
        assert posting.problem is not None
        assert posting.problem.title in posting.reason
        assert posting.problem.message in posting.reason
        assert posting.problem.intuit_tid
        assert posting.remedy

    for problem in Problem.objects.filter(closed_at=None):
        remedies.try_again(remedies.held_by(problem), "Dana Whitlow")
    brokerage.post()
    assert brokerage.counts().failed == 0
    assert brokerage.totals()["Bill"][0] == len(entries) + 1
    assert not Problem.objects.filter(closed_at=None).exists()


def test_a_failure_inside_quickbooks_is_tried_again_without_a_problem(brokerage: Brokerage, tmp_path: Path) -> None:
    from freightbooks.posting.models import Attempt, Posting
    from freightbooks.problems.models import Problem

    brokerage.take_in(bills(tmp_path, 1))
    brokerage.sandbox.fault("refuse", entity="Bill", times=1, code="10000")
    brokerage.post()
    assert Attempt.objects.filter(code="10000", outcome="later").exists()
    assert not Problem.objects.filter(closed_at=None).exists()
    Posting.objects.update(not_before="2020-01-01T00:00:00Z")
    brokerage.post()
    assert brokerage.totals()["Bill"][0] == 1
