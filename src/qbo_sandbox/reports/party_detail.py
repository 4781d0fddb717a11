"""CustomerBalanceDetail and VendorBalanceDetail: the open transactions of each customer or vendor, with their sums."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from decimal import Decimal

from qbo_sandbox.books.company import Company
from qbo_sandbox.reports.aging import PAYABLE, Side
from qbo_sandbox.reports.asking import Asked
from qbo_sandbox.reports.heading import heading_on_a_day
from qbo_sandbox.reports.line_columns import SUMMED, Line, cells, chosen_columns, is_home, sorted_lines
from qbo_sandbox.reports.open_items import OpenItem, open_items
from qbo_sandbox.reports.shape import Cell, Column, Data, Report, Section, blanks, labelled, total


def party_detail(name: str, side: Side) -> Callable[[Company, Asked], Report]:
    """Return the report of what is open on the report's day, transaction by transaction."""

    def report(company: Company, asked: Asked) -> Report:
        day = asked.report_date.isoformat() if "report_date" in asked.words else asked.until
        columns = chosen_columns(asked, _columns(company, side))
        wanted = asked.filters.get(side.party)
        items: dict[str, list[OpenItem]] = defaultdict(list)
        for item in open_items(company, side.account_type, day, day):
            if wanted is None or item.party_id in wanted:
                items[item.party_id].append(item)
        named = sorted((company.name_of(side.party, party) or "Not Specified", party) for party in items)
        sections = [_section(company, asked, columns, label, party, items[party]) for label, party in named]
        if sections:
            every = [item for each in items.values() for item in each]
            sections.append(Section(summary=labelled("TOTAL", _sums(columns, every)), group="GrandTotal"))
        return Report(heading_on_a_day(company, asked, name, day), columns, tuple(sections))

    return report


def _columns(company: Company, side: Side) -> tuple[str, ...]:
    home = "home_" if is_home(company) else ""
    if side is PAYABLE:
        amounts = (f"subt_neg_{home}amount", f"subt_neg_{home}open_bal")
    else:
        amounts = (f"subt_nat_{home}amount", f"rbal_nat_{home}amount")
    return ("tx_date", "txn_type", "doc_num", "due_date", *amounts)


def _section(
    company: Company, asked: Asked, columns: tuple[Column, ...], label: str, party: str, items: list[OpenItem]
) -> Section:
    lines = sorted_lines(company, asked, [Line(each.record, None, each.whole, open=each.open) for each in items])
    running = Decimal(0)
    rows = []
    for line in lines:
        running += line.open or Decimal(0)
        with_balance = Line(line.record, None, line.amount, balance=running, open=line.open)
        rows.append(Data(cells(company, columns, with_balance)))
    header = labelled(label, blanks(len(columns) - 1), party or None)
    return Section(header, tuple(rows), labelled(f"Total for {label}", _sums(columns, items)))


def _sums(columns: tuple[Column, ...], items: list[OpenItem]) -> list[Cell]:
    whole = sum((item.whole for item in items), Decimal(0))
    left = sum((item.open for item in items), Decimal(0))

    def cell(column: Column) -> Cell:
        if column.key in SUMMED and "open" not in column.key:
            return total(whole)
        return total(left) if column.key in SUMMED or column.key.startswith("rbal") else Cell("")

    return [cell(column) for column in columns[1:]]
