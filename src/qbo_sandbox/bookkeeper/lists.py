"""The lists of transactions and names: searched, filtered by what is open, sorted by any column, and paged."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.bookkeeper.desk import Desk
from qbo_sandbox.bookkeeper.menu import LISTINGS, Listing
from qbo_sandbox.bookkeeper.words import spoken
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.store import Record
from qbo_sandbox.reports.origins import party_of

PAGE = 50
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Row:
    """One line of a list of transactions."""

    entity: str
    qbo_id: str
    spoken: str
    number: str
    day: str
    due: str
    name: str
    memo: str
    amount: Decimal
    open: Decimal | None
    status: str
    currency: str = ""  # told only where it is not the company's own


def list_routes(desk: Desk) -> list[BaseRoute]:
    """Return the route of the lists."""

    async def listing(request: Request) -> Response:
        company = desk.company(request)
        found = LISTINGS.get(request.path_params["slug"])
        if company is None or found is None:
            return desk.nowhere(request, "There is no such list")
        return _names(desk, request, company, found) if found.names else _transactions(desk, request, company, found)

    return [Route("/bookkeeper/{realm}/list/{slug}", listing)]


def open_of(company: Company, record: Record) -> Decimal | None:
    """Return what is open on a transaction, None for kinds that are never settled."""
    balance = ENTITIES[record.entity].derive(company, record).get("Balance")
    return balance if isinstance(balance, Decimal) else None


def status_of(company: Company, record: Record, left: Decimal | None) -> str:
    """Return how a transaction stands: voided, paid, partly paid, overdue or open."""
    total: Decimal = record.body.get("TotalAmt", ZERO)
    if str(record.body.get("PrivateNote", "")).startswith("Voided") and not total:
        return "Voided"
    if left is None:
        return ""
    if not left:
        return "Paid" if record.entity in ("Invoice", "Bill") else "Used"
    if record.body.get("DueDate", "9") < company.today().isoformat():
        return "Overdue"
    return "Open" if left == total else "Partly paid" if record.entity in ("Invoice", "Bill") else "Partly used"


def row_of(company: Company, record: Record) -> Row:
    """Return a transaction as one line of a list."""
    body = record.body
    of, party = party_of(body)
    left = open_of(company, record)
    currency = str(body.get("CurrencyRef", {}).get("value", company.home_currency))
    amount = body.get("TotalAmt") or sum((line.amount for line in _debits(company, record)), ZERO)
    return Row(
        record.entity,
        record.qbo_id,
        spoken(record),
        str(body.get("DocNumber") or body.get("PaymentRefNum") or ""),
        str(body.get("TxnDate", "")),
        str(body.get("DueDate", "")),
        (company.name_of(of, party) or "") if party else "",
        str(body.get("PrivateNote", "")),
        amount,
        left,
        status_of(company, record, left),
        "" if currency == company.home_currency else currency,
    )


def _debits(company: Company, record: Record) -> Iterable[Any]:
    return (line for line in company.ledger.entries.get(record.qbo_id, ()) if line.amount > 0)


_SORTS: dict[str, Callable[[Row], Any]] = {
    "date": lambda row: (row.day, int(row.qbo_id)),
    "number": lambda row: (row.number.rjust(21), row.day),
    "name": lambda row: row.name.casefold(),
    "amount": lambda row: row.amount,
    "open": lambda row: row.open or ZERO,
    "due": lambda row: row.due,
}
_STATES: dict[str, Callable[[Row], bool]] = {
    "open": lambda row: row.status in ("Open", "Partly paid", "Partly used", "Overdue"),
    "overdue": lambda row: row.status == "Overdue",
    "paid": lambda row: row.status in ("Paid", "Used"),
}


def _transactions(desk: Desk, request: Request, company: Company, listing: Listing) -> Response:
    asked = request.query_params
    state = asked.get("state", "") if asked.get("state", "") in _STATES else ""
    wanted = asked.get("q", "").strip().casefold()
    rows = [row_of(company, record) for entity in listing.entities for record in company.table(entity)]
    counts = {name: sum(1 for row in rows if fits(row)) for name, fits in _STATES.items()} if listing.settles else {}
    every = len(rows)
    if wanted:
        rows = [row for row in rows if wanted in f"{row.number} {row.name} {row.memo} {row.amount}".casefold()]
    if state:
        rows = [row for row in rows if _STATES[state](row)]
    sort = asked.get("sort", "-date")
    key = _SORTS.get(sort.removeprefix("-"), _SORTS["date"])
    rows.sort(key=key, reverse=sort.startswith("-"))
    page, pages = paged(asked.get("page", "1"), len(rows))
    return desk.page(
        request,
        "list.html",
        _title(listing, state, len(rows), bool(wanted)),
        listing=listing,
        rows=rows[(page - 1) * PAGE : page * PAGE],
        count=len(rows),
        every=every,
        counts=counts,
        total=sum((row.amount for row in rows if not row.currency), ZERO),
        left=sum((row.open or ZERO for row in rows if not row.currency), ZERO),
        foreign=any(row.currency for row in rows),
        page=page,
        pages=pages,
        asked=dict(asked),
        sort=sort,
        state=state,
        url=lambda **changes: _url(dict(asked), changes),
    )


def _title(listing: Listing, state: str, count: int, searched: bool) -> str:
    if not state and not searched:
        return listing.title
    word = {"open": "open ", "overdue": "overdue ", "paid": "paid "}.get(state, "")
    noun = listing.title.lower() if count != 1 else listing.title.lower().removesuffix("s")
    return f"{count:,} {word}{noun}"


def _url(asked: dict[str, str], changes: dict[str, Any]) -> str:
    kept = {name: value for name, value in asked.items() if name not in ("page", "said")} | changes
    return "?" + urlencode({name: value for name, value in kept.items() if value not in ("", None)})


def paged(text: str, count: int, size: int = PAGE) -> tuple[int, int]:
    """Return the page asked for, within bounds, and how many there are."""
    pages = max(1, -(-count // size))
    asked = int(text) if text.isascii() and text.isdecimal() and len(text) < 9 else 1
    return min(max(asked, 1), pages), pages


@dataclass(frozen=True)
class NameRow:
    """One line of a list of names."""

    record: Record
    name: str
    more: str
    figure: Decimal | None


def _names(desk: Desk, request: Request, company: Company, listing: Listing) -> Response:
    asked = request.query_params
    wanted, inactive = asked.get("q", "").strip().casefold(), asked.get("inactive") == "1"
    (entity,) = listing.entities
    rows = [_name_row(company, record) for record in company.table(entity) if inactive or record.active]
    hidden = 0 if inactive else sum(1 for record in company.table(entity) if not record.active)
    if wanted:
        rows = [row for row in rows if wanted in f"{row.name} {row.more}".casefold()]
    sort = asked.get("sort", "name")
    by_figure = sort.removeprefix("-") == "figure"
    rows.sort(key=lambda row: (row.figure or ZERO) if by_figure else row.name.casefold(), reverse=sort.startswith("-"))
    page, pages = paged(asked.get("page", "1"), len(rows))
    return desk.page(
        request,
        "names.html",
        listing.title,
        listing=listing,
        rows=rows[(page - 1) * PAGE : page * PAGE],
        count=len(rows),
        hidden=hidden,
        total=sum((row.figure or ZERO for row in rows), ZERO),
        page=page,
        pages=pages,
        asked=dict(asked),
        sort=sort,
        figure="Price" if entity == "Item" else "Balance",
        url=lambda **changes: _url(dict(asked), changes),
    )


def _name_row(company: Company, record: Record) -> NameRow:
    body = record.body
    if record.entity == "Item":
        more = " · ".join(str(body[name]) for name in ("Type", "Sku", "Description") if body.get(name))
        return NameRow(record, str(body["FullyQualifiedName"]), more, body.get("UnitPrice"))
    balance = ENTITIES[record.entity].derive(company, record).get("Balance", ZERO)
    more = str(body.get("CompanyName") or body.get("PrimaryEmailAddr", {}).get("Address") or body.get("AcctNum") or "")
    name = str(body.get("FullyQualifiedName") or body["DisplayName"])
    return NameRow(record, name, "" if more == name else more, balance)
