"""Change data capture: what changed since a moment, as QuickBooks tells it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.times import stamp
from qbo_sandbox.querying.changed_since import changed_since
from sandbox.api_client import Api
from sandbox.builders import Body, Books


def cdc(api: Api, entities: str, since: str) -> list[Body]:
    found = api.get("cdc", entities=entities, changedSince=since)
    assert found.status == 200, found.text
    (answer,) = found.body["CDCResponse"]
    assert set(answer) == {"QueryResponse"}
    rows: list[Body] = answer["QueryResponse"]
    return rows


@pytest.fixture
def api() -> Api:
    """A company with a customer, an invoice and a bill of last week, and nothing since."""
    api = Api(Books())
    books = api.books
    books.invoice(books.customer(), "10.00")
    books.bill(books.vendor(), "5.00")
    books.clock.move(days=7)
    return api


def now(api: Api) -> str:
    return stamp(api.books.clock())


def test_each_entity_gets_an_answer_in_the_order_asked_and_an_empty_one_if_nothing_changed(api: Api) -> None:
    since = now(api)
    bill = api.books.bill(api.books.vendor("Two"), "7.00")
    bills, invoices = cdc(api, "Bill,Invoice", since)
    assert invoices == {}
    assert list(bills) == ["Bill", "startPosition", "maxResults", "totalCount"]
    assert (bills["startPosition"], bills["maxResults"], bills["totalCount"]) == (1, 1, 1)
    assert bills["Bill"] == [api.get(f"bill/{bill.qbo_id}").body["Bill"]]


def test_a_deleted_object_leaves_a_tombstone(api: Api) -> None:
    since = now(api)
    api.books.company.delete("Bill", {"Id": "2", "SyncToken": "0"})
    (bills,) = cdc(api, "bill", since)
    gone = {"domain": "QBO", "status": "Deleted", "Id": "2", "MetaData": {"LastUpdatedTime": since}}
    assert bills["Bill"] == [gone]


def test_a_void_is_a_change_like_any_other(api: Api) -> None:
    since = now(api)
    api.books.company.void("Invoice", {"Id": "1", "SyncToken": "0"})
    ((invoice,),) = [each["Invoice"] for each in cdc(api, "Invoice", since)]
    assert invoice["PrivateNote"] == "Voided"
    assert "status" not in invoice


def test_a_payment_brings_its_invoice_and_its_customer(api: Api) -> None:
    since = now(api)
    company = api.books.company
    invoice, customer = company.find("Invoice", "1"), company.named("Customer", "Piedmont Textiles")
    assert invoice is not None
    assert customer is not None
    api.books.receive(customer, "10.00", (invoice, "10.00"))
    invoices, customers, payments = cdc(api, "Invoice,Customer,Payment", since)
    assert [each["Balance"] for each in invoices["Invoice"]] == [0]
    assert [each["SyncToken"] for each in customers["Customer"]] == ["0"]
    assert payments["maxResults"] == 1


def test_inactive_names_are_told(api: Api) -> None:
    since = now(api)
    vendor = api.books.vendor("Gone")
    api.books.company.update("Vendor", {"Id": vendor.qbo_id, "SyncToken": "0", "sparse": True, "Active": False})
    (vendors,) = cdc(api, "Vendor", since)
    assert [each["DisplayName"] for each in vendors["Vendor"]] == ["Gone (deleted)"]


@pytest.mark.parametrize(("latest_first", "order"), [(True, ["C", "B", "A"]), (False, ["A", "B", "C"])])
def test_the_latest_change_comes_first_unless_the_quirk_says_otherwise(latest_first: bool, order: list[str]) -> None:
    api = Api(Books(quirks=Quirks(latest_change_first=latest_first)))
    since = now(api)
    for name in "ABC":
        api.books.clock.move(seconds=1)
        api.books.vendor(name)
    (vendors,) = cdc(api, "Vendor", since)
    assert [each["DisplayName"] for each in vendors["Vendor"]] == order


def test_tombstones_come_after_every_object_there_still_is(api: Api) -> None:
    since = now(api)
    vendor = api.books.vendor("Two")
    for _ in range(4):
        api.books.clock.move(seconds=1)
        api.books.bill(vendor, "1.00")
    api.books.company.delete("Bill", {"Id": "3", "SyncToken": "0"})
    api.books.clock.move(seconds=1)
    api.books.company.update("Bill", {"Id": "4", "SyncToken": "0", "sparse": True, "PrivateNote": "late"})
    api.books.clock.move(seconds=1)
    api.books.company.delete("Bill", {"Id": "5", "SyncToken": "0"})
    (bills,) = cdc(api, "Bill", since)
    assert [(each["Id"], each.get("status", "")) for each in bills["Bill"]] == [
        ("4", ""),
        ("6", ""),
        ("5", "Deleted"),
        ("3", "Deleted"),
    ]


def test_the_second_asked_for_is_included_whatever_its_fraction(api: Api) -> None:
    api.books.vendor("Two")
    (vendors,) = cdc(api, "Vendor", now(api).replace("-08:00", ".900-08:00"))
    assert vendors["maxResults"] == 1
    (vendors,) = cdc(api, "Vendor", stamp(api.books.clock() + timedelta(seconds=1)))
    assert vendors == {}


@pytest.mark.parametrize(
    "since",
    [
        "2026-03-09T10:00:00-08:00",
        "2026-03-09T10:00-08:00",
        "2026-03-09T18:00:00Z",
        "2026-03-09T18:00:00.000Z",
        "2026-03-09T10:00:00",
        "2026-03-09",
        "2026-03-09T19:00:00+01:00",
        "2026-03-09T19:00:00 01:00",
        "2026-03-09T10:00:00-0800",
    ],
)
def test_a_time_is_understood_as_clients_write_it(since: str) -> None:
    books = Books()
    books.vendor("Old")
    books.clock.move(days=7, hours=1)
    books.vendor("New")
    (vendors,) = cdc(Api(books), "Vendor", since)
    assert [each["DisplayName"] for each in vendors["Vendor"]] == ["New"]


def test_a_list_of_entities_may_have_spaces_and_any_case(api: Api) -> None:
    since = now(api)
    api.books.vendor("Two")
    assert [list(each)[:1] for each in cdc(api, " invoice, VENDOR ,,", since)] == [[], ["Vendor"]]


@pytest.mark.parametrize(
    ("parameters", "code", "element"),
    [
        ({"entities": "Invoice"}, "2020", "changedSince"),
        ({"changedSince": "2026-03-01"}, "2020", "entities"),
        ({"entities": " , ", "changedSince": "2026-03-01"}, "2020", "entities"),
        ({"entities": "Custmoer", "changedSince": "2026-03-01"}, "2000", ""),
        ({"entities": "Invoice,TaxCode", "changedSince": "2026-03-01"}, "2000", ""),
        ({"entities": "Invoice", "changedSince": "yesterday"}, "2060", "changedSince"),
        ({"entities": "Invoice", "changedSince": "2026-02-30"}, "2060", "changedSince"),
        ({"entities": "Invoice", "changedSince": "0001-01-01T00:00:00+14:00"}, "2060", "changedSince"),
    ],
)
def test_what_cannot_be_answered_is_refused(api: Api, parameters: dict[str, str], code: str, element: str) -> None:
    found = api.get("cdc", **parameters)
    assert found.status == 400
    assert (found.code, found.error["element"]) == (code, element)


def test_both_parameters_missing_are_told_at_once(api: Api) -> None:
    errors = api.get("cdc").body["Fault"]["Error"]
    assert [error["element"] for error in errors] == ["entities", "changedSince"]


def test_more_than_thirty_days_ago_is_refused_or_cut_as_the_quirk_says(api: Api) -> None:
    books = api.books
    since = now(api)
    books.vendor("Thirty days ago")
    books.clock.move(days=30)
    (vendors,) = cdc(api, "Vendor", since)
    assert vendors["maxResults"] == 1
    books.clock.move(seconds=1)
    books.vendor("New")
    found = api.get("cdc", entities="Vendor", changedSince=since)
    assert (found.status, found.code) == (400, "4001")
    books.company.quirks = Quirks(changes_of_long_ago_are_refused=False)
    (vendors,) = cdc(api, "Vendor", "2020-01-01")
    assert [each["DisplayName"] for each in vendors["Vendor"]] == ["New"]


def test_at_most_a_thousand_objects_come_over_all_entities(api: Api) -> None:
    since = now(api)
    with api.books.company.commit():
        for number in range(990):
            api.books.vendor(f"Carrier {number}")
        for number in range(20):
            api.books.customer(f"Shipper {number}")
    vendors, customers, nothing = cdc(api, "Vendor,Customer,Invoice", since)
    assert (vendors["maxResults"], customers["maxResults"], nothing) == (990, 10, {})


def test_a_clock_set_back_hides_no_change(api: Api) -> None:
    books = api.books
    later = stamp(books.clock() + timedelta(days=1))
    books.clock.move(days=2)
    books.vendor("In two days")
    books.clock.move(days=-2)
    books.vendor("Now")
    (vendors,) = cdc(api, "Vendor", later)
    assert [each["DisplayName"] for each in vendors["Vendor"]] == ["In two days"]
    (again,) = changed_since(books.replayed(), "Vendor", later)
    assert len(again.texts) == 1


def test_few_changes_cost_little_in_a_large_company() -> None:
    books = Books()
    vendor = books.vendor()
    with books.company.commit():
        for _ in range(3000):
            books.bill(vendor, "1.00")
    books.clock.move(days=1)
    for _ in range(10):
        books.bill(vendor, "1.00")
    visited = 0
    table = books.company.table("Bill")
    newest_first = table.newest_first

    def counting() -> object:
        nonlocal visited
        for record in newest_first():
            visited += 1
            yield record

    table.newest_first = counting  # type: ignore[method-assign,assignment]
    (bills,) = changed_since(books.company, "Bill", stamp(books.clock()))
    assert len(bills.texts) == 10
    assert visited <= 12
