"""CompanyInfo and Preferences of a new company, and in what one seed differs from the next."""

from __future__ import annotations

from qbo_sandbox.books.store import Body

_BROKERS_ADDRESS = {
    "Line1": "400 Haywood Rd",
    "City": "Asheville",
    "CountrySubDivisionCode": "NC",
    "PostalCode": "28806",
}
_SAMPLE_ADDRESS = {
    "Line1": "123 Sierra Way",
    "City": "San Pablo",
    "CountrySubDivisionCode": "CA",
    "PostalCode": "87999",
}
_EMAIL = "noreply@quickbooks.com"
_THANKS = "Thank you for your business and have a great day!"
_MAILED = ("Invoice", "Estimate", "Sales Receipt", "Statement")


def company_info(name: str, *, like_intuits_sample: bool = False) -> Body:
    """Return the CompanyInfo of a company of this name, with every field one recorded from a sandbox company has."""
    place = _SAMPLE_ADDRESS if like_intuits_sample else _BROKERS_ADDRESS
    address = {"Id": "1", **place, "Country": "USA"}
    pairs = {
        "NeoEnabled": "true",
        "IsQbdtMigrated": "false",
        "CompanyType": "Other" if like_intuits_sample else "LLC",
        "SubscriptionStatus": "TRIAL",
        "OfferingSku": "QuickBooks Online Plus",
        "PayrollFeature": "false",
        "AccountantFeature": "false",
        "QBOIndustryType": "Landscaping Services" if like_intuits_sample else "Freight Transportation Arrangement",
        "ItemCategoriesFeature": "true",
    }
    return {
        "CompanyName": name,
        "LegalName": name,
        "CompanyAddr": address,
        "CustomerCommunicationAddr": dict(address),
        "LegalAddr": dict(address),
        "CustomerCommunicationEmailAddr": {"Address": _EMAIL},
        "PrimaryPhone": {},
        "CompanyStartDate": "2019-01-01",
        "FiscalYearStartMonth": "January",
        "Country": "US",
        "Email": {"Address": _EMAIL},
        "WebAddr": {},
        "SupportedLanguages": "en",
        "DefaultTimeZone": "America/Los_Angeles",
        "NameValue": _pairs(pairs),
    }


def preferences(name: str, *, like_intuits_sample: bool) -> Body:
    """Return the Preferences: a brokerage's that numbers its own forms, or those of Intuit's sample company.

    Sections, names and their order are those of recorded companies; what is not ours to choose has their values.
    """
    sample = like_intuits_sample
    purchases: Body = {"TrackingByCustomer": sample, "BillableExpenseTracking": False}
    if sample:
        purchases["POCustomField"] = _custom_fields("PurchasePrefs.UsePurchaseCustom", "Crew #", "Sales Rep")
    return {
        "AccountingInfoPrefs": {
            "UseAccountNumbers": not sample,
            "TrackDepartments": sample,
            "DepartmentTerminology": "Location",
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": sample,
            "FirstMonthOfFiscalYear": "January",
            "TaxYearMonth": "January",
            "TaxForm": "0",
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {
            "ForSales": True,
            "ForPurchase": True,
            "QuantityWithPriceAndRate": True,
            "QuantityOnHand": True,
        },
        "SalesFormsPrefs": _sales_forms(sample=sample),
        "EmailMessagesPrefs": {f"{form.replace(' ', '')}Message": _message(form, name) for form in _MAILED},
        "VendorAndPurchasesPrefs": purchases,
        "TimeTrackingPrefs": {
            "UseServices": True,
            "BillCustomers": True,
            "ShowBillRateToAll": False,
            "WorkWeekStartDate": "Monday",
            "MarkTimeEntriesBillable": True,
        },
        "TaxPrefs": {"UsingSalesTax": True, "TaxGroupCodeRef": {"value": "2"}} if sample else {"UsingSalesTax": False},
        "CurrencyPrefs": {"MultiCurrencyEnabled": sample, "HomeCurrency": {"value": "USD"}},
        "ReportPrefs": {"ReportBasis": "Accrual", "CalcAgingReportFromTxnDate": False},
        "OtherPrefs": {"NameValue": _pairs(_other_preferences(sample=sample))},
    }


def _sales_forms(*, sample: bool) -> Body:
    found: Body = {}
    if sample:
        found["CustomField"] = _custom_fields("SalesFormsPrefs.UseSalesCustom", "Crew #")
    found |= {
        "CustomTxnNumbers": not sample,
        "AllowDeposit": False,
        "AllowDiscount": True,
        "AllowEstimates": True,
        "EmailCopyToCompany": False,
        "ETransactionEnabledStatus": "NotApplicable",
        "ETransactionAttachPDF": False,
        "ETransactionPaymentEnabled": False,
        "IPNSupportEnabled": False,
        "AllowServiceDate": False,
        "AllowShipping": False,
        "UsingPriceLevels": False,
        "UsingProgressInvoicing": False,
        "AutoApplyCredit": False,
        "AutoApplyPayments": False,
    }
    if sample:
        found |= {
            "DefaultTerms": {"value": "3"},
            "DefaultCustomerMessage": _THANKS,
            "DefaultDiscountAccount": "86",
        }
    return found


def _other_preferences(*, sample: bool) -> dict[str, str]:
    warned = "true" if sample else "false"
    found = {
        "SalesFormsPrefs.DefaultCustomerMessage": _THANKS,
        "SalesFormsPrefs.DefaultItem": "1",
        "DTXCopyMemo": "false",
        "UncategorizedAssetAccountId": "32",
        "UncategorizedIncomeAccountId": "30",
        "UncategorizedExpenseAccountId": "31",
        "SFCEnabled": "true",
        "DataPartner": "false",
        "Vendor1099Enabled": "true",
        "TimeTrackingFeatureEnabled": "true",
        "FDPEnabled": "false",
        "isDTXOnStage": "false",
        "ProjectsEnabled": "false",
        "DateFormat": "Month Date Year separated by a slash",
        "DateFormatMnemonic": "MMDDYYYY_SEP_SLASH",
        "NumberFormat": "US Number Format",
        "NumberFormatMnemonic": "US_NB",
        "WarnDuplicateCheckNumber": warned,
        "WarnDuplicateBillNumber": "false",
        "WarnDuplicateJournalNumber": warned,
        "SignoutInactiveMinutes": "60",
        "AccountingInfoPrefs.ShowAccountNumbers": "false" if sample else "true",
    }
    if not sample:  # it has neither these accounts nor a product to begin with
        for pair in ("SalesFormsPrefs.DefaultCustomerMessage", "SalesFormsPrefs.DefaultItem"):
            del found[pair]
        for pair in [pair for pair in found if pair.startswith("Uncategorized")]:
            del found[pair]
    return found


def _pairs(values: dict[str, str]) -> list[Body]:
    return [{"Name": name, "Value": value} for name, value in values.items()]


def _message(form: str, name: str) -> Body:
    return {"Subject": f"{form} from {name}", "Message": f"Your {form.lower()} is attached.\n\nSincerely,\n{name}"}


def _custom_fields(use: str, *names: str) -> list[Body]:
    """Return the definitions of the custom fields of a kind of form: wrapped twice, the third first, as recorded."""
    by_number = dict(enumerate(names, start=1))
    section, _, kind = use.partition(".Use")
    named = f"{section}.{kind.removesuffix('Custom')}CustomName"
    uses = [
        {"Name": f"{use}{number}", "Type": "BooleanType", "BooleanValue": number in by_number} for number in (3, 2, 1)
    ]
    called = [
        {"Name": f"{named}{number}", "Type": "StringType", "StringValue": name}
        for number, name in sorted(by_number.items(), reverse=True)
    ]
    return [{"CustomField": uses}, {"CustomField": called}]
