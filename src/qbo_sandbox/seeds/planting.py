"""Puts a seed into a new company, through the same rules as any client, but without a journal record."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.commits import Commit
from qbo_sandbox.books.store import Body, Record
from qbo_sandbox.books.times import stamp
from qbo_sandbox.seeds import brokerage, sample
from qbo_sandbox.seeds.singletons import company_info, preferences

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

PLANTED_AT = datetime(2026, 1, 2, 17, 0, tzinfo=UTC)
"""Every seed is planted at this moment, so that a company replayed from its journal is the same to the byte."""


class UnknownSeed(ValueError):
    """There is no company of this name to start with."""


def plant(company: Company, seed: str) -> None:
    """Fill a new company with a seed: empty, brokerage or sample. Raises UnknownSeed."""
    if seed not in SEEDS:
        raise UnknownSeed(f"{seed!r} is no company to start with; choose one of {', '.join(SEEDS)}")
    with company.planting(Commit(PLANTED_AT)):
        SEEDS[seed](company)


def _plant_empty(company: Company) -> None:
    _singletons(company, "Empty Company")
    _terms(company, brokerage.TERMS)


def _plant_brokerage(company: Company) -> None:
    _singletons(company, brokerage.COMPANY_NAME)
    for number, name, kind, sub_type in (*brokerage.ACCOUNTS, brokerage.INACTIVE_ACCOUNT):
        body = {"Name": name, "AcctNum": number, "AccountType": kind, "AccountSubType": sub_type}
        company.create("Account", body)
    (old,) = company.table("Account").with_value("AcctNum", brokerage.INACTIVE_ACCOUNT[0])
    company.update("Account", {"Id": old.qbo_id, "SyncToken": "0", "sparse": True, "Active": False})
    _terms(company, brokerage.TERMS)


def _plant_sample(company: Company) -> None:
    _singletons(company, sample.COMPANY_NAME, like_intuits_sample=True)
    for number, name, kind, sub_type, parent in sample.ACCOUNTS:
        company.skip_to("Account", number)
        body = {"Name": name, "AccountType": kind, "AccountSubType": sub_type, **_under(parent)}
        company.create("Account", body)
    _terms(company, sample.TERMS)
    _sample_items(company)
    for number, name, parent in sample.CUSTOMERS:
        company.skip_to("name", number)
        more = {"Job": True, "BillWithParent": True} if parent else {}
        company.create("Customer", {"DisplayName": name, **_under(parent), **more})
    for number, name in sample.VENDORS:
        company.skip_to("name", number)
        company.create("Vendor", {"DisplayName": name})
    for number, given, family in sample.EMPLOYEES:
        company.skip_to("name", number)
        company.create("Employee", {"GivenName": given, "FamilyName": family})
    _sample_sales(company)
    _sample_purchases(company)


SEEDS: dict[str, Callable[[Company], None]] = {
    "empty": _plant_empty,
    "brokerage": _plant_brokerage,
    "sample": _plant_sample,
}
NAMES = tuple(SEEDS)


def _singletons(company: Company, name: str, *, like_intuits_sample: bool = False) -> None:
    now = stamp(PLANTED_AT)
    settings = preferences(like_intuits_sample=like_intuits_sample)
    company.put(Record("CompanyInfo", "1", 0, now, now, company_info(name)))
    company.put(Record("Preferences", "1", 0, now, now, settings))


def _terms(company: Company, terms: tuple[tuple[str, int], ...]) -> None:
    for name, days in terms:
        company.create("Term", {"Name": name, "DueDays": days})


def _under(parent: str) -> Body:
    return {"ParentRef": {"value": parent}} if parent else {}


def _sample_items(company: Company) -> None:
    items: dict[int, Body] = {}
    for number, name, price, income in sample.SERVICES:
        items[number] = {
            "Name": name,
            "Type": "Service",
            "UnitPrice": Decimal(price),
            "IncomeAccountRef": {"value": income},
        }
    for number, name, price, cost, on_hand in sample.INVENTORY:
        items[number] = {
            "Name": name,
            "Type": "Inventory",
            "UnitPrice": Decimal(price),
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


def _sample_sales(company: Company) -> None:
    for customer, day, item, amount, paid in sample.SALES:
        party = {"CustomerRef": {"value": customer}, "TxnDate": day}
        detail = {"ItemRef": {"value": item}}
        line = {"DetailType": "SalesItemLineDetail", "Amount": Decimal(amount), "SalesItemLineDetail": detail}
        invoice = company.create("Invoice", {**party, "Line": [line]})
        if Decimal(paid):
            company.create("Payment", {**party, "TotalAmt": Decimal(paid), "Line": [_settling(invoice, paid)]})


def _sample_purchases(company: Company) -> None:
    for vendor, day, account, amount, paid in sample.PURCHASES:
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
