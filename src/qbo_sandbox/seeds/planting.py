"""Puts a seed into a new company, through the same rules as any client, but without a journal record."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from qbo_sandbox.books.commits import Commit
from qbo_sandbox.books.store import Body, Record
from qbo_sandbox.books.times import stamp
from qbo_sandbox.seeds import brokerage

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

PLANTED_AT = datetime(2026, 1, 2, 17, 0, tzinfo=UTC)
"""Every seed is planted at this moment, so that a company replayed from its journal is the same to the byte."""


class UnknownSeed(ValueError):
    """There is no company of this name to start with."""


def plant(company: Company, seed: str) -> None:
    """Fill a new company with a seed: empty, brokerage or sample. Raises UnknownSeed."""
    if seed not in NAMES:
        raise UnknownSeed(f"{seed!r} is no company to start with; choose one of {', '.join(NAMES)}")
    with company.planting(Commit(PLANTED_AT)):
        _singletons(company, NAMES[seed])
        if seed != "empty":
            _chart(company)
        for name, days in brokerage.TERMS:
            company.create("Term", {"Name": name, "DueDays": days})


NAMES = {
    "empty": "Empty Company",
    "brokerage": brokerage.COMPANY_NAME,
    "sample": "Sandbox Company_US_1",
}


def _singletons(company: Company, name: str) -> None:
    now = stamp(PLANTED_AT)
    address = {"Line1": "400 Haywood Rd", "City": "Asheville", "CountrySubDivisionCode": "NC", "Country": "USA"}
    info: Body = {
        "CompanyName": name,
        "LegalName": name,
        "CompanyAddr": address,
        "LegalAddr": address,
        "CompanyStartDate": "2019-01-01",
        "FiscalYearStartMonth": "January",
        "Country": "US",
        "SupportedLanguages": "en",
        "NameValue": [
            {"Name": "NeoEnabled", "Value": "true"},
            {"Name": "SubscriptionStatus", "Value": "TRIAL"},
            {"Name": "OfferingSku", "Value": "QuickBooks Online Plus"},
            {"Name": "CompanyType", "Value": "LLC"},
        ],
    }
    company.put(Record("CompanyInfo", "1", 0, now, now, info))
    preferences: Body = {
        "AccountingInfoPrefs": {
            "UseAccountNumbers": True,
            "TrackDepartments": False,
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": False,
            "FirstMonthOfFiscalYear": "January",
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {"ForSales": True, "ForPurchase": True, "QuantityWithPriceAndRate": True},
        "SalesFormsPrefs": {
            "CustomTxnNumbers": True,
            "AllowDeposit": False,
            "AllowDiscount": True,
            "AllowEstimates": True,
            "AllowServiceDate": False,
            "AllowShipping": False,
        },
        "VendorAndPurchasesPrefs": {"TrackingByCustomer": False, "BillableExpenseTracking": False},
        "TaxPrefs": {"UsingSalesTax": False},
        "CurrencyPrefs": {"MultiCurrencyEnabled": False, "HomeCurrency": {"value": "USD"}},
        "ReportPrefs": {"ReportBasis": "Accrual"},
        "OtherPrefs": {
            "NameValue": [
                {"Name": "WarnDuplicateCheckNumber", "Value": "false"},
                {"Name": "WarnDuplicateBillNumber", "Value": "false"},
            ]
        },
    }
    company.put(Record("Preferences", "1", 0, now, now, preferences))


def _chart(company: Company) -> None:
    for number, name, kind, sub_type in brokerage.ACCOUNTS:
        body = {"Name": name, "AcctNum": number, "AccountType": kind, "AccountSubType": sub_type}
        company.create("Account", body)
    number, name, kind, sub_type = brokerage.INACTIVE_ACCOUNT
    old = company.create("Account", {"Name": name, "AcctNum": number, "AccountType": kind, "AccountSubType": sub_type})
    company.update("Account", {"Id": old.qbo_id, "SyncToken": "0", "sparse": True, "Active": False})
