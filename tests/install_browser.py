"""Sees to it that the browser tests have a Chromium: the one named, one of the system, or one that is installed now."""

# ruff: noqa: T201 - what a command says

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")


def find() -> str | None:
    """Return the path of a Chromium, or None."""
    named = os.environ.get("FREIGHTBOOKS_CHROMIUM")
    if named:
        return named if Path(named).exists() else None
    for name in NAMES:
        found = shutil.which(name)
        if found:
            return found
    cache = Path(os.environ.get("PLAYWRIGHT_BROWSERS_PATH", Path.home() / ".cache" / "ms-playwright"))
    return next(
        (
            str(path)
            for path in sorted(cache.glob("chromium*/chrome-linux*/*"))
            if path.name in ("chrome", "headless_shell")
        ),
        None,
    )


def main() -> int:
    """Install a Chromium if there is none."""
    if find():
        return 0
    print("Installing Chromium for the browser tests ...", flush=True)
    if shutil.which("apt-get"):
        root = [] if os.geteuid() == 0 else ["sudo", "-n"] if shutil.which("sudo") else None
        if root is not None:
            environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
            subprocess.run([*root, "apt-get", "update", "-qq"], env=environment, check=False)
            subprocess.run([*root, "apt-get", "install", "-y", "-qq", "chromium"], env=environment, check=False)
    if not find():
        subprocess.run([sys.executable, "-m", "playwright", "install", "chromium"], check=False)
    if find():
        return 0
    print(
        "No Chromium could be installed. Install one (on Debian: apt install chromium), or name one in "
        "FREIGHTBOOKS_CHROMIUM.",
        file=sys.stderr,
    )
    return 1


if __name__ == "__main__":
    sys.exit(main())
