"""Installs, where Node is, the QuickBooks clients from npm that the sandbox's tests run; once for each lock file.

They go into the virtual environment, never beside the sources. Without Node, or out of reach of npm's registry, the
tests that need them say so and are skipped.
"""

# ruff: noqa: T201 - what a command says

from __future__ import annotations

import hashlib
import shutil
import subprocess
import sys
from pathlib import Path

SOURCES = Path(__file__).parent / "sandbox" / "clients" / "node"
_FILES = ("package.json", "package-lock.json")


def directory() -> Path:
    """Return where the clients of this lock file are, or would be, installed."""
    digest = hashlib.sha256(b"".join((SOURCES / name).read_bytes() for name in _FILES)).hexdigest()
    return Path(sys.prefix) / "node-clients" / digest[:16]


def missing() -> str:
    """Return why the clients cannot run, or nothing."""
    if shutil.which("node") is None:
        return "Node is not installed"
    if not (directory() / "installed").exists():
        return "the clients from npm are not installed: run python tests/install_node_clients.py"
    return ""


def main() -> int:
    """Install them if they are not there yet; what cannot be is said, and no error."""
    npm, target = shutil.which("npm"), directory()
    if npm is None or shutil.which("node") is None or (target / "installed").exists():
        return 0
    print("Installing the QuickBooks clients from npm ...", flush=True)
    shutil.rmtree(target, ignore_errors=True)
    target.mkdir(parents=True)
    for name in _FILES:
        shutil.copy(SOURCES / name, target / name)
    command = [npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    done = subprocess.run(command, cwd=target, check=False)
    if done.returncode:
        print("npm could not install them; the tests that need them will be skipped.", file=sys.stderr)
        return 0
    (target / "installed").touch()
    return 0


if __name__ == "__main__":
    sys.exit(main())
