"""One or two of everything else a client may read: classes, locations, an order, hours, a vendor's credit.

Intuit's new company has no classes, orders or hours; these are ours, beside what leaves its balances as they are.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.store import Body, Record
from qbo_sandbox.books.times import stamp

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

CLASSES = ("Design", "Landscaping")
LOCATIONS = ("Bayshore", "Middlefield")
CUSTOMER_TYPES = ("Retail", "Wholesale")


def plant_lists(company: Company) -> None:
    """Create the small lists."""
    for name in CLASSES:
        company.create("Class", {"Name": name})
    for name in LOCATIONS:
        company.create("Department", {"Name": name})
    now = stamp(company.now())
    for number, name in enumerate(CUSTOMER_TYPES, start=5_000_000_000_000_003_466):
        company.put(Record("CustomerType", str(number), 0, now, now, {"Name": name, "Active": True}))


def transactions() -> dict[int, tuple[str, Body]]:
    """Return the transactions by id: a transfer, an order, hours, and a bill that a vendor's credit settles whole."""
    transfer = {"FromAccountRef": {"value": "35"}, "ToAccountRef": {"value": "36"}, "Amount": Decimal("200.00")}
    hours = {"NameOf": "Employee", "EmployeeRef": {"value": "55"}, "CustomerRef": {"value": "2"}, "Hours": 3}
    settled = [_linked("Bill", "126"), _linked("VendorCredit", "127")]
    ordered = [_ordered("17", "25", "2.5"), _ordered("11", "3", "10")]
    check = {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": "35"}}}
    return {
        7: ("Transfer", {**transfer, "TxnDate": "2025-12-20", "PrivateNote": "To savings"}),
        125: ("PurchaseOrder", {**_from_vendor("41"), "Line": ordered}),
        126: ("Bill", {**_from_vendor("35"), "Line": [_repair()]}),
        127: ("VendorCredit", {**_from_vendor("35"), "Line": [_repair()]}),
        128: ("BillPayment", {**_from_vendor("35"), "TotalAmt": Decimal(0), "Line": settled, **check}),
        133: ("TimeActivity", {**hours, "TxnDate": "2025-12-29", "Description": "Pruned the hedges"}),
    }


def _from_vendor(vendor: str) -> Body:
    return {"VendorRef": {"value": vendor}, "TxnDate": "2025-12-30"}


def _linked(kind: str, qbo_id: str) -> Body:
    return {"Amount": Decimal("90.00"), "LinkedTxn": [{"TxnId": qbo_id, "TxnType": kind}]}


def _ordered(item: str, quantity: str, price: str) -> Body:
    detail = {"ItemRef": {"value": item}, "Qty": Decimal(quantity), "UnitPrice": Decimal(price)}
    amount = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
    return {"Amount": amount, "DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": detail}


def _repair() -> Body:
    return {
        "Description": "Screen, sent back",
        "Amount": Decimal("90.00"),
        "DetailType": "AccountBasedExpenseLineDetail",
        "AccountBasedExpenseLineDetail": {"AccountRef": {"value": "74"}},
    }
