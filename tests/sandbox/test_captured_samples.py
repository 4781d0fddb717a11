"""What Intuit's own samples send is taken as it stands, and answered with the fields and values they show."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, NamedTuple

import pytest

from sandbox.api_client import Api
from sandbox.builders import Body, Books


class Sample(NamedTuple):
    """A request of a sample; the fields its answer has, those it has not, and the values that matter."""

    entity: str
    sent: Body
    has: str
    has_not: str = ""
    values: Body = {}


def _sale(item: str, amount: str) -> Body:
    detail = {"ItemRef": {"value": item}}
    return {"DetailType": "SalesItemLineDetail", "Amount": Decimal(amount), "SalesItemLineDetail": detail}


META = "domain sparse Id SyncToken MetaData"
SAMPLES = {
    "a term of days": Sample(
        "term",
        {"DueDays": "120", "Name": "Term120"},
        f"Name Active Type DiscountPercent DueDays {META}",
        "DiscountDays",
        {"Type": "STANDARD", "DueDays": 120, "DiscountPercent": 0},
    ),
    "a term of a day of the month": Sample(
        "term",
        {"Name": "On the first", "DayOfMonthDue": 1},
        f"Name Active Type DiscountPercent DayOfMonthDue {META}",
        "DueDays DiscountDays",
        {"Type": "DATE_DRIVEN"},
    ),
    "a tax agency": Sample(
        "taxagency",
        {"DisplayName": "CityTaxAgency"},
        f"DisplayName TaxTrackedOnSales TaxTrackedOnPurchases {META}",
        "Active",
        {"TaxTrackedOnSales": True, "TaxTrackedOnPurchases": False},
    ),
    "hours from a time to a time": Sample(
        "timeactivity",
        {
            "TxnDate": "2026-02-02",
            "StartTime": "08:00:00-08:00",
            "EndTime": "17:00:00-08:00",
            "EmployeeRef": {"value": "55"},
            "NameOf": "Employee",
        },
        f"TxnDate NameOf EmployeeRef BillableStatus Taxable HourlyRate StartTime EndTime {META}",
        "Hours Minutes",
        {"StartTime": "2026-02-02T08:00:00-08:00", "EndTime": "2026-02-02T17:00:00-08:00", "HourlyRate": 0},
    ),
    "a refund by a check to be printed": Sample(
        "refundreceipt",
        {"Line": [_sale("2", "420.0")], "DepositToAccountRef": {"name": "Checking", "value": "35"}},
        "DocNumber Balance DepositToAccountRef TxnDate TotalAmt PrintStatus PaymentRefNum Line ApplyTaxAfterDiscount "
        f"CustomField TxnTaxDetail {META}",
        "EmailStatus CustomerRef",
        {"PaymentRefNum": "To Print", "Balance": 0, "TotalAmt": Decimal("420.00")},
    ),
    "a category": Sample(
        "item",
        {"Name": "Flowers and Trees", "Type": "Category"},
        f"Name Active FullyQualifiedName Type {META}",
        "Taxable UnitPrice TrackQtyOnHand IncomeAccountRef",
    ),
    "an employee": Sample(
        "employee",
        {"GivenName": "John", "FamilyName": "Meuller", "SSN": "444-55-6666"},
        f"BillableTime SSN GivenName FamilyName DisplayName PrintOnCheckName Active {META}",
        "",
        {"SSN": "XXX-XX-XXXX", "DisplayName": "John Meuller"},
    ),
    "a rate of exchange": Sample(
        "exchangerate",
        {"SyncToken": "0", "AsOfDate": "2026-01-08", "SourceCurrencyCode": "INR", "Rate": 7},
        "SourceCurrencyCode TargetCurrencyCode Rate AsOfDate domain sparse SyncToken MetaData",
        "Id",
        {"Rate": 7, "TargetCurrencyCode": "USD"},
    ),
    "a location": Sample(
        "department",
        {"Name": "Marketing Department"},
        f"Name SubDepartment FullyQualifiedName Active {META}",
        "ParentRef",
        {"SubDepartment": False},
    ),
    "a note": Sample(
        "attachable",
        {
            "Note": "This is an attached note.",
            "AttachableRef": [{"IncludeOnSend": "false", "EntityRef": {"type": "Invoice", "value": "95"}}],
        },
        f"Note AttachableRef {META}",
        "FileName Size ContentType TempDownloadUri",
        {"AttachableRef": [{"EntityRef": {"value": "95", "type": "Invoice"}, "IncludeOnSend": False}]},
    ),
}


@pytest.fixture
def api() -> Api:
    return Api(Books(seed="sample"))


@pytest.mark.parametrize("name", SAMPLES)
def test_a_sample_is_answered_with_the_fields_it_shows(api: Api, name: str) -> None:
    sample = SAMPLES[name]
    answer = api.post(sample.entity, sample.sent)
    assert answer.status == 200, answer.text
    (shown,) = (value for value in answer.body.values() if isinstance(value, dict))
    assert set(sample.has.split()) <= set(shown) | {"CurrencyRef"}
    assert not set(sample.has_not.split()) & set(shown)
    for field, value in sample.values.items():
        assert shown[field] == value, field


def test_the_terms_a_company_begins_with_tell_their_days_of_discount(api: Api) -> None:
    assert {term["DiscountDays"] for term in api.rows("select * from Term")} == {0}


@pytest.mark.parametrize("entity", ["TaxAgency", "VendorCredit"])
def test_a_list_tells_how_many_there_are_where_samples_do(api: Api, entity: str) -> None:
    assert api.query(f"select * from {entity}").body["QueryResponse"]["totalCount"] > 0


def test_chosen_columns_come_with_domain_and_sparse_where_the_whole_object_has_them(api: Api) -> None:
    (row,) = api.rows("select Id, DisplayName from Customer where Id = '1'")
    expected: dict[str, Any] = {"domain": "QBO", "sparse": True, "Id": "1", "DisplayName": "Amy's Bird Sanctuary"}
    assert list(row.items()) == list(expected.items())
