"""Measures the way back on this machine: payments of an outage caught up with, and how soon one payment shows as Paid.

A brokerage with as many customer invoices posted as there are payments. Then nobody listens while a bookkeeper pays all
of them; then a worker starts. Afterwards single payments, told by signed notifications to pages that are really served,
with the sandbox answering after 300 ms. Sandbox, pages and worker are processes of their own.

Example: make bench ONLY=way_back ARGS="--payments 1000 --single 20"
"""

# ruff: noqa: T201 - what a command says

from __future__ import annotations

import argparse
import csv
import math
import os
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import httpx2

from freightbooks import embedded_postgres, exact_json
from freightbooks.demo.supervisor import Demo
from freightbooks.demo.telling import tell

MONTH = Path(__file__).parents[1] / "examples" / "month_end"
BATCH = 30
LATENCY_MS = 300
CATCH_UP_SECONDS, MOST_READS, MEDIAN_SECONDS, TAIL_SECONDS = 180.0, 60, 1.0, 3.0


def main() -> int:
    """Run both measurements; 1 when a figure is missed."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--payments", type=int, default=10_000, help="made during the outage (default 10000)")
    parser.add_argument("--single", type=int, default=60, help="payments told one by one (default 60)")
    options = parser.parse_args()
    os.environ.pop("DATABASE_URL", None)
    os.environ["FREIGHTBOOKS_PACE"] = "off"
    with tempfile.TemporaryDirectory(prefix="freightbooks-way-back-") as place:
        data = Path(place)
        data.chmod(0o755)  # the embedded PostgreSQL may run as a user of its own
        paperwork = data / "paperwork"
        write_invoices(paperwork, options.payments + options.single)
        demo = Demo(data, paperwork)
        try:
            began = time.monotonic()
            connection = demo.run()
            _say(f"{demo.seconds['posting']:,.0f} s to post; {time.monotonic() - began:,.0f} s in all")
            good = measure(demo, connection, options.payments, options.single)
        finally:
            if os.environ.get("DJANGO_SETTINGS_MODULE"):
                demo.stop()
            embedded_postgres.stop(data)
    return 0 if good else 1


def write_invoices(folder: Path, wanted: int) -> None:
    """Write the example month's customer side, over and over under other numbers, until there are enough invoices."""
    with (MONTH / "invoices.csv").open(newline="", encoding="utf-8") as file:
        rows = [row for row in csv.DictReader(file) if row["side"] == "customer"]
    good = [
        row
        for row in rows
        if row["status"] == "Approved" and row["archived"] == "false" and row["currency"] == "USD"
        and Decimal(row["amount"]) > 0
    ]  # fmt: skip
    copies = math.ceil(wanted / len(good) * 1.05)
    ids = {row["id"] for row in good}
    loads = {row["shipment_id"] for row in good}
    _copy(folder, "customers.csv", lambda row, n: row if n == 0 else None, copies)
    _copy(
        folder,
        "shipments.csv",
        lambda row, n: _renumbered(row, n, "id", "custom_id") if row["id"] in loads else None,
        copies,
    )
    _copy(
        folder,
        "invoices.csv",
        lambda row, n: _renumbered(row, n, "id", "number", "shipment_id") if row["id"] in ids else None,
        copies,
    )
    _copy(
        folder,
        "costs.csv",
        lambda row, n: _renumbered(row, n, "id", "shipment_id", "invoice_id") if row["invoice_id"] in ids else None,
        copies,
    )


def _copy(folder: Path, name: str, change: Callable[[dict[str, str], int], dict[str, str] | None], copies: int) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    with (MONTH / name).open(newline="", encoding="utf-8") as source:
        reader = csv.DictReader(source)
        rows, columns = list(reader), list(reader.fieldnames or [])
    with (folder / name).open("w", newline="", encoding="utf-8") as target:
        writer = csv.DictWriter(target, columns)
        writer.writeheader()
        for number in range(copies):
            writer.writerows(made for row in rows if (made := change(dict(row), number)) is not None)


def _renumbered(row: dict[str, str], number: int, *columns: str) -> dict[str, str]:
    return row | {column: f"{row[column]}-{number}" for column in columns} if number else row


def measure(demo: Demo, connection: Any, payments: int, single: int) -> bool:
    """Measure both on a brokerage whose invoices are posted; print the figures; return whether all are met."""
    from freightbooks.posting.models import Posting
    from freightbooks.posting.states import PostingState

    posted = Posting.objects.filter(connection=connection, state=PostingState.POSTED, entity="Invoice").order_by("pk")
    ids = list(posted.values_list("qbo_id", flat=True))
    if len(ids) < payments + single:
        print(f"only {len(ids):,} invoices were posted", file=sys.stderr)
        return False
    books = _Books(demo.ready)
    caught_up = _outage(demo, connection, books, ids[:payments])
    told = _told(demo, connection, books, ids[payments : payments + single])
    return caught_up and told


def _outage(demo: Demo, connection: Any, books: _Books, ids: list[str]) -> bool:
    books.untell()
    demo.processes.stop_one("worker")
    demo.processes.stop_one("pages")
    reads_before = _reads(connection)
    began = time.monotonic()
    books.pay_all(ids)
    _say(f"{len(ids):,} payments made while nobody listens, in {time.monotonic() - began:,.0f} s")
    began = time.monotonic()
    demo.processes.start("worker", "freightbooks.cli", "worker")
    demo.processes.wait_until(lambda: _paid(connection) >= len(ids), "the end of catching up", seconds=900)
    seconds = time.monotonic() - began
    demo.processes.wait_until(lambda: _swept(connection), "the end of the sweep", seconds=900)
    reads = _reads(connection) - reads_before
    wanted = f"wanted: under {CATCH_UP_SECONDS:.0f} s, under {MOST_READS} reads"
    print(f"outage   {len(ids):>7,} payments caught up in {seconds:6.1f} s with {reads} reads ({wanted})", flush=True)
    return seconds < CATCH_UP_SECONDS and reads < MOST_READS


def _told(demo: Demo, connection: Any, books: _Books, ids: list[str]) -> bool:
    from freightbooks.posting.models import Posting
    from freightbooks.settlement.models import PaidState, Standing

    demo.processes.start("pages", "freightbooks.cli", "serve", f"--port={demo.port}")
    demo.processes.wait_until(lambda: _answers(f"{demo.pages}/sign-in/"), "the start of the pages")
    tell(demo.pages, connection, demo.ready)
    books.control("/latency", {"ms": LATENCY_MS, "path": "/v3/"})
    postings = dict(
        Posting.objects.filter(connection=connection, qbo_id__in=ids, entity="Invoice").values_list("qbo_id", "pk")
    )
    reads_before = _reads(connection)
    took: list[float] = []
    for number, qbo_id in enumerate(ids):
        books.pay_all([qbo_id])
        answered = time.monotonic()  # the notification left when the payment was committed, just before its answer
        paid = Standing.objects.filter(posting_id=postings[qbo_id], state=PaidState.PAID)
        demo.processes.wait_until(paid.exists, "Paid", seconds=60)
        took.append(time.monotonic() - answered)
        time.sleep(0.2 + number % 7 / 10)
    reads = _reads(connection) - reads_before
    took.sort()
    median, tail = statistics.median(took), took[math.ceil(0.95 * len(took)) - 1]
    wanted = f"wanted: under {MEDIAN_SECONDS:g} s and {TAIL_SECONDS:g} s"
    print(
        f"told     {len(ids):>7,} payments, notification to Paid at {LATENCY_MS} ms: p50 {median:.2f} s,"
        f" p95 {tail:.2f} s, longest {took[-1]:.2f} s, {reads / len(ids):.1f} reads each ({wanted})",
        flush=True,
    )
    return median < MEDIAN_SECONDS and tail < TAIL_SECONDS


class _Books:
    """The bookkeeper's side: another app's token in the sandbox's company."""

    def __init__(self, ready: dict[str, str]) -> None:
        self._company = f"{ready['base_url']}/v3/company/{ready['realm_id']}"
        self._sandbox = ready["base_url"]
        headers = {"Authorization": f"Bearer {ready['access_token']}", "Accept": "application/json"}
        self._http = httpx2.Client(timeout=120, headers=headers)

    def pay_all(self, invoice_ids: list[str]) -> None:
        """Pay each of these invoices in full, one payment each."""
        for start in range(0, len(invoice_ids), BATCH):
            some = invoice_ids[start : start + BATCH]
            quoted = ", ".join(f"'{each}'" for each in some)
            query = f"select * from Invoice where Id in ({quoted}) maxresults {BATCH}"  # noqa: S608 - not SQL
            answer = self._http.get(f"{self._company}/query", params={"query": query})
            rows = exact_json.loads(answer.raise_for_status().text)["QueryResponse"]["Invoice"]
            items = [{"bId": str(n), "operation": "create", "Payment": _payment(row)} for n, row in enumerate(rows)]
            body = exact_json.dumps({"BatchItemRequest": items})
            done = self._http.post(f"{self._company}/batch", content=body, headers={"Content-Type": "application/json"})
            if "Fault" in done.raise_for_status().text:
                raise RuntimeError(done.text[:500])

    def untell(self) -> None:
        """Have nothing told any more, not even later: all that is done now has to be found."""
        for endpoint in self._http.get(f"{self._sandbox}/_sandbox/webhooks").json()["endpoints"]:
            self._http.delete(f"{self._sandbox}/_sandbox/webhooks/{endpoint['id']}").raise_for_status()

    def control(self, path: str, body: dict[str, Any]) -> None:
        """Use the sandbox's control plane."""
        self._http.post(f"{self._sandbox}/_sandbox{path}", json=body).raise_for_status()


def _payment(invoice: dict[str, Any]) -> dict[str, Any]:
    line = {"Amount": invoice["Balance"], "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}
    return {"CustomerRef": invoice["CustomerRef"], "TotalAmt": invoice["Balance"], "Line": [line]}


def _paid(connection: Any) -> int:
    from freightbooks.settlement.models import PaidState, Standing

    return Standing.objects.filter(posting__connection=connection, state=PaidState.PAID).count()


def _swept(connection: Any) -> bool:
    from freightbooks.receiving.models import Feed

    feed = Feed.objects.get(connection=connection)
    return feed.swept_at is not None and feed.sweep_begun_at is not None and feed.swept_at >= feed.sweep_begun_at


def _reads(connection: Any) -> int:
    from freightbooks.connections.models import RequestCount

    rows = RequestCount.objects.filter(connection=connection, purpose="receiving", kind="read")
    return sum(rows.values_list("count", flat=True))


def _answers(url: str) -> bool:
    try:
        return httpx2.get(url, timeout=2).status_code == 200
    except httpx2.HTTPError:
        return False


def _say(words: str) -> None:
    print(f"         {words}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
