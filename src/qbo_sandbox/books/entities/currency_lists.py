"""CompanyCurrency and ExchangeRate: the currencies a company deals in, and what they are worth from day to day."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.currencies import CURRENCY_NAMES
from qbo_sandbox.books.entities.foreign import rate_on
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Anything, Body, CurrencyCode, Day, Flag, Number, Reading, Text
from qbo_sandbox.books.refusals import Refusal, business, missing, refuse
from qbo_sandbox.books.times import stamp

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company


def _multicurrency_is_on(draft: Draft) -> None:
    if not draft.company.preference("CurrencyPrefs", "MultiCurrencyEnabled"):
        raise business("Multi Currency should be enabled to perform this operation.")


def _named(draft: Draft) -> None:
    """A currency is listed once; its name comes from its code."""
    body = draft.body
    body.setdefault("Name", CURRENCY_NAMES[body["Code"]])
    body.setdefault("Active", True)
    if draft.before is not None and draft.before.body["Code"] != body["Code"]:
        raise business("You can't change the code of a currency.")
    for other in draft.company.table("CompanyCurrency").with_value("Code", body["Code"]):
        if other.qbo_id != draft.qbo_id:
            text = "The name supplied already exists. : Another currency is already using this code."
            raise refuse("6240", "Duplicate Name Exists Error", text, None)


COMPANY_CURRENCY = Entity(
    name="CompanyCurrency",
    fields={"Code": CurrencyCode(), "Name": Text(100), "CustomField": Anything(), "Active": Flag(), **META},
    required=("Code",),
    steps=(_multicurrency_is_on, _named),
    id_family="CompanyCurrency",
    name_field="Name",
    indexed=("Code",),
    filterable={
        "Id": "id",
        "Code": "text",
        "Name": "text",
        "Active": "flag",
        "MetaData.CreateTime": "time",
        "MetaData.LastUpdatedTime": "time",
    },
    order="Name",
)


def _rate_given(draft: Draft) -> None:
    """A rate is per day: today's when no day is sent, into the home currency when no target is."""
    body, home = draft.body, draft.company.home_currency
    body.setdefault("AsOfDate", draft.company.today().isoformat())
    target = body.setdefault("TargetCurrencyCode", home)
    if target != home:
        text = f"Invalid or Unsupported currency type supplied. Supplied value: {target}."
        raise refuse("2220", "Invalid Currency Type", text, "TargetCurrencyCode")
    if not body["Rate"]:
        raise refuse("2240", "Invalid Number Range", f"Supplied value: {body['Rate']}", "Rate")


def rate_id(body: Body) -> str:
    """Return the id a rate is kept under, which no answer shows: its day and its currency."""
    code = 0
    for letter in body["SourceCurrencyCode"]:
        code = code * 26 + ord(letter) - ord("A")
    return str(date.fromisoformat(body["AsOfDate"]).toordinal() * 26**3 + code)


EXCHANGE_RATE = Entity(
    name="ExchangeRate",
    fields={
        "SourceCurrencyCode": CurrencyCode(),
        "TargetCurrencyCode": CurrencyCode(),
        "Rate": Number(Decimal(0)),
        "AsOfDate": Day(),
        "CustomField": Anything(),
        **{name: kind for name, kind in META.items() if name != "Id"},
    },
    required=("SourceCurrencyCode", "Rate"),
    steps=(_multicurrency_is_on, _rate_given),
    id_family="ExchangeRate",
    own_id=rate_id,
    indexed=("SourceCurrencyCode",),
    filterable={"SourceCurrencyCode": "text", "AsOfDate": "date", "MetaData.LastUpdatedTime": "time"},
    order="SourceCurrencyCode",
    counted=True,
)


def rate_asked_for(company: Company, asked: Mapping[str, str]) -> Body:
    """Return the rate of `sourcecurrencycode` on `asofdate` (today without it) as an answer shows it, or refuse.

    A day nobody gave a rate for has that of the day before it: QuickBooks knows a rate for every day.
    """
    reading = Reading(company.quirks)
    given = {name.lower(): value for name, value in asked.items()}
    if not given.get("sourcecurrencycode"):
        raise missing("sourcecurrencycode")
    source = CurrencyCode().read(given["sourcecurrencycode"].upper(), "sourcecurrencycode", reading)
    day = Day().read(given.get("asofdate") or company.today().isoformat(), "asofdate", reading)
    if reading.invalid:
        raise Refusal(reading.invalid)
    for record in company.table("ExchangeRate").with_value("SourceCurrencyCode", source):
        if record.body["AsOfDate"] == day:
            return company.show(record)
    return {
        "SourceCurrencyCode": source,
        "TargetCurrencyCode": company.home_currency,
        "Rate": rate_on(company, source, day),
        "AsOfDate": day,
        "domain": "QBO",
        "sparse": False,
        "SyncToken": "0",
        "MetaData": {"LastUpdatedTime": stamp(company.now())},
    }


FAMILY = (COMPANY_CURRENCY, EXCHANGE_RATE)
