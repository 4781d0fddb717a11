"""Reports have the heads, columns and empty cells recorded answers and Intuit's samples have."""

from __future__ import annotations

from typing import Any

import pytest

from sandbox.api_client import Api
from sandbox.builders import Books

HEADS = {
    "AccountList": "Time ReportName Currency Option",
    "CustomerBalance": "Time ReportName DateMacro Currency Option",
    "CustomerBalanceDetail": "Time ReportName DateMacro Currency Option",
    "VendorBalanceDetail": "Time ReportName DateMacro Currency Option",
    "TransactionListByCustomer": "Time ReportName DateMacro StartPeriod EndPeriod Currency Option",
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


@pytest.mark.parametrize(("whole", "keys"), [("CustomerBalance", "subt_nat rbal_nat"), ("VendorBalance", "subt_neg")])
def test_the_details_of_balances_come_to_the_balances(api: Api, whole: str, keys: str) -> None:
    detail = _report(api, f"{whole}Detail")
    shown = [column["MetaData"][0]["Value"] for column in detail["Columns"]["Column"]]
    assert shown[:4] == ["tx_date", "txn_type", "doc_num", "due_date"]
    assert all(any(key.startswith(each) for each in keys.split()) for key in shown[4:])
    *sections, last = detail["Rows"]["Row"]
    totals = _report(api, whole)["Rows"]["Row"][-1]
    assert last["group"] == totals["group"] == "GrandTotal"
    assert _figures(last["Summary"]["ColData"])[-1] == _figures(totals["Summary"]["ColData"])[-1]
    for section in sections:
        name = section["Header"]["ColData"][0]
        assert name["id"]
        assert section["Summary"]["ColData"][0]["value"] == f"Total for {name['value']}"
        assert all(row["type"] == "Data" for row in section["Rows"]["Row"])


@pytest.mark.parametrize(("party", "types"), [("Customer", {"Invoice", "Payment"}), ("Vendor", {"Bill"})])
def test_transactions_are_listed_under_the_names_they_are_of(api: Api, party: str, types: set[str]) -> None:
    rows = _report(api, f"TransactionListBy{party}", date_macro="All")["Rows"]["Row"]
    names = [row["Header"]["ColData"][0] for row in rows]
    assert names == sorted(names, key=lambda name: name["value"])
    assert all(api.get(f"{party.lower()}/{name['id']}").status == 200 for name in names)
    assert types <= {line["ColData"][1]["value"] for row in rows for line in row["Rows"]["Row"]}
