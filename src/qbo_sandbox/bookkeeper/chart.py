"""The chart of accounts, and the ledger of one account, page by page."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.bookkeeper.desk import Desk
from qbo_sandbox.bookkeeper.lists import paged
from qbo_sandbox.bookkeeper.words import number_of, spoken
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.store import Record
from qbo_sandbox.reports.accounts import in_order, label_of, natural_sign
from qbo_sandbox.reports.origins import party_of
from qbo_sandbox.reports.postings import transactions

LEDGER_PAGE = 100
ZERO = Decimal("0.00")


@dataclass(frozen=True)
class AccountRow:
    """One account of the chart."""

    record: Record
    label: str
    depth: int
    debit: Decimal
    credit: Decimal


@dataclass(frozen=True)
class LedgerRow:
    """One line of an account's ledger, with the balance after it."""

    record: Record
    spoken: str
    number: str
    name: str
    amount: Decimal
    balance: Decimal


def chart_routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the chart and of a ledger."""

    async def chart(request: Request) -> Response:
        company = desk.company(request)
        if company is None:
            return desk.nowhere(request, "There is no such company")
        inactive = request.query_params.get("inactive") == "1"
        wanted = request.query_params.get("q", "").strip()
        rows = [
            _row(company, record)
            for record in in_order(company)
            if (inactive or record.active) and wanted.casefold() in label_of(company, record).casefold()
        ]
        hidden = 0 if inactive else sum(1 for record in company.table("Account") if not record.active)
        return desk.page(
            request,
            "accounts.html",
            "Chart of accounts",
            rows=rows,
            hidden=hidden,
            q=wanted,
            inactive=inactive,
            debits=sum((row.debit for row in rows), ZERO),
            credits=sum((row.credit for row in rows), ZERO),
        )

    async def ledger(request: Request) -> Response:
        company = desk.company(request)
        account = company.find("Account", request.path_params["qbo_id"]) if company else None
        if company is None or account is None:
            return desk.nowhere(request, "There is no such account")
        rows = ledger_of(company, account)
        rows.reverse()
        page, pages = paged(request.query_params.get("page", "1"), len(rows), LEDGER_PAGE)
        return desk.page(
            request,
            "account.html",
            label_of(company, account),
            account=account,
            rows=rows[(page - 1) * LEDGER_PAGE : page * LEDGER_PAGE],
            count=len(rows),
            balance=rows[0].balance if rows else ZERO,
            page=page,
            pages=pages,
        )

    return [
        Route("/bookkeeper/{realm}/accounts", chart),
        Route("/bookkeeper/{realm}/accounts/{qbo_id}", ledger),
    ]


def _row(company: Company, record: Record) -> AccountRow:
    balance = company.ledger.account_balance(record.qbo_id)
    depth = str(record.body["FullyQualifiedName"]).count(":")
    return AccountRow(record, label_of(company, record), depth, max(balance, ZERO), max(-balance, ZERO))


def ledger_of(company: Company, account: Record) -> list[LedgerRow]:
    """Return every line posted to an account, the oldest first, each with the balance after it."""
    found: list[tuple[str, int, Record, Decimal]] = []
    for record in transactions(company):
        for line in company.ledger.entries.get(record.qbo_id, ()):
            if line.account_id == account.qbo_id:
                found.append((record.body["TxnDate"], int(record.qbo_id), record, line.amount))
    found.sort(key=lambda each: each[:2])
    sign, balance = natural_sign(account), ZERO
    rows: list[LedgerRow] = []
    for _, _, record, amount in found:
        balance += sign * amount
        of, party = party_of(record.body)
        name = (company.name_of(of, party) or "") if party else ""
        rows.append(LedgerRow(record, spoken(record), number_of(record.body), name, amount, balance))
    return rows
