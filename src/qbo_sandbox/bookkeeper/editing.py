"""Editing, voiding and deleting a transaction. The form carries the SyncToken it was made with, as an app would."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.bookkeeper.choices import accounts, items
from qbo_sandbox.bookkeeper.desk import Desk, Done, Unfit, amount_in, the
from qbo_sandbox.bookkeeper.lists import row_of
from qbo_sandbox.bookkeeper.one import list_of
from qbo_sandbox.bookkeeper.words import money, number_of, spoken
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.lines import SUBTOTAL_LINE
from qbo_sandbox.books.store import Body, Record

_ACCOUNT, _ITEM = "AccountRef", "ItemRef"
_HEAD = (
    ("TxnDate", "Date", "date"),
    ("DueDate", "Due date", "date"),
    ("DocNumber", "Number", "text"),
    ("PaymentRefNum", "Reference number", "text"),
    ("PrivateNote", "Memo", "text"),
)
_MORE_LINES = 2


def editing_routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes that change or take away a transaction."""

    async def edit(request: Request) -> Response:
        found = _found(desk, request, "update")
        if found is None:
            return desk.nowhere(request, "It is not in the books")
        company, record = found
        if request.method == "GET":
            return _form(desk, request, company, record, as_form(company, record), "")
        return await desk.act(
            request,
            lambda company, form: _save(company, record, form),
            lambda company, form, error: _form(desk, request, company, record, form, error),
        )

    async def take_away(request: Request) -> Response:
        how = request.path_params["how"]
        found = _found(desk, request, how)
        if found is None:
            return desk.nowhere(request, "It is not in the books")
        company, record = found

        def ask(company: Company, _form: Mapping[str, str], error: str) -> Response:
            return _ask(desk, request, company, record, how, error)

        if request.method == "GET":
            return ask(company, {}, "")
        return await desk.act(request, lambda company, form: _take_away(company, record, how, form), ask)

    return [
        Route("/bookkeeper/{realm}/{entity}/{qbo_id}/edit", edit, methods=["GET", "POST"]),
        Route("/bookkeeper/{realm}/{entity}/{qbo_id}/{how:str}", take_away, methods=["GET", "POST"]),
    ]


def _found(desk: Desk, request: Request, operation: str) -> tuple[Company, Record] | None:
    company = desk.company(request)
    name, qbo_id = request.path_params["entity"], request.path_params["qbo_id"]
    if company is None or name not in ENTITIES or operation not in ("update", "void", "delete"):
        return None
    record = company.find(name, qbo_id)
    fits = record is not None and "TxnDate" in record.body and operation in ENTITIES[name].operations
    return (company, record) if fits and record is not None else None


def _editable(shown: Body) -> list[Body]:
    return [line for line in shown.get("Line", ()) if line.get("DetailType") != SUBTOTAL_LINE]


def as_form(company: Company, record: Record) -> dict[str, str]:
    """Return a transaction as the fields of its form."""
    shown = company.show(record)
    form = {name: str(shown.get(name, "")) for name, _, _ in _HEAD if name in ENTITIES[record.entity].fields}
    form |= {"SyncToken": str(record.sync_token)}
    if _has_own_total(record):
        form["TotalAmt"] = money(shown["TotalAmt"])
    for at, line in enumerate(_editable(shown)):
        detail = line.get(line.get("DetailType", "")) or {}
        form[f"description-{at}"] = str(line.get("Description", ""))
        form[f"amount-{at}"] = money(line.get("Amount", ""))
        form[f"what-{at}"] = str((detail.get(_ACCOUNT) or detail.get(_ITEM) or {}).get("value", ""))
    return form


def _has_own_total(record: Record) -> bool:
    return record.entity in ("Payment", "BillPayment")


def _form(
    desk: Desk, request: Request, company: Company, record: Record, form: Mapping[str, str], error: str
) -> Response:
    shown = company.show(record)
    lines = _editable(shown)
    last = lines[-1] if lines else {}
    more = _MORE_LINES if _what(last) and record.entity != "JournalEntry" else 0
    kinds = [*lines, *[last] * more]
    rows = [
        {
            "at": at,
            "what": _what(line),
            "side": (line.get(line.get("DetailType", "")) or {}).get("PostingType", ""),
            "links": _linked(company, line),
            "new": at >= len(lines),
        }
        for at, line in enumerate(kinds)
    ]
    return desk.page(
        request,
        "edit.html",
        f"Edit {spoken(record).lower()} {number_of(record.body)}",
        status=400 if error else 200,
        error=error,
        record=record,
        form=form,
        head=[each for each in _HEAD if each[0] in ENTITIES[record.entity].fields],
        lines=rows,
        own_total=_has_own_total(record),
        accounts=accounts(company),
        items=items(company),
        row=row_of(company, record),
    )


def _what(line: Body) -> str:
    detail = line.get(line.get("DetailType", "")) or {}
    return _ACCOUNT if _ACCOUNT in detail else _ITEM if _ITEM in detail else ""


def _linked(company: Company, line: Body) -> str:
    links = line.get("LinkedTxn") or ()
    if not links:
        return ""
    target = (
        company.find(links[0].get("TxnType", ""), str(links[0].get("TxnId", "")))
        if (links[0].get("TxnType") in ENTITIES)
        else None
    )
    return (
        f"{spoken(target)} {number_of(target.body)}" if target else f"{links[0].get('TxnType')} {links[0].get('TxnId')}"
    )


def _save(company: Company, record: Record, form: FormData) -> Done:
    shown = company.show(the(company, record.entity, record.qbo_id))
    change: Body = {"Id": record.qbo_id, "SyncToken": str(form.get("SyncToken", "")), "sparse": True}
    for name, _, _ in _HEAD:
        given = str(form.get(name, "")).strip()
        if name in form and given != str(shown.get(name, "")):
            change[name] = given
    if _has_own_total(record):
        total = amount_in(form, "TotalAmt", "The amount")
        if total is None:
            raise Unfit("The amount is missing.")
        change["TotalAmt"] = total
        if "CustomerRef" in shown:
            change["CustomerRef"] = shown["CustomerRef"]
    lines = _lines(_editable(shown), form)
    if lines != _editable(shown) or "TotalAmt" in change:
        change["Line"] = lines
    saved = company.update(record.entity, change)
    said = "Nothing was changed." if saved.sync_token == record.sync_token else f"Saved as version {saved.sync_token}."
    return Done(f"/{record.entity}/{record.qbo_id}", said)


def _lines(before: list[Body], form: FormData) -> list[Body]:
    """Return the lines the form asks for: changed, taken out where the amount is empty, and new ones."""
    kept: list[Body] = []
    for at in range(len(before) + _MORE_LINES):
        amount = amount_in(form, f"amount-{at}", f"The amount of line {at + 1}")
        if at < len(before):
            if f"amount-{at}" not in form:
                kept.append(before[at])
            elif amount is not None or "Amount" not in before[at]:
                kept.append(_changed(before[at], form, at, amount))
        elif amount is not None and before:
            new = {name: value for name, value in before[-1].items() if name not in ("Id", "LineNum", "LinkedTxn")}
            kept.append(_changed(new, form, at, amount))
    return kept


def _changed(line: Body, form: FormData, at: int, amount: Decimal | None) -> Body:
    changed: dict[str, Any] = dict(line)
    description = str(form.get(f"description-{at}", "")).strip()
    if description != str(line.get("Description", "")):
        changed["Description"] = description
    kind, what = line.get("DetailType", ""), str(form.get(f"what-{at}", ""))
    detail = dict(line.get(kind) or {})
    if what and _what(line) and what != str(detail[_what(line)].get("value")):
        detail[_what(line)] = {"value": what}
        changed[kind] = detail
    if amount is not None and amount != line.get("Amount"):
        changed["Amount"] = amount
        if detail:  # quantity times price would no longer be the amount
            changed[kind] = {name: value for name, value in detail.items() if name not in ("Qty", "UnitPrice")}
    return changed


_WORDS = {
    "void": (
        "Void",
        "Every amount becomes 0.00 and the memo says it is voided. The number stays taken. What was paid on it becomes "
        "unapplied.",
    ),
    "delete": (
        "Delete",
        "It leaves the books with its entry. An app that reads it afterwards gets error 610, and change data capture "
        "tells that it was deleted. What was paid on it becomes unapplied.",
    ),
}


def _ask(desk: Desk, request: Request, company: Company, record: Record, how: str, error: str) -> Response:
    verb, means = _WORDS[how]
    row = row_of(company, record)
    name = f"{spoken(record).lower()} {number_of(record.body)}"
    return desk.page(
        request,
        "confirm.html",
        f"{verb} {name}?",
        status=400 if error else 200,
        error=error,
        means=means,
        told=[("Name", row.name), ("Date", row.day), ("Amount", money(row.amount)), ("Open", money(row.open))],
        fields={"SyncToken": str(record.sync_token)},
        button=f"{verb} {name}",
        back=f"/{record.entity}/{record.qbo_id}",
        keep="Keep it",
    )


def _take_away(company: Company, record: Record, how: str, form: FormData) -> Done:
    target = {"Id": record.qbo_id, "SyncToken": str(form.get("SyncToken", ""))}
    name = f"{spoken(record)} {number_of(record.body)}"
    if how == "void":
        company.void(record.entity, target)
        return Done(f"/{record.entity}/{record.qbo_id}", f"{name} is voided.")
    company.delete(record.entity, target)
    return Done(list_of(record.entity)[1] or "/list/invoices", f"{name} is deleted.")
