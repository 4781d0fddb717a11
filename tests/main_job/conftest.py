"""What the tests of the main job share: a connected brokerage on its own database and sandbox."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

from main_job.proxy import LossyProxy
from qbo_sandbox.pytest_plugin import RunningSandbox

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage


@pytest.fixture
def brokerage(database: str, qbo_sandbox: RunningSandbox) -> Brokerage:
    """A brokerage connected to an empty company."""
    from main_job.brokerage import connect

    return connect(qbo_sandbox)


@pytest.fixture
def proxy(qbo_sandbox: RunningSandbox) -> Iterator[LossyProxy]:
    """A proxy in front of the sandbox."""
    proxy = LossyProxy(qbo_sandbox.base_url)
    yield proxy
    proxy.close()
