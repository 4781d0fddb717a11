"""`make chaos`: storms over seeds, as many as are asked for, and what came of them.

make chaos SEEDS=100            the first hundred seeds, 50 to a storm
make chaos SEEDS=100 FROM=301   a hundred from 301 on
make chaos SEED=317             seed 317 alone, in a storm of its own
"""

# ruff: noqa: T201 - what a command says

from __future__ import annotations

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path

AT_ONCE = 50


def main() -> int:
    """Run storms and tell how they ended; 1 when any seed failed."""
    parser = argparse.ArgumentParser(prog="make chaos", description="Posts small months through storms of faults.")
    parser.add_argument("--seeds", type=int, default=100, help="how many seeds (default 100)")
    parser.add_argument("--from", dest="first", type=int, default=1, help="the first seed (default 1)")
    parser.add_argument("--at-once", type=int, default=AT_ONCE, help=f"seeds in one storm (default {AT_ONCE})")
    parser.add_argument("--seed", type=int, help="this seed alone")
    parser.add_argument("--log", type=Path, help="keep the log of the workers here")
    options = parser.parse_args()
    data = Path(tempfile.mkdtemp(prefix="fb-chaos-"))
    data.chmod(0o755)
    try:
        return _run(options, data)
    finally:
        shutil.rmtree(data, ignore_errors=True)


def _run(options: argparse.Namespace, data: Path) -> int:
    url = prepare(data)
    from chaos.storm import Outcome, Storm
    from chaos.workers import Workers

    first, count, at_once = options.first, options.seeds, options.at_once
    if options.seed is not None:
        first, count, at_once = options.seed, 1, 1
    workers = Workers(options.log or data / "workers.log")
    begun, struck, documents, bad = time.monotonic(), Counter[str](), 0, 0
    try:
        for start in range(first, first + count, at_once):
            seeds = range(start, min(start + at_once, first + count))
            fresh_database(url)
            outcome: Outcome = Storm(seeds, data, workers).run()
            struck.update(outcome.struck)
            documents += outcome.documents
            bad += len(outcome.failed)
            good = len(outcome.seeds) - len([seed for seed in outcome.failed if seed])
            print(
                f"seeds {seeds[0]} to {seeds[-1]}: {good} good, {outcome.documents} documents, "
                f"{outcome.seconds:.1f} s: {outcome.told[0][-1]}",
                flush=True,
            )
            _tell_failures(outcome, at_once)
    finally:
        cpu = workers.close()
    mine = resource.getrusage(resource.RUSAGE_SELF)
    cpu += mine.ru_utime + mine.ru_stime
    print("\nWhat struck, and how often:")
    for name, times in sorted(struck.items(), key=lambda item: -item[1]):
        print(f"{times:>7,}  {name}")
    print(
        f"\n{count:,} seeds, {documents:,} documents, {sum(struck.values()):,} faults, {bad} failed, "
        f"{time.monotonic() - begun:,.0f} s, {cpu / count:.2f} s of processor a seed (without PostgreSQL's)"
    )
    return 1 if bad else 0


def prepare(data: Path) -> str:
    """Start a PostgreSQL of its own with a migrated template; return the address of its databases but for the name."""
    os.environ["FREIGHTBOOKS_DATA"] = str(data)
    os.environ["FREIGHTBOOKS_SECRET_KEY"] = "chaos-only-key-" + "x" * 40
    os.environ["FREIGHTBOOKS_HOSTS"] = "*"
    os.environ["DJANGO_SETTINGS_MODULE"] = "freightbooks.settings"
    from psycopg.conninfo import make_conninfo

    from freightbooks import embedded_postgres

    url = embedded_postgres.start(data)
    _execute(url, "ALTER SYSTEM SET fsync = off")  # the machine stays on; PostgreSQL's own deaths lose nothing by it
    _execute(url, "SELECT pg_reload_conf()")
    os.environ["DATABASE_URL"] = make_conninfo(url, dbname="chaos_template")
    _execute(url, "CREATE DATABASE chaos_template")
    import django
    from django.core.management import call_command
    from django.db import connections

    django.setup()
    call_command("migrate", verbosity=0)
    connections.close_all()
    _execute(url, "ALTER DATABASE chaos_template RENAME TO chaos_migrated")
    os.environ["DATABASE_URL"] = make_conninfo(url, dbname="chaos_template")
    return url


def fresh_database(url: str) -> None:
    """Put a new database, migrated and empty, where `DATABASE_URL` points."""
    from django.db import connections

    connections.close_all()
    _execute(url, "DROP DATABASE IF EXISTS chaos_template WITH (FORCE)")
    _execute(url, "CREATE DATABASE chaos_template TEMPLATE chaos_migrated")


def _execute(url: str, statement: str) -> None:
    import psycopg

    with psycopg.connect(url, autocommit=True) as there:
        there.execute(statement)  # type: ignore[call-overload]


def _tell_failures(outcome: object, at_once: int) -> None:
    from chaos.storm import Outcome

    assert isinstance(outcome, Outcome)
    if not outcome.failed:
        return
    for seed in outcome.failed:
        print(f"\n--- {f'seed {seed}' if seed else 'all of them'} ---")
        for line in outcome.told[seed]:
            print(f"    {line}")
        for objection in outcome.objections[seed]:
            print(f"  ! {objection}")
    print("\n--- what struck all of them ---")
    for line in outcome.told[0]:
        print(f"    {line}")
    print(f"\nAgain: make chaos FROM={outcome.seeds[0]} SEEDS={len(outcome.seeds)}", end="")
    print("".join(f"   alone: make chaos SEED={seed}" for seed in outcome.failed if seed), flush=True)


if __name__ == "__main__":
    sys.exit(main())
