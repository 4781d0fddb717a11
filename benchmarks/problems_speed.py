"""Measures the Problems pages with very many documents: the list, one problem, and the count in every page's frame.

Makes a throw-away PostgreSQL and fills it by SQL (see many_documents.py); what failed or is held belongs to forty
problems. The time goes by what is held, not by how many documents there are.

Example: make bench ONLY=problems_speed ARGS="--documents 100000 1000000"
"""

# ruff: noqa: T201 - prints what a command says

from __future__ import annotations

import argparse
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

PROMISED_MS = 300
PROBLEMS = 40


def main() -> int:
    """Measure, and print; 1 when a 95th percentile is over what is promised."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--documents", type=int, nargs="+", default=[100_000], help="sizes to measure (default 100000)")
    parser.add_argument("--times", type=int, default=30, help="how often each is asked (default 30)")
    options = parser.parse_args()
    from reports_speed import a_database

    found: list[float] = []
    for documents in options.documents:
        with a_database(None):
            found += _measure(documents, options.times)
    return 0 if max(found) < PROMISED_MS else 1


def _measure(documents: int, times: int) -> list[float]:
    import many_documents
    from django.test import Client

    from freightbooks.posting.problem_list import open_problems
    from freightbooks.problems.models import Problem
    from freightbooks.web.problems import count_causes

    made = many_documents.make(documents, fold=False)
    held = _give_problems(made)
    print(f"== {made.documents:,} documents, {held:,} of them held by {PROBLEMS} problems")
    browser = Client()
    browser.force_login(made.user)
    one = Problem.objects.order_by("pk").values_list("pk", flat=True)[0]
    asked: dict[str, Callable[[], Any]] = {
        "the count in the frame": lambda: count_causes(made.organization),
        "the list of problems": lambda: open_problems(made.organization),
        "the page of problems": lambda: browser.get("/problems/"),
        "the page of one": lambda: browser.get(f"/problems/{one}/"),
    }
    found = []
    for name, ask in asked.items():
        took = sorted(_milliseconds(ask) for _ in range(times))
        p95 = took[int(len(took) * 0.95)]
        found.append(p95)
        print(f"  {name:24} median {statistics.median(took):7.1f} ms   p95 {p95:7.1f} ms")
    return found


def _give_problems(made: Any) -> int:
    from django.db import connection as database

    from freightbooks.posting.models import Posting
    from freightbooks.problems.causes import of_gate
    from freightbooks.problems.record import open_all
    from freightbooks.problems.subjects import cost
    from freightbooks.web.status import NOBODYS_TURN

    causes = [
        of_gate("cost is not mapped", f"The cost {n} is not mapped.", cost("carrier costs", str(n), str(n)))
        for n in range(PROBLEMS)
    ]
    first = min(problem.pk for problem in open_all(made.connection.pk, causes).values())
    with database.cursor() as cursor:
        cursor.execute("SET session_replication_role = replica")
        cursor.execute(
            "UPDATE posting_posting SET problem_id = %s + id %% %s"
            " WHERE state IN ('failed', 'waiting') AND gate <> ALL(%s)",
            [first, PROBLEMS, list(map(str, NOBODYS_TURN))],
        )
        cursor.execute("SET session_replication_role = origin")
        cursor.execute("VACUUM ANALYZE posting_posting")
    return Posting.objects.exclude(problem=None).count()


def _milliseconds(ask: Callable[[], Any]) -> float:
    begun = time.perf_counter()
    ask()
    return (time.perf_counter() - begun) * 1000


if __name__ == "__main__":
    raise SystemExit(main())
