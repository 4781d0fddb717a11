"""node-quickbooks uploads files and reads changes by its own code."""

from __future__ import annotations

from collections.abc import Callable

import pytest

from qbo_sandbox.pytest_plugin import RunningSandbox
from sandbox.clients.node_runner import needs_node, run

pytestmark = needs_node


@pytest.fixture
def sample(start_qbo_sandbox: Callable[..., RunningSandbox]) -> RunningSandbox:
    return start_qbo_sandbox(company="sample")


def test_it_uploads_a_file_without_metadata_and_links_it_by_an_update(sample: RunningSandbox) -> None:
    found = run("node_quickbooks", "files", sample)
    attached = found["attached"]
    assert attached["AttachableRef"][0]["EntityRef"] == {"value": found["invoice"], "type": "Invoice"}
    assert (attached["FileName"], attached["Size"], attached["SyncToken"]) == ("pod.pdf", 26, "1")
    assert sample.company.content_of(attached["Id"]) == b"%PDF-1.4 proof of delivery"
    assert [each["Id"] for each in found["listed"]["Attachable"]] == [attached["Id"]]
    assert "Deleted" in str(found["removed"])


def test_it_reads_what_changed(sample: RunningSandbox) -> None:
    found = run("node_quickbooks", "changes", sample)
    vendors, invoices, estimates = found["answer"]["CDCResponse"][0]["QueryResponse"]
    assert [each["Id"] for each in vendors["Vendor"]] == [found["vendor"]]
    assert [(each["Id"], each["status"]) for each in invoices["Invoice"]] == [(found["invoice"], "Deleted")]
    assert estimates == {}
