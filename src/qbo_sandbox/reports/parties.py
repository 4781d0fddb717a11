"""CustomerBalance, VendorBalance, CustomerIncome and VendorExpenses: one figure or three for each name."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Mapping
from decimal import Decimal

from qbo_sandbox.books.company import Company
from qbo_sandbox.reports.accounts import is_nominal
from qbo_sandbox.reports.aging import Side
from qbo_sandbox.reports.asking import Asked
from qbo_sandbox.reports.heading import heading, heading_on_a_day
from qbo_sandbox.reports.open_items import open_items
from qbo_sandbox.reports.party_rows import party_rows
from qbo_sandbox.reports.postings import Posting, postings
from qbo_sandbox.reports.shape import MONEY, Column, Report, Section, labelled, total


def party_balance(name: str, side: Side) -> Callable[[Company, Asked], Report]:
    """Return the report of what each customer owes, or each vendor is owed, on the report's day."""

    def report(company: Company, asked: Asked) -> Report:
        day = asked.report_date.isoformat() if "report_date" in asked.words else asked.until
        sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)])
        wanted = asked.filters.get(side.party)
        for item in open_items(company, side.account_type, day, day):
            if wanted is None or item.party_id in wanted:
                sums[item.party_id][0] += item.open
        return _report(company, asked, name, side.party, ("Total",), sums, as_of=day)

    return report


def customer_income(company: Company, asked: Asked) -> Report:
    """Return what was earned from each customer, what was spent for them, and the difference."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * 3)
    for posting, is_income in _of_the_period(company, asked):
        customer = posting.origin.customer if posting.origin else ""
        amounts = sums[customer]
        amounts[0 if is_income else 1] += -posting.amount if is_income else posting.amount
        amounts[2] -= posting.amount
    titles = ("Total Income", "Total Expenses", "Net Income")
    return _report(company, asked, "CustomerIncome", "Customer", titles, sums)


def vendor_expenses(company: Company, asked: Asked) -> Report:
    """Return what was spent with each vendor."""
    sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)])
    for posting, is_income in _of_the_period(company, asked):
        if not is_income and posting.origin:
            sums[posting.origin.vendor][0] += posting.amount
    return _report(company, asked, "VendorExpenses", "Vendor", ("Total",), sums)


def _of_the_period(company: Company, asked: Asked) -> list[tuple[Posting, bool]]:
    income = {
        each.qbo_id: each.body["Classification"] == "Revenue" for each in company.table("Account") if is_nominal(each)
    }
    return [
        (posting, income[posting.line.account_id])
        for posting in postings(company, asked, with_origin=True)
        if posting.day >= asked.since and posting.line.account_id in income
    ]


def _report(
    company: Company,
    asked: Asked,
    name: str,
    party: str,
    titles: tuple[str, ...],
    sums: Mapping[str, list[Decimal]],
    *,
    as_of: str = "",
) -> Report:
    rows, totals = party_rows(company, party, sums, len(titles))
    columns = (Column("", party, party.lower()), *(Column(title, MONEY, title.lower()) for title in titles))
    head = heading_on_a_day(company, asked, name, as_of) if as_of else heading(company, asked, name)
    if not rows:
        return Report(head, columns, rows_are_typed=False)
    last = Section(summary=labelled("TOTAL", [total(each) for each in totals]), group="GrandTotal")
    return Report(head, columns, (*rows, last), rows_are_typed=False)
