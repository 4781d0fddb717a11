"""The lines of a transaction: which details they may carry, and what makes a line whole."""

# ruff: noqa: ARG002 - all kinds of field are read and shown through one signature

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from qbo_sandbox.books.fields import (
    CENT,
    Anything,
    Body,
    Choice,
    Computed,
    Day,
    Flag,
    Kind,
    Many,
    Money,
    NameOf,
    Number,
    PartyRef,
    Reading,
    Ref,
    Struct,
    TaxCode,
    Text,
    TypedParty,
)
from qbo_sandbox.books.refusals import missing_error, unreadable, wrong_amount

ACCOUNT_LINE = "AccountBasedExpenseLineDetail"
ITEM_LINE = "ItemBasedExpenseLineDetail"
SALES_LINE = "SalesItemLineDetail"
DISCOUNT_LINE = "DiscountLineDetail"
SUBTOTAL_LINE = "SubTotalLineDetail"
DESCRIPTION_LINE = "DescriptionOnly"
JOURNAL_LINE = "JournalEntryLineDetail"
GROUP_LINE = "GroupLineDetail"
DEPOSIT_LINE = "DepositLineDetail"
ADJUSTMENT_LINE = "ItemAdjustmentLineDetail"

_PRICED: dict[str, Kind] = {
    "ItemRef": Ref("Item"),
    "ClassRef": Ref("Class"),
    "UnitPrice": Number(),
    "RatePercent": Number(),
    "MarkupInfo": Anything(),
    "Qty": Number(),
    "UOMRef": Anything(),
    "ItemAccountRef": Computed(),
    "TaxCodeRef": TaxCode(),
    "TaxInclusiveAmt": Number(),
    "TaxClassificationRef": Anything(),
    "PriceLevelRef": Anything(),
    "InventorySiteRef": Anything(),
}
_BILLABLE: dict[str, Kind] = {
    "CustomerRef": Ref("Customer"),
    "BillableStatus": Choice(("Billable", "NotBillable", "HasBeenBilled")),
    "ProjectRef": Anything(),
}

DETAILS: dict[str, Struct] = {
    SALES_LINE: Struct(SALES_LINE, {**_PRICED, "ServiceDate": Day(), "DiscountRate": Number(), "DiscountAmt": Money()}),
    ITEM_LINE: Struct(ITEM_LINE, {**_PRICED, **_BILLABLE}),
    ACCOUNT_LINE: Struct(
        ACCOUNT_LINE,
        {
            "CustomerRef": _BILLABLE["CustomerRef"],
            "ClassRef": Ref("Class"),
            "AccountRef": Ref("Account"),
            "BillableStatus": _BILLABLE["BillableStatus"],
            "MarkupInfo": Anything(),
            "TaxAmount": Money(),
            "TaxCodeRef": TaxCode(),
            "TaxInclusiveAmt": Money(),
            "ProjectRef": _BILLABLE["ProjectRef"],
        },
        required=("AccountRef",),
    ),
    ADJUSTMENT_LINE: Struct(
        ADJUSTMENT_LINE,
        {"ItemRef": Ref("Item"), "QtyDiff": Number(), "ClassRef": Ref("Class"), "SalesPrice": Number()},
        required=("QtyDiff", "ItemRef"),
    ),
    DISCOUNT_LINE: Struct(
        DISCOUNT_LINE,
        {
            "PercentBased": Flag(),
            "DiscountPercent": Number(Decimal(0), Decimal(100)),
            "DiscountAccountRef": Ref("Account"),
            "Discount": Computed(),
            "ServiceDate": Day(),
            "ClassRef": Ref("Class"),
            "TaxCodeRef": TaxCode(),
        },
    ),
    SUBTOTAL_LINE: Struct(SUBTOTAL_LINE, {"ItemRef": Anything()}),
    "DescriptionLineDetail": Struct("DescriptionLineDetail", {"ServiceDate": Day(), "TaxCodeRef": TaxCode()}),
    JOURNAL_LINE: Struct(
        JOURNAL_LINE,
        {
            "PostingType": Choice(("Debit", "Credit")),
            "Entity": TypedParty(),
            "AccountRef": Ref("Account"),
            "ClassRef": Ref("Class"),
            "DepartmentRef": Ref("Department"),
            "TaxCodeRef": TaxCode(),
            "TaxApplicableOn": Anything(),
            "TaxAmount": Money(),
            "BillableStatus": Anything(),
        },
        required=("AccountRef",),
    ),
    DEPOSIT_LINE: Struct(
        DEPOSIT_LINE,
        {
            "Entity": PartyRef(),
            "ClassRef": Ref("Class"),
            "AccountRef": Ref("Account"),
            "PaymentMethodRef": Ref("PaymentMethod"),
            "CheckNum": Text(21),
            "TxnType": Anything(),
            "TaxCodeRef": TaxCode(),
            "TaxApplicableOn": Anything(),
        },
    ),
}

_LINKED = Struct("LinkedTxn", {"TxnId": Text(30), "TxnType": Text(40), "TxnLineId": Text(30)})
_COMMON: dict[str, Kind] = {
    "Id": Text(30),
    "LineNum": Anything(),
    "Description": Text(4000),
    "Amount": Money(),
    "Received": Anything(),
    "LinkedTxn": Many(_LINKED),
    "DetailType": Text(50),
    "CustomField": Anything(),
    "LineEx": Computed(),
    "ProjectRef": Anything(),
    "CostAmount": Computed(),
}
_FIRST = ("Id", "LineNum", "Description", "Amount", "LinkedTxn", "DetailType")
_NO_AMOUNT_NEEDED = (ADJUSTMENT_LINE, DESCRIPTION_LINE, SUBTOTAL_LINE, DISCOUNT_LINE, GROUP_LINE)
_LEFT_OUT_EMPTY = ("LinkedTxn", "CustomField")  # python-quickbooks sends them on every line
_LINKING = (DEPOSIT_LINE,)  # kinds a line that links may leave unsaid


class Lines(Kind):
    """The `Line` of one entity. `details` are the line kinds it takes; none means lines that only link (payments)."""

    plain = False

    def __init__(self, *details: str) -> None:
        self.details = details
        known: dict[str, Kind] = {**_COMMON, **DETAILS}
        self.struct = Struct("Line", known)

    def read(self, value: Any, path: str, reading: Reading) -> list[Body]:
        if not isinstance(value, list):
            raise unreadable(f"instance of java.util.ArrayList out of {type(value).__name__} for Line")
        return [self._read_one(each, reading) for each in value]

    def _read_one(self, value: Any, reading: Reading) -> Body:
        line = self.struct.read(value, "Line", reading)
        for name in _LEFT_OUT_EMPTY:
            if line.get(name) == []:
                del line[name]
        if not self.details:
            if "Amount" not in line:
                reading.missing.append(missing_error("Line.Amount"))
            return line
        kind = line.get("DetailType")
        if line.get("LinkedTxn") and kind in (None, *_LINKING) and self.details[0] in _LINKING:
            if "Amount" not in line:
                reading.missing.append(missing_error("Line.Amount"))
        elif kind is None:
            reading.missing.append(missing_error("DetailType"))
        elif kind not in self.details:
            raise unreadable(f"instance of LineDetailTypeEnum from String value '{kind}'")
        elif "Amount" not in line and kind not in _NO_AMOUNT_NEEDED:
            reading.missing.append(missing_error("Line.Amount"))
        elif kind in DETAILS and DETAILS[kind].required and kind not in line:
            reading.missing.append(missing_error(DETAILS[kind].required[-1]))
        elif kind in DETAILS:
            _price(line, line.setdefault(kind, {}), reading)
        return line

    def show(self, value: Any, name_of: NameOf) -> Any:
        return [self.struct.show(line, name_of) for line in value]

    def restore(self, shown: Any) -> Any:
        return [self.struct.restore(line) for line in shown]


# The lines of a group are sales lines themselves, so its detail can be told only now.
DETAILS[GROUP_LINE] = Struct(
    GROUP_LINE,
    {
        "GroupItemRef": Ref("Item"),
        "Quantity": Number(),
        "UOMRef": Anything(),
        "ServiceDate": Day(),
        "Line": Lines(SALES_LINE, DESCRIPTION_LINE),
    },
    required=("GroupItemRef",),
)


def _price(line: Body, detail: Body, reading: Reading) -> None:
    """Hold Amount to Qty times UnitPrice (6070)."""
    quantity, price = detail.get("Qty"), detail.get("UnitPrice")
    if quantity is None or price is None or "Amount" not in line:
        return
    if not quantity and not price and reading.quirks.zero_quantity_is_none:
        return
    if (quantity * price).quantize(CENT, ROUND_HALF_UP) != line["Amount"]:
        reading.invalid.append(wrong_amount(f"{line['Amount']:,.2f}"))


def number_lines(lines: list[Body], before: list[Body], *, first: int = 1, placed: bool = True) -> None:
    """Give each line its LineNum (if `placed`), and an Id of its own where it has none or one never seen here."""
    had = {line["Id"] for line in before if "Id" in line}
    used = max((int(each) for each in had if each.isdigit()), default=first - 1)
    seen: set[str] = set()
    for position, line in enumerate(lines, start=1):
        if line.get("Id") not in had or line["Id"] in seen:
            used += 1
            line["Id"] = str(used)
        seen.add(line["Id"])
        if placed:
            line["LineNum"] = position
        else:
            line.pop("LineNum", None)


def in_order(line: Body) -> Body:
    """Return the line with its keys in the order QuickBooks shows them."""
    ordered = {name: line[name] for name in _FIRST if name in line} | line
    kind = str(line.get("DetailType"))
    detail = line.get(kind) if kind in DETAILS else None
    if detail:
        ordered[kind] = {name: detail[name] for name in DETAILS[kind].fields if name in detail}
    return ordered


def amount_of(line: Body) -> Decimal:
    """Return the amount of a line, zero when it has none."""
    amount = line.get("Amount")
    return amount if amount is not None else Decimal(0)
