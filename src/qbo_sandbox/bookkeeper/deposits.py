"""Recording a deposit: payments that wait in Undeposited Funds are put into a bank account together."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.bookkeeper.choices import accounts
from qbo_sandbox.bookkeeper.desk import Desk, Done, Unfit, amount_in
from qbo_sandbox.bookkeeper.lists import Row, row_of
from qbo_sandbox.bookkeeper.words import money
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.store import Body, Record

_WAITING = ("Payment", "SalesReceipt")


def deposit_routes(desk: Desk) -> list[BaseRoute]:
    """Return the route of the deposit screen."""

    async def deposit(request: Request) -> Response:
        company = desk.company(request)
        if company is None or "Deposit" not in ENTITIES:
            return desk.nowhere(request, "Deposits are not kept here")
        if request.method == "GET":
            return _form(desk, request, company, {"TxnDate": company.today().isoformat()}, "")
        return await desk.act(request, _record, lambda company, form, error: _form(desk, request, company, form, error))

    return [Route("/bookkeeper/{realm}/deposit", deposit, methods=["GET", "POST"])]


def waiting(company: Company) -> list[Row]:
    """Return the payments and receipts in Undeposited Funds that no deposit holds yet."""
    found = (record for name in _WAITING if name in ENTITIES for record in company.table(name))
    rows = [row_of(company, record) for record in found if _is_waiting(company, record)]
    return sorted(rows, key=lambda row: (row.day, int(row.qbo_id)))


def _is_waiting(company: Company, record: Record) -> bool:
    account = company.find("Account", record.body.get("DepositToAccountRef", {}).get("value", ""))
    if account is None or account.body.get("AccountSubType") != "UndepositedFunds" or not record.body["TotalAmt"]:
        return False
    return not any(source.shown_type == "Deposit" for source in company.links.of_target(record.qbo_id))


def _form(desk: Desk, request: Request, company: Company, form: Mapping[str, str], error: str) -> Response:
    return desk.page(
        request,
        "deposit.html",
        "Record deposit",
        status=400 if error else 200,
        error=error,
        rows=waiting(company),
        banks=accounts(company, ("Bank",)),
        accounts=accounts(company),
        form=form,
    )


def _record(company: Company, form: FormData) -> Done:
    lines: list[Body] = []
    for row in waiting(company):
        if form.get(f"take-{row.entity}-{row.qbo_id}"):
            link = {"TxnId": row.qbo_id, "TxnType": row.entity, "TxnLineId": "0"}
            lines.append({"Amount": row.amount, "LinkedTxn": [link]})
    amount = amount_in(form, "amount", "The other amount")
    if amount:
        detail = {"AccountRef": {"value": str(form.get("account", ""))}}
        more: Body = {"Amount": amount, "DetailType": "DepositLineDetail", "DepositLineDetail": detail}
        if form.get("description"):
            more["Description"] = str(form["description"])
        lines.append(more)
    if not lines:
        raise Unfit("Tick at least one payment, or enter another amount.")
    body: Body = {"DepositToAccountRef": {"value": str(form.get("bank", ""))}, "Line": lines}
    for name in ("TxnDate", "PrivateNote"):
        if form.get(name):
            body[name] = str(form[name])
    made = company.create("Deposit", body)
    total = sum((Decimal(line["Amount"]) for line in lines), Decimal(0))
    return Done(f"/Deposit/{made.qbo_id}", f"{money(total)} deposited.")
