"""How the bookkeeper's pages speak: names of things, amounts, days, and what QuickBooks says when it refuses."""

from __future__ import annotations

import re
from datetime import date
from decimal import Decimal
from typing import Any

from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.store import Record
from qbo_sandbox.reports.line_columns import spoken_type

_SPOKEN = {
    "CompanyInfo": "Company",
    "CompanyCurrency": "Currency",
    "PaymentMethod": "Payment method",
    "TaxCode": "Tax code",
    "TaxRate": "Tax rate",
    "TaxAgency": "Tax agency",
    "ExchangeRate": "Exchange rate",
    "Department": "Location",
}
_PREFIX = re.compile(r"^(Business Validation Error|Stale Object Error|Permission Denied Error|Invalid Reference Id"
                     r"|Object Not Found|Duplicate Document Number Error|Required parameter) ?: ?")  # fmt: skip


def spoken(thing: Record | str) -> str:
    """Return what a kind of object is called: `Bill payment (check)`."""
    name = thing if isinstance(thing, str) else spoken_type(thing)
    if name in _SPOKEN:
        return _SPOKEN[name]
    words = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", name)
    return words[:1] + words[1:].lower()


def money(amount: Decimal | float | str | None) -> str:
    """Return an amount to the cent, with a true minus."""
    if amount is None or amount == "":
        return ""
    return f"{Decimal(amount):,.2f}".replace("-", "\u2212")


def short_day(text: str | date) -> str:
    """Return a day as tables show it: `Nov 7, 2026`."""
    if not text:
        return ""
    day = text if isinstance(text, date) else date.fromisoformat(str(text)[:10])
    return f"{day:%b} {day.day}, {day.year}"


def sentences(refusal: Refusal) -> str:
    """Return what QuickBooks says to a person, with its code at the end."""
    said = []
    for error in refusal.errors:
        text = _PREFIX.sub("", error.detail or error.message).strip()
        if error.code == "6240":
            text = text.removeprefix("The name supplied already exists. :").strip()
        said.append(f"{text[:1].upper()}{text[1:]}{'' if text.endswith(('.', '!', '?')) else '.'} (error {error.code})")
    return " ".join(dict.fromkeys(said))


def number_of(body: dict[str, Any]) -> str:
    """Return the number a transaction goes by, or what stands in for one."""
    return str(body.get("DocNumber") or body.get("PaymentRefNum") or "no number")
