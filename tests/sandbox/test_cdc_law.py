"""The law of change data capture: a copy from any moment, told what changed since, is what a fresh read gives."""

from __future__ import annotations

from typing import Any

from hypothesis.stateful import rule

from qbo_sandbox.books import json_text
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.times import stamp
from qbo_sandbox.querying.changed_since import NOT_CAPTURED, changed_since
from sandbox.builders import Body
from sandbox.lives import a_life
from sandbox.test_books_laws import LifeOfACompany

CAPTURED = [name for name in ENTITIES if name not in NOT_CAPTURED]
Copy = dict[str, dict[str, Body]]


def copied(company: Company) -> Copy:
    """Return every object that can be captured, by entity and id."""
    return {
        name: {record.qbo_id: without_names(json_text.loads(company.text(record))) for record in company.table(name)}
        for name in CAPTURED
    }


def without_names(value: Any) -> Any:
    """Return an object without what changes untold: the names its references show, and links that last a while."""
    if isinstance(value, list):
        return [without_names(each) for each in value]
    if not isinstance(value, dict):
        return value
    is_reference = "value" in value and "name" in value
    untold = {"TempDownloadUri", "name"} if is_reference else {"TempDownloadUri"}
    return {key: without_names(each) for key, each in value.items() if key not in untold}


class ReadingTheChanges(LifeOfACompany):
    """Somebody keeps copies, and brings each up to date by change data capture alone."""

    @rule()
    def take_a_copy(self) -> None:
        self.copies = [*getattr(self, "copies", []), (stamp(self.books.clock()), copied(self.books.company))]

    def teardown(self) -> None:
        for since, copy in getattr(self, "copies", []):
            for changed in changed_since(self.books.company, ",".join(CAPTURED), since):
                for text in changed.texts:
                    shown = json_text.loads(text)
                    if shown.get("status") == "Deleted":
                        copy[changed.entity].pop(shown["Id"], None)
                    else:
                        copy[changed.entity][shown["Id"]] = without_names(shown)
            assert copy == copied(self.books.company)


TestReadingTheChanges = ReadingTheChanges.TestCase
TestReadingTheChanges.settings = a_life(20, 30)
del LifeOfACompany  # its own law is held in its own file
