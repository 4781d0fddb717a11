"""AgedReceivables and AgedPayables, and their details: what is open, by how long it is past due."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.store import Record
from qbo_sandbox.reports.asking import Asked
from qbo_sandbox.reports.heading import heading
from qbo_sandbox.reports.line_columns import SUMMED, Line, cells, chosen_columns, is_home, sorted_lines
from qbo_sandbox.reports.open_items import OpenItem, open_items
from qbo_sandbox.reports.party_rows import party_rows
from qbo_sandbox.reports.shape import MONEY, Cell, Column, Data, Report, Row, Section, blanks, labelled, total


@dataclass(frozen=True)
class Side:
    """One side of the books that ages: who is on it, and its account."""

    party: str
    account_type: str


RECEIVABLE = Side("Customer", "Accounts Receivable")
PAYABLE = Side("Vendor", "Accounts Payable")


def _buckets(asked: Asked) -> list[str]:
    days, count = asked.aging_days, asked.aging_periods
    closed = [f"{days * at + 1} - {days * (at + 1)}" for at in range(count - 1)]
    return ["Current", *closed, f"{days * (count - 1) + 1} and over"]


def _bucket(asked: Asked, item: OpenItem) -> int:
    late = item.days_past_due(asked.report_date)
    return 0 if late <= 0 else min((late - 1) // asked.aging_days + 1, asked.aging_periods)


def _items(company: Company, asked: Asked, side: Side) -> list[OpenItem]:
    day = asked.report_date.isoformat()
    settled = "9999" if asked.aging_method == "Current" else day
    wanted = asked.filters.get(side.party)
    places = asked.filters.get("Department")
    return [
        item
        for item in open_items(company, side.account_type, day, settled)
        if (wanted is None or item.party_id in wanted)
        and (places is None or item.record.body.get("DepartmentRef", {}).get("value") in places)
    ]


def _options(asked: Asked) -> tuple[tuple[str, str], ...]:
    return (("report_date", asked.report_date.isoformat()),)


def aged(name: str, side: Side) -> Callable[[Company, Asked], Report]:
    """Return the report that sums up a side by party and age."""

    def report(company: Company, asked: Asked) -> Report:
        titles = [*_buckets(asked), "Total"]
        sums: dict[str, list[Decimal]] = defaultdict(lambda: [Decimal(0)] * len(titles))
        for item in _items(company, asked, side):
            amounts = sums[item.party_id]
            amounts[_bucket(asked, item)] += item.open
            amounts[-1] += item.open
        rows, totals = party_rows(company, side.party, sums, len(titles))
        columns = [Column("", side.party, side.party.lower())]
        columns += [Column(title, MONEY, _key(at, len(titles), title)) for at, title in enumerate(titles)]
        head = heading(company, asked, name, with_basis=False, options=_options(asked))
        if not rows:
            return Report(head, tuple(columns), rows_are_typed=False)
        last = Section(summary=labelled("TOTAL", [total(each) for each in totals]), group="GrandTotal")
        return Report(head, tuple(columns), (*rows, last), rows_are_typed=False)

    return report


def _key(at: int, count: int, title: str) -> str:
    return "total" if at == count - 1 else "current" if at == 0 else str(at - 1) if title else ""


def aged_detail(name: str, side: Side) -> Callable[[Company, Asked], Report]:
    """Return the report that lists the open transactions of a side, the oldest first."""

    def report(company: Company, asked: Asked) -> Report:
        columns = chosen_columns(asked, _detail_columns(company, side))
        inside: dict[int, list[OpenItem]] = defaultdict(list)
        for item in _items(company, asked, side):
            inside[_bucket(asked, item)].append(item)
        rows: list[Row] = []
        for at, title in reversed(list(enumerate(_buckets(asked)))):
            if inside[at]:
                rows.append(_aged_section(company, asked, columns, _spoken(title), inside[at]))
        if rows:
            every = [item for items in inside.values() for item in items]
            rows.append(Section(summary=_sums(columns, "TOTAL", every), group="GrandTotal"))
        head = heading(company, asked, name, with_basis=False, options=_options(asked))
        return Report(head, columns, tuple(rows))

    return report


def _spoken(bucket: str) -> str:
    if bucket == "Current":
        return bucket
    return (
        f"{bucket.removesuffix(' and over')} or more days past due" if "over" in bucket else f"{bucket} days past due"
    )


def _detail_columns(company: Company, side: Side) -> tuple[str, ...]:
    home = "home_" if is_home(company) else ""
    place = ("dept_name",) if company.preference("AccountingInfoPrefs", "TrackDepartments") else ()
    if side is PAYABLE:
        amounts: tuple[str, ...] = (f"subt_neg_{home}amount", f"subt_neg_{home}open_bal")
        return ("tx_date", "txn_type", "doc_num", "vend_name", *place, "due_date", "past_due", *amounts)
    amounts = ("subt_amount", f"subt_{home}open_bal")
    return ("tx_date", "txn_type", "doc_num", "cust_name", *place, "due_date", *amounts)


def _line(company: Company, asked: Asked, item: OpenItem) -> Line:
    entry = company.ledger.entries.get(item.record.qbo_id, ())
    account: Record | None = None
    late = item.days_past_due(asked.report_date)
    return Line(item.record, account, item.whole, entry, open=item.open, past_due=late)


def _aged_section(
    company: Company, asked: Asked, columns: tuple[Column, ...], label: str, items: list[OpenItem]
) -> Section:
    lines = sorted_lines(company, asked, [_line(company, asked, item) for item in items])
    rows = tuple(Data(cells(company, columns, line)) for line in lines)
    header = labelled(label, blanks(len(columns) - 1))
    return Section(header, rows, _sums(columns, f"Total for {label}", items))


def _sums(columns: tuple[Column, ...], label: str, items: list[OpenItem]) -> tuple[Cell, ...]:
    def cell(column: Column) -> Cell:
        if column.key not in SUMMED:
            return Cell("")
        return total(sum((item.open if "open" in column.key else item.whole for item in items), Decimal(0)))

    return labelled(label, [cell(column) for column in columns[1:]])
