"""Batches over HTTP: every item for itself, in one change of the books."""

from __future__ import annotations

import pytest

from sandbox.api_client import Api, a_bill, an_invoice
from sandbox.builders import everything


def _bills(api: Api, *numbers: str) -> list[dict[str, object]]:
    vendor, account = api.books.vendor().qbo_id, api.books.account("5000")
    return [{"operation": "create", "Bill": a_bill(vendor, account, "10.00", DocNumber=each)} for each in numbers]


def test_mixed_items_answer_each_for_itself_in_order() -> None:
    api = Api()
    (bill,) = _bills(api, "A1")
    found = api.batch(
        bill,
        {"operation": "create", "Customer": {"DisplayName": "Fast Carrier LLC"}},
        {"Query": "select DocNumber from Bill where DocNumber = 'A1'"},
        {"operation": "update", "Vendor": {"Id": "1", "SyncToken": "0", "sparse": True, "AcctNum": "MC-1"}},
        {"operation": "delete", "Bill": {"Id": "77", "SyncToken": "0"}},
        {"operation": "update", "Vendor": {"Id": "1", "SyncToken": "0", "sparse": True, "AcctNum": "MC-2"}},
    )
    assert found.status == 200
    answers = found.body["BatchItemResponse"]
    assert [answer["bId"] for answer in answers] == ["0", "1", "2", "3", "4", "5"]
    assert answers[0]["Bill"]["DocNumber"] == "A1"
    assert answers[1]["Fault"]["Error"][0]["code"] == "6240"
    assert answers[1]["Fault"]["type"] == "ValidationFault"
    assert answers[2]["QueryResponse"]["Bill"][0]["DocNumber"] == "A1"
    assert answers[3]["Vendor"]["AcctNum"] == "MC-1"
    assert answers[4]["Fault"]["Error"][0]["code"] == "610"
    assert answers[5]["Fault"]["Error"][0]["code"] == "5010"
    assert api.count("select count(*) from Bill") == 1


def test_refused_item_takes_no_other_with_it() -> None:
    api = Api()
    customer, item = api.books.customer().qbo_id, api.books.item().qbo_id
    items = [
        {"operation": "create", "Invoice": an_invoice(customer, item, "10.00", DocNumber=number)}
        for number in ("A1", "A1", "A2")
    ]
    answers = api.batch(*items).body["BatchItemResponse"]
    assert [answer.get("Fault", {"Error": [{"code": ""}]})["Error"][0]["code"] for answer in answers] == [
        "",
        "6140",
        "",
    ]
    assert [row["DocNumber"] for row in api.rows("select * from Invoice orderby Id")] == ["A1", "A2"]


def test_batch_is_one_change_of_the_books() -> None:
    api = Api()
    items = _bills(api, *(f"N{number}" for number in range(30)))
    before = len(api.books.journal)
    assert api.batch(*items).status == 200
    assert len(api.books.journal) == before + 1
    assert everything(api.books.replayed()) == everything(api.books.company)


def test_batch_of_refusals_alone_changes_nothing() -> None:
    api = Api()
    found = api.batch({"operation": "create", "Bill": {}}, {"operation": "create", "Nonsense": {}})
    assert [answer["Fault"]["Error"][0]["code"] for answer in found.body["BatchItemResponse"]] == ["2020", "2000"]
    assert api.books.journal == []


def test_more_than_thirty_items_are_refused_whole() -> None:
    api = Api()
    items = _bills(api, *(f"N{number}" for number in range(31)))
    found = api.batch(*items)
    assert (found.status, found.code) == (400, "1040")
    assert api.count("select count(*) from Bill") == 0


@pytest.mark.parametrize(
    ("item", "code"),
    [
        ({"operation": "create"}, "2020"),
        ({"operation": "create", "Bill": []}, "2020"),
        ({"operation": "create", "Bill": {}, "Vendor": {}}, "2020"),
        ({"operation": "send", "Invoice": {"Id": "1"}}, "500"),
        ({"Vendor": {"DisplayName": "A"}}, "500"),
        ({"operation": "update", "Vendor": {"DisplayName": "A"}}, "2020"),
        ({"operation": "delete", "Vendor": {"Id": "1", "SyncToken": "0"}}, "500"),
        ({"Query": "select"}, "4000"),
    ],
)
def test_malformed_item_is_a_fault_of_its_own(item: dict[str, object], code: str) -> None:
    (answer,) = Api().batch(item).body["BatchItemResponse"]
    assert answer["Fault"]["Error"][0]["code"] == code
    assert answer["bId"] == "0"


@pytest.mark.parametrize("body", [{}, {"BatchItemRequest": []}, {"BatchItemRequest": {}}])
def test_batch_without_items_is_2020(body: dict[str, object]) -> None:
    assert Api().post("batch", body).code == "2020"


def test_void_in_a_batch_is_understood_in_both_dialects() -> None:
    api = Api()
    first, second = (api.books.invoice(api.books.customer(name), "100.00") for name in ("One", "Two"))
    answers = api.batch(
        {"operation": "void", "Invoice": {"Id": first.qbo_id, "SyncToken": "0"}},
        {"operation": "update", "optionsData": "void", "Invoice": {"Id": second.qbo_id, "SyncToken": "0"}},
    ).body["BatchItemResponse"]
    assert [answer["Invoice"]["PrivateNote"] for answer in answers] == ["Voided", "Voided"]


def test_item_shows_the_object_as_it_was_when_the_item_was_done() -> None:
    """The vendor's balance moves with the bill after it; its own answer is from before."""
    api = Api()
    (bill,) = _bills(api, "A1")
    rename = {"operation": "update", "Vendor": {"Id": "1", "SyncToken": "0", "sparse": True, "AcctNum": "MC-1"}}
    answers = api.batch(rename, bill).body["BatchItemResponse"]
    assert answers[0]["Vendor"]["Balance"] == 0
    assert api.get("vendor/1").body["Vendor"]["Balance"] == 10


def test_changes_can_be_asked_for_in_a_batch() -> None:
    api = Api()
    bill = api.books.bill(api.books.vendor(), "5.00")
    since = {"Entities": "Bill,Invoice", "ChangedSince": "2026-03-01T00:00:00-08:00"}
    told, refused = api.batch({"CDCQuery": since}, {"CDCQuery": {"Entities": "Nothing"}}).body["BatchItemResponse"]
    assert told["bId"] == "0"
    bills, invoices = told["CDCResponse"][0]["QueryResponse"]
    assert [each["Id"] for each in bills["Bill"]] == [bill.qbo_id]
    assert invoices == {}
    assert refused["Fault"]["Error"][0]["code"]


def test_an_item_without_a_bid_is_answered_without_one_and_two_may_share_one() -> None:
    api = Api()
    vendors = [{"operation": "create", "Vendor": {"DisplayName": name}} for name in ("A", "B", "C")]
    items = [vendors[0], {"bId": "x", **vendors[1]}, {"bId": "x", **vendors[2]}]
    found = api.post("batch", {"BatchItemRequest": items}).body["BatchItemResponse"]
    assert [each.get("bId") for each in found] == [None, "x", "x"]
    assert [each["Vendor"]["DisplayName"] for each in found] == ["A", "B", "C"]
