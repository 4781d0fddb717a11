"""The API over a real connection: answers leave at once."""

from __future__ import annotations

import time

import httpx2

from qbo_sandbox.pytest_plugin import RunningSandbox


def test_answer_does_not_wait_for_the_acknowledgement_of_its_head(qbo_sandbox: RunningSandbox) -> None:
    """Without TCP_NODELAY each answer takes 40 ms; the median of many takes a few."""
    base = f"{qbo_sandbox.base_url}/v3/company/{qbo_sandbox.realm_id}"
    times: list[float] = []
    with httpx2.Client(headers={"Authorization": f"Bearer {qbo_sandbox.access_token}"}) as http:
        for _ in range(31):
            started = time.perf_counter()
            assert http.get(f"{base}/preferences").status_code == 200
            times.append(time.perf_counter() - started)
    assert sorted(times)[15] < 0.03
