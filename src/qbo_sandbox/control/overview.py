"""What goes on in a sandbox: health, counted answers, the last requests."""

from __future__ import annotations

from typing import Any

from qbo_sandbox.control.asking import Asked
from qbo_sandbox.control.route import Control


def _health(asked: Asked) -> Any:
    return {"status": "ok", "companies": list(asked.sandbox.companies)}


def _counts(asked: Asked) -> Any:
    return asked.sandbox.counts


def _requests(asked: Asked) -> Any:
    return list(asked.sandbox.requests)


CONTROLS = (
    Control(
        "GET",
        "/health",
        "Tell whether it answers, and which companies it has.",
        _health,
        answers={"status": "ok", "companies": ["9341450000000000"]},
    ),
    Control(
        "GET",
        "/counts",
        "Count the answers of the accounting API by company: reads, writes and batches.",
        _counts,
        answers={"9341450000000000": {"read": 4, "write": 2, "batch": 1}},
    ),
    Control(
        "GET",
        "/requests",
        "List the last 500 requests to the accounting API, oldest first.",
        _requests,
        answers=[
            {
                "at": "2026-03-02T18:00:00+00:00",
                "method": "POST",
                "path": "/v3/company/9341450000000000/bill",
                "requestid": "6f1c",
                "kind": "write",
                "status": 200,
            }
        ],
    ),
)
