"""The command `qbo-sandbox serve`: its ready file, its exit codes, and what it says when it cannot start."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx2
import pytest

from qbo_sandbox.cli import main

PROMISED = {
    *("base_url", "client_id", "client_secret", "realm_id", "access_token", "refresh_token", "webhook_verifier_token"),
    *("authorization_endpoint", "token_endpoint", "revocation_endpoint", "userinfo_endpoint", "jwks_uri"),
    "discovery_document",
}


@contextmanager
def serving(*arguments: str, stop: signal.Signals = signal.SIGTERM) -> Iterator[Any]:
    """Run the command until it answers; yield the line it prints. It must end in order."""
    command = [sys.executable, "-m", "qbo_sandbox.cli", "serve", "--port", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        try:
            yield json.loads(process.stdout.readline())
        finally:
            process.send_signal(stop)
        assert process.wait(20) == 0


def test_the_ready_file_and_the_line_printed_hold_all_a_client_needs(tmp_path: Path) -> None:
    file = tmp_path / "ready.json"
    with serving("--ready-file", str(file), "--company", "empty", "--company", "brokerage") as ready:
        assert json.loads(file.read_text()) == ready
        assert file.stat().st_mode & 0o077 == 0, "it holds secrets"
        assert set(ready) >= PROMISED
        assert ready["base_url"].startswith("http://127.0.0.1:")
        found = httpx2.get(
            f"{ready['base_url']}/v3/company/{ready['realm_id']}/companyinfo/1",
            headers={"Authorization": f"Bearer {ready['access_token']}", "Accept": "application/json"},
        )
        assert found.json()["CompanyInfo"]["CompanyName"] == "Empty Company"
        assert len(httpx2.get(f"{ready['base_url']}/_sandbox/companies").json()) == 2


def test_data_keeps_keys_and_tokens_across_restarts(tmp_path: Path) -> None:
    data = str(tmp_path / "books.journal")
    with serving("--data", data, "--company", "empty") as first:
        pass
    with serving("--data", data, stop=signal.SIGINT) as second:
        for name in ("client_id", "client_secret", "realm_id", "refresh_token", "webhook_verifier_token"):
            assert second[name] == first[name]


def test_a_port_in_use_is_said_and_exits_with_1(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port), "--company", "empty"]) == 1
    assert f"port {port} of 127.0.0.1 cannot be used" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--limits", "some"], "limits are off, intuit or a number"),
        (["--ready-file", "/nowhere/ready.json"], "there is no directory /nowhere"),
        (["--data", "/"], "directory"),
        (["--host", "256.1.1.1"], "cannot be used"),
    ],
)
def test_what_cannot_start_says_why_in_one_line_and_exits_with_1(
    arguments: list[str], words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main(["serve", "--port", "0", "--company", "empty", *arguments]) == 1
    said = capsys.readouterr().err
    assert words.lower() in said.lower()
    assert said.startswith("qbo-sandbox: ")
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    "arguments",
    [["--port", "70000"], ["--port", "x"], ["--company", "garden"], ["--latency-ms", "-1"], ["--consent", "maybe"]],
)
def test_wrong_arguments_exit_with_2(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as caught:
        main(["serve", *arguments])
    assert caught.value.code == 2
    assert arguments[0] in capsys.readouterr().err


def test_help_has_an_example(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main(["serve", "--help"])
    assert "Example: qbo-sandbox serve" in capsys.readouterr().out


def test_the_start_waits_for_no_library_it_may_not_need() -> None:
    """A start in under a second: signing (cryptography) and forms on paper (reportlab) are loaded at first need."""
    seen = "import sys, qbo_sandbox.cli; print({'cryptography', 'reportlab', 'pytest'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", seen], capture_output=True, text=True, check=True).stdout == "set()\n"
