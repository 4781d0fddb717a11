"""Making what a bookkeeper makes by hand: a simple invoice or bill, a customer, a vendor, an account, an item."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.bookkeeper.choices import accounts, items, names
from qbo_sandbox.bookkeeper.desk import Desk, Done, Unfit, amount_in
from qbo_sandbox.bookkeeper.one import list_of
from qbo_sandbox.bookkeeper.words import money, number_of, spoken
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities.account_types import ACCOUNT_TYPES
from qbo_sandbox.books.store import Body

LINES = 4
Make = Callable[[Company, FormData], Body]


def creating_routes(desk: Desk) -> list[BaseRoute]:
    """Return the route of the forms for new objects."""

    async def new(request: Request) -> Response:
        entity = request.path_params["entity"]
        company = desk.company(request)
        if company is None or entity not in _MAKERS:
            return desk.nowhere(request, "That cannot be made here")

        def form(company: Company, given: Mapping[str, str], error: str) -> Response:
            return _form(desk, request, company, entity, given, error)

        if request.method == "GET":
            begun = {"TxnDate": company.today().isoformat(), "party": request.query_params.get("party", "")}
            return form(company, begun, "")
        return await desk.act(request, lambda company, given: _create(company, entity, given), form)

    return [Route("/bookkeeper/{realm}/new/{entity}", new, methods=["GET", "POST"])]


def _form(
    desk: Desk, request: Request, company: Company, entity: str, given: Mapping[str, str], error: str
) -> Response:
    context: dict[str, Any] = {"entity": entity, "form": given, "back": list_of(entity)[1], "lines": range(LINES)}
    if entity == "Invoice":
        context |= {"parties": names(company, "Customer"), "items": items(company), "terms": names(company, "Term")}
    elif entity == "Bill":
        context |= {"parties": names(company, "Vendor"), "accounts": accounts(company), "terms": names(company, "Term")}
    elif entity == "Account":
        context |= {"types": ACCOUNT_TYPES, "parents": names(company, "Account")}
    elif entity == "Item":
        context |= {"incomes": accounts(company, ("Income", "Other Income")), "accounts": accounts(company)}
    template = "new_form.html" if entity in ("Invoice", "Bill") else "new_name.html"
    title = f"New {spoken(entity).lower()}"
    return desk.page(request, template, title, status=400 if error else 200, error=error, **context)


def _create(company: Company, entity: str, form: FormData) -> Done:
    made = company.create(entity, _MAKERS[entity](company, form))
    if "TxnDate" in made.body:
        said = f"{spoken(entity)} {number_of(made.body)} over {money(made.body['TotalAmt'])} is in the books."
    else:
        said = f"{made.body.get('DisplayName') or made.body['Name']} is in the list."
    return Done(f"/accounts/{made.qbo_id}" if entity == "Account" else f"/{entity}/{made.qbo_id}", said)


def _texts(form: FormData, *fields: str) -> Body:
    given = {name: str(form.get(name, "")).strip() for name in fields}
    return {name: value for name, value in given.items() if value}


def _references(form: FormData, *fields: str) -> Body:
    return {name: {"value": value} for name, value in _texts(form, *fields).items()}


def _head(form: FormData, party: str) -> Body:
    whose = str(form.get("party", ""))
    head: Body = {party: {"value": whose}} if whose else {}
    return head | _texts(form, "TxnDate", "DueDate", "DocNumber", "PrivateNote") | _references(form, "SalesTermRef")


def _lines(form: FormData, kind: str, field: str) -> list[Body]:
    found: list[Body] = []
    for at in range(LINES):
        amount = amount_in(form, f"amount-{at}", f"The amount of line {at + 1}")
        what, description = str(form.get(f"what-{at}", "")), str(form.get(f"description-{at}", "")).strip()
        if amount is None:
            if description or what:
                raise Unfit(f"The amount of line {at + 1} is missing.")
            continue
        line: Body = {"Amount": amount, "DetailType": kind, kind: {field: {"value": what}} if what else {}}
        found.append(line | ({"Description": description} if description else {}))
    return found


def _invoice(_company: Company, form: FormData) -> Body:
    return _head(form, "CustomerRef") | {"Line": _lines(form, "SalesItemLineDetail", "ItemRef")}


def _bill(_company: Company, form: FormData) -> Body:
    return _head(form, "VendorRef") | {"Line": _lines(form, "AccountBasedExpenseLineDetail", "AccountRef")}


def _party(_company: Company, form: FormData) -> Body:
    body = _texts(form, "DisplayName", "CompanyName", "AcctNum")
    if form.get("email"):
        body["PrimaryEmailAddr"] = {"Address": str(form["email"]).strip()}
    return body


def _account(_company: Company, form: FormData) -> Body:
    body = _texts(form, "Name", "AcctNum", "Description") | _references(form, "ParentRef")
    sub_type = str(form.get("AccountSubType", ""))
    return body | ({"AccountSubType": sub_type} if sub_type else {})


def _item(_company: Company, form: FormData) -> Body:
    body = {
        "Type": "Service",
        **_texts(form, "Name", "Description"),
        **_references(form, "IncomeAccountRef", "ExpenseAccountRef"),
    }
    price = amount_in(form, "UnitPrice", "The price")
    return body | ({} if price is None else {"UnitPrice": price})


_MAKERS: dict[str, Make] = {
    "Invoice": _invoice,
    "Bill": _bill,
    "Customer": _party,
    "Vendor": _party,
    "Account": _account,
    "Item": _item,
}
