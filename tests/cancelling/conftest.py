"""A brokerage with loads in the books, for cancelling and correcting."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from main_job.brokerage import connect, first_loads
from qbo_sandbox.pytest_plugin import RunningSandbox

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage


@pytest.fixture
def brokerage(database: str, qbo_sandbox: RunningSandbox, tmp_path: Path) -> Brokerage:
    """Ten loads, posted."""
    brokerage = connect(qbo_sandbox)
    brokerage.take_in(first_loads(tmp_path, 10))
    brokerage.post()
    assert brokerage.counts().at_rest
    return brokerage
