"""The pytest plugin, used by a project that knows nothing of this one."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

CONFTEST = 'pytest_plugins = ["qbo_sandbox.pytest_plugin"]\n'
TEST = """
import json
from urllib.request import Request, urlopen


def name_of(sandbox):
    address = f"{sandbox.base_url}/v3/company/{sandbox.realm_id}/companyinfo/{sandbox.realm_id}"
    headers = {"Authorization": f"Bearer {sandbox.access_token}", "Accept": "application/json"}
    return json.load(urlopen(Request(address, headers=headers)))["CompanyInfo"]["CompanyName"]


def test_a_sandbox(qbo_sandbox):
    assert name_of(qbo_sandbox) == "Blue Ridge Freight Brokers LLC"


def test_one_with_options(start_qbo_sandbox):
    assert name_of(start_qbo_sandbox(company="empty", limits="intuit")) == "Empty Company"
"""


def test_a_project_of_somebody_else_gets_running_sandboxes(tmp_path: Path) -> None:
    (tmp_path / "conftest.py").write_text(CONFTEST)
    (tmp_path / "test_theirs.py").write_text(TEST)
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", str(tmp_path)],
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "2 passed" in done.stdout
