"""What becomes of a name on its way into QuickBooks."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freightbooks.mapping.names import MAX_TERM_NAME, OTHER_TERM, fold, legal_name, term_keys, with_suffix

MONTH = Path(__file__).parents[2] / "examples" / "month_end"


@pytest.mark.parametrize(
    ("given_name", "legal"),
    [
        ("  Two  Spaces   Hauling ", "Two Spaces Hauling"),
        ("D’Angelo — Express", "D'Angelo - Express"),
        ("日本フレッシュ USA", "RiBenfuretshiyu USA"),
        ("Hartwell: Midwest Division", "Hartwell - Midwest Division"),
        ("Tab\tand\nline", "Tab and line"),
        ("Bell\x07 Freight\u200b Co", "Bell Freight Co"),
        ("José Núñez Trucking", "José Núñez Trucking"),
        ("Jose\u0301 Trucking", "José Trucking"),
        ("Ｆｕｌｌ：width", "Full -width"),
        ("\u200b\t ", ""),
    ],
)
def test_a_name_becomes_the_nearest_one_quickbooks_takes(given_name: str, legal: str) -> None:
    assert legal_name(given_name).name == legal


def test_every_change_of_a_name_is_told_and_an_unchanged_one_has_none() -> None:
    assert legal_name("Juniper Carriers LLC").changes == ()
    assert legal_name("Hartwell: Midwest").changes == (
        "The colon became a dash: QuickBooks uses colons for sub-customers.",
    )
    assert legal_name("  Two  Spaces ").changes == ("Extra spaces were taken out.",)
    assert legal_name("x" * 501).changes == ("The name was cut to QuickBooks' 500 characters.",)
    assert legal_name("x" * 500).changes == ()


@given(st.text(max_size=700))
def test_whatever_the_name_quickbooks_takes_what_comes_out_and_it_is_stable(text: str) -> None:
    legal = legal_name(text)
    assert len(legal.name) <= 500
    assert not set(legal.name) & set(":\t\n\r")
    assert legal.name.isprintable()
    legal.name.encode("latin-1")
    assert legal_name(legal.name) == type(legal)(legal.name, ())


def test_names_of_the_example_month_need_a_word_only_where_they_change() -> None:
    rows = [row for name in ("carriers", "customers") for row in csv.DictReader((MONTH / f"{name}.csv").open())]
    assert len(rows) == 210
    for row in rows:
        legal = legal_name(row["name"])
        assert legal.name
        assert bool(legal.changes) == (legal.name != row["name"])


def test_quickbooks_takes_names_that_differ_in_case_or_spaces_for_one() -> None:
    assert fold("KESTREL  STEEL CO ") == fold("Kestrel Steel Co")
    assert fold("Straße") == fold("STRASSE")
    assert fold("Jose\u0301") == fold("JOSÉ")


def test_a_suffix_stays_whole_however_long_the_name() -> None:
    assert with_suffix("x" * 500, " (K5001)") == "x" * 492 + " (K5001)"
    assert with_suffix("Juniper", " (K5001)") == "Juniper (K5001)"


def test_a_term_is_found_under_its_own_name_or_the_one_made_beside_an_inactive_one() -> None:
    assert term_keys("net 30") == ("net 30", "net 30 (tms)")
    long = "standard thirty days end of mon"
    assert len(long) == MAX_TERM_NAME
    assert term_keys(long)[1] == with_suffix(long, OTHER_TERM, MAX_TERM_NAME).casefold()
