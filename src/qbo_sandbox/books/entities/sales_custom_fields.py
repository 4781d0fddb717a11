"""The custom fields of sales forms and of purchase orders, up to three each: defined in Preferences, always shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from typing import Any

from qbo_sandbox.books.entity import Draft
from qbo_sandbox.books.fields import Anything, Body, Many, Struct, Text
from qbo_sandbox.books.refusals import refuse

MOST = 3
LONGEST = 31

CUSTOM_FIELDS = Many(
    Struct(
        "CustomField",
        {
            "DefinitionId": Text(100),
            "Name": Text(100),
            "Label": Text(100),
            "Type": Text(30),
            "StringValue": Text(LONGEST),
            "BooleanValue": Anything(),
            "DateValue": Anything(),
            "NumberValue": Anything(),
        },
    )
)


@dataclass(frozen=True)
class Defined:
    """Where Preferences define the custom fields of one kind of form."""

    section: str
    name: str
    use: str  # `SalesFormsPrefs.UseSalesCustom1` says whether the first is in use,
    called: str  # `SalesFormsPrefs.SalesCustomName1` what it is called


ON_SALES = Defined(
    "SalesFormsPrefs", "CustomField", "SalesFormsPrefs.UseSalesCustom", "SalesFormsPrefs.SalesCustomName"
)
ON_ORDERS = Defined(
    "VendorAndPurchasesPrefs",
    "POCustomField",
    "PurchasePrefs.UsePurchaseCustom",
    "PurchasePrefs.PurchaseCustomName",
)


def definitions_in(preferences: Body, defined: Defined = ON_SALES) -> list[tuple[str, str]]:
    """Return (DefinitionId, Name) of each custom field in use, from the section of Preferences that defines them."""
    kept = preferences.get(defined.name)
    if not kept:
        return []
    pairs = {str(field.get("Name", "")): field for field in _flat(kept)}
    found = []
    for number in range(1, MOST + 1):
        use = pairs.get(f"{defined.use}{number}", {})
        name = pairs.get(f"{defined.called}{number}", {})
        if use.get("BooleanValue") in (True, "true"):
            found.append((str(number), str(name.get("StringValue", ""))))
    return found


def _flat(fields: Any) -> Iterator[Body]:
    """Return the pairs, however deep they are wrapped; a client may have written anything here."""
    for field in fields if isinstance(fields, list) else ():
        if isinstance(field, dict):
            if "CustomField" in field:
                yield from _flat(field["CustomField"])
            else:
                yield field


def custom_fields(draft: Draft, defined: Defined = ON_SALES) -> None:
    """Show every custom field of the company with what was sent for it; one it does not have is refused (3000)."""
    given = draft.body.pop("CustomField", None)
    prefs = draft.company.preferences.get(defined.section, {})
    if not given and defined.name not in prefs:
        return
    definitions = definitions_in(prefs, defined)
    values: dict[str, str] = {}
    before = draft.before.body.get("CustomField", ()) if draft.before else ()
    for field in given or ():
        found = next(filter(partial(_is_meant, field), definitions), None)
        if found is not None:
            if "StringValue" in field:
                values[found[0]] = field["StringValue"]
        elif field not in before:  # one that was taken out of use stays unseen when it is sent back
            raise refuse("3000", "Invalid Custom Field", f"Supplied value: {field.get('DefinitionId')}", "DefinitionId")
    shown = []
    for definition, name in definitions:
        field = {"DefinitionId": definition, "Name": name, "Type": "StringType"}
        shown.append(field | ({"StringValue": values[definition]} if definition in values else {}))
    if shown:
        draft.body["CustomField"] = shown


def order_custom_fields(draft: Draft) -> None:
    """Show every custom field of purchase orders."""
    custom_fields(draft, ON_ORDERS)


def _is_meant(field: Body, definition: tuple[str, str]) -> bool:
    if "DefinitionId" in field:
        return bool(field["DefinitionId"] == definition[0])
    return bool(field.get("Name") == definition[1])
