"""The catalogue has an entry for every gate and every code a freight document can meet; the page says the same."""

from __future__ import annotations

import re
from pathlib import Path

from freightbooks.posting.gates import Gate
from freightbooks.problems import catalogue, errors_page
from freightbooks.problems.codes import BUSINESS, CODES, NOT_MET, OTHER
from freightbooks.problems.entries import Heals, Place, Who
from freightbooks.problems.holds import HOLDS
from freightbooks.web.status import NOBODYS_TURN
from qbo_sandbox.books.fault_codes import FAULT_CODES, TEXTS_OF_6000

NOT_OF_DOCUMENTS = (
    "You can't use", "Fill out at least two", "opening balance equity", "activate this item", "The entity Estimate",
    "discount amount", "Vous devez",
)  # fmt: skip
"""Sentences of 6000 about journals, accounts, stock, uploads, discounts, and one in French: all the general entry's."""


def test_every_gate_has_its_entry_and_no_entry_is_for_a_gate_that_is_not_there() -> None:
    assert {entry.key for entry in HOLDS} == set(Gate.values)
    assert {entry.key for entry in HOLDS if not entry.needs_person} == set(NOBODYS_TURN)


def test_every_code_of_intuits_list_has_its_entry_or_is_never_met() -> None:
    known = {entry.key for entry in CODES}
    assert set(FAULT_CODES) - known - set(NOT_MET) == set()
    assert known & set(NOT_MET) == set()
    assert catalogue.of_code("9999", "Something new") is OTHER


def test_the_sentences_of_6000_are_told_apart() -> None:
    general = BUSINESS[-1]
    for text, _source, _met in TEXTS_OF_6000:
        entry = catalogue.of_code("6000", f"Business Validation Error: {text}")
        expected_general = any(part.casefold() in text.casefold() for part in NOT_OF_DOCUMENTS[1:])
        assert (entry is general) == expected_general, text


def test_every_entry_says_what_to_do_and_who_can() -> None:
    for entry in catalogue.everything():
        assert entry.title
        assert entry.title[0].isupper(), entry.key
        assert entry.steps, entry.key
        assert all(step.endswith(".") for step in entry.steps), entry.key
        assert isinstance(entry.who, Who)
        assert isinstance(entry.heals, Heals)
        assert isinstance(entry.place, Place)
        assert "{" not in entry.remedy(), entry.key
        assert "the cost “Fuel”" in entry.remedy("the cost “Fuel”") or "{what}" not in " ".join(entry.steps)


def test_codes_come_with_and_without_the_gateways_zeroes() -> None:
    assert catalogue.of_code("003200") is catalogue.of_code("3200")


def test_the_page_of_errors_says_what_the_catalogue_does() -> None:
    written = (Path(__file__).parents[2] / "docs" / "errors.md").read_text(encoding="utf-8")
    assert written == errors_page.page(), (
        "write the page anew: python -m freightbooks.problems.errors_page docs/errors.md"
    )
    for entry in catalogue.everything():
        assert re.search(rf"^### {re.escape(entry.title)}", written, re.MULTILINE), entry.key
