"""A company like the one Intuit gives developers: a landscaper's books, without account numbers, multicurrency on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.store import Body, Record
from qbo_sandbox.seeds.sample_lists import ACCOUNTS, COMPANY_NAME, INVENTORY, SERVICES, TERMS
from qbo_sandbox.seeds.sample_names import CUSTOMERS, EMPLOYEES, VENDORS
from qbo_sandbox.seeds.sample_taxes import plant_taxes

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

__all__ = ["COMPANY_NAME", "TERMS", "plant"]

# customer, day, item, amount, how much of it is paid
SALES: tuple[tuple[str, str, str, str, str], ...] = (
    ("1", "2025-11-04", "4", "375.00", "375.00"),
    ("1", "2025-12-18", "10", "105.00", "0"),
    ("3", "2025-11-20", "7", "950.00", "500.00"),
    ("8", "2025-12-02", "9", "262.50", "262.50"),
    ("20", "2025-12-09", "18", "70.00", "70.00"),
    ("26", "2025-12-15", "6", "414.72", "414.72"),
    ("29", "2025-12-29", "4", "225.00", "0"),
)
# vendor, day, account, amount, how much of it is paid
PURCHASES: tuple[tuple[str, str, str, str, str], ...] = (
    ("31", "2025-11-10", "11", "2000.00", "2000.00"),
    ("46", "2025-12-05", "64", "103.55", "0"),
    ("48", "2025-12-16", "76", "114.09", "114.09"),
    ("49", "2025-12-22", "69", "315.00", "0"),
)


def plant(company: Company) -> None:
    """Put everything but CompanyInfo, Preferences and the terms into a new company."""
    _accounts(company)
    plant_taxes(company)
    _currencies(company)
    _items(company)
    _names(company)
    _sales(company)
    _purchases(company)


def _accounts(company: Company) -> None:
    for number, name, kind, sub_type, parent in ACCOUNTS:
        company.skip_to("Account", number)
        body: Body = {"Name": name, "AccountType": kind, "AccountSubType": sub_type}
        company.create("Account", body | ({"ParentRef": {"value": parent}} if parent else {}))


def _currencies(company: Company) -> None:
    """Canadian dollars are listed, and the euro has a rate, as in Intuit's company."""
    company.create("CompanyCurrency", {"Code": "CAD"})
    for code, rate in (("CAD", "0.731"), ("EUR", "1.0835")):
        on_a_day: Body = {"SourceCurrencyCode": code, "AsOfDate": "2025-12-31", "Rate": Decimal(rate)}
        company.create("ExchangeRate", on_a_day)


def _items(company: Company) -> None:
    items: dict[int, Body] = {}
    for number, name, says, price, taxable, income in SERVICES:
        items[number] = {
            "Name": name,
            "Description": says,
            "Type": "Service",
            "Taxable": taxable,
            "UnitPrice": Decimal(price),
            "IncomeAccountRef": {"value": income},
        }
    for number, name, says, price, cost, on_hand in INVENTORY:
        items[number] = {
            "Name": name,
            "Description": says,
            "Type": "Inventory",
            "Taxable": True,
            "UnitPrice": Decimal(price),
            "PurchaseDesc": says,
            "PurchaseCost": Decimal(cost),
            "IncomeAccountRef": {"value": "79"},
            "ExpenseAccountRef": {"value": "80"},
            "AssetAccountRef": {"value": "81"},
            "TrackQtyOnHand": True,
            "QtyOnHand": on_hand,
            "InvStartDate": "2025-10-01",
        }
    for number in sorted(items):
        company.skip_to("Item", number)
        company.create("Item", items[number])


def _names(company: Company) -> None:
    for kind, names in (("Customer", CUSTOMERS), ("Vendor", VENDORS)):
        for name in names:
            if name.number > EMPLOYEES[0][0]:
                _employees(company)
            company.skip_to("name", name.number)
            company.create(kind, name.as_body(kind))


def _employees(company: Company) -> None:
    for number, given, family, more in EMPLOYEES:
        if company.find("Employee", str(number)) is None:
            company.skip_to("name", number)
            company.create("Employee", {"GivenName": given, "FamilyName": family, **more})


def _sales(company: Company) -> None:
    for customer, day, item, amount, paid in SALES:
        party = {"CustomerRef": {"value": customer}, "TxnDate": day}
        detail = {"ItemRef": {"value": item}}
        line = {"DetailType": "SalesItemLineDetail", "Amount": Decimal(amount), "SalesItemLineDetail": detail}
        invoice = company.create("Invoice", {**party, "Line": [line]})
        if Decimal(paid):
            company.create("Payment", {**party, "TotalAmt": Decimal(paid), "Line": [_settling(invoice, paid)]})


def _purchases(company: Company) -> None:
    for vendor, day, account, amount, paid in PURCHASES:
        party = {"VendorRef": {"value": vendor}, "TxnDate": day}
        detail = {"AccountRef": {"value": account}}
        line = {
            "DetailType": "AccountBasedExpenseLineDetail",
            "Amount": Decimal(amount),
            "AccountBasedExpenseLineDetail": detail,
        }
        bill = company.create("Bill", {**party, "Line": [line]})
        if Decimal(paid):
            check = {"BankAccountRef": {"value": "35"}}
            body = {**party, "PayType": "Check", "CheckPayment": check, "TotalAmt": Decimal(paid)}
            company.create("BillPayment", {**body, "Line": [_settling(bill, paid)]})


def _settling(target: Record, amount: str) -> Body:
    return {"Amount": Decimal(amount), "LinkedTxn": [{"TxnId": target.qbo_id, "TxnType": target.entity}]}
