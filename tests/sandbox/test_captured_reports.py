"""Reports have the heads, columns and empty cells recorded answers and Intuit's samples have."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.api_client import Api
from sandbox.builders import Books

HEADS = {
    "AccountList": "Time ReportName Currency Option",
    "CustomerBalance": "Time ReportName DateMacro Currency Option",
    "VendorBalance": "Time ReportName DateMacro Currency Option",
    "TrialBalance": "Time ReportName DateMacro ReportBasis StartPeriod EndPeriod Currency Option",
    "GeneralLedger": "Time ReportName DateMacro ReportBasis StartPeriod EndPeriod Currency Option",
    "ProfitAndLoss": "Time ReportName DateMacro ReportBasis StartPeriod EndPeriod SummarizeColumnsBy Currency Option",
    "CustomerIncome": "Time ReportName DateMacro ReportBasis StartPeriod EndPeriod Currency Option",
}
UNTYPED = ("TrialBalance", "CustomerBalance", "VendorBalance", "CustomerIncome", "AgedReceivables", "AgedPayables")


@pytest.fixture(scope="module")
def api() -> Api:
    return Api(Books(seed="sample"))


def _report(api: Api, name: str, **asked: str) -> Any:
    answer = api.get(f"reports/{name}", **asked)
    assert answer.status == 200, answer.text
    return answer.body


def _figures(cells: list[dict[str, str]]) -> list[str]:
    return [cell["value"] for cell in cells[1:]]


@pytest.mark.parametrize("name", HEADS)
def test_the_head_of_a_report_tells_what_recordings_tell(api: Api, name: str) -> None:
    assert list(_report(api, name)["Header"]) == HEADS[name].split()


@pytest.mark.parametrize("name", ["GeneralLedger", "TrialBalance"])
def test_ledgers_are_of_this_month_unless_days_are_given(name: str) -> None:
    api = Api(Books(seed="sample"))
    head = _report(api, name)["Header"]
    assert (head["DateMacro"], head["StartPeriod"]) == ("this month-to-date", "2026-03-01")
    api.books.company.quirks.ledgers_are_of_the_month = False
    assert _report(api, name)["Header"]["DateMacro"] == "this calendar year-to-date"


@pytest.mark.parametrize("name", ["CustomerBalance", "VendorBalance"])
def test_balances_are_of_a_day_and_tell_it_among_the_options(api: Api, name: str) -> None:
    head = _report(api, name, report_date="2026-02-28")["Header"]
    assert head["DateMacro"] == "all"
    assert head["Option"][0] == {"Name": "report_date", "Value": "2026-02-28"}


@pytest.mark.parametrize("name", UNTYPED)
def test_rows_of_names_and_totals_have_no_type(api: Api, name: str) -> None:
    rows = [row for row in _report(api, name, date_macro="All")["Rows"]["Row"] if "ColData" in row]
    assert rows
    assert not [row for row in rows if "type" in row]


def test_a_profit_and_loss_of_a_customer_without_any_is_blank_but_for_its_labels(api: Api) -> None:
    days = {"start_date": "2015-01-01", "end_date": "2015-07-31"}
    found = _report(api, "ProfitAndLoss", customer="1", summarize_column_by="Customers", **days)
    assert [column["ColTitle"] for column in found["Columns"]["Column"]] == ["", "TOTAL"]
    groups = {row["group"]: _figures(row["Summary"]["ColData"]) for row in found["Rows"]["Row"]}
    assert groups == {group: [""] for group in ("Income", "GrossProfit", "Expenses", "NetOperatingIncome", "NetIncome")}


def test_columns_of_customers_end_in_a_total_of_all_those_of_months_in_a_total(api: Api) -> None:
    titles = {
        by: [
            column["ColTitle"]
            for column in _report(api, "ProfitAndLoss", date_macro="All", summarize_column_by=by)["Columns"]["Column"]
        ]
        for by in ("Customers", "Month")
    }
    assert (titles["Customers"][-1], titles["Month"][-1]) == ("TOTAL", "Total")


def test_an_account_that_did_not_move_has_a_blank_total_in_the_ledger(api: Api) -> None:
    rows = _report(api, "GeneralLedger")["Rows"]["Row"]
    by_label = {row["Header"]["ColData"][0]["value"]: row for row in rows}
    savings = by_label["Savings"]
    assert [each["ColData"][0]["value"] for each in savings["Rows"]["Row"]] == ["Beginning Balance"]
    assert _figures(savings["Summary"]["ColData"]) == [""] * 7
    truck = by_label["Truck"]
    assert _figures(truck["Summary"]["ColData"]) == [""] * 7
