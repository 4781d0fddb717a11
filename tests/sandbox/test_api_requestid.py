"""A write repeated under the same requestid gets the very same answer, and is not done twice."""

from __future__ import annotations

from qbo_sandbox.books.quirks import Quirks
from sandbox.api_client import Api, a_bill, an_invoice
from sandbox.builders import Books


def test_repeated_write_gets_the_very_same_answer_and_happens_once() -> None:
    api = Api()
    first = api.post("vendor", {"DisplayName": "Fast Carrier LLC"}, requestid="r-1")
    api.books.clock.move(hours=5)
    api.post("vendor", {"Id": "1", "SyncToken": "0", "sparse": True, "AcctNum": "MC-1"}, requestid="r-2")
    again = api.post("vendor", {"DisplayName": "Fast Carrier LLC"}, requestid="r-1")
    assert (again.status, again.text) == (200, first.text)
    assert api.count("select count(*) from Vendor") == 1


def test_repeated_batch_gets_the_very_same_answer_with_its_faults() -> None:
    api = Api()
    customer, item = api.books.customer().qbo_id, api.books.item().qbo_id
    items = [
        {"operation": "create", "Invoice": an_invoice(customer, item, "10.00", DocNumber="A1")},
        {"operation": "create", "Invoice": an_invoice(customer, item, "20.00", DocNumber="A1")},
        {"Query": "select count(*) from Invoice"},
    ]
    first = api.batch(*items, requestid="r-1")
    journal = len(api.books.journal)
    api.books.clock.move(minutes=1)
    assert api.batch(*items, requestid="r-1").text == first.text
    assert api.count("select count(*) from Invoice") == 1
    assert len(api.books.journal) == journal


def test_repeated_delete_and_void_get_the_same_answer() -> None:
    api = Api()
    invoice = api.books.invoice(api.books.customer(), "100.00")
    body = {"Id": invoice.qbo_id, "SyncToken": "0"}
    voided = api.post("invoice", body, operation="void", requestid="v")
    assert api.post("invoice", body, operation="void", requestid="v").text == voided.text
    body = {"Id": invoice.qbo_id, "SyncToken": "1"}
    deleted = api.post("invoice", body, operation="delete", requestid="d")
    assert deleted.status == 200
    assert api.post("invoice", body, operation="delete", requestid="d").text == deleted.text


def test_answer_is_remembered_over_a_restart() -> None:
    api = Api()
    first = api.post("vendor", {"DisplayName": "Fast Carrier LLC"}, requestid="r-1")
    batch = api.batch({"operation": "create", "Vendor": {"DisplayName": "Other"}}, {"Query": "?"}, requestid="r-2")
    restarted = api.books
    restarted.company = api.books.replayed()
    after = Api(restarted)
    assert after.post("vendor", {"DisplayName": "Fast Carrier LLC"}, requestid="r-1").text == first.text
    again = after.batch({"operation": "create", "Vendor": {"DisplayName": "Other"}}, {"Query": "?"}, requestid="r-2")
    assert again.text == batch.text


def test_refused_write_is_judged_anew_under_the_same_requestid() -> None:
    api = Api()
    body = {"CustomerRef": {"value": "1"}}
    assert api.post("vendor", {"DisplayName": "Bad:Name"}, requestid="r-1").code == "2040"
    assert api.post("vendor", {"DisplayName": "Good Name"}, requestid="r-1").status == 200
    assert api.post("invoice", body, requestid="r-2").code == "2020"


def test_refusal_is_remembered_when_the_quirk_says_so() -> None:
    api = Api(Books(quirks=Quirks(refusals_are_remembered=True)))
    refused = api.post("vendor", {"DisplayName": "Bad:Name"}, requestid="r-1")
    again = api.post("vendor", {"DisplayName": "Good Name"}, requestid="r-1")
    assert (again.status, again.text) == (refused.status, refused.text) == (400, refused.text)


def test_other_body_under_a_used_requestid_gets_the_first_answer_or_600_by_quirk() -> None:
    usual, strict = Api(), Api(Books(quirks=Quirks(other_body_gets_first_answer=False)))
    for api in (usual, strict):
        api.post("vendor", {"DisplayName": "First"}, requestid="r-1")
    assert usual.post("vendor", {"DisplayName": "Second"}, requestid="r-1").body["Vendor"]["DisplayName"] == "First"
    assert strict.post("vendor", {"DisplayName": "Second"}, requestid="r-1").code == "600"
    assert strict.post("vendor", {"DisplayName": "First"}, requestid="r-1").status == 200


def test_requestid_longer_than_fifty_characters_is_2130() -> None:
    api = Api()
    assert api.post("vendor", {"DisplayName": "A"}, requestid="x" * 51).code == "2130"
    assert api.post("vendor", {"DisplayName": "A"}, requestid="x" * 50).status == 200


def test_without_a_requestid_every_write_is_a_new_one() -> None:
    api = Api()
    vendor, account = api.books.vendor().qbo_id, api.books.account("5000")
    for _ in range(2):
        assert api.post("bill", a_bill(vendor, account, "10.00")).status == 200
    assert api.count("select count(*) from Bill") == 2


def test_requestid_that_is_not_honoured_writes_twice() -> None:
    api = Api(Books(quirks=Quirks(requestid_is_honoured=False)))
    vendor, account = api.books.vendor().qbo_id, api.books.account("5000")
    for _ in range(2):
        assert api.post("bill", a_bill(vendor, account, "10.00"), requestid="r-1").status == 200
    assert api.count("select count(*) from Bill") == 2
