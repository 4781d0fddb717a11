"""CompanyInfo and Preferences: one object each, with the id 1 of their own."""

from __future__ import annotations

from typing import Any

from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import (
    Anything,
    Computed,
    Day,
    Email,
    Flag,
    Kind,
    Many,
    Reading,
    Struct,
    Text,
    address,
    phone,
)
from qbo_sandbox.books.refusals import feature_not_supported, refuse, unreadable


def _keep_multicurrency(draft: Draft) -> None:
    """Multicurrency cannot be turned off again."""
    assert draft.before is None or isinstance(draft.before.body, dict)
    before = draft.before.body.get("CurrencyPrefs", {}) if draft.before else {}
    if before.get("MultiCurrencyEnabled") and not draft.body.get("CurrencyPrefs", {}).get("MultiCurrencyEnabled"):
        raise refuse("5020", "Permission Denied Error", "Permission Denied Error : Multicurrency cannot be turned off.")


def _hold_to_plan(draft: Draft) -> None:
    """Turn nothing on that the plan does not have (5030)."""
    plan = draft.company.subscription.plan
    tracking = draft.body.get("AccountingInfoPrefs", {})
    wanted = any(tracking.get(name) for name in ("ClassTrackingPerTxn", "ClassTrackingPerTxnLine", "TrackDepartments"))
    if wanted and not plan.classes_and_locations:
        raise feature_not_supported("Class and location tracking")
    if draft.body.get("CurrencyPrefs", {}).get("MultiCurrencyEnabled") and not plan.multicurrency:
        before = draft.before.body.get("CurrencyPrefs", {}) if draft.before else {}
        if not before.get("MultiCurrencyEnabled"):  # it cannot be turned off either, so a lower plan keeps it
            raise feature_not_supported("Multicurrency")


COMPANY_INFO = Entity(
    name="CompanyInfo",
    fields={
        "CompanyName": Text(1024),
        "LegalName": Text(1024),
        "CompanyAddr": address(),
        "CustomerCommunicationAddr": address(),
        "LegalAddr": address(),
        "CustomerCommunicationEmailAddr": Email(),
        "PrimaryPhone": phone(),
        "CompanyStartDate": Computed(),
        "FiscalYearStartMonth": Text(20),
        "Country": Text(10),
        "Email": Email(),
        "WebAddr": Struct("WebSiteAddress", {"URI": Text(1000)}),
        "SupportedLanguages": Text(100),
        "DefaultTimeZone": Anything(),
        "EmployerId": Anything(),
        "NameValue": Computed(),
        **META,
    },
    required=("CompanyName",),
    operations=frozenset({"update"}),
    id_family="singleton",
    filterable={"Id": "id", "CompanyName": "text", "MetaData.CreateTime": "time", "MetaData.LastUpdatedTime": "time"},
    order="CompanyName",
)

_SECTIONS = (
    "AccountingInfoPrefs",
    "ProductAndServicesPrefs",
    "SalesFormsPrefs",
    "EmailMessagesPrefs",
    "VendorAndPurchasesPrefs",
    "TimeTrackingPrefs",
    "TaxPrefs",
    "CurrencyPrefs",
    "ReportPrefs",
    "OtherPrefs",
)

# The preferences the books go by; all others are kept as they come. The home currency is chosen once, with the company.
_GONE_BY: dict[str, Kind] = {
    "BookCloseDate": Day(),
    "ClassTrackingPerTxn": Flag(),
    "ClassTrackingPerTxnLine": Flag(),
    "CustomTxnNumbers": Flag(),
    "HomeCurrency": Computed(),
    "MultiCurrencyEnabled": Flag(),
    "NameValue": Many(Struct("NameValue", {"Name": Text(100), "Value": Text(4000)}, ("Name",))),
    "TrackDepartments": Flag(),
}


class Section(Kind):
    """One section of Preferences."""

    def read(self, value: Any, path: str, reading: Reading) -> Any:
        if not isinstance(value, dict):
            raise unreadable(f"instance of com.intuit.schema.finance.v3.{path} out of {type(value).__name__}")
        given = {name: each for name, each in value.items() if each is not None}
        kept = {
            name: _GONE_BY.get(name, Anything()).read(each, f"{path}.{name}", reading) for name, each in given.items()
        }
        return {name: each for name, each in kept.items() if each is not None}


PREFERENCES = Entity(
    name="Preferences",
    fields={**{section: Section() for section in _SECTIONS}, **META},
    steps=(_keep_multicurrency, _hold_to_plan),
    operations=frozenset({"update"}),
    id_family="singleton",
    filterable={"Id": "id", "MetaData.CreateTime": "time", "MetaData.LastUpdatedTime": "time"},
    order="Id",
)

FAMILY = (COMPANY_INFO, PREFERENCES)
