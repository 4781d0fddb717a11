"""TrialBalance: every account with a balance on the last day, debits beside credits, which come to the same.

Income and expenses count from the first day of the fiscal year; those of the years before stand in Retained Earnings.
"""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.store import Record
from qbo_sandbox.reports.accounts import full_label_of, in_order, is_nominal
from qbo_sandbox.reports.asking import Asked
from qbo_sandbox.reports.heading import heading
from qbo_sandbox.reports.periods import fiscal_year_of
from qbo_sandbox.reports.postings import postings
from qbo_sandbox.reports.shape import MONEY, Column, Data, Report, Section, amount, labelled, total

_COLUMNS = (Column("", "Account", "account"), Column("Debit", MONEY, "debit"), Column("Credit", MONEY, "credit"))
RETAINED = "Retained Earnings"


def trial_balance(company: Company, asked: Asked) -> Report:
    """Return the trial balance as of the last day asked for."""
    accounts = in_order(company)
    balances = balances_with_retained(company, asked, accounts)
    rows: list[Data] = []
    debits = credits = Decimal(0)
    for qbo_id, label in [*((each.qbo_id, full_label_of(company, each)) for each in accounts), ("", RETAINED)]:
        balance = balances.get(qbo_id, Decimal(0))
        if balance and (not asked.accounts or qbo_id in asked.accounts):
            debit, credit = max(balance, Decimal(0)), max(-balance, Decimal(0))
            debits, credits = debits + debit, credits + credit
            rows.append(Data(labelled(label, (amount(debit), amount(credit)), qbo_id or None)))
    last = Section(summary=labelled("TOTAL", (total(debits), total(credits))), group="GrandTotal")
    return Report(
        heading(company, asked, "TrialBalance"), _COLUMNS, (*rows, last) if rows else (), rows_are_typed=False
    )


def balances_with_retained(company: Company, asked: Asked, accounts: list[Record]) -> dict[str, Decimal]:
    """Return each account's balance; an empty id is Retained Earnings of a company without such an account."""
    nominal = {each.qbo_id for each in accounts if is_nominal(each)}
    retained = retained_earnings(accounts)
    begins = company.quirks.trial_balance_begins_with_the_year
    year = fiscal_year_of(asked.period.until, asked.first_month).since.isoformat() if begins else ""
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for posting in postings(company, asked):
        account = posting.line.account_id
        sums[retained if account in nominal and posting.day < year else account] += posting.amount
    return sums


def retained_earnings(accounts: list[Record]) -> str:
    """Return the id of the account Retained Earnings, or an empty string."""
    found = (each.qbo_id for each in accounts if each.body.get("AccountSubType") == "RetainedEarnings" and each.active)
    return next(found, "")
