"""The reports over the API: QuickBooks' shape key by key, the parameters, and what is refused."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbo_sandbox.reports.catalog import REPORTS
from sandbox.api_client import Answer, Api
from sandbox.builders import Books, journal_line, ref
from sandbox.reports_read import Read


@pytest.fixture
def api() -> Api:
    """A brokerage on March 2, 2026: two invoices, one half paid, one bill, one check, and income of last year."""
    books = Books()
    customer, vendor = books.customer("Piedmont Textiles"), books.vendor("Fast Carrier LLC")
    books.invoice(customer, "70.00", TxnDate="2025-12-15", DueDate="2025-12-20", DocNumber="OLD")
    late = books.invoice(customer, "1000.00", "200.00", TxnDate="2026-01-10", DueDate="2026-01-31", DocNumber="L1")
    books.invoice(customer, "300.00", TxnDate="2026-02-20", DueDate="2026-03-20", DocNumber="L2")
    books.receive(customer, "600.00", (late, "600.00"), TxnDate="2026-02-05")
    books.bill(vendor, "800.00", TxnDate="2026-01-12", DueDate="2026-02-11", DocNumber="C1")
    bank, fees = books.account("1010"), books.account("6100")
    lines = [journal_line(fees, "Debit", "25.00"), journal_line(bank, "Credit", "25.00")]
    books.create("JournalEntry", {"TxnDate": "2026-02-28", "DocNumber": "JE1", "Line": lines})
    return Api(books)


def ask(api: Api, name: str, **parameters: str) -> Read:
    found = api.get(f"reports/{name}", **parameters)
    assert found.status == 200, found.text
    return Read(found.body)


def test_a_profit_and_loss_has_quickbooks_shape(api: Api) -> None:
    found = ask(api, "ProfitAndLoss", start_date="2026-01-01", end_date="2026-03-02").json
    assert found["Header"] == {
        "Time": "2026-03-02T10:00:00-08:00",
        "ReportName": "ProfitAndLoss",
        "ReportBasis": "Accrual",
        "StartPeriod": "2026-01-01",
        "EndPeriod": "2026-03-02",
        "SummarizeColumnsBy": "Total",
        "Currency": "USD",
        "Option": [{"Name": "AccountingStandard", "Value": "GAAP"}, {"Name": "NoReportData", "Value": "false"}],
    }
    assert found["Columns"]["Column"] == [
        {"ColTitle": "", "ColType": "Account", "MetaData": [{"Name": "ColKey", "Value": "account"}]},
        {"ColTitle": "Total", "ColType": "Money", "MetaData": [{"Name": "ColKey", "Value": "total"}]},
    ]
    income = found["Rows"]["Row"][0]
    account = api.books.account("4000")
    assert income == {
        "Header": {"ColData": [{"value": "Income"}, {"value": ""}]},
        "Rows": {
            "Row": [
                {"ColData": [{"value": "4000 Freight income", "id": account}, {"value": "1500.00"}], "type": "Data"}
            ]
        },
        "Summary": {"ColData": [{"value": "Total Income"}, {"value": "1500.00"}]},
        "type": "Section",
        "group": "Income",
    }
    groups = [row["group"] for row in found["Rows"]["Row"]]
    assert groups == ["Income", "COGS", "GrossProfit", "Expenses", "NetOperatingIncome", "NetIncome"]


def test_an_empty_profit_and_loss_says_so_and_keeps_its_totals(api: Api) -> None:
    """As a recording of an empty period by days shows it."""
    found = ask(api, "ProfitAndLoss", start_date="2024-07-20", end_date="2024-07-21", summarize_column_by="Days")
    assert found.json["Header"]["Option"][1] == {"Name": "NoReportData", "Value": "true"}
    assert found.columns == ["", "Jul 20, 2024", "Jul 21, 2024", "Total"]
    assert found.json["Columns"]["Column"][1]["MetaData"][0] == {"Name": "StartDate", "Value": "2024-07-20"}
    assert [cell["value"] for cell in found.group("Income")["Summary"]["ColData"]] == ["Total Income", "", "", "0.00"]
    assert "Rows" not in found.group("Income")
    assert [cell["value"] for cell in found.group("NetIncome")["Summary"]["ColData"][1:]] == ["0.00"] * 3


def test_income_counts_when_it_is_paid_on_cash_basis(api: Api) -> None:
    dates = {"start_date": "2026-01-01", "end_date": "2026-03-02"}
    assert ask(api, "ProfitAndLoss", **dates).total("NetIncome") == Decimal("675.00")
    cash = ask(api, "ProfitAndLoss", **dates, accounting_method="Cash", summarize_column_by="Month")
    assert cash.json["Header"]["ReportBasis"] == "Cash"
    assert cash.columns == ["", "Jan 2026", "Feb 2026", "Mar 1 - 2, 2026", "Total"]
    shown = [cell["value"] for cell in cash.group("NetIncome")["Summary"]["ColData"]]
    assert shown == ["Net Income", "0.00", "575.00", "0.00", "575.00"]


def test_a_balance_sheet_keeps_this_years_income_apart_from_the_years_before(api: Api) -> None:
    found = ask(api, "BalanceSheet")
    assert found.json["Header"]["DateMacro"] == "this calendar year-to-date"
    assert found.figure("Net Income") == Decimal("675.00")
    assert found.figure("3900 Retained Earnings") == Decimal("70.00")
    assert found.total("TotalAssets") == found.total("TotalLiabilitiesAndEquity")
    assert found.group("AR")["Summary"]["ColData"] == [{"value": "Total Accounts Receivable"}, {"value": "970.00"}]
    by_month = ask(api, "BalanceSheet", start_date="2025-12-01", end_date="2026-02-28", summarize_column_by="Month")
    assert by_month.columns == ["", "Dec 2025", "Jan 2026", "Feb 2026"]
    assert [by_month.figure("Net Income", at) for at in (1, 2, 3)] == [70, 400, 675]


def test_a_trial_balance_has_equal_columns(api: Api) -> None:
    found = ask(api, "TrialBalance", end_date="2026-03-02")
    assert found.columns == ["", "Debit", "Credit"]
    assert found.figure("1100 Accounts Receivable (A/R)", 1) == Decimal("970.00")
    assert found.figure("4000 Freight income", 2) == Decimal("1500.00")
    assert found.group("GrandTotal")["Summary"]["ColData"][0] == {"value": "TOTAL"}
    assert found.total("GrandTotal", 1) == found.total("GrandTotal", 2) == Decimal("2395.00")


def test_a_trial_balance_may_show_all_there_ever_was(api: Api) -> None:
    api.books.company.quirks.trial_balance_begins_with_the_year = False
    found = ask(api, "TrialBalance", end_date="2026-03-02")
    assert found.figure("4000 Freight income", 2) == Decimal("1570.00")
    assert found.total("GrandTotal", 1) == found.total("GrandTotal", 2) == Decimal("2395.00")


def test_a_general_ledger_runs_from_balance_to_balance(api: Api) -> None:
    account = api.books.account("1100")
    found = ask(api, "GeneralLedger", start_date="2026-01-01", end_date="2026-03-02", account=account)
    assert found.columns == [
        "Date",
        "Transaction Type",
        "Num",
        "Name",
        "Memo/Description",
        "Split",
        "Amount",
        "Balance",
    ]
    section = found.rows[0]
    assert section["Header"]["ColData"][0] == {"value": "1100 Accounts Receivable (A/R)", "id": account}
    rows = found.data()
    assert rows[0] == ["Beginning Balance", "", "", "", "", "", "", "70.00"]
    assert rows[1][:4] == ["2026-01-10", "Invoice", "L1", "Piedmont Textiles"]
    assert rows[2] == ["2026-02-05", "Payment", "", "Piedmont Textiles", "", "Undeposited Funds", "-600.00", "670.00"]
    assert section["Summary"]["ColData"][0] == {"value": "Total for 1100 Accounts Receivable (A/R)"}
    assert section["Summary"]["ColData"][6] == {"value": "900.00"}


def test_aged_receivables_put_each_document_into_its_column(api: Api) -> None:
    found = ask(api, "AgedReceivables", report_date="2026-03-02")
    assert found.columns == ["", "Current", "1 - 30", "31 - 60", "61 - 90", "91 and over", "Total"]
    assert found.data() == [["Piedmont Textiles", "300.00", "600.00", "", "70.00", "", "970.00"]]
    assert {"Name": "report_date", "Value": "2026-03-02"} in found.json["Header"]["Option"]
    before = ask(api, "AgedReceivables", report_date="2026-02-01")
    assert before.data() == [["Piedmont Textiles", "", "1200.00", "70.00", "", "", "1270.00"]]
    other = ask(api, "AgedReceivables", report_date="2026-03-02", aging_period="10", num_periods="3")
    assert other.columns[1:] == ["Current", "1 - 10", "11 - 20", "21 and over", "Total"]


def test_aged_payables_detail_lists_the_oldest_first(api: Api) -> None:
    found = ask(api, "AgedPayableDetail", report_date="2026-03-02")
    assert found.data() == [["2026-01-12", "Bill", "C1", "Fast Carrier LLC", "2026-02-11", "19", "800.00", "800.00"]]
    assert found.rows[0]["Header"]["ColData"][0] == {"value": "1 - 30 days past due"}
    assert ask(api, "AgedReceivableDetail").rows[0]["Header"]["ColData"][0] == {"value": "61 - 90 days past due"}


def test_a_credit_applied_by_a_payment_of_nothing_is_no_longer_open(api: Api) -> None:
    books = api.books
    customer = books.customer("Credit Taker")
    invoice = books.invoice(customer, "50.00")
    line = {"DetailType": "SalesItemLineDetail", "Amount": 50, "SalesItemLineDetail": {"ItemRef": ref(books.item())}}
    credit = books.create("CreditMemo", {"CustomerRef": ref(customer), "Line": [line]})
    books.receive(customer, "0", (invoice, "50.00"), (credit, "50.00"))
    assert "Credit Taker" not in [row[0] for row in ask(api, "AgedReceivables").data()]


def test_a_transaction_list_tells_each_transaction_once(api: Api) -> None:
    found = ask(api, "TransactionList", start_date="2026-01-01", end_date="2026-03-02")
    assert [row[:3] for row in found.data()] == [
        ["2026-01-10", "Invoice", "L1"],
        ["2026-01-12", "Bill", "C1"],
        ["2026-02-05", "Payment", ""],
        ["2026-02-20", "Invoice", "L2"],
        ["2026-02-28", "Journal Entry", "JE1"],
    ]
    chosen = ask(api, "TransactionList", date_macro="This Year", columns="doc_num,subt_nat_amount", sort_by="doc_num")
    assert chosen.columns == ["Num", "Amount"]
    assert chosen.data()[0] == ["", "-600.00"]
    grouped = ask(
        api, "TransactionList", date_macro="This Year", group_by="Transaction Type", transaction_type="Invoice"
    )
    assert [row["Header"]["ColData"][0]["value"] for row in grouped.rows] == ["Invoice"]


def test_columns_by_class_and_filters_by_customer(api: Api) -> None:
    other = api.books.customer("Asheville Paper")
    api.books.invoice(other, "11.00", TxnDate="2026-02-01")
    dates = {"start_date": "2026-01-01", "end_date": "2026-03-02"}
    spread = ask(api, "ProfitAndLoss", **dates, summarize_column_by="Customers")
    assert spread.columns == ["", "Asheville Paper", "Piedmont Textiles", "Not Specified", "TOTAL"]
    assert spread.total("Income", 1) == Decimal("11.00")
    filtered = ask(api, "ProfitAndLoss", **dates, customer=other.qbo_id)
    assert filtered.total("NetIncome") == Decimal("11.00")
    assert filtered.json["Header"]["Customer"] == other.qbo_id
    assert ask(api, "CustomerIncome", **dates).data()[0] == ["Asheville Paper", "11.00", "", "11.00"]


def test_sub_customers_stand_below_their_parent(api: Api) -> None:
    parent = api.books.customer("Freeman")
    child = api.books.customer("Sporting Goods", ParentRef=ref(parent), Job=True)
    api.books.invoice(child, "86.00", DueDate="2026-04-01")
    (section,) = [row for row in ask(api, "AgedReceivables").rows if "Header" in row]
    assert section["Header"]["ColData"][0] == {"value": "Freeman", "id": parent.qbo_id}
    assert section["Rows"]["Row"][0]["ColData"][0] == {"value": "Sporting Goods", "id": child.qbo_id}
    assert section["Summary"]["ColData"][0] == {"value": "Total Freeman"}


def _error(answer: Answer) -> tuple[int, str, Any]:
    return answer.status, answer.code, answer.error.get("element")


def test_a_report_that_is_not_there_is_one_the_user_may_not_see(api: Api) -> None:
    """Recorded: the answer for a misspelt name is a permission denied."""
    found = api.get("reports/Cashflow2")
    assert _error(found) == (400, "5020", "ReportName")
    detail = "Permission Denied Error : You do not have the access rights to use this feature."
    assert found.error["Detail"] == detail


@pytest.mark.parametrize(
    ("parameters", "code", "element"),
    [
        ({"start_date": "03/01/2026"}, "2060", "start_date"),
        ({"end_date": "2026-02-30"}, "2060", "end_date"),
        ({"end_date": "9999-12-31"}, "2070", "end_date"),
        ({"start_date": "2026-03-01", "end_date": "2026-01-01"}, "2070", "start_date"),
        ({"date_macro": "Some day"}, "2170", "date_macro"),
        ({"accounting_method": "Barter"}, "2170", "accounting_method"),
        ({"summarize_column_by": "Moons"}, "2170", "summarize_column_by"),
        ({"sort_order": "up"}, "2170", "sort_order"),
        ({"aging_period": "0"}, "2240", "aging_period"),
        ({"start_date": "2020-01-01", "summarize_column_by": "Days"}, "2240", "summarize_column_by"),
    ],
)
def test_a_bad_parameter_is_refused(api: Api, parameters: dict[str, str], code: str, element: str) -> None:
    assert _error(api.get("reports/ProfitAndLoss", **parameters)) == (400, code, element)


PARAMETERS = (
    *("start_date", "end_date", "report_date", "date_macro", "accounting_method", "summarize_column_by", "customer"),
    *("vendor", "account", "class", "department", "columns", "sort_by", "sort_order", "aging_period", "num_periods"),
    *("minorversion", "group_by"),
)
VALUES = (
    *("", "1", "0", "-1", "2026-01-01", "0001-01-01", "Month", "Week", "All", "This Week", "Last Month", "Cash"),
    *("Classes", "tx_date,name", "subt_nat_amount", "descend", "Name", "x" * 300, "\u2603"),
)


@given(
    name=st.sampled_from(sorted(REPORTS)),
    parameters=st.dictionaries(st.sampled_from(PARAMETERS), st.sampled_from(VALUES), max_size=6),
)
@settings(max_examples=150, deadline=None)
def test_whatever_is_asked_gets_a_report_or_a_refusal(name: str, parameters: dict[str, str]) -> None:
    found = _STANDING.get(f"reports/{name}", **parameters)
    assert (found.status == 200 and found.body["Header"]["ReportName"] == name) or found.status == 400


_STANDING = Api(Books(seed="sample"))


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_of_the_sample_company_fills_every_column(name: str) -> None:
    found = ask(_STANDING, name, date_macro="All")
    width = len(found.columns)
    assert found.json["Header"]["Option"][-1] == {"Name": "NoReportData", "Value": "false"}
    for row in found.everything():
        for cells in (row.get("ColData"), row.get("Header", {}).get("ColData"), row.get("Summary", {}).get("ColData")):
            assert cells is None or len(cells) == width
