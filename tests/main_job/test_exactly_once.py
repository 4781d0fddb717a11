"""Whatever is lost, killed or done twice: each document is in the books once, with the right amount."""

from __future__ import annotations

import json
import os
import signal
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from main_job.brokerage import MONTH, connect, copy_rows, first_loads, start_worker, wait_until
from main_job.proxy import LossyProxy
from qbo_sandbox.pytest_plugin import RunningSandbox

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage


@pytest.mark.xdist_group("killed worker")
def test_a_worker_killed_in_the_middle_leaves_the_same_books(brokerage: Brokerage) -> None:
    expected = json.loads((MONTH / "expected.json").read_text())
    brokerage.take_in(MONTH)
    for share in (200, 900):
        worker = start_worker()
        wait_until(lambda share=share: brokerage.counts().posted >= share, f"{share} documents posted")  # type: ignore[misc]
        os.killpg(worker.pid, signal.SIGKILL)
        worker.wait()
        assert not brokerage.counts().at_rest, "it was killed too late to prove anything"
    worker = start_worker()
    wait_until(lambda: brokerage.counts().at_rest, "the end of posting", 240)
    worker.terminate()
    assert worker.wait(30) == 0
    totals = brokerage.totals()
    assert totals["Invoice"] == (expected["postable_customer"], Decimal(expected["postable_customer_amount"]))
    assert totals["Bill"] == (expected["postable_carrier"], Decimal(expected["postable_carrier_amount"]))
    assert totals["VendorCredit"] == (1, Decimal("250.00"))
    assert totals["Purchase"][0] == 144
    markers = brokerage.markers()
    assert len(markers) == len(set(markers))
    assert brokerage.sandbox.company.trial_balance() == 0


def test_importing_and_posting_twice_changes_nothing(brokerage: Brokerage, tmp_path: Path) -> None:
    folder = first_loads(tmp_path, 60)
    brokerage.take_in(folder)
    brokerage.post()
    books, requests = brokerage.books(), dict(brokerage.sandbox.sandbox.counts[brokerage.sandbox.realm_id])
    report = brokerage.take_in(folder)
    assert report.changed == 0
    assert report.announced == 0
    brokerage.post()
    assert brokerage.books() == books
    assert brokerage.sandbox.sandbox.counts[brokerage.sandbox.realm_id]["batch"] == requests["batch"]


def test_a_changed_document_changes_in_the_books_and_no_other(brokerage: Brokerage, tmp_path: Path) -> None:
    folder = first_loads(tmp_path, 10)
    brokerage.take_in(folder)
    brokerage.post()
    company = brokerage.sandbox.company
    before = {record.qbo_id: record.sync_token for record in company.table("Invoice")}
    number, amount = "34000E-1", Decimal("8528.02")
    assert (number, amount) in brokerage.books()["Invoice"]

    def dearer(row: dict[str, str]) -> dict[str, str]:
        if row["id"] == "1":
            row |= {"price": "7955.38", "amount": "7955.38"}
        return row

    def raised(row: dict[str, str]) -> dict[str, str]:
        if row["id"] == "AR900001":
            row["amount"] = "8529.02"
        return row

    copy_rows(folder, folder, "costs.csv", dearer)
    copy_rows(folder, folder, "invoices.csv", raised)
    brokerage.take_in(folder)
    brokerage.post()
    assert (number, amount + 1) in brokerage.books()["Invoice"]
    after = {record.qbo_id: record.sync_token for record in company.table("Invoice")}
    assert after.keys() == before.keys()
    assert [qbo_id for qbo_id in after if after[qbo_id] != before[qbo_id]] == [
        next(record.qbo_id for record in company.table("Invoice") if record.body["DocNumber"] == number)
    ]


@pytest.mark.parametrize(("lose_answers", "lose_requests"), [(3, 0), (0, 3), (2, 2)])
def test_lost_answers_and_lost_requests_post_once(
    database: str,
    qbo_sandbox: RunningSandbox,
    proxy: LossyProxy,
    tmp_path: Path,
    lose_answers: int,
    lose_requests: int,
) -> None:
    brokerage = connect(qbo_sandbox, api_base=proxy.base_url)
    brokerage.take_in(first_loads(tmp_path, 60))
    proxy.lose_answers, proxy.lose_requests = lose_answers, lose_requests
    brokerage.post()
    assert proxy.lost == lose_answers + lose_requests
    counts = brokerage.counts()
    assert counts.at_rest
    assert counts.failed == 0
    markers = brokerage.markers()
    assert len(markers) == len(set(markers)) == counts.posted
    assert brokerage.sandbox.company.trial_balance() == 0


def test_the_rest_of_a_batch_that_was_half_done_unanswered_posts_as_itself(
    brokerage: Brokerage, tmp_path: Path
) -> None:
    """What is left of it is another request: under the same request id it would get the answers of the first."""
    from django.utils import timezone

    from freightbooks.posting.doc_numbers import read_marker
    from freightbooks.posting.models import Posting

    brokerage.take_in(first_loads(tmp_path, 40))
    brokerage.sandbox.fault("refuse", code="10000", entity="Bill", items=[1, 4], times=2)
    brokerage.sandbox.fault("commit_and_cut", operation="create", entity="Bill")
    brokerage.post()
    sent = [each["requestid"] for each in brokerage.sandbox.sandbox.requests if each["kind"] == "batch"]
    assert len(sent) == len(set(sent))
    Posting.objects.filter(state="due").update(not_before=timezone.now())  # refused for the moment
    brokerage.post()
    assert brokerage.counts().at_rest
    assert brokerage.counts().failed == 0
    bills = {record.qbo_id: record.body["PrivateNote"] for record in brokerage.sandbox.company.table("Bill")}
    for posting in Posting.objects.filter(state="posted", entity="Bill").select_related("invoice"):
        assert posting.invoice is not None
        assert read_marker(bills[posting.qbo_id]) == f"[FB bill {posting.invoice.external_id}]"
    markers = brokerage.markers()
    assert len(markers) == len(set(markers)) == brokerage.counts().posted


def test_quickbooks_away_leaves_everything_due_and_a_later_drain_sends_it(
    database: str, qbo_sandbox: RunningSandbox, proxy: LossyProxy, tmp_path: Path
) -> None:
    brokerage = connect(qbo_sandbox, api_base=proxy.base_url)
    brokerage.take_in(first_loads(tmp_path, 20))
    proxy.close()
    brokerage.post()
    away = brokerage.counts()
    assert away.due > 20
    assert away.posted == away.failed == away.sending == 0
    assert not brokerage.markers()
    brokerage.connection.api_base = qbo_sandbox.base_url
    brokerage.connection.save()
    brokerage.post()
    assert brokerage.counts().at_rest
    assert brokerage.counts().posted == away.due == len(brokerage.markers())
