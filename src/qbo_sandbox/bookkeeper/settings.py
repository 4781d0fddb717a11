"""Closing the books and opening them again, the preferences that change what is allowed, and the subscription."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from starlette.datastructures import FormData
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from qbo_sandbox.bookkeeper.desk import Desk, Done, Unfit
from qbo_sandbox.bookkeeper.words import short_day
from qbo_sandbox.books.company import Company
from qbo_sandbox.books.subscription import PLANS, STATUSES, UnknownPlan
from qbo_sandbox.reports.postings import transactions


@dataclass(frozen=True)
class Switch:
    """One preference that is on or off; `section` is OtherPrefs for those kept as name and value."""

    section: str
    name: str
    title: str
    means: str


SWITCHES = (
    Switch("SalesFormsPrefs", "CustomTxnNumbers", "Custom transaction numbers", "Apps number invoices themselves."),
    Switch(
        "OtherPrefs",
        "WarnDuplicateBillNumber",
        "Warn about duplicate bill numbers",
        "A vendor's number used twice: 6140.",
    ),
    Switch(
        "OtherPrefs",
        "WarnDuplicateCheckNumber",
        "Warn about duplicate check numbers",
        "A bank's number used twice: 6140.",
    ),
    Switch(
        "OtherPrefs", "WarnDuplicateJournalNumber", "Warn about duplicate journal numbers", "A number used twice: 6140."
    ),
    Switch("AccountingInfoPrefs", "TrackDepartments", "Locations", "DepartmentRef is kept."),
    Switch(
        "AccountingInfoPrefs", "ClassTrackingPerTxnLine", "Classes, one for each line", "ClassRef of lines is kept."
    ),
    Switch(
        "AccountingInfoPrefs", "ClassTrackingPerTxn", "Classes, one for each transaction", "ClassRef of forms is kept."
    ),
    Switch("AccountingInfoPrefs", "UseAccountNumbers", "Account numbers", "Reports show them before the name."),
    Switch("CurrencyPrefs", "MultiCurrencyEnabled", "Several currencies", "Can never be turned off again."),
    Switch("TaxPrefs", "UsingSalesTax", "Sales tax", "Forms carry tax."),
)


def settings_routes(desk: Desk) -> list[BaseRoute]:
    """Return the routes of the closing date and of the settings."""

    async def closing(request: Request) -> Response:
        return await desk.either(request, _close, lambda *shown: _closing(request, *shown))

    async def settings(request: Request) -> Response:
        return await desk.either(request, _prefer, lambda *shown: _settings(request, *shown))

    async def subscription(request: Request) -> Response:
        return await desk.either(request, _subscribe, lambda *shown: _settings(request, *shown))

    def _closing(request: Request, company: Company, form: Mapping[str, str], error: str) -> Response:
        closed = company.preference("AccountingInfoPrefs", "BookCloseDate")
        dates = [str(each.body["TxnDate"]) for each in transactions(company) if "TxnDate" in each.body]
        title = f"The books are closed through {short_day(closed)}" if closed else "The books are open"
        return desk.page(
            request,
            "closing.html",
            title,
            status=400 if error else 200,
            error=error,
            closed=closed or "",
            form=form,
            inside=sum(1 for day in dates if closed and day <= closed),
            every=len(dates),
        )

    def _settings(request: Request, company: Company, form: Mapping[str, str], error: str) -> Response:
        return desk.page(
            request,
            "settings.html",
            "Settings",
            status=400 if error else 200,
            error=error,
            switches=[(switch, is_on(company, switch)) for switch in SWITCHES],
            subscription=company.subscription,
            plans=tuple(PLANS),
            statuses=STATUSES,
            form=form,
        )

    return [
        Route("/bookkeeper/{realm}/closing", closing, methods=["GET", "POST"]),
        Route("/bookkeeper/{realm}/settings", settings, methods=["GET", "POST"]),
        Route("/bookkeeper/{realm}/subscription", subscription, methods=["GET", "POST"]),
    ]


def is_on(company: Company, switch: Switch) -> bool:
    """Return whether a preference is on."""
    if switch.section == "OtherPrefs":
        return company.other_preference(switch.name) == "true"
    return bool(company.preference(switch.section, switch.name))


def _close(company: Company, form: FormData) -> Done:
    if form.get("reopen"):
        company.close_books(None)
        return Done("/closing", "The books are open again.")
    text = str(form.get("through", ""))
    try:
        through = date.fromisoformat(text)
    except ValueError:
        raise Unfit("Choose the last day of the period to close.") from None
    company.close_books(through)
    return Done("/closing", f"The books are closed through {short_day(through)}.")


def _prefer(company: Company, form: FormData) -> Done:
    change: dict[str, Any] = {}
    pairs = {str(pair["Name"]): pair.get("Value") for pair in company.preference("OtherPrefs", "NameValue", [])}
    turned: list[str] = []
    for switch in SWITCHES:
        wanted = bool(form.get(switch.name))
        if wanted == is_on(company, switch):
            continue
        turned.append(f"{switch.title} {'on' if wanted else 'off'}")
        if switch.section == "OtherPrefs":
            pairs[switch.name] = "true" if wanted else "false"
            change["OtherPrefs"] = {"NameValue": [{"Name": name, "Value": value} for name, value in pairs.items()]}
        else:
            change.setdefault(switch.section, {})[switch.name] = wanted
    if not change:
        return Done("/settings", "Nothing was changed.")
    before = company.read("Preferences", "1")
    company.update("Preferences", {"Id": "1", "SyncToken": str(before.sync_token), "sparse": True, **change})
    return Done("/settings", f"Turned: {', '.join(turned)}.")


def _subscribe(company: Company, form: FormData) -> Done:
    plan, status = str(form.get("plan", "")), str(form.get("status", ""))
    try:
        company.subscribe(plan=plan or None, status=status or None)
    except UnknownPlan as unknown:
        raise Unfit(str(unknown)) from None
    return Done(
        "/settings", f"The subscription is {company.subscription.plan.name}, {company.subscription.status.lower()}."
    )
