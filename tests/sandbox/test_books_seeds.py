"""The companies a sandbox can start with are whole, balanced, and the same at every start."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal

import pytest

from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.seeds.planting import SEEDS, UnknownSeed
from sandbox.builders import Books, account_line, everything, ref, sales_line

_SAMPLE = Books(seed="sample").company


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
    assert len(company.table("Account").with_value("AccountType", "Bank")) == 2


@pytest.mark.parametrize(
    ("account", "balance"),
    [
        ("35", "1201.00"),
        ("36", "800.00"),
        ("84", "5281.52"),
        ("81", "596.25"),
        ("4", "2062.52"),
        ("38", "13495.00"),
        ("33", "-1602.67"),
        ("41", "-157.72"),
        ("89", "0"),
        ("90", "-370.94"),
        ("43", "-4000.00"),
        ("44", "-25000.00"),
        ("34", "9337.50"),
        ("82", "-2250.00"),
        ("14", "2916.00"),
        ("80", "405.00"),
    ],
)
def test_sample_has_the_balances_of_intuits_new_company(account: str, balance: str) -> None:
    assert _SAMPLE.ledger.account_balance(account) == Decimal(balance)


@pytest.mark.parametrize(
    ("entity", "qbo_id", "number", "total", "open_balance"),
    [
        ("Invoice", "9", "1001", "108.00", "0"),
        ("Invoice", "12", "1004", "2369.52", "0"),
        ("Invoice", "13", "1005", "54.00", "4.00"),
        ("Invoice", "67", "1021", "459.00", "239.00"),
        ("Invoice", "71", "1025", "205.00", "0"),
        ("Invoice", "77", "1029", "460.40", "0"),
        ("Invoice", "96", "1032", "414.72", "414.72"),
        ("Invoice", "129", "1036", "477.50", "477.50"),
        ("Invoice", "130", "1037", "362.07", "362.07"),
        ("CreditMemo", "73", "1026", "100.00", "0"),
        ("SalesReceipt", "38", "1011", "78.75", "0"),
        ("Bill", "25", None, "103.55", "0"),
    ],
)
def test_sample_has_the_forms_people_know(
    entity: str, qbo_id: str, number: str | None, total: str, open_balance: str
) -> None:
    record = _SAMPLE.find(entity, qbo_id)
    assert record is not None
    shown = _SAMPLE.show(record)
    assert shown.get("DocNumber") == number
    assert (shown["TotalAmt"], shown["Balance"]) == (Decimal(total), Decimal(open_balance))


def test_sample_has_something_of_every_entity_there_is_to_read() -> None:
    none_in_a_us_company = {"Attachable", "Budget", "JournalCode", "ReimburseCharge", "TaxPayment"}
    made_by_clients_alone = {"CreditCardPaymentTxn", "RecurringTransaction"}
    empty = {name for name in ENTITIES if not len(_SAMPLE.table(name))}
    assert empty <= none_in_a_us_company | made_by_clients_alone


def test_sample_numbers_its_own_invoices_and_fills_in_its_default_item() -> None:
    books = Books(seed="sample")
    line = {"DetailType": "SalesItemLineDetail", "Amount": Decimal(100), "SalesItemLineDetail": {}}
    shown = books.shown(books.create("Invoice", {"CustomerRef": {"value": "1"}, "Line": [line]}))
    assert shown["DocNumber"] == "1038"
    assert shown["Line"][0]["SalesItemLineDetail"]["ItemRef"] == {"value": "1", "name": "Services"}
    assert shown["DueDate"] == "2026-04-01"


def test_parent_customer_shows_what_its_jobs_owe() -> None:
    books = Books(seed="sample")
    books.create("Invoice", {"CustomerRef": {"value": "9"}, "Line": [sales_line("1", "80.00")]})
    parent = books.company.find("Customer", "7")
    assert parent is not None
    assert books.shown(parent)["Balance"] == 0
    assert books.shown(parent)["BalanceWithJobs"] == Decimal("80.00") + Decimal("477.50") + Decimal("85.00")


def test_foreign_vendor_owes_through_a_payable_account_of_its_own() -> None:
    books = Books(seed="sample")
    vendor = books.vendor("Maple Haul", CurrencyRef={"value": "CAD"})
    body = {"VendorRef": ref(vendor), "ExchangeRate": Decimal("0.75"), "Line": [account_line("58", "100.00")]}
    body["CurrencyRef"] = {"value": "CAD"}
    bill = books.shown(books.create("Bill", body))
    assert bill["CurrencyRef"] == {"value": "CAD", "name": "Canadian Dollar"}
    assert bill["APAccountRef"]["name"] == "Accounts Payable (A/P) - CAD"
    assert books.company.ledger.account_balance("58") - _SAMPLE.ledger.account_balance("58") == Decimal("75.00")
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
