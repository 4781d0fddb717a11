"""Numbers, marks and texts as QuickBooks can hold them."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from freightbooks.posting.doc_numbers import MAX_DOC_NUMBER, advance_marker, doc_number, invoice_marker, read_marker
from freightbooks.posting.texts import MAX_MEMO, description, memo, plain


@given(st.text(min_size=1))
def test_a_number_always_fits(number: str) -> None:
    assert len(doc_number(number)) <= MAX_DOC_NUMBER


def test_a_short_number_stays_as_it_is() -> None:
    assert doc_number("34000E-1") == "34000E-1"
    assert doc_number("x" * 21) == "x" * 21


def test_long_numbers_that_begin_alike_stay_apart() -> None:
    one, other = doc_number("BRFB-2026-10-CONSOLIDATED-000341-1"), doc_number("BRFB-2026-10-CONSOLIDATED-000341-2")
    assert one != other
    assert one[:16] == other[:16] == "BRFB-2026-10-CO-"
    assert one == doc_number("BRFB-2026-10-CONSOLIDATED-000341-1")


@pytest.mark.parametrize(
    "marker", [invoice_marker("customer", "AR1"), invoice_marker("carrier", "A 1"), advance_marker("P1")]
)
def test_a_mark_is_found_again_at_the_end_of_any_memo(marker: str) -> None:
    assert read_marker(memo(["Invoice 1", "[FB bill other]", "x" * 5000], marker)) == marker
    assert read_marker(f"{marker} and more") == ""


@given(st.lists(st.text()))
def test_a_memo_fits_and_keeps_its_mark(parts: list[str]) -> None:
    text = memo(parts, "[FB invoice AR1]")
    assert len(text) <= MAX_MEMO
    assert text.endswith("[FB invoice AR1]")
    text.encode("latin-1")


def test_text_is_one_line_in_the_characters_quickbooks_holds() -> None:
    assert plain("  Two\t lines\n’of’ 日本 café ") == "Two lines 'of' RiBen café"
    assert description("Fuel", "", "a\tb") == "Fuel · a b"
