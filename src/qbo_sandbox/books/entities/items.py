"""Item: what is sold and bought. A line posts through its item's accounts, so these are held here."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.closing import hold_open
from qbo_sandbox.books.entities.accounts import PAYABLE, RECEIVABLE, type_at
from qbo_sandbox.books.entities.adjustments import adjust
from qbo_sandbox.books.entities.listing import FILTERS, full_name, naming, under_parent
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import (
    Anything,
    Body,
    Choice,
    Computed,
    Day,
    Flag,
    Many,
    Number,
    Ref,
    Struct,
    Text,
    kept_as_sent,
)
from qbo_sandbox.books.refusals import business, missing, refuse, wrong_account
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_TYPES = ("Service", "NonInventory", "Inventory", "Category", "Group")
_INVENTORY_ACCOUNTS = {
    "IncomeAccountRef": "Income",
    "ExpenseAccountRef": "Cost of Goods Sold",
    "AssetAccountRef": "Other Current Asset",
}
_GROUP = Struct(
    "ItemGroupDetail",
    {
        "ItemGroupLine": Many(
            Struct("ItemComponentLine", {"ItemRef": Ref("Item"), "Qty": Number(), "UOMRef": Anything()})
        )
    },
)
_ACCOUNTS = ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef")


def _kind(draft: Draft) -> None:
    """An item keeps its type, which is Inventory where its quantity is tracked, and Service when nothing is said."""
    body, before = draft.body, draft.before
    usual = before.body["Type"] if before else "Inventory" if body.get("TrackQtyOnHand") else "Service"
    kind = body.setdefault("Type", usual)
    if (
        before is not None
        and kind != before.body["Type"]
        and {kind, before.body["Type"]} & {"Inventory", "Category", "Group"}
    ):
        raise business("You can't change the type of this item.")
    body["TrackQtyOnHand"] = kind == "Inventory"


def _hold_accounts(draft: Draft) -> None:
    """An item may not point at A/P or A/R (6430); what is sold needs an income account."""
    body, company = draft.body, draft.company
    kind = body["Type"]
    if kind in ("Category", "Group"):
        for name in _ACCOUNTS:
            body.pop(name, None)
        return
    for name in _ACCOUNTS:
        if name in body and type_at(company, body[name]["value"]) in (PAYABLE, RECEIVABLE):
            raise wrong_account()
    if kind == "Inventory":
        _hold_inventory(draft)
    elif "IncomeAccountRef" not in body and "ExpenseAccountRef" not in body:
        raise missing("IncomeAccountRef")


def _hold_inventory(draft: Draft) -> None:
    """An inventory item sells from an asset account at a cost, and starts with a quantity on a day."""
    body, company = draft.body, draft.company
    if "AssetAccountRef" not in body:
        raise refuse(
            "2020",
            "Required param missing, need to supply the required value for the API",
            "Required parameter An inventory assetaccount is required if you are tracking inventory quantities for "
            "this product. is missing in the request",
            "",
        )
    absent = [name for name in ("IncomeAccountRef", "ExpenseAccountRef") if name not in body]
    if absent:
        raise missing(*absent)
    for name, wanted in _INVENTORY_ACCOUNTS.items():
        if type_at(company, body[name]["value"]) != wanted:
            raise wrong_account()
    if draft.before is None:
        if "QtyOnHand" not in body:
            raise refuse("6520", "Missing Tracked Inventory Item Quantity", "QtyOnHand is required.", "QtyOnHand")
        if "InvStartDate" not in body:
            raise missing("InvStartDate")
    else:
        body.setdefault("InvStartDate", draft.before.body.get("InvStartDate"))


def _count(draft: Draft) -> None:
    """What is on hand is counted, not stored; a quantity that differs is brought about by an adjustment."""
    given = draft.body.pop("QtyOnHand", None)
    if given is None or not draft.body.get("TrackQtyOnHand"):
        return
    if draft.before is None:
        hold_open(draft.company, draft.body["InvStartDate"])
    elif given != draft.company.stock.on_hand(draft.qbo_id):
        if not draft.before.active:
            raise business("you need to activate this item before updating the quantity")
        hold_open(draft.company, draft.company.today().isoformat())
        draft.moves_more = True


def _adjusted(draft: Draft) -> None:
    """Bring the quantity to what was given: from nothing for a new item."""
    given = draft.given.get("QtyOnHand")
    if given is None or not draft.body.get("TrackQtyOnHand"):
        return
    difference = given - draft.company.stock.on_hand(draft.qbo_id)
    if difference:
        opening = draft.body["InvStartDate"] if draft.before is None else ""
        adjust(draft.company, draft.qbo_id, draft.body["Name"], difference, opening_on=opening)


def _counted(company: Company, record: Record) -> Body:
    return {"QtyOnHand": company.stock.on_hand(record.qbo_id)} if record.body.get("TrackQtyOnHand") else {}


def _fill_in(draft: Draft) -> None:
    body = draft.body
    if body["Type"] == "Category":
        body.pop("TrackQtyOnHand")
        return
    if body["Type"] == "Group":
        body.setdefault("PrintGroupedItems", False)
    body.setdefault("Taxable", False)
    body.setdefault("UnitPrice", Decimal(0))
    body.setdefault("PurchaseCost", Decimal(0))


ITEM = Entity(
    name="Item",
    fields={
        "Name": Text(100, is_name=True),
        "Description": Text(4000),
        "Active": Flag(),
        "SubItem": Flag(),
        "ParentRef": Ref("Item"),
        "Level": Computed(),
        "FullyQualifiedName": Computed(),
        "Sku": Text(100),
        "Taxable": Flag(),
        "SalesTaxIncluded": Flag(),
        "UnitPrice": Number(),
        "Type": Choice(_TYPES),
        "IncomeAccountRef": Ref("Account"),
        "PurchaseDesc": Text(1000),
        "PurchaseTaxIncluded": Flag(),
        "PurchaseCost": Number(),
        "ExpenseAccountRef": Ref("Account"),
        "AssetAccountRef": Ref("Account"),
        "TrackQtyOnHand": Flag(),
        "QtyOnHand": Number(),
        "ReorderPoint": Number(),
        "InvStartDate": Day(),
        "SalesTaxCodeRef": Anything(),
        "PurchaseTaxCodeRef": Anything(),
        "PrefVendorRef": Ref("Vendor"),
        "ClassRef": Ref("Class"),
        "TaxClassificationRef": Anything(),
        "ItemCategoryType": Anything(),
        "ItemGroupDetail": _GROUP,
        "PrintGroupedItems": Flag(),
        "Source": Anything(),
        **kept_as_sent(
            "CustomField", "ManPartNum", "AvgCost", "RatePercent", "RateType", "UOMSetRef", "COGSAccountRef"
        ),
        **kept_as_sent("DepositToAccountRef", "PaymentMethodRef", "SpecialItem", "SpecialItemType", "ItemEx"),
        **kept_as_sent("QtyOnPurchaseOrder", "QtyOnSalesOrder", "BuildPoint", "ServiceType", "DeferredRevenue"),
        **META,
    },
    required=("Name",),
    steps=(_kind, _hold_accounts, _count, _fill_in, naming("Name"), under_parent("SubItem")),
    id_family="Item",
    derive=_counted,
    derived=("QtyOnHand",),
    follow=_adjusted,
    name_space="Item",
    unique_name=full_name,
    name_field="Name",
    indexed=("Name", "Sku", "ParentRef"),
    filterable=FILTERS | {"Type": "text", "Sku": "text", "UnitPrice": "number", "Description": "text"},
    order="FullyQualifiedName",
)

FAMILY = (ITEM,)
