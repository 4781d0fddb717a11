"""Laws of the reports after any sequence of work: they agree with the ledger, and with each other, on every day."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

from hypothesis import strategies as st
from hypothesis.stateful import rule

from qbo_sandbox.books.company import Company
from qbo_sandbox.reports.accounts import is_nominal
from sandbox.lives import a_life
from sandbox.reports_read import Read, report
from sandbox.test_books_laws import LifeOfACompany

ZERO = Decimal(0)


def _nets(company: Company, **asked: str) -> Decimal:
    return report(company, "ProfitAndLoss", **asked).total("NetIncome")


def _equity(company: Company, day: str, basis: str) -> Decimal:
    sheet = report(company, "BalanceSheet", end_date=day, accounting_method=basis)
    assert sheet.total("TotalAssets") == sheet.total("TotalLiabilitiesAndEquity"), day
    return sheet.total("Equity")


def _sum_of_control(company: Company, account_type: str) -> Decimal:
    accounts = company.table("Account").with_value("AccountType", account_type)
    return sum((company.ledger.account_balance(each.qbo_id) for each in accounts), ZERO)


def _grand_total(found: Read) -> Decimal:
    return found.total("GrandTotal") if found.rows else ZERO


class ReportsOnACompany(LifeOfACompany):
    """Somebody works for months; at the end, and on days in between, the reports must agree."""

    @rule(days=st.integers(min_value=1, max_value=100))
    def time_passes(self, days: int) -> None:
        self.books.clock.move(days=days)

    def teardown(self) -> None:
        if not hasattr(self, "books"):
            return
        company, today = self.books.company, self.books.company.today()
        for basis in ("Accrual", "Cash"):
            self._reports_agree(company, basis)
        for before in (0, 45, 200):
            day = (today - timedelta(days=before)).isoformat()
            trial = report(company, "TrialBalance", end_date=day)
            if trial.rows:
                assert trial.total("GrandTotal", 1) == trial.total("GrandTotal", 2)
            self._aged_is_what_the_sheet_says(company, day)
        self._now_is_the_ledger(company)

    def _reports_agree(self, company: Company, basis: str) -> None:
        today = company.today()
        before = (today - timedelta(days=90)).isoformat()
        after = (today - timedelta(days=89)).isoformat()
        change = _equity(company, today.isoformat(), basis) - _equity(company, before, basis)
        asked = {"start_date": after, "end_date": today.isoformat(), "accounting_method": basis}
        assert change == _nets(company, **asked)  # nobody here puts capital in or takes it out
        by_month = report(company, "ProfitAndLoss", **asked, summarize_column_by="Month")
        by_customer = report(company, "ProfitAndLoss", **asked, summarize_column_by="Customers")
        for spread in (by_month, by_customer):
            cells = [Decimal(cell["value"] or 0) for cell in spread.group("NetIncome")["Summary"]["ColData"][1:]]
            assert sum(cells[:-1], ZERO) == cells[-1] == change

    def _aged_is_what_the_sheet_says(self, company: Company, day: str) -> None:
        sheet = report(company, "BalanceSheet", end_date=day, accounting_method="Accrual")
        groups = {row.get("group") for row in sheet.everything()}
        for name, detail, group in (
            ("AgedReceivables", "AgedReceivableDetail", "AR"),
            ("AgedPayables", "AgedPayableDetail", "AP"),
        ):
            owed = sheet.total(group) if group in groups else ZERO
            assert _grand_total(report(company, name, report_date=day)) == owed
            assert _grand_total(report(company, detail, report_date=day)) == owed

    def _now_is_the_ledger(self, company: Company) -> None:
        today = company.today().isoformat()
        receivable = _grand_total(report(company, "AgedReceivables"))
        payable = _grand_total(report(company, "AgedPayables"))
        assert receivable == _sum_of_control(company, "Accounts Receivable")
        assert payable == -_sum_of_control(company, "Accounts Payable")
        assert _grand_total(report(company, "CustomerBalance", date_macro="All")) == receivable
        assert _grand_total(report(company, "VendorBalance", date_macro="All")) == payable
        before = (company.today() - timedelta(days=30)).isoformat()
        ledger = report(company, "GeneralLedger", start_date=before, end_date=today)
        for section in ledger.rows:
            head = section["Header"]["ColData"][0]
            account = company.find("Account", head["id"])
            assert account is not None
            last = Decimal(section["Rows"]["Row"][-1]["ColData"][-1]["value"] or 0)
            if not is_nominal(account):
                assert abs(last) == abs(company.ledger.account_balance(account.qbo_id)), head


TestReportsOnACompany = ReportsOnACompany.TestCase
TestReportsOnACompany.settings = a_life(40, 30)
