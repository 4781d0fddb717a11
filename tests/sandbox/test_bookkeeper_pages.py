"""The bookkeeper's pages over HTTP: every one answers, lists filter and sort, reports agree with the API's."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest

from qbo_sandbox.bookkeeper.menu import menu
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.reports.catalog import REPORTS
from sandbox.builders import account_line, ref
from sandbox.desk_client import Bookkeeper


@pytest.fixture(scope="module")
def sample() -> Bookkeeper:
    return Bookkeeper("sample", more_companies=("brokerage",))


@pytest.mark.parametrize("path", [path for _, entries in menu() for _, path in entries])
def test_every_page_of_the_menu_answers(sample: Bookkeeper, path: str) -> None:
    found = sample.see(path)
    assert found.status == 200
    assert 'aria-current="page"' in found.text


@pytest.mark.parametrize("name", sorted(REPORTS))
def test_every_report_has_a_page(sample: Bookkeeper, name: str) -> None:
    assert sample.see(f"/reports/{name}?date_macro=All").status == 200


@pytest.mark.parametrize("entity", [name for name in ENTITIES if name != "CompanyInfo"])
def test_every_object_has_a_page_with_its_json_and_its_forms(sample: Bookkeeper, entity: str) -> None:
    for record in sample.company.table(entity):
        found = sample.see(f"/{entity}/{record.qbo_id}")
        assert found.status == 200
        assert "SyncToken" in found.text
        for link in re.findall(rf'href="{sample.base}(/{entity}/{record.qbo_id}/[a-z]+)"', found.text):
            assert sample.see(link).status == 200, link


def test_what_is_not_there_is_a_404_that_leads_on(sample: Bookkeeper) -> None:
    for path in ("/Invoice/99999", "/Nothing/1", "/list/nothing", "/accounts/99999", "/reports/Nothing", "/new/Term"):
        assert sample.see(path).status == 404
    assert sample.http.get("/bookkeeper/123/list/invoices").status_code == 404


def test_lists_filter_search_sort_and_page() -> None:
    desk = Bookkeeper()
    customer = desk.customer()
    for number in range(60):
        desk.invoice(customer, f"{number + 1}.00", DocNumber=f"N{number:02}", DueDate="2030-01-01")
    desk.invoice(customer, "5.00", DocNumber="LATE", TxnDate="2025-01-01", DueDate="2025-02-01")
    overdue = desk.see("/list/invoices?state=overdue")
    assert overdue.title == "1 overdue invoice"
    assert "LATE" in overdue.text
    assert "N01" not in overdue.text
    assert desk.see("/list/invoices?state=paid").title == "0 paid invoices"
    assert "Nothing fits" in desk.see("/list/invoices?q=zebra").text
    first = desk.see("/list/invoices?sort=-amount")
    assert first.text.index("N59") < first.text.index("N58")
    assert "N03" not in first.text
    assert "N03" in desk.see("/list/invoices?sort=-amount&page=2").text
    assert desk.see("/list/invoices?page=999&sort=nonsense").status == 200


def test_a_ledger_is_paged_and_ends_at_the_balance() -> None:
    desk = Bookkeeper()
    customer = desk.customer()
    for _ in range(101):
        desk.invoice(customer, "1.00")
    found = desk.see(f"/accounts/{desk.account('1100')}")
    assert "balance 101.00" in found.text
    assert "Page 1 of 2" in found.text


def test_figures_of_a_report_lead_to_what_is_behind_them() -> None:
    desk = Bookkeeper()
    invoice = desk.invoice(desk.customer(), "100.00", TxnDate="2026-03-01", DueDate="2026-03-31")
    income = desk.account("4000")
    assert f'{desk.base}/accounts/{income}">100.00</a>' in desk.see("/reports/ProfitAndLoss?date_macro=All").text
    ledger = desk.see("/reports/GeneralLedger?date_macro=All").text
    assert f'{desk.base}/Invoice/{invoice.qbo_id}">100.00</a>' in ledger
    refused = desk.see("/reports/ProfitAndLoss?start_date=2026-13-01")
    assert refused.status == 400
    assert refused.said == "Supplied value: 2026-13-01. (error 2060)"


def test_a_refused_request_stands_with_its_fault_among_the_last_requests() -> None:
    desk = Bookkeeper()
    ready = desk.sandbox.ready("http://127.0.0.1")
    headers = {"Authorization": f"Bearer {ready['access_token']}", "Accept": "application/json"}
    desk.http.get(f"/v3/company/{desk.company.realm_id}/invoice/999", headers=headers)
    found = desk.see("/requests?state=refused").text
    assert "GET /invoice/999" in found
    assert "610 Object Not Found" in found


def test_what_is_in_the_books_cannot_become_markup() -> None:
    desk = Bookkeeper()
    customer = desk.customer("<script>alert(1)</script> & Sons")
    desk.invoice(customer, "1.00", PrivateNote="<b>bold</b>")
    for path in ("/list/customers", "/list/invoices", f"/Customer/{customer.qbo_id}", "/reports/AgedReceivables"):
        found = desk.see(path).text
        assert "<script>" not in found
        assert "<b>bold" not in found
    assert "default-src 'none'" in desk.http.get(f"{desk.base}/list/invoices").headers["content-security-policy"]


def test_amounts_in_another_currency_name_it_and_are_never_added(sample: Bookkeeper) -> None:
    company = sample.company
    maple = company.create("Vendor", {"DisplayName": "Maple Haulage", "CurrencyRef": {"value": "CAD"}})
    expense = next(each for each in company.table("Account") if each.body["AccountType"] == "Expense")
    line = account_line(expense.qbo_id, "1234.56")
    more = {"CurrencyRef": {"value": "CAD"}, "ExchangeRate": Decimal("0.75"), "Line": [line]}
    company.create("Bill", {"VendorRef": ref(maple), **more})
    found = sample.see("/list/bills?q=Maple").text
    assert '1,234.56 <span class="soft">CAD</span>' in found
    assert "Total of what is in USD" in found
    assert '<td class="num">0.00</td>' in found
