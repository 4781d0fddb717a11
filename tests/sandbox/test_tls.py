"""Clients that speak nothing but https find a sandbox that does, with a certificate they can be told to trust."""

from __future__ import annotations

import json
import ssl
import stat
import subprocess
import sys
from pathlib import Path

import httpx2
import pytest

from qbo_sandbox.tls import certificate_in


def test_a_sandbox_serves_https_and_names_only_https(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "qbo_sandbox.cli", "serve", "--port", "0", "--company", "empty"]
    process = subprocess.Popen([*command, "--tls", str(tmp_path)], stdout=subprocess.PIPE, text=True)
    try:
        assert process.stdout is not None
        ready = json.loads(process.stdout.readline())
        trust = ssl.create_default_context(cafile=ready["ca_file"])
        for name in ("127.0.0.1", "localhost"):
            base = ready["base_url"].replace("127.0.0.1", name)
            found = httpx2.get(f"{base}/.well-known/openid_configuration", verify=trust).json()
            assert found["token_endpoint"].startswith(f"{base}/")
        headers = {"Authorization": f"Bearer {ready['access_token']}", "Accept": "application/json"}
        url = f"{ready['base_url']}/v3/company/{ready['realm_id']}/companyinfo/{ready['realm_id']}"
        assert httpx2.get(url, headers=headers, verify=trust).json()["CompanyInfo"]["Country"] == "US"
        with pytest.raises(httpx2.ConnectError):
            httpx2.get(url, headers=headers)
    finally:
        process.terminate()
        assert process.wait(20) == 0


def test_the_certificate_is_kept_and_its_key_is_private(tmp_path: Path) -> None:
    certificate, key = certificate_in(tmp_path / "new")
    before = certificate.read_bytes()
    assert certificate_in(tmp_path / "new") == (certificate, key)
    assert certificate.read_bytes() == before
    assert stat.S_IMODE(key.stat().st_mode) == 0o600
