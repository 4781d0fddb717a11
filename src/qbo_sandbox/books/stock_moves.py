"""How transactions move what is on hand: bills bring items in at what they cost, sales take them out at average cost.

QuickBooks counts first in, first out; average cost is simpler, and as balanced [INF].
"""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.fields import CENT, Body
from qbo_sandbox.books.ledger import LedgerLine
from qbo_sandbox.books.lines import ADJUSTMENT_LINE, ITEM_LINE, SALES_LINE, amount_of
from qbo_sandbox.books.refusals import refuse
from qbo_sandbox.books.stock import Move

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_SOLD = {"Invoice": -1, "SalesReceipt": -1, "CreditMemo": 1, "RefundReceipt": 1}
_BOUGHT = {"Bill": 1, "Purchase": 1, "VendorCredit": -1}


def moves_and_entry(company: Company, entity: str, body: Body) -> tuple[list[Move], list[LedgerLine]]:
    """Return what a transaction moves, and what it posts for that beside its own entry."""
    if entity in _SOLD:
        return _sold(company, _SOLD[entity], body)
    if entity in _BOUGHT:
        sign = -_BOUGHT[entity] if body.get("Credit") else _BOUGHT[entity]
        return _bought(company, sign, body), []
    if entity == "InventoryAdjustment":
        return _adjusted(company, body)
    return [], []


def hold_start_dates(company: Company, body: Body) -> None:
    """Refuse a transaction dated before the day its items began to be tracked (6270)."""
    for kind in (SALES_LINE, ITEM_LINE, ADJUSTMENT_LINE):
        for _line, _detail, item in _tracked(company, body, kind):
            start = item.get("InvStartDate")
            if start and body["TxnDate"] < start:
                text = "Transaction date is prior to start date for inventory item."
                raise refuse("6270", "Inventory transaction dated before the item's start date", text)


def _tracked(company: Company, body: Body, kind: str) -> Iterator[tuple[Body, Body, Body]]:
    """Yield each line of a kind that names a tracked item: the line, its detail, the item."""
    tracked = company.stock.tracked
    for line in body.get("Line", ()):
        for each in (line, *line.get("GroupLineDetail", {}).get("Line", ())):
            detail = each.get(kind)
            if detail and "ItemRef" in detail and detail["ItemRef"]["value"] in tracked:
                item = company.find("Item", detail["ItemRef"]["value"])
                if item is not None:
                    yield each, detail, item.body


def _sold(company: Company, sign: int, body: Body) -> tuple[list[Move], list[LedgerLine]]:
    moves: list[Move] = []
    entry: list[LedgerLine] = []
    for _line, detail, item in _tracked(company, body, SALES_LINE):
        quantity = detail.get("Qty", Decimal(0))
        if not quantity:
            continue
        cost = _cost(company, detail["ItemRef"]["value"], item, quantity, moves)
        moves.append(Move(detail["ItemRef"]["value"], sign * quantity, sign * cost))
        entry.append(LedgerLine(item["AssetAccountRef"]["value"], sign * cost))
        entry.append(LedgerLine(item["ExpenseAccountRef"]["value"], -sign * cost))
    return moves, entry


def _bought(company: Company, sign: int, body: Body) -> list[Move]:
    rate = Decimal(body.get("ExchangeRate", 1))  # a whole number comes back from a journal as an int
    moves = []
    for line, detail, _item in _tracked(company, body, ITEM_LINE):
        worth = (amount_of(line) * rate).quantize(CENT, ROUND_HALF_UP)
        moves.append(Move(detail["ItemRef"]["value"], sign * detail.get("Qty", Decimal(0)), sign * worth))
    return moves


def _adjusted(company: Company, body: Body) -> tuple[list[Move], list[LedgerLine]]:
    moves: list[Move] = []
    entry: list[LedgerLine] = []
    for _line, detail, item in _tracked(company, body, ADJUSTMENT_LINE):
        worth = _cost(company, detail["ItemRef"]["value"], item, detail["QtyDiff"], moves)
        moves.append(Move(detail["ItemRef"]["value"], detail["QtyDiff"], worth))
        entry.append(LedgerLine(item["AssetAccountRef"]["value"], worth))
        entry.append(LedgerLine(body["AdjustAccountRef"]["value"], -worth))
    return moves, entry


def _cost(company: Company, item_id: str, item: Body, quantity: Decimal, before: list[Move]) -> Decimal:
    """Return what a quantity costs: its share of what is on hand, and beyond that by the item's own cost."""
    ours = [move for move in before if move.item_id == item_id]
    on_hand = company.stock.on_hand(item_id) + sum((move.quantity for move in ours), Decimal(0))
    worth = company.stock.worth(item_id) + sum((move.worth for move in ours), Decimal(0))
    unit, counted = Decimal(item.get("PurchaseCost", 0)), Decimal(abs(quantity))
    if on_hand <= 0 or worth <= 0:
        cost = counted * unit
    elif counted < on_hand:
        cost = worth * (counted / on_hand)
    else:
        cost = worth + (counted - on_hand) * unit
    cost = cost.quantize(CENT, ROUND_HALF_UP)
    return cost if quantity > 0 else -cost
