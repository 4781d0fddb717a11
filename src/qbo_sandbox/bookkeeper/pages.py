"""The bookkeeper's pages: lists, one transaction with its entry, accounts with their balances. Read-only."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader
from starlette.requests import Request
from starlette.responses import HTMLResponse, RedirectResponse, Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.app import Sandbox

PAGE = 100
_LISTS = {
    "invoices": ("Invoices", ("Invoice", "CreditMemo")),
    "bills": ("Bills", ("Bill", "VendorCredit")),
    "checks": ("Checks", ("Purchase",)),
    "customers": ("Customers", ("Customer",)),
    "vendors": ("Vendors", ("Vendor",)),
}
_SPOKEN = {"CreditMemo": "Credit memo", "VendorCredit": "Vendor credit", "Purchase": "Check"}


@dataclass(frozen=True)
class Row:
    """One line of a list."""

    entity: str
    spoken: str
    qbo_id: str
    number: str
    day: str
    name: str
    memo: str
    amount: Decimal
    balance: Decimal | None


def bookkeeper_routes(sandbox: Sandbox) -> list[BaseRoute]:
    """Return the routes of the bookkeeper's pages."""
    pages = _Pages(sandbox)
    return [
        Route("/", lambda _request: RedirectResponse("/bookkeeper/")),
        Route("/bookkeeper", lambda _request: RedirectResponse("/bookkeeper/")),
        Route("/bookkeeper/", pages.start),
        Route("/bookkeeper/{realm}/accounts", pages.accounts),
        Route("/bookkeeper/{realm}/accounts/{qbo_id}", pages.account),
        Route("/bookkeeper/{realm}/requests", pages.requests),
        Route("/bookkeeper/{realm}/list/{name}", pages.listing),
        Route("/bookkeeper/{realm}/{entity}/{qbo_id}", pages.one),
    ]


class _Pages:
    def __init__(self, sandbox: Sandbox) -> None:
        self._sandbox = sandbox
        self._templates = Environment(loader=FileSystemLoader(Path(__file__).parent / "templates"), autoescape=True)
        self._templates.filters["money"] = lambda amount: f"{amount:,.2f}".replace("-", "\u2212")

    def _render(self, template: str, request: Request, status: int = 200, **context: Any) -> Response:
        realm = request.path_params.get("realm") or next(iter(self._sandbox.companies))
        company = self._sandbox.companies.get(realm)
        if company is None:
            return HTMLResponse("There is no such company.", 404)
        context |= {"realm": realm, "company": company, "lists": _LISTS, "path": request.url.path}
        return HTMLResponse(self._templates.get_template(template).render(context), status)

    def _company(self, request: Request) -> Company | None:
        return self._sandbox.companies.get(request.path_params["realm"])

    async def start(self, _request: Request) -> Response:
        realm = next(iter(self._sandbox.companies))
        return RedirectResponse(f"/bookkeeper/{realm}/list/invoices")

    async def listing(self, request: Request) -> Response:
        company = self._company(request)
        name = request.path_params["name"]
        if company is None or name not in _LISTS:
            return HTMLResponse("There is no such list.", 404)
        title, entities = _LISTS[name]
        wanted = request.query_params.get("q", "").strip().casefold()
        rows = [_row(company, record) for entity in entities for record in company.table(entity)]
        if wanted:
            rows = [row for row in rows if wanted in f"{row.number} {row.name} {row.memo}".casefold()]
        rows.reverse()
        asked = request.query_params.get("page", "1")
        page = max(1, int(asked)) if asked.isdecimal() else 1
        total = sum((row.amount for row in rows), Decimal("0.00"))
        return self._render(
            "list.html",
            request,
            title=title,
            rows=rows[(page - 1) * PAGE : page * PAGE],
            count=len(rows),
            total=total,
            page=page,
            pages=max(1, -(-len(rows) // PAGE)),
            q=request.query_params.get("q", ""),
            names=name in ("customers", "vendors"),
        )

    async def one(self, request: Request) -> Response:
        company = self._company(request)
        entity, qbo_id = request.path_params["entity"], request.path_params["qbo_id"]
        record = company.find(entity, qbo_id) if company and entity in ENTITIES else None
        if company is None or record is None:
            return HTMLResponse("It is not in the books.", 404)
        shown = company.show(record)
        entry = [
            (line.account_id, company.name_of("Account", line.account_id), line.amount)
            for line in company.ledger.entries.get(qbo_id, ())
            if ENTITIES[entity].is_transaction
        ]
        row = _row(company, record)
        return self._render("one.html", request, title=f"{row.spoken} {row.number}", row=row, shown=shown, entry=entry)

    async def accounts(self, request: Request) -> Response:
        company = self._company(request)
        if company is None:
            return HTMLResponse("There is no such company.", 404)
        balances = company.ledger.trial_balance()
        rows = [
            (record, balances.get(record.qbo_id, Decimal("0.00")))
            for record in sorted(
                company.table("Account"), key=lambda each: str(each.body.get("AcctNum") or each.body["Name"])
            )
        ]
        return self._render(
            "accounts.html", request, title="Chart of accounts", rows=rows, trial=company.trial_balance()
        )

    async def account(self, request: Request) -> Response:
        company = self._company(request)
        account = company.find("Account", request.path_params["qbo_id"]) if company else None
        if company is None or account is None:
            return HTMLResponse("There is no such account.", 404)
        lines: list[tuple[Row, Decimal]] = []
        for entity in ENTITIES.values():
            if not entity.is_transaction:
                continue
            for record in company.table(entity.name):
                amount = sum(
                    (
                        line.amount
                        for line in company.ledger.entries.get(record.qbo_id, ())
                        if line.account_id == account.qbo_id
                    ),
                    Decimal("0.00"),
                )
                if amount:
                    lines.append((_row(company, record), amount))
        lines.sort(key=lambda each: (each[0].day, int(each[0].qbo_id)), reverse=True)
        total = sum((amount for _, amount in lines), Decimal("0.00"))
        return self._render(
            "account.html", request, title=account.body["Name"], lines=lines[:500], count=len(lines), total=total
        )

    async def requests(self, request: Request) -> Response:
        rows = list(self._sandbox.requests)[::-1][:PAGE]
        counts = self._sandbox.counts.get(request.path_params["realm"], {})
        return self._render("requests.html", request, title="Requests", rows=rows, counts=counts)


def _row(company: Company, record: Record) -> Row:
    body = record.body
    entity = ENTITIES[record.entity]
    party = next((body[name] for name in ("CustomerRef", "VendorRef", "EntityRef") if name in body), None)
    name = body.get("DisplayName", "")
    if party is not None:
        of = party.get("type") or ("Customer" if "CustomerRef" in body else "Vendor")
        name = company.name_of(of, party["value"]) or ""
    derived = entity.derive(company, record)
    amount: Decimal = body.get("TotalAmt") or derived.get("Balance") or Decimal("0.00")
    return Row(
        record.entity,
        _SPOKEN.get(record.entity, record.entity),
        record.qbo_id,
        str(body.get("DocNumber", "")),
        str(body.get("TxnDate", "")),
        str(name),
        str(body.get("PrivateNote", "")),
        amount,
        derived.get("Balance"),
    )
