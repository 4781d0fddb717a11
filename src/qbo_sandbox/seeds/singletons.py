"""CompanyInfo and Preferences of a new company, and in what one seed differs from the next."""

from __future__ import annotations

from qbo_sandbox.books.store import Body


def company_info(name: str) -> Body:
    """Return the CompanyInfo of a company of this name."""
    address = {"Line1": "400 Haywood Rd", "City": "Asheville", "CountrySubDivisionCode": "NC", "Country": "USA"}
    return {
        "CompanyName": name,
        "LegalName": name,
        "CompanyAddr": address,
        "LegalAddr": dict(address),
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


def preferences(*, like_intuits_sample: bool) -> Body:
    """Return the Preferences: a brokerage's that numbers its own forms, or those of Intuit's sample company."""
    sample = like_intuits_sample
    pairs = {
        "WarnDuplicateCheckNumber": "true" if sample else "false",
        "WarnDuplicateBillNumber": "false",
        "WarnDuplicateJournalNumber": "true" if sample else "false",
        "ProjectsEnabled": "false",
    }
    if sample:
        pairs["SalesFormsPrefs.DefaultItem"] = "1"
    sales_forms: Body = {
        "CustomTxnNumbers": not sample,
        "AllowDeposit": False,
        "AllowDiscount": True,
        "AllowEstimates": True,
        "AllowServiceDate": False,
        "AllowShipping": False,
        "AutoApplyCredit": False,
        "AutoApplyPayments": False,
    }
    if sample:
        sales_forms["CustomField"] = _custom_fields("Crew #")
    return {
        "AccountingInfoPrefs": {
            "UseAccountNumbers": not sample,
            "TrackDepartments": sample,
            "ClassTrackingPerTxn": False,
            "ClassTrackingPerTxnLine": sample,
            "FirstMonthOfFiscalYear": "January",
            "CustomerTerminology": "Customers",
        },
        "ProductAndServicesPrefs": {"ForSales": True, "ForPurchase": True, "QuantityWithPriceAndRate": True},
        "SalesFormsPrefs": sales_forms,
        "VendorAndPurchasesPrefs": {"TrackingByCustomer": sample, "BillableExpenseTracking": False},
        "TaxPrefs": {"UsingSalesTax": True, "TaxGroupCodeRef": {"value": "2"}} if sample else {"UsingSalesTax": False},
        "CurrencyPrefs": {"MultiCurrencyEnabled": sample, "HomeCurrency": {"value": "USD"}},
        "ReportPrefs": {"ReportBasis": "Accrual"},
        "OtherPrefs": {"NameValue": [{"Name": name, "Value": value} for name, value in pairs.items()]},
    }


def _custom_fields(*names: str) -> list[Body]:
    """Return the definitions of the custom fields of sales forms: wrapped twice, the third first, as recorded."""
    by_number = dict(enumerate(names, start=1))
    uses = [
        {"Name": f"SalesFormsPrefs.UseSalesCustom{number}", "Type": "BooleanType", "BooleanValue": number in by_number}
        for number in (3, 2, 1)
    ]
    called = [
        {"Name": f"SalesFormsPrefs.SalesCustomName{number}", "Type": "StringType", "StringValue": name}
        for number, name in sorted(by_number.items(), reverse=True)
    ]
    return [{"CustomField": uses}, {"CustomField": called}]
