"""Starts and stops the demo's processes: the sandbox, the pages, the worker. They end when this one does."""

from __future__ import annotations

import ctypes
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_STOP_SECONDS = 25


class ProcessEnded(Exception):
    """A process of the demo ended by itself; the message says which, and the end of its log."""


@dataclass
class Processes:
    """The processes of one demo. Their output goes to files in `logs`."""

    logs: Path
    running: dict[str, subprocess.Popen[bytes]] = field(default_factory=dict)

    def start(self, name: str, module: str, *arguments: str) -> None:
        """Start `python -m module arguments`."""
        self.logs.mkdir(parents=True, exist_ok=True)
        with (self.logs / f"{name}.log").open("ab") as log:
            self.running[name] = subprocess.Popen(  # noqa: S603 - our own modules
                [sys.executable, "-m", module, *arguments],
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                start_new_session=True,  # Ctrl-C is for this process; it stops the others in order
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,  # noqa: PLW1509 - no thread runs yet
            )

    def hold(self) -> None:
        """Raise ProcessEnded if any has ended."""
        for name, process in self.running.items():
            if process.poll() is not None:
                log = (self.logs / f"{name}.log").read_text(errors="replace")[-1500:]
                raise ProcessEnded(f"the {name} ended by itself (exit code {process.returncode}):\n{log}")

    def wait_until(self, test: Callable[[], bool], what: str, seconds: float = 60) -> None:
        """Return when `test` holds. Raises ProcessEnded, TimeoutError."""
        until = time.monotonic() + seconds
        while not test():
            self.hold()
            if time.monotonic() > until:
                raise TimeoutError(f"{what} did not happen within {seconds:.0f} seconds; see {self.logs}")
            time.sleep(0.05)

    def stop_one(self, name: str) -> None:
        """Stop one of them, as a person would, and wait for its end."""
        process = self.running.pop(name)
        process.send_signal(signal.SIGTERM)
        process.wait(_STOP_SECONDS)

    def stop(self) -> None:
        """Stop all of them, the last started first; kill what does not stop."""
        for process in reversed(self.running.values()):
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
        until = time.monotonic() + _STOP_SECONDS
        for process in reversed(self.running.values()):
            try:
                process.wait(max(0.1, until - time.monotonic()))
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()
        self.running.clear()


def _end_with_parent() -> None:
    """Ask Linux to end this process when its parent is gone, however it went."""
    ctypes.CDLL(None, use_errno=True).prctl(_PR_SET_PDEATHSIG, signal.SIGTERM)
    if os.getppid() == 1:
        os._exit(1)


def free_port(wanted: int) -> int:
    """Return `wanted` if nothing listens there, or else a port that is free."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise OSError("this machine has no free port on 127.0.0.1")
