"""Item: what a sales form sells. A line posts through its item's income account, so the account is held here."""

from __future__ import annotations

from decimal import Decimal

from qbo_sandbox.books.entities.accounts import PAYABLE, RECEIVABLE, type_at
from qbo_sandbox.books.entities.listing import FILTERS, full_name, naming, under_parent
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Anything, Choice, Computed, Day, Flag, Number, Ref, Text
from qbo_sandbox.books.refusals import missing, refuse, wrong_account

_TYPES = ("Service", "NonInventory", "Inventory", "Category", "Group")
_ACCOUNTS = ("IncomeAccountRef", "ExpenseAccountRef", "AssetAccountRef")


def _hold_accounts(draft: Draft) -> None:
    """An item may not point at A/P or A/R (6430); what is sold needs an income account."""
    body = draft.body
    kind = body.setdefault("Type", "Service")
    for name in _ACCOUNTS:
        if name in body and type_at(draft.company, body[name]["value"]) in (PAYABLE, RECEIVABLE):
            raise wrong_account()
    if kind == "Inventory" and "AssetAccountRef" not in body:
        raise refuse(
            "2020",
            "Required param missing, need to supply the required value for the API",
            "Required parameter An inventory assetaccount is required if you are tracking inventory quantities for "
            "this product. is missing in the request",
            "",
        )
    if kind in ("Service", "NonInventory", "Inventory") and not (
        "IncomeAccountRef" in body or "ExpenseAccountRef" in body
    ):
        raise missing("IncomeAccountRef")


def _fill_in(draft: Draft) -> None:
    body = draft.body
    if body["Type"] == "Category":
        return
    body.setdefault("Taxable", False)
    body.setdefault("UnitPrice", Decimal(0))
    body.setdefault("PurchaseCost", Decimal(0))
    body.setdefault("TrackQtyOnHand", False)


ITEM = Entity(
    name="Item",
    fields={
        "Name": Text(100, is_name=True),
        "Description": Text(4000),
        "Active": Flag(),
        "SubItem": Computed(),
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
        "ItemGroupDetail": Anything(),
        "PrintGroupedItems": Flag(),
        "Source": Anything(),
        **META,
    },
    required=("Name",),
    steps=(_hold_accounts, _fill_in, naming("Name"), under_parent("SubItem")),
    id_family="Item",
    name_space="Item",
    unique_name=full_name,
    name_field="Name",
    indexed=("Name", "Sku", "ParentRef"),
    filterable=FILTERS | {"Type": "text", "Sku": "text", "UnitPrice": "number", "Description": "text"},
    order="FullyQualifiedName",
)

FAMILY = (ITEM,)
