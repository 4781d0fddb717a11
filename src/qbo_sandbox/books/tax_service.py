"""The tax service: makes a tax code together with its rates, which is the only way to make either over the API."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.fields import Anything, Body, Choice, Many, Number, Reading, Struct, Text
from qbo_sandbox.books.refusals import Refusal, duplicate_name, missing, unknown_reference
from qbo_sandbox.books.store import Record
from qbo_sandbox.books.times import stamp

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

_RATE = Struct(
    "TaxRateDetails",
    {
        "TaxRateName": Text(100, is_name=True),
        "TaxRateId": Text(30),
        "RateValue": Number(Decimal(0), Decimal(100)),
        "TaxAgencyId": Text(30),
        "TaxApplicableOn": Choice(("Sales", "Purchase", "Other")),
    },
)
_REQUEST = Struct(
    "TaxService",
    {
        "TaxCode": Text(100, is_name=True),
        "TaxCodeId": Anything(),
        "Id": Anything(),
        "TaxRateDetails": Many(_RATE),
        "Fault": Anything(),
        "domain": Anything(),
        "sparse": Anything(),
    },
)


@dataclass(frozen=True)
class NewRate:
    """A rate to make, in percent, owed to an agency that exists."""

    name: str
    percent: Decimal
    agency_id: str
    on_purchases: bool = False


def serve_tax(company: Company, raw: Body) -> Body:
    """Make the tax code a request asks for; return the answer. Refuses what is missing, taken or not there.

    A rate is an existing one, by TaxRateId, or a new one, by name, value and agency.
    """
    reading = Reading(company.quirks)
    given = _REQUEST.read(raw, "", reading)
    if reading.invalid:
        raise Refusal(reading.invalid)
    absent = [name for name in ("TaxCode", "TaxRateDetails") if not given.get(name)]
    if absent:
        raise missing(*absent)
    _hold_free(company, "TaxCode", given["TaxCode"])
    rates: list[NewRate | Record] = []
    for detail in given["TaxRateDetails"]:
        rate = _wanted(company, detail)
        if isinstance(rate, NewRate) and any(isinstance(each, NewRate) and each.name == rate.name for each in rates):
            raise duplicate_name("tax rate")
        rates.append(rate)
    company.hold_writable("TaxCode")
    with company.commit():
        code, made = add_tax_code(company, given["TaxCode"], rates)
    shown = [_shown(detail, rate) for detail, rate in zip(given["TaxRateDetails"], made, strict=True)]
    return {"TaxCode": given["TaxCode"], "TaxCodeId": code.qbo_id, "TaxRateDetails": shown}


def _wanted(company: Company, detail: Body) -> NewRate | Record:
    if "TaxRateId" in detail:
        found = company.find("TaxRate", detail["TaxRateId"])
        if found is None:
            raise unknown_reference("TaxRates", detail["TaxRateId"])
        return found
    absent = [name for name in ("TaxRateName", "RateValue", "TaxAgencyId") if name not in detail]
    if absent:
        raise missing(*absent)
    if company.find("TaxAgency", detail["TaxAgencyId"]) is None:
        raise unknown_reference("TaxAgency", detail["TaxAgencyId"])
    _hold_free(company, "TaxRate", detail["TaxRateName"])
    on_purchases = detail.get("TaxApplicableOn") == "Purchase"
    return NewRate(detail["TaxRateName"], detail["RateValue"], detail["TaxAgencyId"], on_purchases)


def _hold_free(company: Company, entity: str, name: str) -> None:
    if company.named(entity, name) is not None:
        raise duplicate_name("tax rate" if entity == "TaxRate" else "tax code")


def _shown(detail: Body, rate: Record) -> Body:
    return {
        "TaxRateName": rate.body["Name"],
        "TaxRateId": rate.qbo_id,
        "RateValue": rate.body["RateValue"],
        "TaxAgencyId": rate.body["AgencyRef"]["value"],
        "TaxApplicableOn": detail.get("TaxApplicableOn", "Sales"),
    }


def add_tax_code(
    company: Company, name: str, rates: Sequence[NewRate | Record], *, qbo_id: str = ""
) -> tuple[Record, list[Record]]:
    """Put a tax code and its new rates into the books, as part of the commit under way; return it and its rates."""
    now = stamp(company.now())
    found: list[Record] = []
    sales: list[Body] = []
    purchases: list[Body] = []
    for rate in rates:
        record = rate if isinstance(rate, Record) else _add_rate(company, rate, now)
        found.append(record)
        detail = {
            "TaxRateRef": {"value": record.qbo_id, "name": record.body["Name"]},
            "TaxTypeApplicable": "TaxOnAmount",
            "TaxOrder": 0,
        }
        (purchases if isinstance(rate, NewRate) and rate.on_purchases else sales).append(detail)
    body = {
        "Name": name,
        "Description": name,
        "Active": True,
        "Hidden": False,
        "Taxable": True,
        "TaxGroup": True,
        "SalesTaxRateList": {"TaxRateDetail": sales},
        "PurchaseTaxRateList": {"TaxRateDetail": purchases},
    }
    code = Record("TaxCode", qbo_id or company.next_id(ENTITIES["TaxCode"]), 0, now, now, body)
    company.put(code)
    return code, found


def _add_rate(company: Company, rate: NewRate, now: str) -> Record:
    body = {
        "Name": rate.name,
        "Description": "Sales Tax",
        "Active": True,
        "RateValue": rate.percent,
        "AgencyRef": {"value": rate.agency_id},
        "SpecialTaxType": "NONE",
        "DisplayType": "ReadOnly",
        "EffectiveTaxRate": [{"RateValue": rate.percent, "EffectiveDate": now}],
    }
    record = Record("TaxRate", company.next_id(ENTITIES["TaxRate"]), 0, now, now, body)
    company.put(record)
    return record
