"""Every code Intuit lists for the accounting API, and every sentence of code 6000, met in the envelope it comes in."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from qbo_sandbox import coverage
from qbo_sandbox.books.fault_codes import FAULT_CODES, TEXTS_OF_6000, Met
from sandbox.builders import everything
from sandbox.fault_rows import Row, rows
from sandbox.fault_stage import Stage

ROWS = rows()


def _fault_of(answer: Any) -> dict[str, Any]:
    """Return the fault in an answer, in the gateway's envelope or the books', in a batch of uploads or not."""
    body = answer.json()
    if "AttachableResponse" in body:
        body = body["AttachableResponse"][0]
    fault: dict[str, Any] = body.get("Fault") or {
        "type": body["fault"]["type"],
        "Error": [
            {
                "Message": each["message"],
                "Detail": each["detail"] or "",
                "code": each["code"],
                "element": each["element"],
            }
            for each in body["fault"]["error"]
        ],
    }
    return fault


@pytest.mark.parametrize("row", ROWS, ids=[f"{row.code} {row.text[:40]}".strip() for row in ROWS])
def test_a_code_is_met_in_its_envelope_and_changes_nothing(row: Row) -> None:
    stage = Stage()
    balances: list[dict[str, dict[str, str]]] = []
    send = stage.client._send

    def remembering(*sent: Any, **more: Any) -> Any:
        balances.append(everything(stage.client.company))
        return send(*sent, **more)

    stage.client._send = remembering  # type: ignore[method-assign]
    answer = row.provoke(stage)
    assert answer.status_code == row.status, answer.text
    fault = _fault_of(answer)
    (error, *_) = fault["Error"]
    assert error["code"] == row.code, answer.text
    if row.kind:
        assert fault["type"] == row.kind
    if FAULT_CODES[row.code].met is not Met.BY_RULE:
        assert error["Message"] == FAULT_CODES[row.code].message
    assert row.says in error["Detail"]
    if row.element is not None:
        assert error["element"] == row.element
    if balances:
        assert everything(stage.client.company) == balances[-1], "a refused request changed the books"
    assert stage.client.company.trial_balance() == 0


def test_every_code_and_every_sentence_has_its_row() -> None:
    assert {row.code for row in ROWS} >= set(FAULT_CODES)
    assert {row.text for row in ROWS if row.text} == {text for text, _source, _met in TEXTS_OF_6000}


def test_the_coverage_page_says_what_the_code_does() -> None:
    """`python -m qbo_sandbox.coverage docs/sandbox-coverage.md` writes it."""
    written = (Path(__file__).parents[2] / "docs" / "sandbox-coverage.md").read_text()
    assert written == coverage.page(), "write the page anew: python -m qbo_sandbox.coverage docs/sandbox-coverage.md"
