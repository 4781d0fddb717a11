"""A certificate proves the whole loop, says what it found, and leaves nothing behind, wherever it is stopped."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from main_job.brokerage import connect, first_loads
from qbo_sandbox.pytest_plugin import RunningSandbox

if TYPE_CHECKING:
    from main_job.brokerage import Brokerage


@pytest.fixture
def brokerage(database: str, qbo_sandbox: RunningSandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Brokerage:
    """A mapped company with a few loads in the books. No notification comes, so the change feed has to be asked."""
    from freightbooks.certifying import steps

    monkeypatch.setattr(steps, "PATIENCE_SECONDS", 0.0)
    brokerage = connect(qbo_sandbox)
    brokerage.take_in(first_loads(tmp_path, 3))
    brokerage.post()
    return brokerage


def certified(brokerage: Brokerage, *, read_only: bool = False) -> Any:
    from freightbooks.certifying.run import begin, run

    return asyncio.run(run(begin(brokerage.connection, "Priya Raman", read_only=read_only).pk))


def of_the_test(brokerage: Brokerage) -> list[str]:
    """What of a test is in the books, by entity and number."""
    company = brokerage.sandbox.company
    found = [
        f"{entity} {row.body.get('DocNumber')}"
        for entity in ("Invoice", "Bill")
        for row in company.table(entity)
        if str(row.body.get("DocNumber", "")).startswith("FBTEST")
    ]
    found += [entity for entity in ("Payment", "BillPayment") for row in company.table(entity)
              if "Freightbooks test" in str(row.body.get("PrivateNote", ""))]  # fmt: skip
    found += [entity for entity in ("Customer", "Vendor") for row in company.table(entity)
              if "FBTEST" in str(row.body.get("DisplayName", "")) and row.body.get("Active", True)]  # fmt: skip
    return found


def test_it_passes_with_its_evidence_and_leaves_the_books_as_they_were(brokerage: Brokerage) -> None:
    from freightbooks.certifying import paper

    before = brokerage.books()
    certificate = certified(brokerage)
    assert [(step["key"], step["state"], step["says"]) for step in certificate.steps if step["state"] != "done"] == []
    assert (certificate.state, certificate.left_clean) == ("passed", True)
    posted = next(step for step in certificate.steps if step["key"] == "post")
    assert len(posted["ids"]) == 2
    assert posted["tids"]
    assert brokerage.books() == before
    assert of_the_test(brokerage) == []
    assert brokerage.sandbox.company.trial_balance() == 0
    assert paper.draw(certificate).startswith(b"%PDF")


def test_only_looking_writes_nothing(brokerage: Brokerage) -> None:
    writes = dict(brokerage.sandbox.sandbox.counts[brokerage.sandbox.realm_id])
    certificate = certified(brokerage, read_only=True)
    assert certificate.state == "passed"
    after = brokerage.sandbox.sandbox.counts[brokerage.sandbox.realm_id]
    assert {kind: after[kind] for kind in ("batch", "write") if kind in after} == {
        kind: writes[kind] for kind in ("batch", "write") if kind in writes
    }


@pytest.mark.parametrize("last", ["post", "pay", "unpay", "archive"])
def test_stopped_halfway_it_cleans_up(brokerage: Brokerage, last: str) -> None:
    from freightbooks.certifying import steps
    from freightbooks.certifying.run import begin, run, stop

    certificate = begin(brokerage.connection, "Priya Raman", read_only=False)
    real = steps.STEPS[last]

    async def and_stop(one: Any) -> Any:
        found = await real(one)
        from freightbooks.in_database import in_database

        await in_database(stop, one)
        return found

    steps.STEPS[last] = and_stop
    try:
        done = asyncio.run(run(certificate.pk))
    finally:
        steps.STEPS[last] = real
    assert (done.state, done.left_clean) == ("stopped", True)
    assert of_the_test(brokerage) == []


def test_a_refusal_fails_it_with_words_and_cleans_up(brokerage: Brokerage) -> None:
    brokerage.sandbox.fault("refuse", code="6000", entity="BillPayment", operation="create")
    done = certified(brokerage)
    failed = next(step for step in done.steps if step["state"] == "failed")
    assert (done.state, done.left_clean, failed["key"]) == ("failed", True, "pay")
    assert of_the_test(brokerage) == []


def test_one_at_a_time_and_only_of_a_connected_company(brokerage: Brokerage) -> None:
    from freightbooks.certifying.run import NotNow, begin

    begin(brokerage.connection, "Priya Raman", read_only=True)
    with pytest.raises(NotNow, match="under way"):
        begin(brokerage.connection, "Dana", read_only=True)
    brokerage.connection.state = "needs attention"
    with pytest.raises(NotNow, match="Repair"):
        begin(brokerage.connection, "Dana", read_only=True)
