"""Asks QuickBooks for its aging, on a person's request: one read for a whole side, one for the transactions of a party.

What was read is kept with the time, so the page can be opened again without another read: Intuit meters them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any

from django.utils import timezone

from freightbooks.connections.client import open_client
from freightbooks.connections.models import Connection
from freightbooks.reports.models import BooksAging

_WHOLE = {"receivable": "AgedReceivables", "payable": "AgedPayables"}
_DETAIL = {"receivable": "AgedReceivableDetail", "payable": "AgedPayableDetail"}
_FILTER = {"receivable": "customer", "payable": "vendor"}
_DETAIL_COLUMNS = "tx_date,txn_type,doc_num,due_date"
_OPEN_BALANCE = {"receivable": "subt_open_bal", "payable": "subt_neg_open_bal"}


def read_side(connection: Connection, side: str, today: date) -> BooksAging:
    """Read what is open with each party on a side. One read. Raises QuickBooksError."""
    body = asyncio.run(_read(connection.pk, _WHOLE[side], {"report_date": today.isoformat()}))
    return _kept(connection, side, "", {party: [name, str(total)] for party, name, total in party_totals(body)})


def read_party(connection: Connection, side: str, party: str, today: date) -> BooksAging:
    """Read the open transactions of one party. One read. Raises QuickBooksError."""
    asked = {
        "report_date": today.isoformat(),
        _FILTER[side]: party,
        "columns": f"{_DETAIL_COLUMNS},{_OPEN_BALANCE[side]}",
    }
    return _kept(
        connection, side, party, list(open_transactions(asyncio.run(_read(connection.pk, _DETAIL[side], asked))))
    )


async def _read(connection_id: int, report: str, parameters: dict[str, str]) -> dict[str, Any]:
    async with open_client(connection_id, "checking") as client:
        return await client.report(report, parameters)


def _kept(connection: Connection, side: str, party: str, figures: Any) -> BooksAging:
    found, _ = BooksAging.objects.update_or_create(
        connection=connection, side=side, party=party, defaults={"figures": figures, "read_at": timezone.now()}
    )
    return found


def party_totals(body: dict[str, Any]) -> Iterator[tuple[str, str, Decimal]]:
    """Yield (party id, name, total) of an aging report. A parent's own figure stands in its section's heading. Pure."""
    for cells in _rows(body):
        if cells and cells[0].get("id"):
            yield str(cells[0]["id"]), str(cells[0].get("value", "")), _amount(cells[-1].get("value", ""))


def open_transactions(body: dict[str, Any]) -> Iterator[dict[str, str]]:
    """Yield the transactions of an aging detail report, as texts: id, type, number, day, due, balance. Pure."""
    keys = [_key(column) for column in body.get("Columns", {}).get("Column", [])]
    for cells in _rows(body):
        named = dict(zip(keys, cells, strict=False))
        kind = named.get("txn_type", {})
        if not kind.get("id"):
            continue
        balance = next((cell.get("value", "") for key, cell in named.items() if key.endswith("open_bal")), "")
        yield {
            "id": str(kind["id"]),
            "type": str(kind.get("value", "")),
            "number": str(named.get("doc_num", {}).get("value", "")),
            "day": str(named.get("tx_date", {}).get("value", "")),
            "due": str(named.get("due_date", {}).get("value", "")),
            "balance": str(_amount(balance)),
        }


def _key(column: dict[str, Any]) -> str:
    for each in column.get("MetaData", []):
        if each.get("Name") == "ColKey":
            return str(each.get("Value", ""))
    return str(column.get("ColType", ""))


def _rows(body: dict[str, Any]) -> Iterator[list[dict[str, Any]]]:
    """Yield the cells of every row and of every section's heading; totals are left out."""
    for row in body.get("Rows", {}).get("Row", []):
        if "ColData" in row:
            yield row["ColData"]
        if row.get("Header", {}).get("ColData"):
            yield row["Header"]["ColData"]
        if "Rows" in row:
            yield from _rows(row)


def _amount(text: Any) -> Decimal:
    try:
        return Decimal(str(text).replace(",", "") or 0)
    except InvalidOperation:
        return Decimal(0)
