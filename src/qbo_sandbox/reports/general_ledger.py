"""GeneralLedger and ProfitAndLossDetail: each account with the transactions that moved it, from balance to balance."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.store import Record
from qbo_sandbox.reports.accounts import children_of, in_order, is_nominal, label_of, natural_sign
from qbo_sandbox.reports.asking import Asked
from qbo_sandbox.reports.heading import heading
from qbo_sandbox.reports.line_columns import SUMMED, Line, cells, chosen_columns, is_home, sorted_lines
from qbo_sandbox.reports.origins import NO_ORIGIN
from qbo_sandbox.reports.postings import postings
from qbo_sandbox.reports.profit_and_loss import SECTIONS
from qbo_sandbox.reports.shape import Cell, Column, Data, Report, Row, Section, amount, blanks, labelled, total


def _default_columns(company: Company) -> tuple[str, ...]:
    home = "home_" if is_home(company) else ""
    amounts = (f"subt_nat_{home}amount", f"rbal_nat_{home}amount")
    return ("tx_date", "txn_type", "doc_num", "name", "memo", "split_acc", *amounts)


def general_ledger(company: Company, asked: Asked) -> Report:
    """Return every account that has a balance or moved in the period, with what moved it."""
    columns = chosen_columns(asked, _default_columns(company))
    chosen = [each for each in in_order(company) if _is_wanted(asked, each)]
    ledger = _gather(company, asked, chosen)
    rows, _ = _account_sections(company, asked, columns, chosen, ledger)
    return Report(heading(company, asked, "GeneralLedger"), columns, rows)


def profit_and_loss_detail(company: Company, asked: Asked) -> Report:
    """Return the transactions behind the profit and loss of the period."""
    columns = chosen_columns(asked, _default_columns(company))
    accounts = [each for each in in_order(company) if is_nominal(each) and _is_wanted(asked, each)]
    ledger = _gather(company, asked, accounts)
    rows: list[Row] = []
    net = Decimal(0)
    for group, label, kind, _ in SECTIONS:
        chosen = [each for each in accounts if each.body["AccountType"] == kind]
        inner, moved = _account_sections(company, asked, columns, chosen, ledger)
        net += moved if "Income" in kind else -moved
        if inner:
            summary = _summary(columns, f"Total {label}", moved)
            rows.append(Section(labelled(label, blanks(len(columns) - 1)), inner, summary, group))
    if rows:
        rows.append(Section(summary=_summary(columns, "Net Income", net), group="NetIncome"))
    return Report(heading(company, asked, "ProfitAndLossDetail"), columns, tuple(rows))


def _is_wanted(asked: Asked, account: Record) -> bool:
    if asked.accounts and account.qbo_id not in asked.accounts:
        return False
    kinds = {each.replace(" ", "").casefold() for each in asked.account_types}
    return not kinds or account.body["AccountType"].replace(" ", "").casefold() in kinds


@dataclass
class _Page:
    """One account's page of the ledger: what it began with (natural sign) and the lines of the period."""

    beginning: Decimal
    lines: list[Line]


def _gather(company: Company, asked: Asked, chosen: Iterable[Record]) -> dict[str, _Page]:
    accounts = {each.qbo_id: (each, natural_sign(each)) for each in chosen}
    pages: dict[str, _Page] = defaultdict(lambda: _Page(Decimal(0), []))
    for posting in postings(company, asked, with_origin=True):
        found = accounts.get(posting.line.account_id)
        if found is None:
            continue
        account, sign = found
        page = pages[account.qbo_id]
        if posting.day < asked.since:
            page.beginning += sign * posting.amount
        else:
            entry = company.ledger.entries.get(posting.record.qbo_id, ())
            page.lines.append(Line(posting.record, account, sign * posting.amount, entry, posting.origin or NO_ORIGIN))
    return pages


def _account_sections(
    company: Company, asked: Asked, columns: tuple[Column, ...], chosen: list[Record], ledger: dict[str, _Page]
) -> tuple[tuple[Row, ...], Decimal]:
    """Return a section for each account that has something to tell, and what they moved by in all."""
    top, below = children_of(chosen)
    rows: list[Row] = []
    moved = Decimal(0)

    def section(account: Record) -> tuple[Section | None, Decimal, bool]:
        page = ledger.get(account.qbo_id)
        has_moved = page is not None and bool(page.lines)
        mine, change = _page_rows(company, asked, columns, account, page) if page else ((), Decimal(0))
        inner: list[Row] = list(mine)
        with_below = False
        for child in below(account):
            row, more, below_moved = section(child)
            if row is not None:
                inner.append(row)
                change += more
                has_moved = has_moved or below_moved
                with_below = True
        if not inner:
            return None, Decimal(0), False
        label = label_of(company, account)
        header = labelled(label, blanks(len(columns) - 1), account.qbo_id)
        last = f"Total for {label} with sub-accounts" if with_below else f"Total for {label}"
        # What did not move comes to nothing, not to zero (recorded).
        summary = _summary(columns, last, change) if has_moved else labelled(last, blanks(len(columns) - 1))
        return Section(header, tuple(inner), summary), change, has_moved

    for account in top:
        row, change, _ = section(account)
        if row is not None:
            rows.append(row)
            moved += change
    return tuple(rows), moved


def _page_rows(
    company: Company, asked: Asked, columns: tuple[Column, ...], account: Record, page: _Page
) -> tuple[tuple[Row, ...], Decimal]:
    rows: list[Row] = []
    running = Decimal(0)
    if not is_nominal(account):  # income and expenses begin at nothing
        running = page.beginning
        if not page.lines and not running:
            return (), Decimal(0)
        opening = [amount(running) if column.title == "Balance" else Cell("") for column in columns[1:]]
        rows.append(Data(labelled("Beginning Balance", opening)))
    moved = Decimal(0)
    for line in sorted_lines(company, asked, page.lines):
        running += line.amount
        moved += line.amount
        rows.append(Data(cells(company, columns, _with_balance(line, running))))
    return tuple(rows), moved


def _with_balance(line: Line, balance: Decimal) -> Line:
    return Line(line.record, line.account, line.amount, line.entry, line.origin, balance)


def _summary(columns: tuple[Column, ...], label: str, moved: Decimal) -> tuple[Cell, ...]:
    return labelled(label, [total(moved) if column.key in SUMMED else Cell("") for column in columns[1:]])
