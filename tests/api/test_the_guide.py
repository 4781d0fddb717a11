"""docs/api.md: its examples run as they stand, with curl, and answer in the shape they show."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from api.program import Program
from api.test_anything_sent import schema
from browsing import address
from freightbooks.api.answers import CODES
from freightbooks.organizations.models import Organization
from web import builders

__all__ = ["address"]
GUIDE = (Path(__file__).parents[2] / "docs" / "api.md").read_text(encoding="utf-8")
EXAMPLE = re.compile(r"```sh\n(?P<run>.*?)```\n(?:```json\n(?P<shown>.*?)```)?", re.DOTALL)


@pytest.mark.skipif(shutil.which("curl") is None, reason="no curl")
def test_every_example_runs_and_answers_as_shown(organization: Organization, program: Program, address: str) -> None:
    builders.a_company(organization)
    examples = list(EXAMPLE.finditer(GUIDE))
    assert len(examples) >= 6
    for example in examples:
        ran = subprocess.run(
            ["bash", "-euo", "pipefail", "-c", example["run"]],
            env=os.environ | {"BOOKS": address, "KEY": program.key},
            capture_output=True,
            text=True,
            check=False,
        )
        assert ran.returncode == 0, (example["run"], ran.stdout, ran.stderr)
        assert "INV-72011" not in example["run"] or "INV-72011" in ran.stdout or "taken" in ran.stdout
        if example["shown"]:
            assert json.loads(ran.stdout) == json.loads(example["shown"])


def test_every_address_of_the_guide_is_in_the_document() -> None:
    paths: dict[str, Any] = schema.raw_schema["paths"]
    named = set(re.findall(r"/api/v1/([a-z]+)", GUIDE)) - {"openapi", "docs"}
    assert named == {path.split("/")[3] for path in paths}


def test_every_code_of_a_status_is_told() -> None:
    told = {int(row[1]): row[2] for row in re.finditer(r"^\| (\d{3}) \| `(\w+)`", GUIDE, re.MULTILINE)}
    for status, code in CODES.items():
        if status in told and status != 409:
            assert told[status] == code
    assert set(told) >= {400, 401, 403, 404, 405, 409, 413, 422, 429, 500}
