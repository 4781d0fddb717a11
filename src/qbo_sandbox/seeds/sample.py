"""A company like the one Intuit gives developers: a landscaper's books, without account numbers, multicurrency on."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.store import Body
from qbo_sandbox.seeds.sample_books import plant_books
from qbo_sandbox.seeds.sample_extras import plant_lists
from qbo_sandbox.seeds.sample_lists import ACCOUNTS, COMPANY_NAME, INVENTORY, SERVICES, TERMS
from qbo_sandbox.seeds.sample_names import CUSTOMERS, EMPLOYEES, VENDORS
from qbo_sandbox.seeds.sample_taxes import plant_taxes

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

__all__ = ["COMPANY_NAME", "TERMS", "plant"]


def plant(company: Company) -> None:
    """Put everything but CompanyInfo, Preferences and the terms into a new company."""
    _accounts(company)
    plant_taxes(company)
    _currencies(company)
    _items(company)
    _names(company)
    plant_lists(company)
    plant_books(company)


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
    for number, name, says, price, _cost, _quantity, income in INVENTORY:
        items[number] = {
            "Name": name,
            "Description": says,
            "Type": "Service",
            "Taxable": True,
            "UnitPrice": Decimal(price),
            "IncomeAccountRef": {"value": income},
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
