"""What a company is set to, over HTTP: closed books, the subscription, preferences, and the quirks of the sandbox."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from qbo_sandbox.bookkeeper import acts
from qbo_sandbox.bookkeeper.acts import BOOKKEEPER
from qbo_sandbox.books.quirk_notes import quirk_notes
from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.subscription import PLANS, STATUSES
from qbo_sandbox.control.asking import Asked, BadAsk, Part, read_value
from qbo_sandbox.control.route import Control

_GROUP = "Settings of a company"
_QUIRKS = "Quirks"
_SHORT_PLANS = {name.removeprefix("QuickBooks Online "): name for name in PLANS}
_PREFIX = "/companies/{realm}"

# What a property of the control plane sets: a section of Preferences and its fields.
_SECTIONS: Mapping[str, tuple[str, str]] = {
    "locations": ("AccountingInfoPrefs", "TrackDepartments"),
    "account_numbers": ("AccountingInfoPrefs", "UseAccountNumbers"),
    "multicurrency": ("CurrencyPrefs", "MultiCurrencyEnabled"),
    "custom_txn_numbers": ("SalesFormsPrefs", "CustomTxnNumbers"),
    "sales_tax": ("TaxPrefs", "UsingSalesTax"),
    "billable_expenses": ("VendorAndPurchasesPrefs", "BillableExpenseTracking"),
    "customers_on_expenses": ("VendorAndPurchasesPrefs", "TrackingByCustomer"),
}
_PAIRS: Mapping[str, str] = {
    "warn_duplicate_bill_numbers": "WarnDuplicateBillNumber",
    "warn_duplicate_check_numbers": "WarnDuplicateCheckNumber",
    "warn_duplicate_journal_numbers": "WarnDuplicateJournalNumber",
}
_TRACKING = {"off": (False, False), "transaction": (True, False), "line": (False, True)}


def _close(asked: Asked) -> Any:
    with asked.company.acting(asked.body.get("by", BOOKKEEPER), through_closed_books=True):
        asked.company.close_books(asked.body["through"], asked.body.get("password", ""))
    return _closed(asked)


def _open(asked: Asked) -> Any:
    with asked.company.acting(asked.body.get("by", BOOKKEEPER), through_closed_books=True):
        asked.company.close_books(None)
    return _closed(asked)


def _closed(asked: Asked) -> Any:
    through = asked.company.preference("AccountingInfoPrefs", "BookCloseDate")
    return {"books_closed_through": through, "with_password": bool(asked.company.closing_password)}


def _subscribe(asked: Asked) -> Any:
    body = asked.body
    if not body:
        raise BadAsk("Give plan or status.")
    plan = body.get("plan")
    asked.company.subscribe(plan=_SHORT_PLANS.get(plan, plan) if plan else None, status=body.get("status"))
    subscription = asked.company.subscription
    return {"plan": subscription.plan.name, "status": subscription.status}


def _prefer(asked: Asked) -> Any:
    company, body = asked.company, asked.body
    if not set(body) - {"by"}:
        raise BadAsk(f"Give one of {', '.join(_PREFERENCES)}.")
    wanted: dict[str, dict[str, Any]] = {}
    for name, (section, field) in _SECTIONS.items():
        if name in body:
            wanted.setdefault(section, {})[field] = body[name]
    if "classes" in body:
        per_transaction, per_line = _TRACKING[body["classes"]]
        tracking = wanted.setdefault("AccountingInfoPrefs", {})
        tracking |= {"ClassTrackingPerTxn": per_transaction, "ClassTrackingPerTxnLine": per_line}
    pairs = {field: body[name] for name, field in _PAIRS.items() if name in body}
    with company.acting(body.get("by", BOOKKEEPER)):
        record = acts.prefer(company, wanted, pairs)
    return {"Preferences": company.show(record)}


def _quirks(asked: Asked) -> Any:
    return {"quirks": [_quirk(asked, name) for name in quirk_notes(Quirks)]}


def _quirk(asked: Asked, name: str) -> dict[str, Any]:
    note = quirk_notes(Quirks)[name]
    companies = asked.sandbox.companies
    return {
        "name": name,
        "default": note.default,
        "now": {realm_id: getattr(company.quirks, name) for realm_id, company in companies.items()},
        "source": note.source,
        "meaning": note.meaning,
        **({"choices": list(note.choices)} if note.choices else {}),
    }


def _set_quirks(asked: Asked) -> Any:
    notes = quirk_notes(Quirks)
    values = asked.body["values"]
    realm_id = asked.body.get("realm")
    if realm_id is not None and realm_id not in asked.sandbox.companies:
        raise BadAsk(f"There is no company {realm_id}; the companies are {', '.join(asked.sandbox.companies)}.")
    read: dict[str, Any] = {}
    for name, value in values.items():
        if name not in notes:
            raise BadAsk(f"There is no quirk {name!r}; there are {', '.join(notes)}.")
        note = notes[name]
        kind = {bool: "flag", int: "whole"}.get(type(note.default), "text")
        least = 0 if kind == "whole" else None
        read[name] = read_value(name, value, Part(kind, note.meaning, choices=note.choices, least=least))
    for company in asked.sandbox.companies.values():
        if realm_id in (None, company.realm_id):
            company.set_quirks(read)
    return {"quirks": [_quirk(asked, name) for name in values]}


_BY = {"by": Part("text", f"who does it; {BOOKKEEPER} if left out")}
_CLOSED = {"books_closed_through": "2026-01-31", "with_password": False}
_FLAGS = {
    "locations": "locations (DepartmentRef) on transactions",
    "account_numbers": "numbers of accounts",
    "multicurrency": "several currencies; it cannot be turned off again",
    "custom_txn_numbers": "numbers of sales forms given by the user, and 6140 for duplicates",
    "sales_tax": "sales tax",
    "billable_expenses": "billable expenses",
    "customers_on_expenses": "customers on lines of expenses",
    "warn_duplicate_bill_numbers": "6140 for a bill number used twice with a vendor",
    "warn_duplicate_check_numbers": "6140 for a check number used twice with a bank account",
    "warn_duplicate_journal_numbers": "6140 for a journal number used twice",
}
_PREFERENCES = {
    "classes": Part("text", "class tracking: off, one per transaction, or one per line", choices=tuple(_TRACKING)),
    **{name: Part("flag", meaning) for name, meaning in _FLAGS.items()},
}
_QUIRK = {
    "name": "sync_token_required",
    "default": True,
    "now": {"9341450000000000": True},
    "source": "INF",
    "meaning": "[INF] A missing SyncToken on update or delete is 2020 on SyncToken.",
    "choices": [True, False],
}

CONTROLS = (
    Control(
        "POST",
        f"{_PREFIX}/close-books",
        "Close the books up to and with a day: apps get 6210 (or 6200, a quirk). People pass after a warning, or with "
        "the password if there is one.",
        _close,
        {
            "through": Part("day", "the last day of the closed period", needed=True),
            "password": Part("text", "the closing password; none if left out"),
            **_BY,
        },
        example={"through": "2026-01-31"},
        answers=_CLOSED,
        group=_GROUP,
    ),
    Control(
        "POST",
        f"{_PREFIX}/open-books",
        "Open every period again.",
        _open,
        _BY,
        answers={"books_closed_through": None, "with_password": False},
        group=_GROUP,
    ),
    Control(
        "POST",
        f"{_PREFIX}/subscription",
        "End or renew the subscription, or change the plan, as Intuit's billing does. EXPIRED and CANCELLED companies "
        "refuse every write with 6190.",
        _subscribe,
        {
            "plan": Part("text", "the plan of QuickBooks Online", choices=(*_SHORT_PLANS, *PLANS)),
            "status": Part("text", "how it stands", choices=STATUSES),
        },
        example={"status": "EXPIRED"},
        answers={"plan": "QuickBooks Online Plus", "status": "EXPIRED"},
        group=_GROUP,
    ),
    Control(
        "POST",
        f"{_PREFIX}/preferences",
        "Turn on or off what a company uses.",
        _prefer,
        {**_PREFERENCES, **_BY},
        example={"classes": "line", "warn_duplicate_bill_numbers": True},
        answers={"Preferences": {"Id": "1", "SyncToken": "1"}},
        group=_GROUP,
    ),
    Control(
        "GET",
        "/quirks",
        "List every behaviour no recording confirms: what it is now in each company, its default, its source (DOC "
        "Intuit's text, CAP a recording, 3P a third party, INF our inference), and what it means.",
        _quirks,
        answers={"quirks": [_QUIRK]},
        group=_QUIRKS,
    ),
    Control(
        "PUT",
        "/quirks",
        "Choose other behaviours, in one company or in all there are.",
        _set_quirks,
        {
            "values": Part("object", "quirks by name", needed=True),
            "realm": Part("text", "a company's id; every company if left out"),
        },
        example={"values": {"sync_token_required": False}},
        answers={"quirks": [_QUIRK]},
        group=_QUIRKS,
    ),
)
