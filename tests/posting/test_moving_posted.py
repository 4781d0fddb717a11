"""Posted bills follow a changed mapping only when a person asks: then QuickBooks has them on the new account."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from main_job.brokerage import Brokerage, connect, first_loads


@pytest.fixture
def brokerage(database: str, qbo_sandbox: Any, tmp_path: Path) -> Brokerage:
    connected = connect(qbo_sandbox)
    connected.take_in(first_loads(tmp_path, 2))
    connected.post()
    return connected


def landed_on(brokerage: Brokerage) -> set[str]:
    bills = brokerage.sandbox.company.table("Bill")
    details = [line.get("AccountBasedExpenseLineDetail") for bill in bills for line in bill.body["Line"]]
    return {detail["AccountRef"]["value"] for detail in details if detail}


def test_posted_bills_move_to_the_new_account_when_asked_and_nothing_is_posted_twice(brokerage: Brokerage) -> None:
    from freightbooks.mapping import changes
    from freightbooks.mapping.models import CostMapping, ListedObject
    from freightbooks.posting import what_if

    connection, totals = brokerage.connection, brokerage.totals()
    codes = CostMapping.objects.filter(connection=connection, section="carrier costs")
    target = ListedObject.objects.get(connection=connection, kind="Account", number="5040").qbo_id
    before = landed_on(brokerage)
    assert before - {target}
    chosen = dict.fromkeys(["", *codes.exclude(cost_code="").values_list("cost_code", flat=True)], target)
    found = what_if.of_costs(connection, "carrier costs", chosen)
    assert found.posted.count == totals["Bill"][0]
    changes.set_costs(connection, "carrier costs", chosen, "Dana Whitlow")
    brokerage.post()
    assert landed_on(brokerage) == before
    assert what_if.move_posted(connection, "carrier costs", found.codes, "Dana Whitlow") == found.posted.count
    brokerage.post()
    assert landed_on(brokerage) == {target}
    assert brokerage.totals() == totals
    assert brokerage.counts().at_rest
