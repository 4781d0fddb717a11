"""The AR/AP report on a real sandbox company: our open figures beside QuickBooks' own, difference by difference."""

from __future__ import annotations

import csv
import io
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from freightbooks.connections.models import RequestCount
from freightbooks.freight.statuses import Side
from freightbooks.organizations.models import Role
from freightbooks.posting.models import Posting
from freightbooks.posting.states import PostingState
from freightbooks.reports import aging, books_aging
from freightbooks.reports.aging import Agreement
from freightbooks.settlement import apply
from main_job.brokerage import connect, first_loads
from qbo_sandbox.pytest_plugin import RunningSandbox
from settlement.way_back import WayBack
from web import builders


@pytest.fixture
def way_back(database: str, qbo_sandbox: RunningSandbox, tmp_path: Path) -> WayBack:
    """A dozen loads in the books of a company in one currency."""
    brokerage = connect(qbo_sandbox)
    brokerage.take_in(first_loads(tmp_path, 12))
    brokerage.post()
    apply.catch_up(brokerage.connection.pk)
    return WayBack.of(qbo_sandbox)


def a_posting_of(side: Side) -> Posting:
    found = Posting.objects.filter(state=PostingState.POSTED, invoice__side=side, entity__in=("Invoice", "Bill"))
    return found.select_related("invoice").order_by("-posted_amount")[0]


def compared(books: WayBack, side: str) -> dict[str, aging.PartyLine]:
    connection, today = books.brokerage.connection, timezone.localdate()
    read = books_aging.read_side(connection, side, today)
    lines = aging.compared(aging.open_with(connection, side, today), read, connection.home_currency)
    return {line.party: line for line in lines}


def test_what_is_open_is_what_quickbooks_says_and_a_difference_leads_to_its_document(way_back: WayBack) -> None:
    connection = way_back.brokerage.connection
    invoice, bill = a_posting_of(Side.CUSTOMER), a_posting_of(Side.CARRIER)
    way_back.receive((invoice, "100.00"), total="130.00")
    way_back.sweep()
    receivable, payable = compared(way_back, "receivable"), compared(way_back, "payable")
    for lines in (receivable, payable):
        assert lines
        assert {line.agreement for line in lines.values()} == {Agreement.SAME}
    customer = way_back.record(invoice).body["CustomerRef"]["value"]
    assert receivable[customer].unapplied == Decimal("30.00")
    assert receivable[customer].documents >= 1
    total = sum((line.ours for line in payable.values()), Decimal(0))
    in_books = sum(amount for number, amount in way_back.brokerage.books()["Bill"])
    credits = sum(amount for number, amount in way_back.brokerage.books()["VendorCredit"])
    assert total == in_books - credits

    way_back.pay((bill, "50.00"))  # in QuickBooks only: nobody has told us of it yet
    vendor = way_back.record(bill).body["VendorRef"]["value"]
    line = compared(way_back, "payable")[vendor]
    assert (line.agreement, line.difference) == (Agreement.DIFFERENT, Decimal("-50.00"))

    browser = builders.a_browser_of(builders.a_person(way_back.brokerage.organization, Role.ACCOUNTANT))
    page = browser.get("/reports/ar-ap/payable/").content.decode()
    assert "1 differs from QuickBooks" in page
    address = f"/reports/ar-ap/payable/{vendor}/"
    assert address in page
    browser.post("/reports/ar-ap/payable/ask/", {"company": connection.pk, "party": vendor})
    page = browser.get(address).content.decode()
    assert "1 transaction differs from QuickBooks" in page
    assert f"/invoices/{bill.invoice_id}/" in page
    assert "−50.00" in page
    table = browser.get("/reports/ar-ap/payable/export.csv")
    rows = list(csv.DictReader(io.StringIO(b"".join(table.streaming_content).decode("utf-8-sig"))))  # type: ignore[attr-defined]
    (row,) = [row for row in rows if row["QuickBooks ID"] == vendor]
    assert (row["Difference"], row["Comparison"]) == ("-50.00", "Differs")


def test_it_asks_quickbooks_only_when_told_to_and_once_for_a_side(way_back: WayBack) -> None:
    way_back.sweep()
    connection = way_back.brokerage.connection
    browser = builders.a_browser_of(builders.a_person(way_back.brokerage.organization, Role.ACCOUNTANT))

    def reads() -> int:
        counted = RequestCount.objects.filter(connection=connection, purpose="checking", kind="read")
        return sum(counted.values_list("count", flat=True))

    before = reads()
    page = browser.get("/reports/ar-ap/receivable/").content.decode()
    assert "QuickBooks was not asked for its figures yet" in page
    assert reads() == before
    browser.post("/reports/ar-ap/receivable/ask/", {"company": connection.pk})
    assert reads() == before + 1
    for _ in range(2):
        page = browser.get("/reports/ar-ap/receivable/").content.decode()
    assert "all the same in QuickBooks" in page
    assert reads() == before + 1
    viewer = builders.a_browser_of(builders.a_person(way_back.brokerage.organization, Role.VIEWER, "Sam Okafor"))
    assert viewer.post("/reports/ar-ap/receivable/ask/", {"company": connection.pk}).status_code == 403


@pytest.mark.parametrize(
    ("late", "bucket"), [(-5, 0), (0, 0), (1, 1), (30, 1), (31, 2), (60, 2), (61, 3), (90, 3), (91, 4), (400, 4)]
)
def test_age_is_counted_from_the_due_date(accountant: Client, organization: Any, late: int, bucket: int) -> None:
    from datetime import timedelta

    from freightbooks.settlement.models import PaidState, Standing

    company = builders.a_company(organization)
    today = timezone.localdate()
    invoice = builders.an_invoice(organization, due_date=today - timedelta(days=late), amount="100.00")
    posting = builders.a_posting(company, invoice, PostingState.POSTED)
    Standing.objects.create(
        posting=posting, qbo_id=posting.qbo_id, state=PaidState.PARTLY, total="100.00", settled="25.00",
        balance="75.00", currency="USD",
    )  # fmt: skip
    (line,) = aging.open_with(company, "payable", today)
    assert [amount for amount in line.buckets if amount] == [Decimal("75.00")]
    assert line.buckets[bucket] == Decimal("75.00")
    (row,) = aging.documents_of(company, "payable", line.party, today)
    assert (row.late, row.total, row.settled, row.balance) == (late, Decimal(100), Decimal(25), Decimal(75))
    assert "75.00" in accountant.get("/reports/ar-ap/payable/").content.decode()


def test_a_report_is_read_as_quickbooks_nests_it() -> None:
    body = {
        "Rows": {
            "Row": [
                {"ColData": [{"value": "Acme", "id": "7"}, {"value": ""}, {"value": "12.50"}]},
                {
                    "Header": {"ColData": [{"value": "Parent", "id": "8"}, {"value": ""}, {"value": "1,000.00"}]},
                    "Rows": {"Row": [{"ColData": [{"value": "Child", "id": "9"}, {"value": ""}, {"value": "-3.00"}]}]},
                    "Summary": {"ColData": [{"value": "Total Parent"}, {"value": ""}, {"value": "997.00"}]},
                },
                {"Summary": {"ColData": [{"value": "TOTAL"}, {"value": ""}, {"value": "1009.50"}]}},
            ]
        }
    }
    assert list(books_aging.party_totals(body)) == [
        ("7", "Acme", Decimal("12.50")),
        ("8", "Parent", Decimal("1000.00")),
        ("9", "Child", Decimal("-3.00")),
    ]
