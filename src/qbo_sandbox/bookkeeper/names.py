"""Renaming, deactivating and merging what stands in a list: an account, a customer, a vendor, an item."""

from __future__ import annotations

from collections.abc import Mapping

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.bookkeeper.choices import names
from qbo_sandbox.bookkeeper.desk import Desk, Done, Unfit
from qbo_sandbox.bookkeeper.words import money, spoken
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.merging import MERGEABLE
from qbo_sandbox.books.store import Record

_SUFFIX = " (deleted)"


def name_routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes that change what stands in a list."""

    async def rename(request: Request) -> Response:
        found = _found(desk, request)
        if found is None:
            return desk.nowhere(request, "It is not in the books")
        _, record = found
        return await desk.either(
            request,
            lambda company, form: _rename(company, record, form),
            lambda _company, form, error: _rename_form(desk, request, record, form, error),
        )

    async def activity(request: Request) -> Response:
        found = _found(desk, request)
        if found is None:
            return desk.nowhere(request, "It is not in the books")
        _, record = found
        return await desk.either(
            request,
            lambda company, form: _set_active(company, record, form),
            lambda company, _form, error: _activity_form(desk, request, company, record, error),
        )

    async def merge(request: Request) -> Response:
        found = _found(desk, request)
        if found is None or found[1].entity not in MERGEABLE:
            return desk.nowhere(request, "It is not in the books")
        _, record = found
        return await desk.either(
            request,
            lambda company, form: _merge(company, record, form),
            lambda company, form, error: _merge_form(desk, request, company, record, form, error),
        )

    prefix = "/bookkeeper/{realm}/{entity}/{qbo_id}"
    return [
        Route(f"{prefix}/rename", rename, methods=["GET", "POST"]),
        Route(f"{prefix}/activity", activity, methods=["GET", "POST"]),
        Route(f"{prefix}/merge", merge, methods=["GET", "POST"]),
    ]


def _found(desk: Desk, request: Request) -> tuple[Company, Record] | None:
    company = desk.company(request)
    name, qbo_id = request.path_params["entity"], request.path_params["qbo_id"]
    if company is None or name not in ENTITIES or ENTITIES[name].unique_name is None:
        return None
    record = company.find(name, qbo_id)
    return (company, record) if record is not None else None


def _own_field(record: Record) -> str:
    return "DisplayName" if "DisplayName" in record.body else "Name"


def _name(record: Record) -> str:
    return str(record.body.get("FullyQualifiedName") or record.body[_own_field(record)])


def _page_of(record: Record) -> str:
    return f"/accounts/{record.qbo_id}" if record.entity == "Account" else f"/{record.entity}/{record.qbo_id}"


def _rename(company: Company, record: Record, form: FormData) -> Done:
    name = str(form.get("name", "")).strip()
    if not name:
        raise Unfit("A name is needed.")
    change = {
        "Id": record.qbo_id,
        "SyncToken": str(form.get("SyncToken", "")),
        "sparse": True,
        _own_field(record): name,
    }
    company.update(record.entity, change)
    return Done(_page_of(record), f"{_name(record)} is now {name}.")


def _rename_form(desk: Desk, request: Request, record: Record, form: Mapping[str, str], error: str) -> Response:
    return desk.page(
        request,
        "rename.html",
        f"Rename {_name(record)}",
        status=400 if error else 200,
        error=error,
        name=form.get("name", record.body[_own_field(record)]),
        token=record.sync_token,
        back=_page_of(record),
    )


def _set_active(company: Company, record: Record, form: FormData) -> Done:
    change = {
        "Id": record.qbo_id,
        "SyncToken": str(form.get("SyncToken", "")),
        "sparse": True,
        "Active": not record.active,
    }
    company.update(record.entity, change)
    said = (
        f"{_name(record)} is inactive." if record.active else f"{_name(record).removesuffix(_SUFFIX)} is active again."
    )
    return Done(_page_of(record), said)


def _activity_form(desk: Desk, request: Request, company: Company, record: Record, error: str) -> Response:
    kind = spoken(record.entity).lower()
    verb = "Make inactive" if record.active else "Make active again"
    means = (
        f"It leaves the lists and gets “{_SUFFIX.strip()}” behind its name. What refers to it stays as it is, but no "
        f"new transaction may use this {kind}: an app that does gets error 2500."
        if record.active
        else "It comes back under its own name, if nobody else has taken that."
    )
    balance = ENTITIES[record.entity].derive(company, record)
    figure = balance.get("Balance", balance.get("CurrentBalance"))
    return desk.page(
        request,
        "confirm.html",
        f"{verb}: {_name(record)}?",
        status=400 if error else 200,
        error=error,
        means=means,
        told=[("Kind", spoken(record.entity)), ("Balance", money(figure))],
        fields={"SyncToken": str(record.sync_token)},
        button=f"{verb}: {_name(record)}",
        back=_page_of(record),
        keep="Leave it as it is",
        harmless=not record.active,
    )


def _merge(company: Company, record: Record, form: FormData) -> Done:
    kept_id = str(form.get("into", ""))
    if not kept_id:
        raise Unfit("Choose what it is merged into.")
    kept = company.merge(record.entity, kept_id, record.qbo_id)
    return Done(_page_of(kept), f"{_name(record)} is now part of {_name(kept)}.")


def _merge_form(
    desk: Desk, request: Request, company: Company, record: Record, form: Mapping[str, str], error: str
) -> Response:
    others = [each for each in names(company, record.entity) if each.qbo_id != record.qbo_id]
    if record.entity == "Account":
        table = company.table("Account")
        kind = record.body["AccountType"]
        others = [each for each in others if table.records[each.qbo_id].body["AccountType"] == kind]
    return desk.page(
        request,
        "merge.html",
        f"Merge {_name(record)} into another {spoken(record.entity).lower()}",
        status=400 if error else 200,
        error=error,
        record=record,
        name=_name(record),
        others=others,
        form=form,
        back=_page_of(record),
    )
