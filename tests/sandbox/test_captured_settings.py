"""CompanyInfo, Preferences and the small lists have the sections, fields and pairs recorded companies have."""

from __future__ import annotations

import pytest

from sandbox.api_client import Api
from sandbox.builders import Body, Books

# Which names a section has in recordings of companies of 2018 to 2020 (LedgerSync, Fyle) and Intuit's samples.
SECTIONS = {
    "AccountingInfoPrefs": "UseAccountNumbers TrackDepartments DepartmentTerminology ClassTrackingPerTxn "
    "ClassTrackingPerTxnLine FirstMonthOfFiscalYear TaxYearMonth TaxForm CustomerTerminology",
    "ProductAndServicesPrefs": "ForSales ForPurchase QuantityWithPriceAndRate QuantityOnHand",
    "SalesFormsPrefs": "CustomField CustomTxnNumbers AllowDeposit AllowDiscount AllowEstimates EmailCopyToCompany "
    "ETransactionEnabledStatus ETransactionAttachPDF ETransactionPaymentEnabled IPNSupportEnabled AllowServiceDate "
    "AllowShipping UsingPriceLevels UsingProgressInvoicing AutoApplyCredit AutoApplyPayments DefaultTerms "
    "DefaultCustomerMessage DefaultDiscountAccount",
    "EmailMessagesPrefs": "InvoiceMessage EstimateMessage SalesReceiptMessage StatementMessage",
    "VendorAndPurchasesPrefs": "TrackingByCustomer BillableExpenseTracking POCustomField",
    "TimeTrackingPrefs": "UseServices BillCustomers ShowBillRateToAll WorkWeekStartDate MarkTimeEntriesBillable",
    "TaxPrefs": "UsingSalesTax TaxGroupCodeRef",
    "CurrencyPrefs": "MultiCurrencyEnabled HomeCurrency",
    "ReportPrefs": "ReportBasis CalcAgingReportFromTxnDate",
    "OtherPrefs": "NameValue",
}
PAIRS = (
    "SalesFormsPrefs.DefaultItem UncategorizedAssetAccountId UncategorizedIncomeAccountId "
    "UncategorizedExpenseAccountId SFCEnabled DataPartner Vendor1099Enabled TimeTrackingFeatureEnabled ProjectsEnabled "
    "DateFormat DateFormatMnemonic NumberFormat NumberFormatMnemonic WarnDuplicateCheckNumber WarnDuplicateBillNumber"
)
COMPANY_INFO = (
    "CompanyName LegalName CompanyAddr CustomerCommunicationAddr LegalAddr CustomerCommunicationEmailAddr PrimaryPhone "
    "CompanyStartDate FiscalYearStartMonth Country Email WebAddr SupportedLanguages DefaultTimeZone NameValue "
    "domain sparse Id SyncToken MetaData"
)


@pytest.fixture(scope="module")
def api() -> Api:
    return Api(Books(seed="sample"))


def test_the_sections_of_preferences_come_in_the_order_recorded(api: Api) -> None:
    shown = api.get("preferences").body["Preferences"]
    assert list(shown) == [*SECTIONS, "domain", "sparse", "Id", "SyncToken", "MetaData"]


@pytest.mark.parametrize("section", SECTIONS)
def test_a_section_of_preferences_has_what_recordings_have(api: Api, section: str) -> None:
    assert list(api.get("preferences").body["Preferences"][section]) == SECTIONS[section].split()


def test_other_preferences_are_pairs_of_texts_that_name_accounts_and_items_there_are(api: Api) -> None:
    shown = api.get("preferences").body["Preferences"]["OtherPrefs"]["NameValue"]
    pairs = {pair["Name"]: pair["Value"] for pair in shown}
    assert set(PAIRS.split()) <= set(pairs)
    assert all(isinstance(value, str) for value in pairs.values())
    assert api.get(f"item/{pairs['SalesFormsPrefs.DefaultItem']}").status == 200
    for kind in ("Asset", "Income", "Expense"):
        account = api.get(f"account/{pairs[f'Uncategorized{kind}AccountId']}").body["Account"]
        assert account["Name"] == f"Uncategorized {kind}"


def test_company_info_has_every_field_recorded_empty_ones_as_empty_objects(api: Api) -> None:
    shown = api.get("companyinfo/1").body["CompanyInfo"]
    assert list(shown) == COMPANY_INFO.split()
    assert shown["PrimaryPhone"] == shown["WebAddr"] == {}
    assert shown["CompanyAddr"]["Id"] == "1"
    assert shown["CompanyAddr"]["Country"] == "USA"  # three letters since August 2025; Country itself stays two
    assert shown["Country"] == "US"


def test_purchase_orders_show_the_custom_fields_preferences_define_for_them() -> None:
    api = Api(Books(seed="sample"))
    line: Body = {"DetailType": "ItemBasedExpenseLineDetail", "Amount": 25}
    line |= {"ItemBasedExpenseLineDetail": {"ItemRef": {"value": "11"}, "Qty": 1, "UnitPrice": 25}}
    order: Body = {"VendorRef": {"value": "41"}, "APAccountRef": {"value": "33"}, "Line": [line]}
    shown = api.post("purchaseorder", order).body["PurchaseOrder"]
    crew, rep = ({"DefinitionId": str(at), "Name": name, "Type": "StringType"} for at, name in enumerate(_FIELDS, 1))
    assert shown["CustomField"] == [crew, rep]
    again = {**order, "CustomField": [rep | {"StringValue": "Ann"}]}
    assert api.post("purchaseorder", again).body["PurchaseOrder"]["CustomField"] == [
        crew,
        rep | {"StringValue": "Ann"},
    ]
    assert (
        api.post("purchaseorder", {**order, "CustomField": [{"DefinitionId": "3", "StringValue": "x"}]}).code == "3000"
    )


_FIELDS = ("Crew #", "Sales Rep")
