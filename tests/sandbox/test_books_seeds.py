"""The companies a sandbox can start with are whole, balanced, and the same at every start."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.seeds.planting import SEEDS, UnknownSeed
from sandbox.builders import Books, account_line, everything, ref, sales_line


@pytest.mark.parametrize("seed", SEEDS)
def test_seed_is_the_same_at_every_start_and_writes_no_journal(seed: str) -> None:
    first, second = Books(seed=seed), Books(seed=seed)
    second.clock.moment += timedelta(days=400)
    assert everything(first.company) == everything(Books(seed=seed).company)
    assert first.journal == []
    assert first.company.trial_balance() == 0


def test_brokerage_has_a_numbered_chart_terms_and_nobody_in_it() -> None:
    company = Books().company
    assert company.name == "Blue Ridge Freight Brokers LLC"
    assert len(company.table("Account")) == 22
    assert [record.body["Name"] for record in company.table("Term")] == ["Due on receipt", "Net 15", "Net 30", "Net 60"]
    for entity in ("Customer", "Vendor", "Employee", "Item", "Invoice", "Bill"):
        assert len(company.table(entity)) == 0
    inactive = [record.body["Name"] for record in company.table("Account") if not record.active]
    assert inactive == ["Old fuel cards (deleted)"]


def test_sample_has_the_ids_people_know() -> None:
    company = Books(seed="sample").company
    for entity, qbo_id, name in (
        ("Account", "42", "Visa"),
        ("Account", "86", "Discounts given"),
        ("Account", "47", "Landscaping Services:Job Materials:Decks and Patios"),
        ("Item", "10", "Pest Control"),
        ("Customer", "1", "Amy's Bird Sanctuary"),
    ):
        assert company.name_of(entity, qbo_id) == name
    assert len(company.table("Payment")) == 5
    assert len(company.table("Account").with_value("AccountType", "Bank")) == 2
    assert company.ledger.account_balance("34") == -company.ledger.account_balance("81")


def test_sample_numbers_its_own_invoices_and_fills_in_its_default_item() -> None:
    books = Books(seed="sample")
    line = {"DetailType": "SalesItemLineDetail", "Amount": Decimal(100), "SalesItemLineDetail": {}}
    shown = books.shown(books.create("Invoice", {"CustomerRef": {"value": "1"}, "Line": [line]}))
    assert shown["DocNumber"] == "1008"
    assert shown["Line"][0]["SalesItemLineDetail"]["ItemRef"] == {"value": "1", "name": "Services"}
    assert shown["DueDate"] == "2026-04-01"


def test_parent_customer_shows_what_its_jobs_owe() -> None:
    books = Books(seed="sample")
    books.create("Invoice", {"CustomerRef": {"value": "9"}, "Line": [sales_line("1", "80.00")]})
    parent = books.company.find("Customer", "7")
    assert parent is not None
    assert books.shown(parent)["Balance"] == 0
    assert books.shown(parent)["BalanceWithJobs"] == Decimal("80.00")


def test_foreign_vendor_owes_through_a_payable_account_of_its_own() -> None:
    books = Books(seed="sample")
    vendor = books.vendor("Maple Haul", CurrencyRef={"value": "CAD"})
    body = {"VendorRef": ref(vendor), "ExchangeRate": Decimal("0.75"), "Line": [account_line("58", "100.00")]}
    body["CurrencyRef"] = {"value": "CAD"}
    bill = books.shown(books.create("Bill", body))
    assert bill["CurrencyRef"] == {"value": "CAD", "name": "Canadian Dollar"}
    assert bill["APAccountRef"]["name"] == "Accounts Payable (A/P) - CAD"
    assert books.company.ledger.account_balance("58") == Decimal("75.00")
    assert everything(books.replayed()) == everything(books.company)


def test_empty_company_makes_the_accounts_it_needs() -> None:
    books = Books(seed="empty")
    income = books.create("Account", {"Name": "Freight", "AccountType": "Income"})
    item = books.create("Item", {"Name": "Linehaul", "IncomeAccountRef": ref(income)})
    lines = [sales_line(item.qbo_id, "10.00")]
    books.create("Invoice", {"CustomerRef": ref(books.customer()), "Line": lines})
    assert books.company.named("Account", "Accounts Receivable (A/R)") is not None
    assert everything(books.replayed()) == everything(books.company)


def test_unknown_seed_is_told_with_the_ones_there_are() -> None:
    with pytest.raises(UnknownSeed, match="empty, brokerage, sample"):
        Books(seed="bakery", quirks=Quirks())


def test_sample_lists_canadian_dollars_and_knows_a_rate_of_the_euro() -> None:
    company = Books(seed="sample").company
    listed = company.show(company.read("CompanyCurrency", "1"))
    assert (listed["Code"], listed["Name"]) == ("CAD", "Canadian Dollar")
    (rate,) = company.table("ExchangeRate").with_value("SourceCurrencyCode", "EUR")
    assert company.show(rate)["TargetCurrencyCode"] == "USD"
