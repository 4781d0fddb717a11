"""docs/sandbox-clients.md: what it says of each client works as it stands, and no address in it is missing."""

from __future__ import annotations

import json
import os
import re
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from qbo_sandbox.pytest_plugin import RunningSandbox
from sandbox.clients.node_runner import NODE_ENVIRONMENT, addresses, needs_node

PAGE = (Path(__file__).parents[3] / "docs" / "sandbox-clients.md").read_text()
BLOCKS = re.findall(r"^## (.*?)\n.*?```(python|js|sh)\n(.*?)```", PAGE, re.DOTALL | re.MULTILINE)
NAME_OF_COMPANY = "Sandbox Company_US_1"


@pytest.fixture
def at(start_qbo_sandbox: Callable[..., RunningSandbox], monkeypatch: pytest.MonkeyPatch) -> dict[str, str]:
    monkeypatch.setenv("OAUTHLIB_INSECURE_TRANSPORT", "")  # put back after the page sets it
    return addresses(start_qbo_sandbox(company="sample"))


def _block(title: str) -> str:
    (found,) = [code for heading, _language, code in BLOCKS if heading == title]
    return found


def test_every_address_in_the_page_is_in_the_ready_file(at: dict[str, str]) -> None:
    named = set(re.findall(r"at(?:\.|\[\")([a-z_]+)", PAGE)) | set(re.findall(r"^\| `([a-z_]+)`", PAGE, re.MULTILINE))
    assert named - {"json"} <= set(at)


def test_the_python_example_reads_the_company(at: dict[str, str]) -> None:
    from quickbooks.objects import CompanyInfo

    names: dict[str, object] = {"at": at}
    exec(_block("Python: python-quickbooks and intuit-oauth"), names)  # the example as the reader runs it
    assert CompanyInfo.get(at["realm_id"], qb=names["client"]).CompanyName == NAME_OF_COMPANY


@needs_node
@pytest.mark.parametrize(
    ("title", "reading"),
    [
        (
            "Node: node-quickbooks",
            "client.getCompanyInfo(at.realm_id, (error, found) => process.stdout.write(found.CompanyName))",
        ),
        (
            "Node: intuit-oauth",
            "connected.then(() => client.makeApiCall({ url: `v3/company/${at.realm_id}/companyinfo/"
            "${at.realm_id}` })).then(found => process.stdout.write(found.json.CompanyInfo.CompanyName))",
        ),
    ],
)
def test_the_node_examples_read_the_company(title: str, reading: str, at: dict[str, str]) -> None:
    script = f"const at = {json.dumps(at)}\n{_block(title)}\n{reading}\n"
    done = subprocess.run(
        ["node", "-e", script], capture_output=True, text=True, check=True, timeout=60, env=NODE_ENVIRONMENT
    )
    assert done.stdout == NAME_OF_COMPANY, done.stderr


def test_the_curl_example_finds_a_customer(at: dict[str, str]) -> None:
    done = subprocess.run(
        ["sh", "-c", _block("Anything else")],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=os.environ | at,
    )
    assert json.loads(done.stdout)["QueryResponse"]["Customer"][0]["DisplayName"] == "Amy's Bird Sanctuary"
