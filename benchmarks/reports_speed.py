"""Measures Accounting Sync Analytics with very many documents: page and summary by filter, exports, memory, plans.

Makes a throw-away PostgreSQL, fills it by SQL (see many_documents.py), lets the product fold it into the report, and
opens the page as a signed-in person, through every layer. Prints sizes, the median and the 95th percentile of each
filter, what one slow statement's plan looks like, the first byte and the peak memory of full exports, and `why`.

Example: make bench ONLY=reports_speed ARGS="--documents 1000000 --times 20"
"""

# ruff: noqa: T201 - prints what a command says

from __future__ import annotations

import argparse
import gc
import os
import shutil
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import psutil

sys.path.insert(0, str(Path(__file__).parent))

PAGE = "/reports/accounting-sync-analytics/"


def main() -> int:
    """Measure, and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[100_000], help="sizes to measure (default 100000)")
    parser.add_argument("--times", type=int, default=20, help="how often each page is opened (default 20)")
    parser.add_argument("--plans", action="store_true", help="print the plan of each filter's slowest statement")
    parser.add_argument("--keep", type=Path, help="folder for the database of one size, to measure it again later")
    options = parser.parse_args()
    p95s: list[dict[str, float]] = []
    for documents in options.documents:
        with a_database(options.keep):
            p95s.append(measure(documents, options.times, plans=options.plans))
    if len(p95s) > 1:
        print(f"\n{options.documents[-1] // options.documents[0]} times the documents: times the time (p95)")
        for name, before in p95s[0].items():
            print(f"  {name:36} {p95s[-1][name] / before:5.2f}")
    return 0


@contextmanager
def a_database(keep: Path | None) -> Iterator[None]:
    """Start an empty PostgreSQL of our own and point Django at a database in it."""
    folder = keep or Path(tempfile.mkdtemp(prefix="fb-bench-"))
    folder.mkdir(exist_ok=True)
    folder.chmod(0o755)
    os.environ["FREIGHTBOOKS_DATA"] = str(folder)
    os.environ.pop("DATABASE_URL", None)
    os.environ["FREIGHTBOOKS_HOSTS"] = "*"
    from django.apps import apps

    from freightbooks import embedded_postgres
    from freightbooks.start import migrate, start

    try:
        if apps.ready:
            from django.db import connections

            os.environ["DATABASE_URL"] = embedded_postgres.start(folder)
            from freightbooks.settings import _database

            connections.databases["default"] |= _database(os.environ["DATABASE_URL"])
            connections.close_all()
            connections["default"].settings_dict |= _database(os.environ["DATABASE_URL"])
        else:
            start(folder)
        migrate()
        yield
    finally:
        from django.db import connections

        connections.close_all()
        embedded_postgres.stop(folder)
        if keep is None:
            shutil.rmtree(folder, ignore_errors=True)


def measure(documents: int, times: int, *, plans: bool) -> dict[str, float]:
    """Make so many documents and measure; return the 95th percentile of each filter, in milliseconds."""
    import many_documents
    from django.db import connection as database
    from django.test import Client

    made = many_documents.found() or many_documents.make(documents)
    print(f"== {made.documents:,} documents, {made.attempts:,} attempts, {made.tallies:,} tallies")
    if made.seconds_folding:
        print(
            f"made in {made.seconds_making:.1f} s; folded in {made.seconds_folding:.1f} s "
            f"({made.documents / made.seconds_folding:,.0f} a second)"
        )
    with database.cursor() as cursor:
        for table in (
            "posting_posting",
            "posting_attempt",
            "reports_line",
            "reports_tally_of_months",
            "reports_tally_of_days",
        ):
            cursor.execute(
                "SELECT pg_size_pretty(pg_table_size(%s::regclass)), pg_size_pretty(pg_indexes_size(%s::regclass))",
                [table, table],
            )
            print("  {}: {} and {} of indexes".format(table, *cursor.fetchone()))
    browser = Client()
    browser.force_login(made.user)
    found: dict[str, float] = {}
    used = Cpu(database)
    print(f"\n{'filter':36} {'p50':>7} {'p95':>7} {'cpu':>7}  ms of page (queries alone p50, bytes)")
    print(f"the machine's load: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    slowest: list[tuple[str, str]] = []
    for name, filters in cases(made.documents).items():
        took, queries, statements = [], [], []
        size = 0
        browser.get(PAGE, filters)
        gc.collect()
        before = used.milliseconds()
        for _ in range(times):
            log: list[tuple[float, str]] = []
            with database.execute_wrapper(_timing(log)):
                begun = time.perf_counter()
                answer = browser.get(PAGE, filters)
                took.append((time.perf_counter() - begun) * 1000)
            assert answer.status_code == 200, answer.status_code
            size = len(answer.content)
            queries.append(sum(each for each, _ in log))
            statements = log
        cpu = (used.milliseconds() - before) / times
        took.sort()
        found[name] = took[max(0, round(len(took) * 0.95) - 1)]
        asked = statistics.median(queries)
        print(f"{name:36} {statistics.median(took):7.0f} {found[name]:7.0f} {cpu:7.0f}  ({asked:.0f}, {size:,})")
        questions = [each for each in statements if each[1].lstrip().startswith(("SELECT", "WITH few"))]
        slowest.append((name, max(questions)[1]))
    if plans:
        for name, statement in slowest:
            print(f"\n-- plan of the slowest statement of: {name}")
            with database.cursor() as cursor:
                cursor.execute("SET enable_seqscan = off; SET jit = off")
                cursor.execute(f"EXPLAIN (ANALYZE, BUFFERS, COSTS OFF, SUMMARY) {statement.replace('%', '%%')}", [])
                print("\n".join(row[0][:170] for row in cursor.fetchall()))
                cursor.execute("RESET enable_seqscan; RESET jit")
    exports(browser)
    measure_why(made, times)
    return found


def cases(documents: int) -> dict[str, dict[str, Any]]:
    """Return the filters that are measured."""
    today = datetime.now(UTC).date()
    return {
        "none": {},
        "last 30 days": {"since": today - timedelta(days=30), "until": today},
        "odd year (14 months)": {"since": today - timedelta(days=500), "until": today - timedelta(days=75)},
        "failed": {"standing": "failed"},
        "posted": {"standing": "posted"},
        "held back or failed": {"standing": "at-stake"},
        "code 6000": {"code": "6000"},
        "gate: zero amount": {"code": "zero amount"},
        "advances, failed": {"kind": "advance", "standing": "failed"},
        "office SAV": {"office": "SAV"},
        "office SAV, failed, last 30 days": {
            "office": "SAV", "standing": "failed", "since": today - timedelta(days=30), "until": today,
        },
        "one problem": {"problem": 7},
        "biggest party": {"party": 1},
        "small party": {"party": 190},
        "amount 1200 to 1300": {"low": "1200", "high": "1300"},
        "amount 1234.50 to 1234.60": {"low": "1234.50", "high": "1234.60"},
        "amount 1000 to 2000, failed, a month": {
            "low": "1000", "high": "2000", "standing": "failed", "since": today - timedelta(days=60),
            "until": today - timedelta(days=30),
        },
        "amount 1000 to 2000, office, a month": {
            "low": "1000", "high": "2000", "office": "SAV", "since": today - timedelta(days=60),
            "until": today - timedelta(days=30),
        },
        "text: one shipment": {"q": f"{34000 + documents // 5}E"},
        "text: 340": {"q": "340"},
        "text: name of many": {"q": "juniper"},
        "text: nothing": {"q": "QQQQ"},
        "newest first": {"sort": "newest"},
        "largest amount first": {"sort": "amount"},
        "largest amount first, failed": {"sort": "amount", "standing": "failed"},
        "posted over 3 days after approval": {"wait": "6"},
    }  # fmt: skip


class Cpu:
    """What this process and its own PostgreSQL backend have used: the same on a quiet machine and on a busy one."""

    def __init__(self, database: Any) -> None:
        with database.cursor() as cursor:
            cursor.execute("SELECT pg_backend_pid()")
            backend = psutil.Process(cursor.fetchone()[0])
        self._processes = (psutil.Process(), backend)

    def milliseconds(self) -> float:
        """Return the time used so far."""
        times = [each.cpu_times() for each in self._processes]
        return sum(each.user + each.system for each in times) * 1000


def _timing(log: list[tuple[float, str]]) -> Any:
    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        begun = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            took = (time.perf_counter() - begun) * 1000
            last = context["cursor"].cursor
            query = getattr(last, "_query", None)
            log.append((took, query.query.decode() if query is not None else sql))

    return wrapper


def exports(browser: Any) -> None:
    """Time the first byte and the whole of full exports, and watch the memory of this process."""
    process = psutil.Process()
    for form in ("csv", "xlsx"):
        gc.collect()
        before = process.memory_info().rss
        begun = time.perf_counter()
        answer = browser.get(f"{PAGE}export.{form}")
        pieces = iter(answer.streaming_content)
        size = len(next(pieces))
        first = time.perf_counter() - begun
        data = 0.0
        peak = before
        for count, piece in enumerate(pieces, start=1):
            size += len(piece)
            if count == 1:
                data = time.perf_counter() - begun
            if count % 50 == 0:
                peak = max(peak, process.memory_info().rss)
        took = time.perf_counter() - begun
        print(
            f"export {form}: first byte {first * 1000:.0f} ms, first rows {data * 1000:.0f} ms, "
            f"all {size / 1e6:.1f} MB in {took:.1f} s, memory grew by {max(0, peak - before) / 1e6:.1f} MB"
        )


def measure_why(made: Any, times: int) -> None:
    """Time the answer to "why is this not in QuickBooks?"."""
    from freightbooks.posting import why

    for name, number in {
        "a shipment": f"{34000 + made.documents // 5}E",
        "an invoice": f"INV-{100001 + made.documents // 3 // 2 * 2}",
        "nothing": "QQQQ-1",
    }.items():
        took = []
        for _ in range(times):
            begun = time.perf_counter()
            why.why(made.organization, number)
            took.append((time.perf_counter() - begun) * 1000)
        took.sort()
        p95 = took[max(0, round(len(took) * 0.95) - 1)]
        print(f"why {name}: p50 {statistics.median(took):.1f} ms, p95 {p95:.1f} ms")


if __name__ == "__main__":
    sys.exit(main())
