"""The generator of months: the same seed gives the same month, and every case is in it."""

from __future__ import annotations

from pathlib import Path

import pytest

from unseen_month import write_month

REASONS = {
    "archived",
    "not approved",
    "no cost lines",
    "amount does not equal the sum of its lines",
    "zero amount",
    "carrier has no pay-to",
    "unknown factor",
    "currency the QuickBooks company does not keep",
    "same carrier and invoice number twice (possible duplicate payment)",
}


def test_the_same_seed_writes_the_same_month(tmp_path: Path) -> None:
    first, second, third = (tmp_path / name for name in ("first", "second", "third"))
    assert write_month(first, seed=3, loads=50) == write_month(second, seed=3, loads=50)
    assert write_month(third, seed=4, loads=50) != write_month(first, seed=3, loads=50)
    for path in first.iterdir():
        assert path.read_bytes() == (second / path.name).read_bytes()


@pytest.mark.parametrize("seed", [1, 7, 20261124])
def test_a_month_has_every_reason_to_hold_and_every_kind_of_document(tmp_path: Path, seed: int) -> None:
    expected = write_month(tmp_path, seed=seed, loads=120)
    assert set(expected["not_postable"]) == REASONS
    assert {each["side"] for each in expected["postable_credits"]} == {"customer", "carrier"}
    assert expected["postable_customer"] > 20
    assert expected["postable_carrier"] > 20
    assert expected["advances_postable"] > 5
    held = sum(len(ids) for ids in expected["not_postable"].values())
    posted = expected["postable_customer"] + expected["postable_carrier"] + len(expected["postable_credits"])
    assert held + posted == len((tmp_path / "invoices.csv").read_text().splitlines()) - 1
    names = (tmp_path / "customers.csv").read_text(encoding="utf-8")
    assert all(part in names for part in ("\t", '""', "N" * 500, "東京", "Colon: "))
