"""The worker processes of a storm: started, killed, held still and let go again, all by their ids."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).parents[1]


class Workers:
    """The workers of one database. They die with this."""

    def __init__(self, log: Path) -> None:
        self._log = log
        self.alive: list[int] = []
        self._paused: set[int] = set()
        paths = [str(HERE), str(HERE.parent / "src"), os.environ.get("PYTHONPATH", "")]
        self._nursery = subprocess.Popen(
            [sys.executable, "-m", "chaos.nursery"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=dict(os.environ) | {"PYTHONPATH": os.pathsep.join(each for each in paths if each)},
        )
        self._answer()

    def _answer(self) -> str:
        assert self._nursery.stdout is not None
        line = self._nursery.stdout.readline()
        if not line:
            raise RuntimeError("the nursery of the workers has died")
        return line.strip()

    def start(self, kill: tuple[str, int] | None = None) -> int:
        """Start a worker that dies the nth time it comes by a point, if one is given; return its process id."""
        assert self._nursery.stdin is not None
        self._nursery.stdin.write(json.dumps({"log": str(self._log), "kill": kill}) + "\n")
        self._nursery.stdin.flush()
        pid = int(self._answer())
        self.alive.append(pid)
        return pid

    def count_dead(self) -> int:
        """Forget the workers that have died, and return how many those were."""
        dead = [pid for pid in self.alive if not _lives(pid)]
        self.alive = [pid for pid in self.alive if pid not in dead]
        self._paused.difference_update(dead)
        return len(dead)

    def kill(self, pid: int) -> None:
        """Kill a worker with SIGKILL."""
        _signal(pid, signal.SIGKILL)

    def kill_all(self) -> None:
        """Kill every worker at once."""
        for pid in list(self.alive):
            self.kill(pid)

    def pause(self, pid: int) -> None:
        """Let a worker stand still, as a machine does that is moved or out of memory."""
        self._paused.add(pid)
        _signal(pid, signal.SIGSTOP)

    def go_on(self) -> None:
        """Let those that stand still go on where they were."""
        for pid in self._paused:
            _signal(pid, signal.SIGCONT)
        self._paused.clear()

    def close(self) -> float:
        """End the workers and return the seconds of processor time all of them took."""
        assert self._nursery.stdin is not None
        self.kill_all()
        self._nursery.stdin.close()
        took = float(self._answer())
        self._nursery.wait(20)
        return took


def _lives(pid: int) -> bool:
    """Whether a process runs. One that has ended stays a zombie until the nursery looks after it."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in ("Z", "X")
    except (FileNotFoundError, ProcessLookupError):
        return False


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return
