"""Budget, CustomerType, JournalCode, ReimburseCharge and TaxPayment: asked for by clients, made by people.

A US company has hardly any of them: payments of sales tax are of Australia, Canada and the United Kingdom, and
charges to reimburse are made by the pages of QuickBooks.
"""

from __future__ import annotations

from qbo_sandbox.books.entities.listing import FILTERS, naming, plain_name
from qbo_sandbox.books.entity import META, Entity
from qbo_sandbox.books.fields import Anything, Currency, Day, Flag, Money, Ref, Text

BUDGET = Entity(
    name="Budget",
    fields={
        "Name": Text(200),
        "StartDate": Day(),
        "EndDate": Day(),
        "BudgetType": Text(50),
        "BudgetEntryType": Text(50),
        "Active": Flag(),
        **META,
        "BudgetDetail": Anything(),
    },
    operations=frozenset(),
    id_family="Budget",
    name_field="Name",
    indexed=("Name",),
    filterable={name: kind for name, kind in FILTERS.items() if name != "FullyQualifiedName"},
    order="Name",
    counted=True,
)

CUSTOMER_TYPE = Entity(
    name="CustomerType",
    fields={"Name": Text(100), "Active": Flag(), **META},
    operations=frozenset(),
    id_family="CustomerType",
    name_field="Name",
    indexed=("Name",),
    filterable={name: kind for name, kind in FILTERS.items() if name != "FullyQualifiedName"},
    order="Name",
    counted=True,
)

JOURNAL_CODE = Entity(
    name="JournalCode",
    fields={"Name": Text(100, is_name=True), "Type": Text(50), "Description": Text(100), "Active": Flag(), **META},
    required=("Name",),
    steps=(naming("Name"),),
    id_family="JournalCode",
    name_space="JournalCode",
    unique_name=plain_name,
    name_field="Name",
    indexed=("Name",),
    filterable={name: kind for name, kind in FILTERS.items() if name != "FullyQualifiedName"} | {"Type": "text"},
    order="Name",
)

REIMBURSE_CHARGE = Entity(
    name="ReimburseCharge",
    fields={
        "CustomerRef": Ref("Customer"),
        "Amount": Money(),
        "HasBeenInvoiced": Flag(),
        **META,
        "TxnDate": Day(),
        "CurrencyRef": Currency(),
        "PrivateNote": Text(4000),
        **{name: Anything() for name in ("LinkedTxn", "Line", "ExchangeRate", "HomeTotalAmt")},
    },
    operations=frozenset(),
    id_family="ReimburseCharge",
    filterable={
        "Id": "id",
        "CustomerRef": "reference",
        "HasBeenInvoiced": "flag",
        "MetaData.CreateTime": "time",
        "MetaData.LastUpdatedTime": "time",
    },
    counted=True,
)

TAX_PAYMENT = Entity(
    name="TaxPayment",
    fields={
        "PaymentDate": Day(),
        "PaymentAccountRef": Ref("Account"),
        "PaymentAmount": Money(),
        "Refund": Flag(),
        "Description": Text(4000),
        **META,
    },
    operations=frozenset(),
    id_family="TaxPayment",
    filterable={"Id": "id", "MetaData.CreateTime": "time", "MetaData.LastUpdatedTime": "time"},
    counted=True,
)

FAMILY = (BUDGET, CUSTOMER_TYPE, JOURNAL_CODE, REIMBURSE_CHARGE, TAX_PAYMENT)
