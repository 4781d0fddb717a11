"""The checks of this installation: clock, database, key, public address, workers and queue. They change nothing."""

from __future__ import annotations

import shutil
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

from django.conf import settings
from django.db import connection as database
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from freightbooks import jobs
from freightbooks.connections import key_rotation, vault
from freightbooks.doctor.findings import Finding, Level

_CLOCK_OFF = timedelta(seconds=30)
_CLOCK_WRONG = timedelta(minutes=5)
_LONG_IN_QUEUE = timedelta(minutes=10)
_LITTLE_ROOM = 500 * 1024 * 1024


def clock(intuit_says: datetime | None, at: datetime | None = None) -> Finding:
    """Compare this machine's clock with the database's and Intuit's; tokens end by the clock."""
    with database.cursor() as cursor:
        cursor.execute("SELECT clock_timestamp()")
        database_says = cursor.fetchone()[0]
    now = at or timezone.now()
    others = {"the database": database_says} | ({"Intuit": intuit_says} if intuit_says else {})
    name, worst = max(((each, abs(said - now)) for each, said in others.items()), key=lambda pair: pair[1])
    against = " and ".join(others)
    if worst > _CLOCK_OFF:
        level = Level.RED if worst > _CLOCK_WRONG else Level.AMBER
        says = f"This machine's clock differs from that of {name} by {int(worst.total_seconds()):,} seconds."
        return Finding("Clock", level, says, "Turn time synchronization on (on Debian: timedatectl set-ntp true).")
    return Finding("Clock", Level.GREEN, f"In step with {against}.")


def database_answers() -> Finding:
    """Whether the tables are those of this version, and the disk has room."""
    executor = MigrationExecutor(database)
    missing = executor.migration_plan(executor.loader.graph.leaf_nodes())
    with database.cursor() as cursor:
        cursor.execute("SHOW server_version")
        version = cursor.fetchone()[0]
    if missing:
        says = f"{len(missing)} changes of the tables have not been made yet."
        return Finding("Database", Level.RED, says, "Run: freightbooks migrate")
    free = shutil.disk_usage(settings.DATA_DIR if settings.DATA_DIR.exists() else "/").free
    if free < _LITTLE_ROOM:
        return Finding(
            "Database", Level.AMBER, f"Only {free // 2**20:,} MB are free on the disk.", "Make room on the disk."
        )
    return Finding("Database", Level.GREEN, f"PostgreSQL {version} answers, and its tables are up to date.")


def key() -> Finding:
    """Whether the key ring can be read, and opens every stored token and secret."""
    try:
        held = key_rotation.holdings()
    except vault.BadKeyRing as error:
        remedy = "Put the right keys into FREIGHTBOOKS_KEYS, or the file vault.keys of the data folder."
        return Finding("Encryption key", Level.RED, f"{str(error)[:1].upper()}{str(error)[1:]}.", remedy)
    if held.lost:
        says = f"{held.lost} stored tokens and secrets were sealed with a key that is missing."
        remedy = "Put the missing key back behind the first one; else reconnect each company with its secret."
        return Finding("Encryption key", Level.RED, says, remedy)
    sealed = sum(held.sealed.values())
    if len(held.keys) > 1 and not any(held.sealed.get(name) for name in held.keys[1:]):
        says = f"Every secret is sealed with the first of {len(held.keys)} keys."
        return Finding("Encryption key", Level.GREEN, f"{says} The older ones may go.")
    return Finding("Encryption key", Level.GREEN, f"Opens all {sealed} stored tokens and secrets.")


def public_address(address: str) -> Finding:
    """Whether Intuit could reach this installation at `address`, as the request or the settings tell it.

    From inside nobody can prove it; an address of this machine or without TLS surely is none.
    """
    parts = urlsplit(address)
    local = parts.hostname in (None, "localhost", "127.0.0.1", "::1")
    remedy = (
        "Put the product behind a reverse proxy with a public name and TLS, and set FREIGHTBOOKS_HOSTS, "
        "FREIGHTBOOKS_ORIGINS and FREIGHTBOOKS_HTTPS=1."
    )
    if local or parts.scheme != "https":
        why = "is on this machine only" if local else "is not served over https"
        says = f"The address {address or '(none set)'} {why}: Intuit cannot send notifications to it."
        return Finding("Notifications from Intuit", Level.AMBER, says, remedy)
    return Finding("Notifications from Intuit", Level.GREEN, f"Intuit can be given {address}.")


def queue() -> Finding:
    """Whether a worker is alive, and how long work has been waiting for one."""
    workers = jobs.workers_alive()
    with database.cursor() as cursor:
        cursor.execute(
            "SELECT count(*), min(coalesce(scheduled_at, events.at)) FROM procrastinate_jobs"
            " LEFT JOIN LATERAL (SELECT min(at) AS at FROM procrastinate_events WHERE job_id = procrastinate_jobs.id)"
            " AS events ON true"
            " WHERE status = 'todo' AND (scheduled_at IS NULL OR scheduled_at <= now())"
        )
        waiting, oldest = cursor.fetchone()
    if not workers:
        says = f"No worker is running; {waiting} {'job waits' if waiting == 1 else 'jobs wait'}."
        return Finding("Queue", Level.RED, says, "Start one: freightbooks worker")
    oldest = oldest.replace(tzinfo=UTC) if oldest is not None and oldest.tzinfo is None else oldest
    if oldest is not None and timezone.now() - oldest > _LONG_IN_QUEUE:
        minutes = int((timezone.now() - oldest).total_seconds() // 60)
        says = f"{waiting} jobs wait, the oldest for {minutes} minutes, although {workers} workers run."
        return Finding("Queue", Level.AMBER, says, "Start another worker, or look into the log of those that run.")
    return Finding(
        "Queue", Level.GREEN, f"{workers} {'worker runs' if workers == 1 else 'workers run'}; nothing is late."
    )
