"""The rows: every one once, in order, over all pages and both ways; the same in the exports; nothing a formula."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from typing import Any

import openpyxl
import pytest
from django.test import Client

from freightbooks.connections.models import Connection
from freightbooks.organizations.models import Organization
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.reports import folding, rows
from freightbooks.reports.figures import figures
from freightbooks.reports.filters import Filters
from freightbooks.reports.models import Line
from freightbooks.reports.standing import STANDINGS
from reports.builders import a_mixed_company
from web import builders

PAGE = "/reports/accounting-sync-analytics/"


@pytest.fixture
def small_pages(monkeypatch: pytest.MonkeyPatch) -> None:
    """Seven rows a page, so that a few documents fill many pages."""
    monkeypatch.setattr(rows, "PAGE", 7)


def walk(company: Connection, filters: Filters) -> list[list[int]]:
    """Every page from the first on, by its own link to the next."""
    from dataclasses import replace

    pages = []
    while True:
        page = rows.page_of(company, filters, figures(company, filters))
        pages.append([row.posting_id for row in page.rows])
        if not page.after:
            return pages
        filters = replace(filters, after=page.after, before="")


@pytest.mark.parametrize("sort", ["", "newest", "amount"])
@pytest.mark.parametrize("narrow", [{}, {"standing": "at-stake"}, {"low": Decimal("500.00")}, {"kind": "advance"}])
def test_every_document_is_on_one_page_in_order(
    organization: Organization, small_pages: None, sort: str, narrow: dict[str, Any]
) -> None:
    company = a_mixed_company(organization, 60)
    folding.fold_all()
    filters = Filters(sort=sort, **narrow)
    lines = {
        line.posting_id: line
        for line in Line.objects.filter(connection=company)
        if line.standing in filters.standings and line.kind in filters.kinds
        and (filters.low is None or line.amount >= filters.low)
    }  # fmt: skip
    pages = walk(company, filters)
    walked = [pk for page in pages for pk in page]
    assert sorted(walked) == sorted(lines)
    assert all(len(page) == 7 for page in pages[:-1])

    def key(pk: int) -> tuple[Any, ...]:
        line = lines[pk]
        if sort == "amount":
            return (-line.amount, -pk)
        newest = (-line.day.toordinal(), -pk)
        return newest if sort == "newest" else (STANDINGS.index(line.standing), *newest)  # type: ignore[arg-type]

    assert walked == sorted(lines, key=key)


@pytest.mark.parametrize("sort", ["", "newest", "amount"])
def test_the_way_back_shows_the_same_pages(organization: Organization, small_pages: None, sort: str) -> None:
    from dataclasses import replace

    company = a_mixed_company(organization, 40)
    folding.fold_all()
    filters = Filters(sort=sort)
    found = figures(company, filters)
    first = rows.page_of(company, filters, found)
    second = rows.page_of(company, replace(filters, after=first.after), found)
    back = rows.page_of(company, replace(filters, before=second.before), found)
    assert [row.posting_id for row in back.rows] == [row.posting_id for row in first.rows]
    assert (back.before, back.after) == ("", first.after)


def test_when_too_many_match_it_says_so_and_still_shows_every_row(
    organization: Organization, small_pages: None, accountant: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    from freightbooks.reports import figures as summing
    from freightbooks.reports import finding

    for module in (summing, finding, rows):
        monkeypatch.setattr(module, "MOST", 50)
    company = a_mixed_company(organization, 80)
    folding.fold_all()
    filters = Filters(q="34")
    found = figures(company, filters)
    assert found.beyond
    assert found.about_known
    matching = [line for line in Line.objects.all() if line.number[:2] == "34" or line.shipment[:2] == "34"]
    assert found.about.documents == sum(1 for line in matching if line.standing in found.subject)
    walked = [pk for page in walk(company, filters) for pk in page]
    assert sorted(walked) == sorted(line.posting_id for line in matching)
    assert "More than " in accountant.get(PAGE, {"q": "34"}).content.decode()


def exported(browser: Client, form: str, **filters: str) -> bytes:
    answer = browser.get(f"{PAGE}export.{form}", filters)
    assert answer.status_code == 200
    return b"".join(answer.streaming_content)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "filters", [{}, {"standing": "at-stake"}, {"sort": "newest"}, {"sort": "amount"}, {"q": "3401"}]
)
def test_the_exports_are_what_is_shown_to_the_cent_and_in_its_order(
    organization: Organization, accountant: Client, filters: dict[str, str]
) -> None:
    from django.http import QueryDict
    from django.utils.http import urlencode

    from freightbooks.reports.filters import read

    company = a_mixed_company(organization, 60)
    folding.fold_all()
    shown = [pk for page in walk(company, read(QueryDict(urlencode(filters)))) for pk in page]
    numbers = dict(Line.objects.values_list("posting_id", "number"))
    amounts = dict(Line.objects.values_list("posting_id", "amount"))
    table = list(csv.DictReader(io.StringIO(exported(accountant, "csv", **filters).decode("utf-8-sig"))))
    assert [row["Invoice #"] for row in table] == [numbers[pk] for pk in shown]
    assert [Decimal(row["Amount"]) for row in table] == [amounts[pk] for pk in shown]
    sheet = openpyxl.load_workbook(io.BytesIO(exported(accountant, "xlsx", **filters))).active
    assert sheet is not None
    cells = list(sheet.iter_rows(values_only=True))
    assert cells[0] == tuple(table[0].keys()) if table else True
    assert [row[1] for row in cells[1:]] == [numbers[pk] for pk in shown]
    assert [Decimal(str(row[4])).quantize(Decimal("0.01")) for row in cells[1:]] == [amounts[pk] for pk in shown]
    assert {row[6].date().isoformat() for row in cells[1:]} == {row["Invoice date"] for row in table}  # type: ignore[union-attr]


def test_nothing_in_an_export_is_a_formula(organization: Organization, accountant: Client) -> None:
    company = builders.a_company(organization)
    party = builders.a_party(organization, name='=HYPERLINK("http://evil.example";"Click")')
    invoice = builders.an_invoice(organization, party=party, number="@SUM(1+1)")
    builders.a_posting(company, invoice, PostingState.FAILED, reason="+1 \x0b told by <QuickBooks> & others")
    (row,) = csv.DictReader(io.StringIO(exported(accountant, "csv").decode("utf-8-sig")))
    assert row["Party"].startswith("'=")
    assert row["Invoice #"].startswith("'@")
    assert row["Description"].startswith("'+1")
    sheet = openpyxl.load_workbook(io.BytesIO(exported(accountant, "xlsx"))).active
    assert sheet is not None
    assert sheet["D2"].value == '=HYPERLINK("http://evil.example";"Click")'
    for cell in ("B2", "D2", "J2"):
        assert sheet[cell].data_type == "s"
        assert sheet[cell].quotePrefix
    assert sheet["J2"].value == "+1  told by <QuickBooks> & others"
    assert Posting.objects.count() == 1
