"""The fixtures for other people's tests, as docs/sandbox.md shows them."""

from __future__ import annotations

import httpx2
import pytest

from qbo_sandbox.control.asking import BadAsk
from qbo_sandbox.pytest_plugin import RunningSandbox


def test_a_lost_answer_makes_no_second_vendor(qbo_sandbox: RunningSandbox) -> None:
    rule = qbo_sandbox.fault("commit_and_cut", operation="create", entity="Vendor")
    url = f"{qbo_sandbox.base_url}/v3/company/{qbo_sandbox.realm_id}/vendor?requestid=r-1"
    headers = {"Authorization": f"Bearer {qbo_sandbox.access_token}", "Accept": "application/json"}
    with pytest.raises(httpx2.TransportError):
        httpx2.post(url, json={"DisplayName": "Fast Carrier LLC"}, headers=headers)
    found = httpx2.post(url, json={"DisplayName": "Fast Carrier LLC"}, headers=headers)
    assert found.json()["Vendor"]["DisplayName"] == "Fast Carrier LLC"
    assert (len(qbo_sandbox.company.table("Vendor")), rule.hits) == (1, 1)
    qbo_sandbox.reset()
    assert len(qbo_sandbox.company.table("Vendor")) == 0
    assert httpx2.post(url, json={"DisplayName": "Anew"}, headers=headers).json()["Vendor"]["DisplayName"] == "Anew"


def test_a_fault_that_makes_no_sense_is_told_in_a_sentence(qbo_sandbox: RunningSandbox) -> None:
    with pytest.raises(BadAsk, match="The action html needs status"):
        qbo_sandbox.fault("html")
