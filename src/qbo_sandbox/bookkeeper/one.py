"""The page of one object: what it says, what it posts, what it is linked to, and the JSON the API answers with."""

from __future__ import annotations

import json
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.bookkeeper.desk import Desk
from qbo_sandbox.bookkeeper.lists import Row, row_of
from qbo_sandbox.bookkeeper.menu import LISTINGS
from qbo_sandbox.bookkeeper.words import money, number_of, spoken
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.lines import SUBTOTAL_LINE
from qbo_sandbox.books.merging import MERGEABLE
from qbo_sandbox.books.store import Body, Record
from qbo_sandbox.reports.accounts import label_of
from qbo_sandbox.reports.postings import find_transaction

_NAMES = {"Customer": "CustomerRef", "Vendor": "VendorRef"}
_THEIRS = ("Invoice", "SalesReceipt", "CreditMemo", "Payment", "Bill", "VendorCredit", "BillPayment")


@dataclass(frozen=True)
class LineShown:
    """One line of a form."""

    description: str
    what: str
    quantity: str
    price: str
    amount: Decimal
    side: str = ""


def one_routes(desk: Desk) -> list[BaseRoute]:
    """Return the route of the page of one object."""

    async def one(request: Request) -> Response:
        company = desk.company(request)
        entity, qbo_id = request.path_params["entity"], request.path_params["qbo_id"]
        record = company.find(entity, qbo_id) if company and entity in ENTITIES else None
        if company is None or record is None:
            return desk.nowhere(request, "It is not in the books")
        return (
            _transaction(desk, request, company, record)
            if "TxnDate" in record.body
            else _name(desk, request, company, record)
        )

    return [Route("/bookkeeper/{realm}/{entity}/{qbo_id}", one)]


def lines_shown(company: Company, record: Record) -> list[LineShown]:
    """Return the lines of a form as a person reads them."""
    found: list[LineShown] = []
    for line in company.show(record).get("Line", ()):
        kind = line.get("DetailType", "")
        if kind == SUBTOTAL_LINE:
            continue
        detail: Body = line.get(kind) or {}
        what = (detail.get("AccountRef") or detail.get("ItemRef") or {}).get("name", "")
        if not kind and line.get("LinkedTxn"):
            what = f"{spoken(line['LinkedTxn'][0].get('TxnType', ''))} {line['LinkedTxn'][0].get('TxnId', '')}"
            target = find_transaction(company, str(line["LinkedTxn"][0].get("TxnId", "")))
            if target is not None:
                what = f"{spoken(target)} {number_of(target.body)}"
        side = str(detail.get("PostingType", ""))
        quantity, price = (str(detail.get(name, "")) for name in ("Qty", "UnitPrice"))
        amount = Decimal(line.get("Amount") or 0)
        found.append(LineShown(str(line.get("Description", "")), what, quantity, price, amount, side))
    return found


def list_of(entity: str) -> tuple[str, str]:
    """Return the title and path of the list an entity stands in."""
    for listing in LISTINGS.values():
        if entity in listing.entities:
            return listing.title, f"/list/{listing.slug}"
    return ("Chart of accounts", "/accounts") if entity == "Account" else ("", "")


def _transaction(desk: Desk, request: Request, company: Company, record: Record) -> Response:
    entity = ENTITIES[record.entity]
    row = row_of(company, record)
    shown = company.show(record)
    entry = [
        (
            line,
            label_of(company, account),
            company.name_of("Customer", line.party_id) or company.name_of("Vendor", line.party_id),
        )
        for line in company.ledger.entries.get(record.qbo_id, ())
        if (account := company.find("Account", line.account_id)) is not None
    ]
    return desk.page(
        request,
        "one.html",
        f"{row.spoken} {number_of(record.body)}",
        row=row,
        record=record,
        shown=shown,
        lines=lines_shown(company, record),
        entry=entry,
        links=_links(company, record, shown),
        back=list_of(record.entity),
        actions=_actions(record, row, entity.operations),
        writer=company.writer_of(record),
        text=_pretty(company, record),
    )


def _actions(record: Record, row: Row, operations: frozenset[str]) -> list[tuple[str, str, bool]]:
    """Return what can be done with a transaction: words, path, and whether it takes something away."""
    found: list[tuple[str, str, bool]] = []
    body, here = record.body, f"/{record.entity}/{record.qbo_id}"
    if row.open:
        first = {
            "Invoice": ("Receive payment", f"/receive?customer={body['CustomerRef']['value']}&tick={record.qbo_id}")
            if "CustomerRef" in body
            else None,
            "CreditMemo": ("Apply credit", f"/receive?customer={body['CustomerRef']['value']}&tick={record.qbo_id}")
            if "CustomerRef" in body
            else None,
            "Bill": ("Pay bill", f"/pay?vendor={body['VendorRef']['value']}&tick={record.qbo_id}")
            if "VendorRef" in body
            else None,
            "VendorCredit": ("Apply credit", f"/pay?vendor={body['VendorRef']['value']}&tick={record.qbo_id}")
            if "VendorRef" in body
            else None,
        }.get(record.entity)
        if first is not None:
            found.append((*first, False))
    if "update" in operations:
        found.append(("Edit", f"{here}/edit", False))
    if "void" in operations and row.status != "Voided":
        found.append(("Void\u2026", f"{here}/void", True))
    if "delete" in operations:
        found.append(("Delete\u2026", f"{here}/delete", True))
    return found


def _links(company: Company, record: Record, shown: Body) -> list[Row]:
    """Return the transactions this one settles or is settled by, each once."""
    ids = [str(link.get("TxnId", "")) for link in shown.get("LinkedTxn") or ()]
    ids += [str(link.get("TxnId", "")) for line in shown.get("Line") or () for link in line.get("LinkedTxn") or ()]
    found = (find_transaction(company, each) for each in dict.fromkeys(ids) if each != record.qbo_id)
    return [row_of(company, each) for each in found if each is not None]


def _pretty(company: Company, record: Record) -> str:
    shown = json.loads(company.text(record))
    return json.dumps({record.entity: shown}, indent=2, ensure_ascii=False)


_TOLD = (
    ("Type", "Type"),
    ("Company", "CompanyName"),
    ("E-mail", "PrimaryEmailAddr"),
    ("Phone", "PrimaryPhone"),
    ("Account number", "AcctNum"),
    ("Terms", "SalesTermRef"),
    ("Terms", "TermRef"),
    ("Parent", "ParentRef"),
    ("Income account", "IncomeAccountRef"),
    ("Expense account", "ExpenseAccountRef"),
    ("Price", "UnitPrice"),
    ("Description", "Description"),
    ("Currency", "CurrencyRef"),
)


def _name(desk: Desk, request: Request, company: Company, record: Record) -> Response:
    shown = company.show(record)
    told = [(label, _text(shown[name])) for label, name in _TOLD if shown.get(name) not in (None, "")]
    if "Balance" in shown:
        told.insert(0, ("Balance", money(shown["Balance"])))
    field = _NAMES.get(record.entity)
    rows = []
    if field:
        rows = [
            row_of(company, each)
            for name in _THEIRS
            if name in ENTITIES and company.table(name).is_indexed(field)
            for each in company.table(name).with_value(field, record.qbo_id)
        ]
        rows.sort(key=lambda row: (row.day, int(row.qbo_id)), reverse=True)
    title = str(
        shown.get("FullyQualifiedName") or shown.get("DisplayName") or shown.get("Name") or spoken(record.entity)
    )
    return desk.page(
        request,
        "name.html",
        title,
        record=record,
        shown=shown,
        told=told,
        rows=rows[:50],
        count=len(rows),
        back=list_of(record.entity),
        can_merge=record.entity in MERGEABLE and record.active,
        can_rename=ENTITIES[record.entity].unique_name is not None and "update" in ENTITIES[record.entity].operations,
        text=_pretty(company, record),
        writer=company.writer_of(record),
    )


def _text(value: Any) -> str:
    if isinstance(value, dict):
        return str(value.get("name") or value.get("Address") or value.get("FreeFormNumber") or value.get("value") or "")
    return str(value)
