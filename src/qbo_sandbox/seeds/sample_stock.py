"""The stock of the sample company: items sold as services at first, whose quantity is kept from one moment on.

That is how Intuit's own company came to its figures: older invoices post to other income accounts, without a cost of
goods sold. No client can turn a service into an inventory item, so the seed writes the items themselves.
"""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.entities.adjustments import adjust
from qbo_sandbox.books.store import Body, Record
from qbo_sandbox.books.times import stamp
from qbo_sandbox.seeds.sample_lists import INVENTORY, STOCK_KEPT_SINCE

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

BEGINS_AT = 113
"""The id of the first transaction after which stock is kept; the openings of three items take it and the next two."""


def begin(company: Company) -> None:
    """Turn the items into inventory, each with the quantity it begins with."""
    now = stamp(company.now())
    for number, name, says, _price, cost, quantity, _income in INVENTORY:
        before = company.find("Item", str(number))
        assert before is not None
        body = before.body | {
            "Type": "Inventory",
            "IncomeAccountRef": {"value": "79"},
            "PurchaseDesc": says,
            "PurchaseCost": Decimal(cost),
            "ExpenseAccountRef": {"value": "80"},
            "AssetAccountRef": {"value": "81"},
            "TrackQtyOnHand": True,
            "InvStartDate": STOCK_KEPT_SINCE,
        }
        company.put(Record("Item", str(number), 1, before.created, now, body))
        if quantity:
            adjust(company, str(number), name, Decimal(quantity), opening_on=STOCK_KEPT_SINCE)


def _bought(item: str, quantity: str, price: str) -> Body:
    detail = {"ItemRef": {"value": item}, "Qty": Decimal(quantity), "UnitPrice": Decimal(price)}
    amount = (Decimal(quantity) * Decimal(price)).quantize(Decimal("0.01"))
    return {"Amount": amount, "DetailType": "ItemBasedExpenseLineDetail", "ItemBasedExpenseLineDetail": detail}


# What was bought for stock, by id.
BOUGHT: dict[int, tuple[str, Body]] = {
    137: (
        "Bill",
        {
            "VendorRef": {"value": "46"},
            "TxnDate": "2026-01-01",
            "SalesTermRef": {"value": "3"},
            "Line": [_bought("5", "1", "125"), _bought("11", "8", "10")],
        },
    ),
    138: (
        "Purchase",
        {
            "PaymentType": "Check",
            "AccountRef": {"value": "35"},
            "EntityRef": {"value": "41", "type": "Vendor"},
            "TxnDate": "2026-01-01",
            "DocNumber": "75",
            "Line": [
                _bought("5", "1", "125"),
                _bought("11", "8", "10"),
                _bought("16", "25", "0.75"),
                _bought("17", "2", "2.5"),
            ],
        },
    ),
}
