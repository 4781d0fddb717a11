"""Every reason: provoked in the sandbox, met by a real worker, told on the page, repaired there, and nothing is lost.

The backlog of 200 documents is in the books exactly once after each repair, to the penny.
"""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from connections.at_the_pages import AtThePages
from connections.backlog import COUNT, in_the_books, write_backlog
from connections.reason_rows import ROWS, Row
from connections.reason_table import PAGE, page
from connections.story import Story
from freightbooks.connections.reasons import REASONS
from freightbooks.connections.standing import standing_of
from freightbooks.organizations.models import User
from freightbooks.posting import progress
from freightbooks.posting.models import Posting


@pytest.fixture(scope="session")
def backlog(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, dict[str, tuple[int, Decimal]]]:
    """The folder of the backlog, and what the books must have of it."""
    folder = tmp_path_factory.mktemp("backlog")
    expected = write_backlog(folder)
    assert sum(count for count, _ in expected.values()) == COUNT
    return folder, expected


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.id)
def test_every_reason_is_told_apart_repaired_on_its_page_and_loses_nothing(
    row: Row,
    admin: User,
    start_qbo_sandbox: Callable[..., Any],
    backlog: tuple[Path, dict[str, tuple[int, Decimal]]],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    folder, expected = backlog
    sandbox = start_qbo_sandbox(rotation="strict" if row.strict_rotation else "daily")
    at_the_pages = AtThePages(admin, sandbox)
    story = Story(at_the_pages, sandbox, at_the_pages.connect().pk, folder, monkeypatch)
    story.take_in_the_backlog()
    row.provoke(story)
    story.work()

    told = story.connection
    assert (standing_of(told, timezone.now()).look, told.attention) == (row.look, row.attention)
    shown = at_the_pages.open(story.own_page)
    assert row.says in shown
    waits = progress.counts(told).due + progress.counts(told).sending
    if row.look == "stopped":
        assert REASONS[told.attention].title in shown
        assert f"{waits} documents, $" in shown
        assert "Nothing is lost, and nothing will post twice." in shown
        assert "Blue Ridge Freight Brokers LLC has stopped" in at_the_pages.open("/hub/")
    else:
        assert "Syncing stopped" not in shown

    row.repair(story)
    story.work()
    assert standing_of(story.connection, timezone.now()).look == "good"
    assert "is in step" in at_the_pages.open("/hub/")
    assert in_the_books(sandbox.company) == expected
    assert Posting.objects.filter(state="posted").count() == COUNT


def test_every_reason_there_is_has_its_row() -> None:
    assert {row.attention for row in ROWS} - {""} == set(REASONS)


def test_the_documentation_shows_the_rows() -> None:
    """`python -m connections.reason_table` in the folder of the tests writes it."""
    assert PAGE.read_text() == page(ROWS), "write it anew: cd tests && python -m connections.reason_table"
