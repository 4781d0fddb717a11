"""Every error code Intuit lists for the accounting API, what it means, and how it is met here.

Most are met by a request that deserves them. Some need a company in a certain state. A few come from machines the
sandbox does not have (payments processors, bank feeds, Intuit's own clusters) and only a fault rule brings them.
`tests/sandbox/test_every_fault.py` provokes each of them; the coverage page is printed from here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum


class Met(StrEnum):
    """How a client meets a code in the sandbox."""

    BY_REQUEST = "a request"
    BY_STATE = "a request, with the company or the app in a certain state"
    BY_RULE = "a fault rule"


@dataclass(frozen=True)
class FaultCode:
    """One code. `source`: [CAP] the words are recorded, [DOC] Intuit names the code, its full words are inferred."""

    code: str
    message: str
    when: str
    met: Met = Met.BY_REQUEST
    source: str = "CAP"


_R, _S, _F = Met.BY_REQUEST, Met.BY_STATE, Met.BY_RULE

_ALL: tuple[FaultCode, ...] = (
    FaultCode("3200", "message=AuthenticationFailed; errorCode=003200; statusCode=401", "a bad access token (401)"),
    FaultCode(
        "3100",
        "message=ApplicationAuthorizationFailed; errorCode=003100; statusCode=403",
        "a token for another company, environment or scope (403)",
    ),
    FaultCode("3001", "message=ThrottleExceeded; errorCode=003001; statusCode=429", "too many requests (429)", _S),
    FaultCode("3202", "EmptyField", "OAuth 1 parameters, which no longer exist", _F, "DOC"),
    FaultCode("100", "General Authentication Error", "a token of another company, by a quirk", _S),
    FaultCode("110", "Authentication OAuth Error", "Intuit's sign-in fails", _F, "DOC"),
    FaultCode("120", "Authorization Failure", "who connected is no admin of the company any more", _S, "DOC"),
    FaultCode("130", "Accessing Wrong Cluster", "Intuit moves the company", _F, "DOC"),
    FaultCode("140", "Company Locked Out", "Intuit has locked the company", _F, "DOC"),
    FaultCode("150", "Company Under Maintenance", "Intuit works on the company", _F, "DOC"),
    FaultCode("500", "Unsupported Operation", "a path, verb or operation that does not exist"),
    FaultCode("600", "Duplicate Request ID", "a requestid sent with another body, by a quirk", _S, "DOC"),
    FaultCode("610", "Object Not Found", "an id that is not there, or was deleted"),
    FaultCode("620", "Txn ID Cannot Be Linked", "a LinkedTxn of a kind or party it cannot be", _R, "DOC"),
    FaultCode("630", "Duplicate Object", "an object there can be only one of", _F, "DOC"),
    FaultCode("700", "Parent Reference Invalid", "a parent that cannot be one", _F, "DOC"),
    FaultCode("800", "Cannot delete object", "an object something else needs", _F, "DOC"),
    FaultCode("900", "Parent cannot be child", "a parent below its own child", _F, "DOC"),
    FaultCode("1000", "Operation Failed", "a failure inside Intuit", _F, "DOC"),
    FaultCode("1010", "Create Failed", "a failure inside Intuit", _F, "DOC"),
    FaultCode("1020", "Update Failed", "a failure inside Intuit", _F, "DOC"),
    FaultCode("1040", "Batch limit exceeded", "more than thirty items in a batch", _R, "DOC"),
    FaultCode("1050", "Invalid Content Type", "a body of a type that is neither JSON nor XML, by a quirk", _S, "DOC"),
    FaultCode("2000", "Invalid or unsupported object name", "an entity that does not exist", _R, "DOC"),
    FaultCode(
        "2010", "Request has invalid or unsupported property", "an unknown field, a wrong JSON type, broken JSON"
    ),
    FaultCode(
        "2020", "Required param missing, need to supply the required value for the API", "a required field left out"
    ),
    FaultCode("2030", "Invalid ID", "an id that is no number"),
    FaultCode("2040", "Invalid String", "a colon, tab or control character in a name", _R, "DOC"),
    FaultCode(
        "2050", "String length is either shorter or longer than supported by specification", "a text that is too long"
    ),
    FaultCode("2060", "Invalid Date Format", "a date that is not yyyy-mm-dd", _R, "DOC"),
    FaultCode("2070", "Invalid Date", "a day that no calendar has", _R, "DOC"),
    FaultCode("2080", "Invalid Number", "a number QuickBooks cannot use", _F, "DOC"),
    FaultCode("2090", "Invalid Number Format", "a number written wrong", _F, "DOC"),
    FaultCode("2100", "Invalid Decimal", "a decimal QuickBooks cannot use", _F, "DOC"),
    FaultCode("2110", "Invalid Decimal Format", "a decimal written wrong", _F, "DOC"),
    FaultCode("2130", "Invalid Request Id Format", "a requestid of more than 50 characters", _R, "DOC"),
    FaultCode("2140", "Invalid Amount", "an amount of more than 11 digits", _R, "DOC"),
    FaultCode("2150", "Invalid Percent", "a percentage QuickBooks cannot use", _F, "DOC"),
    FaultCode("2160", "Invalid Quantity", "a quantity QuickBooks cannot use", _F, "DOC"),
    FaultCode("2170", "Invalid Enumeration", "a word that is not one of the list"),
    FaultCode("2200", "Malformed Website Address Format", "a web address without a dot", _R, "DOC"),
    FaultCode("2210", "Invalid Email Address Format", "an e-mail address that is none", _R, "DOC"),
    FaultCode("2220", "Invalid Currency Type", "a currency that is no ISO code"),
    FaultCode("2230", "Invalid Boolean", "a flag QuickBooks cannot use", _F, "DOC"),
    FaultCode("2240", "Invalid Number Range", "a number outside of its range", _R, "DOC"),
    FaultCode("2250", "Missing lines", "a transaction without a line that counts", _F, "DOC"),
    FaultCode("2260", "MissingPostingType", "a journal line without PostingType", _F, "DOC"),
    FaultCode("2280", "Missing Tax Amount", "a tax line without its amount", _R, "DOC"),
    FaultCode("2290", "Negative Amount", "a negative journal line", _R, "DOC"),
    FaultCode("2300", "Amount on debits not equal to credits", "a journal entry that does not balance", _R, "DOC"),
    FaultCode("2500", "Invalid Reference Id", "a reference to nothing, or to something inactive"),
    FaultCode("2600", "Invalid Request Conflict Element", "fields that exclude each other", _F, "DOC"),
    FaultCode("3000", "Invalid Custom Field", "a custom field the company does not have", _R, "DOC"),
    FaultCode("4000", "Error parsing query", "a query that cannot be read"),
    FaultCode("4001", "Invalid query", "a query for something that is not there"),
    FaultCode("4002", "The query could not be processed", "a failure inside Intuit", _F, "DOC"),
    FaultCode("5000", "Deprecated field", "a field that was taken away", _F, "DOC"),
    FaultCode("5010", "Stale Object Error", "a SyncToken that is behind"),
    FaultCode("5020", "Permission Denied Error", "a feature that is off, or not the user's", _S),
    FaultCode("5030", "Feature Not Supported Error", "something the plan does not have", _S, "DOC"),
    FaultCode(
        "6000",
        "A business validation error has occurred while processing your request",
        "a rule of bookkeeping; the sentence in Detail says which",
    ),
    FaultCode(
        "6010", "Invalid Account.AccountType && Account.SubType", "an account without type and sub-type", _R, "DOC"
    ),
    FaultCode("6020", "Content length missing", "an upload without a file", _R, "DOC"),
    FaultCode("6030", "Size exceeded", "an upload of more than 100 MB", _R, "DOC"),
    FaultCode("6040", "Metadata must be Attachable", "an upload whose metadata is something else", _R, "DOC"),
    FaultCode("6041", "Invalid Uploaded File", "an upload of a kind of file that is not taken", _R, "DOC"),
    FaultCode("6050", "Entity Type Unsupported", "a file attached to a kind of object that takes none", _R, "DOC"),
    FaultCode("6060", "OpenBalanceDate must be specified", "an opening balance without its date", _R, "DOC"),
    FaultCode("6070", "Amount calculation incorrect in the request", "an Amount that is not UnitPrice times Qty"),
    FaultCode("6080", "No Name Provided", "a customer, vendor or employee without any name", _R, "DOC"),
    FaultCode("6090", "Discount Line Missing Required Information", "a discount line without what it needs", _R, "DOC"),
    FaultCode("6100", "Invalid Line TaxCode in the request", "a US line whose tax code is not TAX or NON", _R, "DOC"),
    FaultCode("6110", "MAS Transaction cannot be updated", "a transaction of QuickBooks Payments", _F, "DOC"),
    FaultCode("6120", "MAS Transaction cannot be deleted", "a transaction of QuickBooks Payments", _F, "DOC"),
    FaultCode("6130", "Cannot change who customer bills with", "BillWithParent changed", _F, "DOC"),
    FaultCode("6140", "Duplicate Document Number Error", "a document number used before, where that is checked"),
    FaultCode("6150", "ParentRef Required Validation Error", "a job without its customer", _R, "DOC"),
    FaultCode("6160", "Invalid TaxCodeRef Error", "a tax code that is not there", _R, "DOC"),
    FaultCode("6170", "Invalid TxnTaxDetail Error", "tax where none applies", _R, "DOC"),
    FaultCode("6180", "Sub Level Limit", "more than five levels", _R, "DOC"),
    FaultCode("6190", "Invalid Company Status", "a write to a company whose subscription has ended", _S),
    FaultCode(
        "6200", "Account Period Closed Error", "a date in a closed period, closed with a warning only", _S, "DOC"
    ),
    FaultCode("6210", "Account Period Closed, Cannot Update Through Services API", "a date in a closed period", _S),
    FaultCode("6220", "Delete Entity Has Balance Error", "something with a balance made inactive", _R, "DOC"),
    FaultCode("6230", "Invalid TaxCodeRef Error", "a tax code of the wrong kind", _F, "DOC"),
    FaultCode("6240", "Duplicate Name Exists Error", "a name that is taken"),
    FaultCode("6250", "InvalidSalesCustomer", "a customer sales cannot be made to", _F, "DOC"),
    FaultCode(
        "6270",
        "Inventory transaction dated before the item's start date",
        "stock moved too early",
        _R,
        "DOC",
    ),
    FaultCode("6280", "Delete Customer Has Unbilled Expenses Error", "a customer with expenses to bill", _R, "DOC"),
    FaultCode("6290", "Invalid Employee or Vendor", "a party of the wrong list", _R, "DOC"),
    FaultCode("6300", "InvalidEmployeeOrVendorName", "hours of nobody", _F, "DOC"),
    FaultCode("6310", "CustomerRef is required", "a billable line without its customer", _R, "DOC"),
    FaultCode("6320", "Invalid Billable Status", "a billable status a client cannot set", _R, "DOC"),
    FaultCode("6400", "Deleting linkedPurchase results in invalid Invoice", "a billed expense deleted", _F, "DOC"),
    FaultCode("6420", "BillEmail is required", "a form to be sent without an address", _R, "DOC"),
    FaultCode("6430", "Invalid account type used", "an account of the wrong type for its place"),
    FaultCode("6440", "Transaction Detail Information Required", "an amount without an item or account", _R, "DOC"),
    FaultCode("6450", "Attempt to Void Transaction failed", "a card charge voided that went through", _R, "DOC"),
    FaultCode("6460", "Invoice MAS Transaction Deposit Amount mismatch", "QuickBooks Payments", _F, "DOC"),
    FaultCode("6470", "TaxLiabilityAccount or TaxRateError", "sales tax set up wrong", _F, "DOC"),
    FaultCode("6480", "Matched Transaction Delete Error", "a transaction matched with a bank's", _F, "DOC"),
    FaultCode("6490", "Budget error", "a budget that cannot be kept", _F, "DOC"),
    FaultCode("6500", "Budget error", "a budget that cannot be kept", _F, "DOC"),
    FaultCode("6510", "Budget error", "a budget that cannot be kept", _F, "DOC"),
    FaultCode("6520", "Missing Tracked Inventory Item Quantity", "stock without a quantity", _R, "DOC"),
    FaultCode("6530", "Found raw Credit Card Number", "a card number that is not masked", _R, "DOC"),
    FaultCode("6540", "Deposited Transaction cannot be changed", "a payment that is in a deposit", _R, "DOC"),
    FaultCode(
        "10000", "An application error has occurred while processing your request", "a failure of Intuit (500)", _F
    ),
    FaultCode("10100", "Result Set Big Error", "an answer too large to give", _F, "DOC"),
    FaultCode("10200", "Company Reset", "a company whose data Intuit has put back", _F, "DOC"),
)

FAULT_CODES: Mapping[str, FaultCode] = {each.code: each for each in _ALL}
"""All of them, in Intuit's order."""

TEXTS_OF_6000: tuple[tuple[str, str, Met], ...] = (
    ("You can't use an Accounts Payable account on the detail portion of a Bill.", "3P", _R),
    ("When you use Accounts Receivable, you must choose a customer in the Name field.", "CAP", _R),
    ("When you use Accounts Payable, you must choose a vendor in the Name field.", "DOC", _R),
    ("The type of name assigned to this transaction (client, vendor, employee) is wrong", "3P", _R),
    ("Something this action required is no longer available. Another user may have deleted it.", "3P", _R),
    ("You must set a transaction amount.", "DOC", _R),
    ("You must specify a transaction amount that is 0 or greater.", "CAP", _R),
    ("You must select a customer for this transaction.", "CAP", _R),
    ("Fill out at least two detail lines to continue.", "CAP", _R),
    ("You need to select a different type of account for this transaction.", "CAP", _R),
    ("The currency of the transaction is invalid for customer/vendor/account.", "CAP", _R),
    ("An account you chose for a billable expense doesn't have an income account associated with it.", "CAP", _S),
    ("For billable expenses, you must use an account of one of the following account types:", "CAP", _S),
    ("The payments you entered add up to more", "CAP", _R),
    ("The Amount Paid plus credits can't be less than the selected bills", "CAP", _R),
    ("Please specify the account on this item", "CAP", _R),
    ("You cannot modify a list element that has been deleted.", "CAP", _S),
    ("You can only add or edit one name at a time. Please try again.", "CAP", _F),
    ("An unexpected error occurred while accessing or saving your data.", "CAP", _F),
    ("Unexpected Internal Error. (-30000)", "CAP", _R),
    ("The discount amount can't be greater than the subtotal", "CAP", _R),
    ("We're sorry, QuickBooks encountered an error while calculating tax.", "CAP", _F),
    ("Make sure all your transactions have a GST/HST rate before you save.", "CAP", _F),
    ("Accounts with detail type Opening Balance Equity cannot have sub-accounts", "CAP", _R),
    ("you need to activate this item before updating the quantity", "CAP", _R),
    ("The entity Estimate 75 that you are trying to link does not exist. Estimate 75", "CAP", _R),
    ("Vous devez sélectionner un compte pour cette opération.", "CAP", _F),
    ("You cannot void this invoice because it has payments applied to it.", "3P", _R),
)
"""How the sentences of code 6000 begin, after `Business Validation Error: `, with their source and how they are met."""
