"""A brokerage whose first loads are posted into a sandbox company, with a bookkeeper at work there."""

from __future__ import annotations

import os
from pathlib import Path

import django
import pytest

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "freightbooks.settings")
django.setup()

from qbo_sandbox.pytest_plugin import RunningSandbox  # noqa: E402  (the models need Django set up first)
from settlement.way_back import WayBack, posted_brokerage  # noqa: E402


@pytest.fixture
def way_back(database: str, qbo_sandbox: RunningSandbox, tmp_path: Path) -> WayBack:
    """The first loads of the example month, posted."""
    return WayBack(posted_brokerage(qbo_sandbox, tmp_path, loads=4))
