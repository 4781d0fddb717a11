"""The main job on whole months, by the product's own command: what must post is in the books, what must not is held."""

from __future__ import annotations

import json
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from main_job.brokerage import MONTH
from unseen_month import write_month


def check(folder: Path) -> dict[str, Any]:
    """Run `freightbooks demo --check` on a folder; it must end well."""
    ended = subprocess.run(
        [sys.executable, "-m", "freightbooks.cli", "demo", "--check", "--json", f"--data={folder}"],
        capture_output=True,
        text=True,
        timeout=400,
        check=False,
    )
    assert ended.returncode == 0, f"{ended.stderr[-3000:]}{ended.stdout[-3000:]}"
    found: dict[str, Any] = json.loads(ended.stdout)
    return found


def credits(expected: dict[str, Any], side: str) -> tuple[int, Decimal]:
    amounts = [Decimal(each["amount"]) for each in expected["postable_credits"] if each["side"] == side]
    return len(amounts), sum(amounts, Decimal(0))


def hold_to(found: dict[str, Any], expected: dict[str, Any]) -> None:
    """Hold the outcome of a month to what must come of it."""
    wanted = {
        "Invoice": (expected["postable_customer"], Decimal(expected["postable_customer_amount"])),
        "Bill": (expected["postable_carrier"], Decimal(expected["postable_carrier_amount"])),
        "CreditMemo": credits(expected, "customer"),
        "VendorCredit": credits(expected, "carrier"),
    }
    for side in ("posted", "books"):
        shown = {entity: (each["count"], Decimal(each["amount"])) for entity, each in found[side].items()}
        assert shown == wanted, side
    held = {reason: sorted(ids) for reason, ids in found["held"].items()}
    assert held == {reason: sorted(ids) for reason, ids in expected["not_postable"].items() if ids}
    assert found["advances"]["posted"] == found["advances"]["books"]
    assert not found["twice"]
    assert not found["unexplained"]


@pytest.mark.xdist_group("whole month")
def test_the_example_month_posts_exactly_what_it_must() -> None:
    found = check(MONTH)
    hold_to(found, json.loads((MONTH / "expected.json").read_text()))
    assert found["documents"] == 2400
    assert found["advances"]["posted"]["count"] == 144
    assert not found["rejected"]
    documents = sum(each["count"] for each in found["posted"].values()) + found["advances"]["posted"]["count"]
    assert found["requests"]["read"] * 1000 <= 5 * documents


@pytest.mark.parametrize("seed", [7, 20261124])
def test_a_month_never_seen_before_posts_exactly_what_it_must(tmp_path: Path, seed: int) -> None:
    expected = write_month(tmp_path, seed=seed, loads=120)
    hold_to(check(tmp_path), expected)


def test_a_folder_that_is_not_there_is_told_in_words() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "freightbooks.cli", "demo", "--check", "--data=nowhere"],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert "nowhere is not a folder" in ended.stderr
