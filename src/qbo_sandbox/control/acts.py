"""Acts of people in a company's books, for scripts: they need no token, and count as no API request.

The rules of the books hold for people as they do for apps; a refusal comes as 400 with the books' own words.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from qbo_sandbox.bookkeeper import acts
from qbo_sandbox.bookkeeper.acts import BOOKKEEPER, CannotDo
from qbo_sandbox.books import json_text
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.store import Record
from qbo_sandbox.control.asking import Asked, BadAsk, Part
from qbo_sandbox.control.route import Control

_GROUP = "Acts of people"

_BY: Mapping[str, Part] = {
    "by": Part("text", f"who does it, as 5010 names them; {BOOKKEEPER} if left out"),
    "password": Part("text", "the closing password, to change a closed period that has one"),
}
_OBJECT: Mapping[str, Part] = {
    "entity": Part("text", "an entity of the API, such as Invoice", needed=True, choices=tuple(ENTITIES)),
    "id": Part("text", "the object's Id", needed=True),
}
_AMOUNT = Part("amount", "in the currency of the transaction; all that is open if left out", least=0)
_DATE = Part("day", "the transaction's date; today if left out")

Act = Callable[[Company, Mapping[str, Any]], Any]


def _act(do: Act) -> Callable[[Asked], Any]:
    """Return what performs an act as the person named, through closed books if that person may."""

    def perform(asked: Asked) -> Any:
        company, body = asked.company, asked.body
        password = body.get("password")
        if password is not None and password != company.closing_password:
            raise BadAsk("password must be the one the books were closed with.")
        may_pass = not company.closing_password or password is not None
        with company.acting(body.get("by", BOOKKEEPER), through_closed_books=may_pass):
            try:
                return do(company, body)
            except CannotDo as error:
                raise BadAsk(str(error)) from error

    return perform


def shown(company: Company, record: Record) -> dict[str, Any]:
    """Return an object as an answer of the API shows it, under its entity's name."""
    return {record.entity: json_text.loads(company.text(record))}


def _of(company: Company, body: Mapping[str, Any]) -> Record:
    return acts.named(company, body["entity"], body["id"])


def _edit(company: Company, body: Mapping[str, Any]) -> Any:
    if not any(name in body for name in ("amount", "memo", "date", "number")):
        raise BadAsk("Give amount, memo, date or number.")
    record = acts.edit(
        company,
        _of(company, body),
        amount=body.get("amount"),
        memo=body.get("memo"),
        day=body.get("date"),
        number=body.get("number"),
    )
    return shown(company, record)


def _delete(company: Company, body: Mapping[str, Any]) -> Any:
    record = _of(company, body)
    acts.delete(company, record)
    return {record.entity: {"domain": "QBO", "status": "Deleted", "Id": record.qbo_id}}


def _void(company: Company, body: Mapping[str, Any]) -> Any:
    return shown(company, acts.void(company, _of(company, body)))


def _deactivate(company: Company, body: Mapping[str, Any]) -> Any:
    return shown(company, acts.set_active(company, _of(company, body), active=False))


def _reactivate(company: Company, body: Mapping[str, Any]) -> Any:
    return shown(company, acts.set_active(company, _of(company, body), active=True))


def _rename(company: Company, body: Mapping[str, Any]) -> Any:
    return shown(company, acts.rename(company, _of(company, body), body["name"]))


def _merge(company: Company, body: Mapping[str, Any]) -> Any:
    return shown(company, company.merge(body["entity"], body["kept"], body["gone"]))


def _receive(company: Company, body: Mapping[str, Any]) -> Any:
    invoice = acts.named(company, "Invoice", body["invoice"])
    day, reference = body.get("date"), body.get("reference", "")
    return shown(company, acts.receive_payment(company, invoice, body.get("amount"), day=day, reference=reference))


def _pay(company: Company, body: Mapping[str, Any]) -> Any:
    bill = acts.named(company, "Bill", body["bill"])
    paid = acts.pay_bill(
        company,
        bill,
        body.get("amount"),
        account_id=body.get("account", ""),
        day=body.get("date"),
        number=body.get("number", ""),
    )
    return shown(company, paid)


def _deposit(company: Company, body: Mapping[str, Any]) -> Any:
    received = [acts.named(company, "Payment", qbo_id) for qbo_id in body.get("payments", ())]
    received += [acts.named(company, "SalesReceipt", qbo_id) for qbo_id in body.get("sales_receipts", ())]
    if not received:
        raise BadAsk("Give payments or sales_receipts: the Ids of what is deposited.")
    account, day, memo = body.get("account", ""), body.get("date"), body.get("memo", "")
    return shown(company, acts.deposit(company, received, account_id=account, day=day, memo=memo))


def _route(
    path: str, summary: str, do: Act, takes: Mapping[str, Part], example: Mapping[str, Any], answers: Any
) -> Control:
    return Control(
        "POST",
        "/companies/{realm}/" + path,
        summary,
        _act(do),
        {**takes, **_BY},
        example=example,
        answers=answers,
        group=_GROUP,
    )


_INVOICE = {"Invoice": {"Id": "71", "SyncToken": "1", "TotalAmt": 950, "PrivateNote": "as agreed by phone"}}
_VENDOR = {"Vendor": {"Id": "9", "SyncToken": "1", "DisplayName": "Fast Carrier LLC (deleted)", "Active": False}}
_ONE = {"entity": "Invoice", "id": "71"}
_LISTED = {"entity": "Vendor", "id": "9"}

CONTROLS = (
    _route(
        "edit",
        "Edit a transaction as a bookkeeper does: the first line takes what the total changes by.",
        _edit,
        {
            **_OBJECT,
            "amount": Part("amount", "the new total", least=0),
            "memo": Part("text", "the new PrivateNote"),
            "date": Part("day", "the new TxnDate"),
            "number": Part("text", "the new DocNumber (PaymentRefNum of a payment)"),
        },
        {**_ONE, "amount": "950.00", "memo": "as agreed by phone"},
        _INVOICE,
    ),
    _route(
        "delete",
        "Delete a transaction.",
        _delete,
        _OBJECT,
        _ONE,
        {"Invoice": {"domain": "QBO", "status": "Deleted", "Id": "71"}},
    ),
    _route("void", "Void a transaction.", _void, _OBJECT, _ONE, _INVOICE),
    _route("deactivate", "Make an object of a list inactive.", _deactivate, _OBJECT, _LISTED, _VENDOR),
    _route("reactivate", "Make an object of a list active again.", _reactivate, _OBJECT, _LISTED, _VENDOR),
    _route(
        "rename",
        "Give an object of a list another name.",
        _rename,
        {**_OBJECT, "name": Part("text", "the new name (the display name of people)", needed=True)},
        {**_LISTED, "name": "Faster Carrier LLC"},
        _VENDOR,
    ),
    _route(
        "merge",
        "Merge one object of a list into another: all that refers to `gone` refers to `kept` from then on.",
        _merge,
        {
            "entity": Part("text", "Vendor, Customer, Account ...", needed=True, choices=tuple(ENTITIES)),
            "kept": Part("text", "the Id of the one that stays", needed=True),
            "gone": Part("text", "the Id of the one that goes", needed=True),
        },
        {"entity": "Vendor", "kept": "9", "gone": "12"},
        _VENDOR,
    ),
    _route(
        "receive-payment",
        "Receive a customer's payment for an invoice; what is more than its balance stays unapplied.",
        _receive,
        {
            "invoice": Part("text", "the invoice's Id", needed=True),
            "amount": _AMOUNT,
            "date": _DATE,
            "reference": Part("text", "the check's or payment's number"),
        },
        {"invoice": "71", "amount": "500.00"},
        {"Payment": {"Id": "80", "TotalAmt": 500, "UnappliedAmt": 0}},
    ),
    _route(
        "pay-bill",
        "Pay a bill by check.",
        _pay,
        {
            "bill": Part("text", "the bill's Id", needed=True),
            "amount": _AMOUNT,
            "account": Part("text", "the Id of the bank account; the first one if left out"),
            "date": _DATE,
            "number": Part("text", "the check's number"),
        },
        {"bill": "72"},
        {"BillPayment": {"Id": "81", "TotalAmt": 700}},
    ),
    _route(
        "deposit",
        "Record a deposit of payments and sales receipts that wait in Undeposited Funds.",
        _deposit,
        {
            "payments": Part("words", "Ids of payments"),
            "sales_receipts": Part("words", "Ids of sales receipts"),
            "account": Part("text", "the Id of the bank account; the first one if left out"),
            "date": _DATE,
            "memo": Part("text", "its PrivateNote"),
        },
        {"payments": ["80"]},
        {"Deposit": {"Id": "82", "TotalAmt": 500}},
    ),
)
