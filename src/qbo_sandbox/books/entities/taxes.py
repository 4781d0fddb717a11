"""TaxCode, TaxRate and TaxAgency: read over the API, made by the seeds and by the tax service.

TAX, NON and CustomSalesTax are no objects of the company: QuickBooks shows them on top of every list of tax codes.
"""

from __future__ import annotations

from qbo_sandbox.books.entities.listing import FILTERS, plain_name
from qbo_sandbox.books.entity import META, Draft, Entity
from qbo_sandbox.books.fields import Body, Computed, Flag, Text
from qbo_sandbox.books.store import Record

# As recorded: the same two times in every company.
_SINCE_EVER = "2012-05-10T00:15:18-07:00"
_LIST_FILTERS = {name: kind for name, kind in FILTERS.items() if name != "FullyQualifiedName"}


def _pseudo(name: str, *, taxable: bool, group: bool) -> Record:
    body = {"Name": name, "Description": name, "Taxable": taxable, "TaxGroup": group}
    return Record("TaxCode", name, 0, _SINCE_EVER, _SINCE_EVER, body)


def agency_name(body: Body) -> str:
    """Return the name that must be unique among tax agencies."""
    return str(body["DisplayName"])


def _tracked(draft: Draft) -> None:
    draft.body.setdefault("TaxTrackedOnPurchases", False)
    draft.body.setdefault("TaxTrackedOnSales", True)


TAX_CODE = Entity(
    name="TaxCode",
    fields={
        **{name: Computed() for name in ("Name", "Description", "Active", "Hidden", "Taxable", "TaxGroup")},
        "SalesTaxRateList": Computed(),
        "PurchaseTaxRateList": Computed(),
        **META,
    },
    operations=frozenset(),
    id_family="TaxCode",
    first_id=2,
    name_space="TaxCode",
    unique_name=plain_name,
    name_field="Name",
    filterable=_LIST_FILTERS | {"Description": "text", "Taxable": "flag", "TaxGroup": "flag"},
    order="Name",
    counted=True,
    constants=(
        _pseudo("TAX", taxable=True, group=False),
        _pseudo("NON", taxable=False, group=False),
        _pseudo("CustomSalesTax", taxable=True, group=True),
    ),
)

TAX_RATE = Entity(
    name="TaxRate",
    fields={
        **{
            name: Computed() for name in ("Name", "Description", "Active", "RateValue", "AgencyRef", "TaxReturnLineRef")
        },
        **{name: Computed() for name in ("SpecialTaxType", "DisplayType", "EffectiveTaxRate")},
        **META,
    },
    operations=frozenset(),
    id_family="TaxRate",
    name_space="TaxRate",
    unique_name=plain_name,
    name_field="Name",
    filterable=_LIST_FILTERS | {"Description": "text", "RateValue": "number"},
    order="Name",
    counted=True,
)

TAX_AGENCY = Entity(
    name="TaxAgency",
    fields={
        "TaxTrackedOnPurchases": Flag(),
        "TaxTrackedOnSales": Flag(),
        "TaxRegistrationNumber": Text(100),
        "LastFileDate": Computed(),
        **META,
        "DisplayName": Text(100, is_name=True),
        "Active": Computed(),  # an agency is always in use, and shows nothing of it [DOC]
    },
    required=("DisplayName",),
    steps=(_tracked,),
    operations=frozenset({"create"}),
    id_family="TaxAgency",
    name_space="TaxAgency",
    unique_name=agency_name,
    name_field="DisplayName",
    indexed=("DisplayName",),
    filterable={"Id": "id", "DisplayName": "text", "MetaData.CreateTime": "time", "MetaData.LastUpdatedTime": "time"},
    order="DisplayName",
    counted=True,
)

FAMILY = (TAX_CODE, TAX_RATE, TAX_AGENCY)
