"""Measures “why is this not in QuickBooks?” with very many documents: the answer, the page, the API, and every plan.

Makes a throw-away PostgreSQL and fills it by SQL (see many_documents.py). With several sizes it prints how the time
grows; each statement must keep to an index whatever the size.

Example: make bench ONLY=why_speed ARGS="--documents 100000 1000000 --plans"
"""

# ruff: noqa: T201 - prints what a command says

from __future__ import annotations

import argparse
import os
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

PROMISED_MS = 50


def main() -> int:
    """Measure, and print; 1 when a 95th percentile is over what is promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[100_000], help="sizes to measure (default 100000)")
    parser.add_argument("--times", type=int, default=50, help="how often each is asked (default 50)")
    parser.add_argument("--plans", action="store_true", help="print the plan of every statement of one answer")
    options = parser.parse_args()
    from reports_speed import a_database

    p95s: list[dict[str, float]] = []
    for documents in options.documents:
        with a_database(None):
            p95s.append(_measure(documents, options.times, plans=options.plans))
    if len(p95s) > 1:
        print(f"\n{options.documents[-1] / options.documents[0]:g} times the documents: times the time (p95)")
        for name, before in p95s[0].items():
            print(f"  {name:24} {p95s[-1][name] / before:5.2f}")
    return 0 if all(each < PROMISED_MS for found in p95s for each in found.values()) else 1


def _measure(documents: int, times: int, *, plans: bool) -> dict[str, float]:
    import many_documents
    from django.db import connection as database
    from django.test import Client
    from reports_speed import Cpu

    from freightbooks.organizations import api_keys
    from freightbooks.organizations.models import Scope
    from freightbooks.posting.why import why

    made = many_documents.make(documents, fold=False)
    print(f"== {made.documents:,} documents, {made.attempts:,} attempts, made in {made.seconds_making:.0f} s")
    numbers = {
        "a shipment": f"{34000 + documents // 5}E",
        "an invoice": f"INV-{100001 + documents // 6 * 2}",
        "an id of the TMS": f"X{documents // 3 // 20 * 20 + 1}",
        "an advance": f"EFS-{documents // 20 * 10}",
        "a number in QuickBooks": f"D{documents // 7}",
        "nothing": "QQQQ-1",
    }
    browser = Client()
    browser.force_login(made.user)
    api_keys.REQUESTS_A_MINUTE = 1_000_000
    _, key = api_keys.make(made.organization, "bench", Scope.READ, None)
    found: dict[str, float] = {}
    used = Cpu(database)
    print(f"the machine's load: {os.getloadavg()[0]:.1f} on {os.cpu_count()} cores")
    print(f"{'':24} {'p50':>7} {'p95':>7} {'cpu':>7}  ms")
    for name, number in numbers.items():
        assert bool(why(made.organization, number).answers) == (name != "nothing"), name
        found[name] = _time(name, times, used, lambda number=number: why(made.organization, number))
    shipment = numbers["a shipment"]
    bearer = {"Authorization": f"Bearer {key}"}
    page = f"/api/v1/why?number={shipment}"
    found["by the API, whole"] = _time("by the API, whole", times, used, lambda: browser.get(page, headers=bearer))
    if plans:
        _plans(made.organization, shipment)
    return found


def _time(name: str, times: int, used: Any, ask: Callable[[], Any]) -> float:
    """Ask some times after one to warm up; print the median and return the 95th percentile, in milliseconds.

    The processor's time is this process's and its database backend's: the same on a busy machine.
    """
    ask()
    before = used.milliseconds()
    took = []
    for _ in range(times):
        begun = time.perf_counter()
        ask()
        took.append((time.perf_counter() - begun) * 1000)
    took.sort()
    p95 = took[max(0, round(len(took) * 0.95) - 1)]
    cpu = (used.milliseconds() - before) / times
    print(f"{name:24} {statistics.median(took):7.1f} {p95:7.1f} {cpu:7.1f}")
    return p95


def _plans(organization: Any, number: str) -> None:
    from django.db import connection as database
    from django.test.utils import CaptureQueriesContext

    from freightbooks.posting.why import why

    with CaptureQueriesContext(database) as captured:
        why(organization, number)
    for query in captured.captured_queries:
        print(f"\n-- {query['sql'][:160]}")
        with database.cursor() as cursor:
            cursor.execute(f"EXPLAIN (ANALYZE, COSTS OFF, SUMMARY OFF) {query['sql'].replace('%', '%%')}", [])
            print("\n".join(row[0][:150] for row in cursor.fetchall()))


if __name__ == "__main__":
    sys.exit(main())
