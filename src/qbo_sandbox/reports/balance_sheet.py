"""BalanceSheet: what the company has, owes and is worth on the last day. Net Income is that of the fiscal year so far;
the income of the years before is part of Retained Earnings, as QuickBooks never posts it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.store import Record
from qbo_sandbox.reports.accounts import account_rows, heading_row, in_order, is_nominal, natural_sign
from qbo_sandbox.reports.asking import Asked
from qbo_sandbox.reports.columns import ACCOUNT_COLUMN, Spread, needs_origin, spread_balances
from qbo_sandbox.reports.heading import heading
from qbo_sandbox.reports.periods import fiscal_year_of
from qbo_sandbox.reports.postings import Posting, postings
from qbo_sandbox.reports.shape import Data, Report, Row, Section, amount, labelled, total
from qbo_sandbox.reports.trial_balance import RETAINED, retained_earnings


@dataclass(frozen=True)
class _Part:
    """A section of the sheet: either the accounts of a type, or further parts."""

    group: str
    label: str
    kind: str = ""
    parts: tuple[_Part, ...] = ()
    total_label: str = ""


_ASSETS = _Part(
    "TotalAssets",
    "ASSETS",
    parts=(
        _Part(
            "CurrentAssets",
            "Current Assets",
            parts=(
                _Part("BankAccounts", "Bank Accounts", "Bank"),
                _Part("AR", "Accounts Receivable", "Accounts Receivable"),
                _Part("OtherCurrentAssets", "Other Current Assets", "Other Current Asset"),
            ),
        ),
        _Part("FixedAssets", "Fixed Assets", "Fixed Asset"),
        _Part("OtherAssets", "Other Assets", "Other Asset"),
    ),
    total_label="TOTAL ASSETS",
)
_LIABILITIES = _Part(
    "Liabilities",
    "Liabilities",
    parts=(
        _Part(
            "CurrentLiabilities",
            "Current Liabilities",
            parts=(
                _Part("AP", "Accounts Payable", "Accounts Payable"),
                _Part("CreditCards", "Credit Cards", "Credit Card"),
                _Part("OtherCurrentLiabilities", "Other Current Liabilities", "Other Current Liability"),
            ),
        ),
        _Part("LongTermLiabilities", "Long-Term Liabilities", "Long Term Liability"),
    ),
)


def balance_sheet(company: Company, asked: Asked) -> Report:
    """Return the balance sheet at the end of each column."""
    accounts = in_order(company)
    sheet = _Sheet(company, asked, accounts)
    assets, _ = sheet.part(_ASSETS)
    owed, owed_sums = sheet.part(_LIABILITIES)
    equity, equity_sums = sheet.equity()
    both = [total(first + second) for first, second in zip(owed_sums, equity_sums, strict=True)]
    owed_and_equity = Section(
        heading_row("LIABILITIES AND EQUITY", sheet.width),
        tuple(row for row in (owed, equity) if row is not None),
        labelled("TOTAL LIABILITIES AND EQUITY", both),
        "TotalLiabilitiesAndEquity",
    )
    if assets is None:
        assets = Section(
            heading_row("ASSETS", sheet.width),
            (),
            labelled("TOTAL ASSETS", [total(Decimal(0))] * sheet.width),
            "TotalAssets",
        )
    head = heading(company, asked, "BalanceSheet", with_columns=True)
    return Report(head, (ACCOUNT_COLUMN, *sheet.spread.columns), (assets, owed_and_equity))


class _Sheet:
    def __init__(self, company: Company, asked: Asked, accounts: list[Record]) -> None:
        self._company = company
        self._accounts = accounts
        self._retained_id = retained_earnings(accounts)
        self._nominal = {each.qbo_id for each in accounts if is_nominal(each)}
        found = list(postings(company, asked, with_origin=needs_origin(asked)))
        self.spread = spread_balances(company, asked, found)
        self.width = len(self.spread.columns)
        self._results = self._income(asked, found)

    def _income(self, asked: Asked, found: list[Posting]) -> tuple[list[Decimal], list[Decimal]]:
        """Return the income of the years before, and of the year of each column's last day, credit positive."""
        whole = self._sum([-each for each in self.spread.of(account)] for account in self._nominal)
        ends = [column.until or asked.until for column in self.spread.columns]
        first_days = {end: fiscal_year_of(date.fromisoformat(end), asked.first_month).since.isoformat() for end in ends}
        earlier = [Decimal(0)] * self.width
        for first_day in set(first_days.values()):
            before = (each for each in found if each.line.account_id in self._nominal and each.day < first_day)
            spread = self._aligned(spread_balances(self._company, asked, before))
            sums = self._sum([-each for each in amounts] for amounts in spread.values())
            for at, end in enumerate(ends):
                if first_days[end] == first_day:
                    earlier[at] = sums[at]
        return earlier, [every - old for every, old in zip(whole, earlier, strict=True)]

    def _aligned(self, spread: Spread) -> dict[str, list[Decimal]]:
        """Return the amounts under this sheet's columns; a spread by customer has only those it met."""
        at = {column.key: index for index, column in enumerate(spread.columns)}
        return {
            account: [amounts[at[column.key]] if column.key in at else Decimal(0) for column in self.spread.columns]
            for account, amounts in spread.amounts.items()
        }

    def part(self, part: _Part) -> tuple[Section | None, list[Decimal]]:
        """Return a section of the sheet, or None when nothing is in it, and its totals."""
        if part.kind:
            chosen = [each for each in self._accounts if each.body["AccountType"] == part.kind]
            rows, sums = account_rows(self._company, chosen, self._own, self.width)
        else:
            found = [self.part(each) for each in part.parts]
            rows = tuple(section for section, _ in found if section is not None)
            sums = self._sum(each for _, each in found)
        if not rows:
            return None, sums
        label = part.total_label or f"Total {part.label}"
        summary = labelled(label, [total(each) for each in sums])
        return Section(heading_row(part.label, self.width), rows, summary, part.group), sums

    def equity(self) -> tuple[Section, list[Decimal]]:
        """Return the section of equity, with the retained earnings and the net income QuickBooks works out."""
        earlier, this_year = self._results
        chosen = [each for each in self._accounts if each.body["AccountType"] == "Equity"]

        def own(account: Record) -> list[Decimal]:
            mine = self._own(account)
            if account.qbo_id != self._retained_id:
                return mine
            return [first + second for first, second in zip(mine, earlier, strict=True)]

        found, sums = account_rows(self._company, chosen, own, self.width)
        rows: list[Row] = list(found)
        if not self._retained_id and any(earlier):
            rows.append(Data(labelled(RETAINED, [amount(each) for each in earlier])))
            sums = self._sum((sums, earlier))
        rows.append(Data(labelled("Net Income", [amount(each) for each in this_year]), "NetIncome"))
        sums = self._sum((sums, this_year))
        summary = labelled("Total Equity", [total(each) for each in sums])
        return Section(heading_row("Equity", self.width), tuple(rows), summary, "Equity"), sums

    def _own(self, account: Record) -> list[Decimal]:
        sign = natural_sign(account)
        return [sign * each for each in self.spread.of(account.qbo_id)]

    def _sum(self, rows: Iterable[list[Decimal]]) -> list[Decimal]:
        sums = [Decimal(0)] * self.width
        for row in rows:
            sums = [before + more for before, more in zip(sums, row, strict=True)]
        return sums
