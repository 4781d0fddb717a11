"""InventoryAdjustment: quantities set right by hand, and those an item starts with."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import transactions
from qbo_sandbox.books.entities.accounts import PAYABLE, RECEIVABLE, special_account, type_at
from qbo_sandbox.books.entities.numbering import own_number
from qbo_sandbox.books.entities.transactions import FILTERS, HEAD, OPERATIONS
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Anything, Body, Ref
from qbo_sandbox.books.lines import ADJUSTMENT_LINE, Lines, in_order
from qbo_sandbox.books.refusals import business, wrong_account
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company


def _of_tracked_items(draft: Draft) -> None:
    body, company = draft.body, draft.company
    if type_at(company, body["AdjustAccountRef"]["value"]) in (PAYABLE, RECEIVABLE):
        raise wrong_account()
    for line in body["Line"]:
        if line[ADJUSTMENT_LINE]["ItemRef"]["value"] not in company.stock.tracked:
            raise business("You can only adjust the quantity of an inventory item.")
    body["Line"] = [in_order({name: each for name, each in line.items() if name != "Amount"}) for line in body["Line"]]
    body["CurrencyRef"] = {"value": company.home_currency}
    body.pop("ExchangeRate", None)


def adjust(company: Company, item_id: str, name: str, difference: Decimal, *, opening_on: str = "") -> None:
    """Move what is on hand of an item by a difference; `opening_on` is the day a new item starts with it."""
    if opening_on:
        account = special_account(company, "OpeningBalanceEquity", "Opening Balance Equity", "Equity")
        more: Body = {"TxnDate": opening_on, "PrivateNote": f"Opening inventory for {name}"}
    else:
        account = _shrinkage(company)
        more = {}
    detail = {"ItemRef": {"value": item_id}, "QtyDiff": difference}
    line = {"DetailType": ADJUSTMENT_LINE, ADJUSTMENT_LINE: detail}
    company.create("InventoryAdjustment", {"AdjustAccountRef": {"value": account.qbo_id}, "Line": [line], **more})


def _shrinkage(company: Company) -> Record:
    found = company.named("Account", "Inventory Shrinkage")
    if found is not None and found.active:
        return found
    kind = {"AccountType": "Cost of Goods Sold", "AccountSubType": "SuppliesMaterialsCogs"}
    return company.create("Account", {"Name": "Inventory Shrinkage", **kind})


INVENTORY_ADJUSTMENT = Entity(
    name="InventoryAdjustment",
    fields={
        "AdjustAccountRef": Ref("Account"),
        "CustomerRef": Ref("Customer"),
        **META,
        **HEAD,
        "Line": Lines(ADJUSTMENT_LINE),
        "TransactionLocationType": Anything(),
    },
    required=("AdjustAccountRef", "Line"),
    steps=(
        transactions.dated,
        transactions.lines_numbered,
        transactions.tracked_only,
        _of_tracked_items,
        own_number(),
    ),
    operations=OPERATIONS,
    indexed=("DocNumber",),
    name_field="DocNumber",
    filterable={name: kind for name, kind in FILTERS.items() if name not in ("TotalAmt", "Balance")}
    | {"AdjustAccountRef": "reference"},
)

FAMILY = (INVENTORY_ADJUSTMENT,)
