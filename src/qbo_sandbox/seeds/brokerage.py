"""A freight brokerage's company before its first month: a numbered chart of accounts, terms, and nobody in it."""

from __future__ import annotations

COMPANY_NAME = "Blue Ridge Freight Brokers LLC"

ACCOUNTS: tuple[tuple[str, str, str, str], ...] = (
    ("1010", "Operating checking", "Bank", "Checking"),
    ("1015", "Comcheck clearing", "Bank", "Checking"),
    ("1016", "EFS clearing", "Bank", "Checking"),
    ("1100", "Accounts Receivable (A/R)", "Accounts Receivable", "AccountsReceivable"),
    ("1310", "Carrier advances", "Other Current Asset", "PrepaidExpenses"),
    ("2000", "Accounts Payable (A/P)", "Accounts Payable", "AccountsPayable"),
    ("3000", "Opening Balance Equity", "Equity", "OpeningBalanceEquity"),
    ("3900", "Retained Earnings", "Equity", "RetainedEarnings"),
    ("4000", "Freight income", "Income", "ServiceFeeIncome"),
    ("4010", "Fuel surcharge income", "Income", "ServiceFeeIncome"),
    ("4020", "Accessorial income", "Income", "ServiceFeeIncome"),
    ("4090", "Discounts given", "Income", "DiscountsRefundsGiven"),
    ("5000", "Freight and carrier costs", "Cost of Goods Sold", "ShippingFreightDeliveryCos"),
    ("5015", "Fuel paid to carriers", "Cost of Goods Sold", "ShippingFreightDeliveryCos"),
    ("5020", "Lumpers and unloading", "Cost of Goods Sold", "ShippingFreightDeliveryCos"),
    ("5030", "Detention and layover", "Cost of Goods Sold", "ShippingFreightDeliveryCos"),
    ("5040", "Tolls and other accessorials", "Cost of Goods Sold", "ShippingFreightDeliveryCos"),
    ("5050", "Cargo insurance", "Cost of Goods Sold", "OtherCostsOfServiceCos"),
    ("5090", "Carrier claims and deductions", "Cost of Goods Sold", "OtherCostsOfServiceCos"),
    ("6100", "Bank and check fees", "Expense", "BankCharges"),
    ("6200", "Office expenses", "Expense", "OfficeGeneralAdministrativeExpenses"),
)
INACTIVE_ACCOUNT = ("6300", "Old fuel cards", "Expense", "OtherMiscellaneousServiceCost")

TERMS: tuple[tuple[str, int], ...] = (("Due on receipt", 0), ("Net 15", 15), ("Net 30", 30), ("Net 60", 60))

PAYMENT_METHODS: tuple[tuple[str, str], ...] = (
    ("Cash", "NON_CREDIT_CARD"),
    ("Check", "NON_CREDIT_CARD"),
    ("Visa", "CREDIT_CARD"),
    ("MasterCard", "CREDIT_CARD"),
    ("Discover", "CREDIT_CARD"),
    ("American Express", "CREDIT_CARD"),
    ("Diners Club", "CREDIT_CARD"),
)
