"""Runs a scenario of a client from npm against a sandbox, and returns what it printed."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from qbo_sandbox.pytest_plugin import RunningSandbox

sys.path.insert(0, str(Path(__file__).parents[2]))

from install_node_clients import SOURCES, directory, missing

NODE_ENVIRONMENT = {**os.environ, "NODE_PATH": str(directory() / "node_modules")}
needs_node = pytest.mark.skipif(bool(missing()), reason=missing() or "there")


def addresses(sandbox: RunningSandbox) -> dict[str, str]:
    """Return what a sandbox's ready file says."""
    return {name: value for name, value in vars(sandbox).items() if isinstance(value, str)}


def run(script: str, scenario: str, sandbox: RunningSandbox) -> Any:
    """Run `script` with the sandbox's ready file and the name of a scenario; fail with what the client said."""
    done = subprocess.run(
        ["node", str(SOURCES / f"{script}.cjs"), json.dumps(addresses(sandbox)), scenario],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env=NODE_ENVIRONMENT,
    )
    assert done.returncode == 0, done.stderr
    return json.loads(done.stdout)
