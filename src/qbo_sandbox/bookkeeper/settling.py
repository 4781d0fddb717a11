"""Receiving payments and paying bills: over several documents, in part, with credits, as QuickBooks' own screens do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.bookkeeper.choices import accounts, names
from qbo_sandbox.bookkeeper.desk import Desk, Done, Unfit, amount_in
from qbo_sandbox.bookkeeper.lists import Row, row_of
from qbo_sandbox.bookkeeper.words import money
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.store import Body

ZERO = Decimal("0.00")


@dataclass(frozen=True)
class Settling:
    """One of the two screens, and the words on it."""

    entity: str
    party: str  # the list
    field: str  # its reference
    owed: str
    credit: str
    title: str
    verb: str
    slug: str


RECEIVE = Settling(
    "Payment", "Customer", "CustomerRef", "Invoice", "CreditMemo", "Receive payment", "Receive", "receive"
)
PAY = Settling("BillPayment", "Vendor", "VendorRef", "Bill", "VendorCredit", "Pay bills", "Pay", "pay")


def settling_routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the two screens."""

    def screen(how: Settling) -> Route:
        async def show(request: Request) -> Response:
            company = desk.company(request)
            if company is None:
                return desk.nowhere(request, "There is no such company")
            party = request.query_params.get(how.party.lower(), "")
            if request.method == "GET":
                ticked = request.query_params.get("tick", "")
                return _form(desk, request, company, how, party, _begun(company, how, party, ticked), "")
            return await desk.act(
                request,
                lambda company, form: _settle(company, how, form),
                lambda company, form, error: _form(desk, request, company, how, form.get("party", ""), form, error),
            )

        return Route(f"/bookkeeper/{{realm}}/{how.slug}", show, methods=["GET", "POST"])

    return [screen(RECEIVE), screen(PAY)]


def _open(company: Company, how: Settling, party: str, entity: str) -> list[Row]:
    found = (row_of(company, each) for each in company.table(entity).with_value(how.field, party)) if party else ()
    return sorted((row for row in found if row.open), key=lambda row: (row.due or row.day, int(row.qbo_id)))


def _begun(company: Company, how: Settling, party: str, ticked: str) -> dict[str, str]:
    form = {"TxnDate": company.today().isoformat(), "party": party}
    for entity in (how.owed, how.credit):
        for row in _open(company, how, party, entity):
            if row.qbo_id == ticked:
                form[f"{entity}-{ticked}"] = money(row.open)
    return form


def _form(
    desk: Desk, request: Request, company: Company, how: Settling, party: str, form: Mapping[str, str], error: str
) -> Response:
    owed, credits = _open(company, how, party, how.owed), _open(company, how, party, how.credit)
    kinds = ("Bank", "Other Current Asset") if how is RECEIVE else ("Bank", "Credit Card")
    with_open = (
        {
            each.body[how.field]["value"]
            for each in company.table(how.owed)
            if how.field in each.body and row_of(company, each).open
        }
        if not party
        else set()
    )
    parties = names(company, how.party)
    return desk.page(
        request,
        "settle.html",
        how.title,
        status=400 if error else 200,
        error=error,
        how=how,
        party=party,
        party_name=company.name_of(how.party, party) or "",
        parties=parties,
        suggested=[each for each in parties if each.qbo_id in with_open][:12],
        owed=owed,
        credits=credits,
        owed_total=sum((row.open or ZERO for row in owed), ZERO),
        accounts=accounts(company, kinds),
        form=form,
        receiving=how is RECEIVE,
    )


def _settle(company: Company, how: Settling, form: FormData) -> Done:
    party = str(form.get("party", ""))
    if not party:
        raise Unfit(f"Choose the {how.party.lower()} first.")
    lines: list[Body] = []
    applied, count = ZERO, 0
    for name in form:
        entity, _, qbo_id = name.partition("-")
        if entity not in (how.owed, how.credit):
            continue
        amount = amount_in(form, name, f"The amount of {entity} {qbo_id}")
        if amount:
            lines.append({"Amount": amount, "LinkedTxn": [{"TxnId": qbo_id, "TxnType": entity}]})
            applied += amount if entity == how.owed else -amount
            count += entity == how.owed
    total = amount_in(form, "TotalAmt", "The amount")
    body: Body = {
        how.field: {"value": party},
        "TotalAmt": max(applied, ZERO) if total is None else total,
        "Line": lines,
    }
    if not lines and total is None:
        raise Unfit("Enter an amount beside at least one document, or an amount to keep unapplied.")
    for name in ("TxnDate", "PrivateNote"):
        if form.get(name):
            body[name] = str(form[name])
    number = str(form.get("number", "")).strip()
    account = str(form.get("account", ""))
    if how is RECEIVE:
        body |= {"PaymentRefNum": number} if number else {}
        body |= {"DepositToAccountRef": {"value": account}} if account else {}
    else:
        body |= {"DocNumber": number} if number else {}
        body |= _paid_from(company, account)
    made = company.create(how.entity, body)
    noun = f"{how.owed.lower()}{'s' if count != 1 else ''}"
    done = "received" if how is RECEIVE else "paid"
    return Done(f"/{how.entity}/{made.qbo_id}", f"{money(made.body['TotalAmt'])} {done}, over {count} {noun}.")


def _paid_from(company: Company, account: str) -> Body:
    record = company.find("Account", account)
    if record is None:
        raise Unfit("Choose the account it is paid from.")
    if record.body["AccountType"] == "Credit Card":
        return {"PayType": "CreditCard", "CreditCardPayment": {"CCAccountRef": {"value": account}}}
    return {"PayType": "Check", "CheckPayment": {"BankAccountRef": {"value": account}}}
