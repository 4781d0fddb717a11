"""Sales tax on the forms of a US company: what the tax code of a form comes to, and whom it is owed to.

A line says whether it is taxable (TAX, NON); the form's TxnTaxCodeRef says which rates apply. Each rate is owed to its
agency, and posts to that agency's payable account. A company without sales tax, and freight, never get past the start.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import TYPE_CHECKING

from qbo_sandbox.books.entity import Draft
from qbo_sandbox.books.fields import CENT, Anything, Body, Computed, Flag, Many, Money, Number, PlainRef, Struct, Text
from qbo_sandbox.books.lines import SALES_LINE, amount_of
from qbo_sandbox.books.refusals import FaultError, Refusal, refuse, turned_off
from qbo_sandbox.books.store import Record

if TYPE_CHECKING:
    from qbo_sandbox.books.company import Company

TAX_LINE = "TaxLineDetail"
_ZERO = Decimal(0)

TAX_DETAIL = Struct(
    "TxnTaxDetail",
    {
        "DefaultTaxCodeRef": Anything(),
        "TxnTaxCodeRef": PlainRef(30),
        "TotalTax": Money(),
        "TaxLine": Many(
            Struct(
                "Line",
                {
                    "Id": Text(30),
                    "LineNum": Anything(),
                    "Description": Text(4000),
                    "Amount": Money(),
                    "LinkedTxn": Computed(),
                    "CustomField": Computed(),
                    "DetailType": Text(50),
                    TAX_LINE: Struct(
                        TAX_LINE,
                        {
                            "TaxRateRef": PlainRef(30),
                            "PercentBased": Flag(),
                            "TaxPercent": Number(),
                            "NetAmountTaxable": Money(),
                            "TaxInclusiveAmount": Money(),
                            "OverrideDeltaAmount": Money(),
                            "ServiceDate": Anything(),
                        },
                    ),
                },
            )
        ),
    },
)


def taxed(draft: Draft, sold: Iterable[Body], subtotal: Decimal, discount: Decimal) -> Decimal:
    """Write the tax of a form into it; return what it comes to.

    Refuses an amount of tax without a code (6170), a code that is none (6160) and a tax line without an amount (2280).
    """
    body, company = draft.body, draft.company
    detail = body.get("TxnTaxDetail")
    code_ref = detail.get("TxnTaxCodeRef") if detail else None
    if not detail or (code_ref is None and not detail.get("TotalTax")):
        body["TxnTaxDetail"] = {"TotalTax": 0}
        return _ZERO
    if not company.preference("TaxPrefs", "UsingSalesTax"):
        if not company.quirks.tax_while_off_is_dropped:
            raise turned_off("Sales tax")
        body["TxnTaxDetail"] = {"TotalTax": 0}
        return _ZERO
    if any("Amount" not in line for line in detail.get("TaxLine", ())):
        raise Refusal([FaultError("2280", "Missing Tax Amount", "Each TaxLine needs an Amount.", "TaxLine.Amount")])
    if body.get("GlobalTaxCalculation") == "NotApplicable" and detail.get("TotalTax"):
        raise refuse("6170", "Invalid TxnTaxDetail Error", "GlobalTaxCalculation is NotApplicable, yet there is tax.")
    if code_ref is None:
        raise refuse("6170", "Invalid TxnTaxDetail Error", "TotalTax needs a TxnTaxCodeRef.")
    code = company.find("TaxCode", code_ref["value"])
    if code is None or not code.active:
        raise refuse("6160", "Invalid TaxCodeRef Error", f"Supplied value: {code_ref['value']}")
    net = _taxable(sold, subtotal, discount if body.get("ApplyTaxAfterDiscount") else _ZERO)
    lines = [_tax_line(rate, net) for rate in rates_of(company, code)]
    wanted = _overriding(draft, detail)
    if wanted is not None and lines:
        lines[0]["Amount"] += wanted - sum((line["Amount"] for line in lines), _ZERO)
    total = sum((line["Amount"] for line in lines), _ZERO)
    body["TxnTaxDetail"] = {"TxnTaxCodeRef": code_ref, "TotalTax": total, "TaxLine": lines}
    return total


def _taxable(sold: Iterable[Body], subtotal: Decimal, discount: Decimal) -> Decimal:
    """Return what is taxable of the lines; a discount that comes before tax falls to them in proportion."""
    taxable = sum((amount_of(line) for line in sold if line[SALES_LINE]["TaxCodeRef"]["value"] == "TAX"), _ZERO)
    if discount and subtotal:
        taxable -= (discount * taxable / subtotal).quantize(CENT, ROUND_HALF_UP)
    return taxable


def _tax_line(rate: Record, net: Decimal) -> Body:
    percent = Decimal(rate.body["RateValue"])
    return {
        "Amount": (net * percent / 100).quantize(CENT, ROUND_HALF_UP),
        "DetailType": TAX_LINE,
        TAX_LINE: {
            "TaxRateRef": {"value": rate.qbo_id},
            "PercentBased": True,
            "TaxPercent": rate.body["RateValue"],
            "NetAmountTaxable": net,
        },
    }


def _overriding(draft: Draft, detail: Body) -> Decimal | None:
    """Return the tax a client insists on: a TotalTax it sends that is not just the one it read before."""
    company, given = draft.company, draft.given.get("TxnTaxDetail", {})
    if "TotalTax" not in given or company.preference("TaxPrefs", "PartnerTaxEnabled"):
        return None  # with automated sales tax QuickBooks' own figure stands
    if not company.quirks.total_tax_sent_is_kept:
        return None
    before = draft.before.body.get("TxnTaxDetail", {}).get("TotalTax") if draft.before else 0
    wanted: Decimal = detail["TotalTax"]
    return wanted if wanted != before else None


def rates_of(company: Company, code: Record) -> list[Record]:
    """Return the rates a tax code applies to sales."""
    details = code.body.get("SalesTaxRateList", {}).get("TaxRateDetail", [])
    found = (company.find("TaxRate", detail["TaxRateRef"]["value"]) for detail in details)
    return [rate for rate in found if rate is not None]


def agency_accounts_there(draft: Draft) -> None:
    """Make the payable account of each agency the form owes tax to, where the company has none yet."""
    for line in draft.body["TxnTaxDetail"].get("TaxLine", ()):
        _agency_account(draft.company, line)


def owed_to_agencies(company: Company, body: Body) -> list[tuple[str, Decimal]]:
    """Return the accounts the tax of a form posts to, and how much falls to each."""
    return [
        (_agency_account(company, line).qbo_id, Decimal(line["Amount"]))
        for line in body.get("TxnTaxDetail", {}).get("TaxLine", ())
    ]


def _agency_account(company: Company, line: Body) -> Record:
    """Return the account QuickBooks keeps for what is owed to an agency: `Board of Equalization Payable`."""
    rate = company.find("TaxRate", line[TAX_LINE]["TaxRateRef"]["value"])
    agency = company.find("TaxAgency", rate.body["AgencyRef"]["value"]) if rate else None
    assert agency is not None  # a rate is made with its agency, and neither is ever deleted
    name = f"{agency.body['DisplayName']} Payable"
    found = company.named("Account", name)
    if found is not None:
        return found
    kind = {"AccountType": "Other Current Liability", "AccountSubType": "GlobalTaxPayable"}
    return company.create("Account", {"Name": name, **kind})
