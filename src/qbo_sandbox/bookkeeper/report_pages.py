"""The reports as pages: the very reports of the API, with every figure leading to what is behind it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.bookkeeper.desk import Desk
from qbo_sandbox.bookkeeper.lists import paged
from qbo_sandbox.bookkeeper.words import money, sentences, short_day
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.reports.catalog import REPORTS, run_report
from qbo_sandbox.reports.postings import find_transaction
from qbo_sandbox.reports.shape import MONEY, Cell, Column, Data, Report, Row

_PAGE = 400
_ABOUT = {
    "TrialBalance": ("Trial balance", "Every account with a balance; debits equal credits."),
    "ProfitAndLoss": ("Profit and loss", "Income less costs of a period."),
    "BalanceSheet": ("Balance sheet", "What the company has, owes and is worth on a day."),
    "GeneralLedger": ("General ledger", "Each account with what moved it."),
    "AgedReceivables": ("A/R aging", "What customers owe, by how late it is."),
    "AgedPayables": ("A/P aging", "What vendors are owed, by how late it is."),
    "TransactionList": ("Transaction list", "Every transaction of a period."),
    "ProfitAndLossDetail": ("Profit and loss detail", "The transactions behind the profit and loss."),
    "AgedReceivableDetail": ("A/R aging detail", "Each open invoice and credit."),
    "AgedPayableDetail": ("A/P aging detail", "Each open bill and credit."),
    "CustomerBalance": ("Customer balances", "What each customer owes."),
    "VendorBalance": ("Vendor balances", "What each vendor is owed."),
    "CustomerBalanceDetail": ("Customer balance detail", "What each customer owes, form by form."),
    "VendorBalanceDetail": ("Vendor balance detail", "What each vendor is owed, bill by bill."),
    "TransactionListByCustomer": ("Transactions by customer", "Every transaction of customers, under their names."),
    "TransactionListByVendor": ("Transactions by vendor", "Every transaction of vendors, under their names."),
    "CustomerIncome": ("Income by customer", "Earned from, and spent for, each customer."),
    "VendorExpenses": ("Expenses by vendor", "Spent with each vendor."),
    "AccountList": ("Account list", "The chart of accounts with its balances."),
}
_MACROS = (
    *("This Month", "This Month-to-date", "Last Month", "This Fiscal Quarter", "Last Fiscal Quarter"),
    *("This Fiscal Year-to-date", "This Fiscal Year", "Last Fiscal Year", "All"),
)
_AS_OF = ("AgedReceivables", "AgedPayables", "AgedReceivableDetail", "AgedPayableDetail")
_SPREAD = ("ProfitAndLoss", "BalanceSheet")


@dataclass(frozen=True)
class CellShown:
    """One cell: its text, where it leads, and whether it is an amount."""

    text: str
    link: str
    is_money: bool


@dataclass(frozen=True)
class RowShown:
    """One row of the page: how deep it stands, and whether it is data, a heading or a total."""

    depth: int
    kind: str
    cells: tuple[CellShown, ...]


def report_routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the reports."""

    async def index(request: Request) -> Response:
        return desk.page(request, "reports.html", "Reports", reports=_ABOUT)

    async def one(request: Request) -> Response:
        company = desk.company(request)
        name = request.path_params["name"]
        if company is None or name not in REPORTS:
            return desk.nowhere(request, "There is no such report")
        asked = {key: value for key, value in request.query_params.items() if key not in ("page", "said")}
        error = ""
        try:
            report = run_report(company, name, asked)
        except Refusal as refusal:
            error, report = sentences(refusal), run_report(company, name, {})
        rows = list(_flat(report.rows, 0))
        page, pages = paged(request.query_params.get("page", "1"), len(rows), _PAGE)
        title, _ = _ABOUT[name]
        return desk.page(
            request,
            "report.html",
            title,
            status=400 if error else 200,
            error=error,
            name=name,
            report=report,
            rows=[
                RowShown(depth, kind, _cells(company, report, cells))
                for depth, kind, cells in rows[(page - 1) * _PAGE : page * _PAGE]
            ],
            columns=report.columns,
            period=_period(report, name),
            asked=asked,
            macros=_MACROS,
            as_of=name in _AS_OF,
            spread=name in _SPREAD,
            page=page,
            pages=pages,
            query=urlencode(asked),
            MONEY=MONEY,
        )

    return [Route("/bookkeeper/{realm}/reports", index), Route("/bookkeeper/{realm}/reports/{name}", one)]


def _period(report: Report, name: str) -> str:
    heading = report.heading
    if name in _AS_OF:
        return f"As of {short_day(dict(heading.options)['report_date'])}"
    basis = f", {heading.basis.lower()} basis" if heading.basis else ""
    if name in ("TrialBalance", "BalanceSheet"):
        return f"As of {short_day(heading.until)}{basis}"
    return f"{short_day(heading.since)} to {short_day(heading.until)}{basis}"


def _flat(rows: tuple[Row, ...], depth: int) -> Iterator[tuple[int, str, tuple[Cell, ...]]]:
    """Return the rows one under another, each with its depth and its kind."""
    for row in rows:
        if isinstance(row, Data):
            yield depth, "data", row.cells
            continue
        if row.header:
            yield depth, "heading", row.header
        yield from _flat(row.rows, depth + 1)
        if row.summary:
            yield depth, "total" if row.header else "grand", row.summary


def _cells(company: Company, report: Report, cells: tuple[Cell, ...]) -> tuple[CellShown, ...]:
    links = [_link(company, report, column, cell) for column, cell in zip(report.columns, cells, strict=True)]
    transaction = next(
        (link for column, link in zip(report.columns, links, strict=True) if column.key == "txn_type"), ""
    )
    first = links[0] if report.columns[0].key in ("account", "customer", "vendor", "account_name") else ""
    return tuple(
        CellShown(
            _text(column, cell),
            link or ((transaction or first) if column.kind == MONEY and cell.value else ""),
            column.kind == MONEY,
        )
        for column, cell, link in zip(report.columns, cells, links, strict=True)
    )


def _text(column: Column, cell: Cell) -> str:
    if column.kind == MONEY:
        return money(cell.value)
    is_day = column.kind == "Date" and len(cell.value) == 10 and cell.value[:1].isdigit()
    return short_day(cell.value) if is_day else cell.value


def _link(company: Company, report: Report, column: Column, cell: Cell) -> str:
    """Return where a cell leads: its account's ledger, its customer, its transaction."""
    if not cell.qbo_id:
        return ""
    if column.key == "txn_type":
        found = find_transaction(company, cell.qbo_id)
        return f"/{found.entity}/{found.qbo_id}" if found is not None else ""
    if column.key in ("account", "account_name", "split_acc", "other_account") or (
        column is report.columns[0] and (company.find("Account", cell.qbo_id) is not None and column.key == "tx_date")
    ):
        return f"/accounts/{cell.qbo_id}"
    for entity in ("Customer", "Vendor", "Employee"):
        if column.key in (entity.lower(), "name", "cust_name", "vend_name") and company.find(entity, cell.qbo_id):
            return f"/{entity}/{cell.qbo_id}"
    return ""
