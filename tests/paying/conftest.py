"""A brokerage with loads in the books, whose freight side writes the payments."""

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
    """Nine loads, one with an advance; posted after the freight side became the writer."""
    from freightbooks.mapping.models import PaymentTypeMapping
    from freightbooks.paying import entries
    from freightbooks.paying.models import Writer

    brokerage = connect(qbo_sandbox)
    entries.switch(brokerage.connection, Writer.FREIGHT, "Dana Whitlow")
    brokerage.take_in(first_loads(tmp_path, 9))
    bank = PaymentTypeMapping.objects.get(connection=brokerage.connection, method="COMCHECK").bank_account_id
    PaymentTypeMapping.objects.create(connection=brokerage.connection, method="ACH", bank_account_id=bank)
    brokerage.post()
    assert brokerage.counts().at_rest
    return brokerage
