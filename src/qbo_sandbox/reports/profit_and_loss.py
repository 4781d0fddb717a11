"""ProfitAndLoss: income, costs and expenses of a period, and what is left of it."""

from __future__ import annotations

from decimal import Decimal

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.store import Record
from qbo_sandbox.reports.accounts import account_rows, heading_row, in_order, is_nominal, natural_sign
from qbo_sandbox.reports.asking import Asked
from qbo_sandbox.reports.columns import ACCOUNT_COLUMN, needs_origin, spread_activity
from qbo_sandbox.reports.heading import heading
from qbo_sandbox.reports.postings import postings
from qbo_sandbox.reports.shape import Cell, Report, Row, Section, blanks, labelled, total

# (group, heading, the type of its accounts, whether it is shown when empty)
SECTIONS = (
    ("Income", "Income", "Income", True),
    ("COGS", "Cost of Goods Sold", "Cost of Goods Sold", False),
    ("Expenses", "Expenses", "Expense", True),
    ("OtherIncome", "Other Income", "Other Income", False),
    ("OtherExpenses", "Other Expenses", "Other Expense", False),
)
# (after which section, group, label, the sections added and taken off)
_RESULTS = {
    "COGS": ("GrossProfit", "Gross Profit"),
    "Expenses": ("NetOperatingIncome", "Net Operating Income"),
    "OtherExpenses": ("NetOtherIncome", "Net Other Income"),
}


def profit_and_loss(company: Company, asked: Asked) -> Report:
    """Return income less costs of the period, spread over the columns asked for."""
    accounts = [each for each in in_order(company) if is_nominal(each)]
    nominal = {each.qbo_id for each in accounts if not asked.accounts or each.qbo_id in asked.accounts}
    found = (
        posting
        for posting in postings(company, asked, with_origin=needs_origin(asked))
        if posting.line.account_id in nominal and posting.day >= asked.since
    )
    spread = spread_activity(company, asked, found)
    width = len(spread.columns)

    def own(account: Record) -> list[Decimal]:
        sign = natural_sign(account)
        return [sign * each for each in spread.of(account.qbo_id)]

    rows: list[Row] = []
    sums: dict[str, list[Decimal]] = {}
    for group, label, kind, always in SECTIONS:
        chosen = [each for each in accounts if each.body["AccountType"] == kind]
        inner, sums[group] = account_rows(company, chosen, own, width)
        if inner:
            summary = labelled(f"Total {label}", [total(each) for each in sums[group]])
            rows.append(Section(heading_row(label, width), inner, summary, group))
        elif always:
            rows.append(Section(heading_row(label, width), (), labelled(f"Total {label}", _nothing(width)), group))
        if group in _RESULTS and (group != "OtherExpenses" or _is_shown(rows, "OtherIncome", "OtherExpenses")):
            result, name = _RESULTS[group]
            rows.append(Section(summary=labelled(name, [total(each) for each in _result(sums, result)]), group=result))
    net = [total(each) for each in _result(sums, "NetIncome")]
    rows.append(Section(summary=labelled("Net Income", net), group="NetIncome"))
    if width == 1 and not any(row.rows for row in rows if isinstance(row, Section)):
        rows = [_emptied(row, width) for row in rows]  # nothing comes to nothing, not to zero (recorded)
    head = heading(company, asked, "ProfitAndLoss", with_columns=True)
    return Report(head, (ACCOUNT_COLUMN, *spread.columns), tuple(rows))


def _emptied(row: Row, width: int) -> Row:
    if not isinstance(row, Section):
        return row
    return Section(row.header, (), labelled(row.summary[0].value, blanks(width)), row.group)


def _is_shown(rows: list[Row], *groups: str) -> bool:
    return any(row.group in groups for row in rows)


def _nothing(width: int) -> tuple[Cell, ...]:
    """Return the total of an empty section: blank, but for the last of several columns, as recorded."""
    return (*blanks(width - 1), Cell("0.00")) if width > 1 else blanks(width)


def _result(sums: dict[str, list[Decimal]], group: str) -> list[Decimal]:
    signs = {
        "GrossProfit": {"Income": 1, "COGS": -1},
        "NetOperatingIncome": {"Income": 1, "COGS": -1, "Expenses": -1},
        "NetOtherIncome": {"OtherIncome": 1, "OtherExpenses": -1},
        "NetIncome": {"Income": 1, "COGS": -1, "Expenses": -1, "OtherIncome": 1, "OtherExpenses": -1},
    }[group]
    columns = zip(*([sign * each for each in sums[name]] for name, sign in signs.items()), strict=True)
    return [sum(column, Decimal(0)) for column in columns]
