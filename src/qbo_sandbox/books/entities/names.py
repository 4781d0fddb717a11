"""Customer, Vendor and Employee: the three lists that share one name space and one sequence of ids."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.closing import hold_open
from qbo_sandbox.books.entities.accounts import RECEIVABLE, RECEIVABLE_NAME, account_for, open_with
from qbo_sandbox.books.entities.listing import naming, under_parent
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import (
    Anything,
    Body,
    Computed,
    Currency,
    Day,
    Email,
    Flag,
    Kind,
    Money,
    Number,
    Ref,
    Struct,
    Text,
    address,
    kept_as_sent,
    phone,
)
from qbo_sandbox.books.refusals import FaultError, Refusal, business, refuse, wrong_length
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_PERSON: dict[str, Kind] = {
    "Title": Text(16),
    "GivenName": Text(100),
    "MiddleName": Text(100),
    "FamilyName": Text(100),
    "Suffix": Text(16),
}
_PARTS = ("Title", "GivenName", "MiddleName", "FamilyName", "Suffix")
_PHONES: dict[str, Kind] = {
    "PrimaryPhone": phone(),
    "AlternatePhone": phone(),
    "Mobile": phone(),
    "Fax": phone(),
}
_FILTERS = {
    "Id": "id",
    "DisplayName": "text",
    "GivenName": "text",
    "MiddleName": "text",
    "FamilyName": "text",
    "CompanyName": "text",
    "PrintOnCheckName": "text",
    "Active": "flag",
    "Balance": "number",
    "PrimaryEmailAddr": "text",
    "MetaData.CreateTime": "time",
    "MetaData.LastUpdatedTime": "time",
}

_MASK = "X" * 6
"""What QuickBooks shows of a tax number in front of its last digits."""


def display_name(body: Body) -> str:
    """Return the name that must be unique across the three lists."""
    return str(body["DisplayName"])


def _name(draft: Draft) -> None:
    """Without a DisplayName it is put together from the parts; one of them is needed (6080)."""
    body = draft.body
    if "DisplayName" not in body:
        parts = [body[part] for part in _PARTS if part in body]
        if draft.before is not None and "DisplayName" in draft.before.body and not parts:
            parts = [draft.before.body["DisplayName"]]
        if not parts:
            raise refuse(
                "6080",
                "No Name Provided",
                "At least one of Title, GivenName, MiddleName, FamilyName, DisplayName or Suffix is required.",
            )
        body["DisplayName"] = " ".join(parts)
    if not body["DisplayName"].strip():
        raise Refusal([wrong_length("DisplayName", 500, 0, shortest=1)])
    if "PrintOnCheckName" not in body:
        body["PrintOnCheckName"] = body["DisplayName"][: 110 if draft.entity.name == "Customer" else 100]


def _currency(draft: Draft) -> None:
    company, body = draft.company, draft.body
    home = company.home_currency
    if draft.before is not None and "CurrencyRef" in draft.before.body:
        body.setdefault("CurrencyRef", draft.before.body["CurrencyRef"])
    given = body.setdefault("CurrencyRef", {"value": home})["value"]
    if given != home and not company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        if company.quirks.foreign_currency_is_refused:
            raise business("Multi Currency should be enabled to perform this operation.")
        body["CurrencyRef"] = {"value": home}
    before = draft.before
    changed = before is not None and before.body.get("CurrencyRef", {}).get("value") != body["CurrencyRef"]["value"]
    if changed and _has_transactions(draft):
        raise business("You can't change the currency of a name that has transactions.")


def _has_transactions(draft: Draft) -> bool:
    reference = f"{draft.entity.name}Ref"
    return any(
        table.is_indexed(reference) and table.with_value(reference, draft.qbo_id) for table in draft.company.tables()
    )


def _web_address(draft: Draft) -> None:
    web = draft.body.get("WebAddr", {}).get("URI")
    if web is not None and "." not in web:
        text = f"Supplied value: {web}"
        raise Refusal([FaultError("2200", "Malformed Website Address Format", text, "WebAddr")])


def _hold_deactivation(draft: Draft) -> None:
    before = draft.before
    if before is None or not before.active or draft.body["Active"]:
        return
    if draft.company.ledger.party_balance_in_its_currency(draft.qbo_id):
        text = "This name has an open balance and can't be made inactive."
        raise refuse("6220", "Delete Entity Has Balance Error", text)


def _customer_defaults(draft: Draft) -> None:
    body = draft.body
    body.setdefault("Taxable", True)
    body.setdefault("Job", False)
    body.setdefault("BillWithParent", False)
    body.setdefault("PreferredDeliveryMethod", "Print")
    # Those Intuit's sample company begins with show none, and an edit of one gives it none.
    if not draft.company.is_planting and (draft.before is None or "DefaultTaxCodeRef" in draft.before.body):
        body.setdefault("DefaultTaxCodeRef", {"value": "2"})
    if body["Job"] and "ParentRef" not in body:
        text = "ParentRef is required when Job is true."
        raise refuse("6150", "ParentRef Required Validation Error", text)


def _hold_billing(draft: Draft) -> None:
    """Who is billed cannot change once there is something to bill (6130)."""
    before, body = draft.before, draft.body
    if before is None or before.body.get("BillWithParent") == body.get("BillWithParent"):
        return
    if draft.company.ledger.party_balance(draft.qbo_id):
        text = "You can't change who this customer bills with while it has an open balance."
        raise refuse("6130", "Cannot change who customer bills with", text)


def _hold_unbilled(draft: Draft) -> None:
    """A customer with expenses still to be billed to it stays active (6280)."""
    before, company = draft.before, draft.company
    if before is None or not before.active or draft.body["Active"]:
        return
    if not company.preference("VendorAndPurchasesPrefs", "BillableExpenseTracking"):
        return
    ours = {"value": draft.qbo_id}
    for name in ("Bill", "Purchase", "VendorCredit"):
        for record in company.table(name):
            details = [line.get(line["DetailType"], {}) for line in record.body["Line"]]
            if any(each.get("BillableStatus") == "Billable" and each.get("CustomerRef") == ours for each in details):
                text = "This customer has unbilled expenses and can't be made inactive."
                raise refuse("6280", "Delete Customer Has Unbilled Expenses Error", text)


def _vendor_defaults(draft: Draft) -> None:
    draft.body.setdefault("Vendor1099", False)
    number = draft.body.get("TaxIdentifier")
    if number and not number.startswith(_MASK):
        draft.body["TaxIdentifier"] = "X" * max(len(number) - 4, 0) + number[-4:]


def _employee_defaults(draft: Draft) -> None:
    """A social security number is kept out of sight."""
    body = draft.body
    body.setdefault("BillableTime", False)
    if body.get("SSN"):
        body["SSN"] = "XXX-XX-XXXX"


def _customer_opening(draft: Draft) -> None:
    """A customer may start with a balance; neither it nor its date is kept on the customer."""
    balance, day = draft.body.pop("Balance", None), draft.body.get("OpenBalanceDate")
    if balance and draft.before is None:
        hold_open(draft.company, day or draft.company.today().isoformat())


def _customer_opened(draft: Draft) -> None:
    balance, company = draft.given.get("Balance"), draft.company
    if balance and draft.before is None:
        currency = draft.body["CurrencyRef"]["value"]
        receivable = account_for(company, RECEIVABLE, RECEIVABLE_NAME, currency)
        day = draft.body.get("OpenBalanceDate") or company.today().isoformat()
        open_with(company, receivable.qbo_id, balance, day, currency, draft.qbo_id)


def _customer_balance(company: Company, record: Record) -> Body:
    balance_of = company.ledger.party_balance_in_its_currency
    whole = sum((balance_of(each.qbo_id) for each in company.family_of(record)), Decimal(0))
    return {"Balance": balance_of(record.qbo_id), "BalanceWithJobs": whole}


def _vendor_balance(company: Company, record: Record) -> Body:
    return {"Balance": -company.ledger.party_balance_in_its_currency(record.qbo_id)}


_COMMON = (_name, _currency, _web_address, naming("DisplayName"))
_WEB = Struct("WebSiteAddress", {"URI": Text(1000)})

CUSTOMER = Entity(
    name="Customer",
    fields={
        "Taxable": Flag(),
        "BillAddr": address(),
        "ShipAddr": address(),
        "Notes": Text(2000),
        "Job": Flag(),
        "BillWithParent": Flag(),
        "ParentRef": Ref("Customer", named=False),
        "Level": Computed(),
        "SalesTermRef": Ref("Term", named=False),
        "PaymentMethodRef": Anything(),
        "Balance": Money(),
        "OpenBalanceDate": Day(),
        "BalanceWithJobs": Computed(),
        "CreditLimit": Number(),
        "OverDueBalance": Computed(),
        "TotalRevenue": Computed(),
        "CurrencyRef": Currency(),
        "PreferredDeliveryMethod": Text(30),
        "ResaleNum": Text(16),
        "IsProject": Computed(),
        "ClientEntityId": Computed(),
        "domain": META["domain"],
        "sparse": META["sparse"],
        "Id": META["Id"],
        "SyncToken": META["SyncToken"],
        "MetaData": META["MetaData"],
        "CustomField": Anything(),
        **_PERSON,
        "FullyQualifiedName": Computed(),
        "CompanyName": Text(100),
        "DisplayName": Text(500, is_name=True),
        "PrintOnCheckName": Text(110),
        "Active": Flag(),
        "V4IDPseudonym": Computed(),
        **_PHONES,
        "PrimaryEmailAddr": Email(),
        "WebAddr": _WEB,
        "OtherContactInfo": Anything(),
        "DefaultTaxCodeRef": Anything(),
        "TaxExemptionReasonId": Anything(),
        "PrimaryTaxIdentifier": Anything(),
        "SecondaryTaxIdentifier": Anything(),
        "CustomerTypeRef": Anything(),
        "ARAccountRef": Ref("Account"),
        "Source": Anything(),
        "GSTIN": Anything(),
        "GSTRegistrationType": Anything(),
        "BusinessNumber": Anything(),
        "Organization": Anything(),
        "Attention": Anything(),
        **kept_as_sent("ContactName", "AltContactName", "OtherAddr", "CustomerEx", "RootCustomerRef", "CCDetail"),
        **kept_as_sent("PriceLevelRef", "SalesRepRef", "TaxRegime", "PrefillAccountRef", "TaxGroupCodeRef", "UserId"),
    },
    steps=(
        *_COMMON,
        _customer_defaults,
        under_parent("", "DisplayName"),
        _hold_billing,
        _hold_deactivation,
        _hold_unbilled,
        _customer_opening,
    ),
    follow=_customer_opened,
    id_family="name",
    derive=_customer_balance,
    derived=("Balance", "BalanceWithJobs"),
    name_space="name",
    unique_name=display_name,
    name_field="DisplayName",
    indexed=("DisplayName", "FullyQualifiedName", "CompanyName", "ParentRef"),
    filterable=_FILTERS | {"FullyQualifiedName": "text", "Job": "flag", "ParentRef": "reference", "Notes": "text"},
    order="FullyQualifiedName",
)

VENDOR = Entity(
    name="Vendor",
    fields={
        "BillAddr": address(),
        "ShipAddr": address(),
        "TaxIdentifier": Text(20),
        "TermRef": Ref("Term", named=False),
        "Balance": Computed(),
        "AcctNum": Text(100),
        "Vendor1099": Flag(),
        "CurrencyRef": Currency(),
        "BillRate": Number(),
        "CostRate": Number(),
        "APAccountRef": Ref("Account"),
        "domain": META["domain"],
        "sparse": META["sparse"],
        "Id": META["Id"],
        "SyncToken": META["SyncToken"],
        "MetaData": META["MetaData"],
        **_PERSON,
        "CompanyName": Text(100),
        "DisplayName": Text(500, is_name=True),
        "PrintOnCheckName": Text(100),
        "Active": Flag(),
        "V4IDPseudonym": Computed(),
        **_PHONES,
        "PrimaryEmailAddr": Email(),
        "WebAddr": _WEB,
        "Notes": Text(2000),
        "OtherContactInfo": Anything(),
        "VendorPaymentBankDetail": Anything(),
        "T4AEligible": Anything(),
        "T5018Eligible": Anything(),
        "TaxReportingBasis": Anything(),
        "HasTPAR": Anything(),
        "GSTIN": Anything(),
        "GSTRegistrationType": Anything(),
        "BusinessNumber": Anything(),
        "Source": Anything(),
        "CustomField": Anything(),
        **kept_as_sent("ContactName", "AltContactName", "OtherAddr", "TaxCountry", "TaxIdEffectiveDate"),
        **kept_as_sent("VendorTypeRef", "PrefillAccountRef", "OpenBalanceDate", "CreditLimit", "VendorEx", "UserId"),
        **kept_as_sent("Organization", "CISRate", "SubcontractorType"),
    },
    steps=(*_COMMON, _vendor_defaults, _hold_deactivation),
    id_family="name",
    derive=_vendor_balance,
    derived=("Balance",),
    name_space="name",
    unique_name=display_name,
    name_field="DisplayName",
    indexed=("DisplayName", "CompanyName", "AcctNum"),
    filterable=_FILTERS | {"AcctNum": "text", "Vendor1099": "flag"},
    order="DisplayName",
)

EMPLOYEE = Entity(
    name="Employee",
    fields={
        "BillableTime": Flag(),
        "BirthDate": Day(),
        "HiredDate": Day(),
        "ReleasedDate": Day(),
        "Gender": Text(30),
        "SSN": Text(100),
        "Notes": Text(2000),
        "EmployeeNumber": Text(100),
        "BillRate": Number(),
        "CostRate": Number(),
        "domain": META["domain"],
        "sparse": META["sparse"],
        "Id": META["Id"],
        "SyncToken": META["SyncToken"],
        "MetaData": META["MetaData"],
        **_PERSON,
        "DisplayName": Text(500, is_name=True),
        "PrintOnCheckName": Text(100),
        "Active": Flag(),
        "V4IDPseudonym": Computed(),
        "PrimaryPhone": phone(),
        "Mobile": phone(),
        "AlternatePhone": phone(),
        "Fax": phone(),
        "PrimaryAddr": address(),
        "PrimaryEmailAddr": Email(),
        "WebAddr": _WEB,
        "CompanyName": Text(100),
        "V4EmployeeType": Anything(),
        "Organization": Anything(),
        **kept_as_sent("CustomField", "EmployeeType", "OtherAddr", "UseTimeEntry", "EmployeeEx", "UserId"),
    },
    steps=(_name, naming("DisplayName"), _employee_defaults),
    id_family="name",
    name_space="name",
    unique_name=display_name,
    name_field="DisplayName",
    indexed=("DisplayName",),
    filterable={name: kind for name, kind in _FILTERS.items() if name not in ("Balance", "CompanyName")},
    order="DisplayName",
)

FAMILY = (CUSTOMER, VENDOR, EMPLOYEE)
