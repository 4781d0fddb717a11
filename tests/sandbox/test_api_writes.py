"""Reading and writing over HTTP: addresses, envelopes, headers, operations, the faults of the door and of the books."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.wire.faults import not_authorized, throttled, token_refused
from sandbox.api_client import Api, a_bill, an_invoice
from sandbox.builders import Body, Books


def _with_a_bill(**more: object) -> tuple[Api, Body]:
    api = Api()
    vendor = api.books.vendor()
    answer = api.post("bill", a_bill(vendor.qbo_id, api.books.account("5000"), "700.10", **more))
    assert answer.status == 200, answer.text
    bill = answer.body["Bill"]
    assert isinstance(bill, dict)
    return api, bill


def test_created_object_comes_back_wrapped_with_the_time() -> None:
    api = Api()
    answer = api.post("vendor", {"DisplayName": "Fast Carrier LLC"}, minorversion="75")
    assert answer.status == 200
    assert list(answer.body) == ["Vendor", "time"]
    assert answer.body["time"] == "2026-03-02T10:00:00.000-08:00"
    vendor = answer.body["Vendor"]
    assert (vendor["Id"], vendor["SyncToken"], vendor["domain"], vendor["sparse"]) == ("1", "0", "QBO", False)
    assert vendor["MetaData"]["CreateTime"] == "2026-03-02T10:00:00-08:00"
    assert answer.headers["content-type"] == "application/json;charset=utf-8"
    assert answer.headers["intuit_tid"]


def test_amounts_go_in_and_out_exactly() -> None:
    api, bill = _with_a_bill()
    assert bill["TotalAmt"] == Decimal("700.10")
    assert '"TotalAmt":700.10' in api.get(f"bill/{bill['Id']}").text


def test_read_gives_what_the_write_gave_and_spelling_is_free() -> None:
    api, bill = _with_a_bill(DocNumber="A1")
    for spelling in ("bill", "Bill", "BILL"):
        assert api.get(f"{spelling}/{bill['Id']}").body["Bill"] == bill


def test_sparse_update_keeps_and_full_update_drops_what_is_not_sent() -> None:
    api, bill = _with_a_bill(DocNumber="A1", PrivateNote="load 1")
    sparse = {"Id": bill["Id"], "SyncToken": "0", "sparse": True, "PrivateNote": "load 2"}
    kept = api.post("bill", sparse, operation="update").body["Bill"]
    assert (kept["DocNumber"], kept["PrivateNote"], kept["SyncToken"]) == ("A1", "load 2", "1")
    full = a_bill("1", api.books.account("5000"), "5.00", Id=bill["Id"], SyncToken="1")
    dropped = api.post("bill", full).body["Bill"]
    assert "PrivateNote" not in dropped
    assert (dropped["TotalAmt"], dropped["SyncToken"]) == (5, "2")


def test_stale_update_is_5010_and_changes_nothing() -> None:
    api, bill = _with_a_bill()
    answer = api.post("bill", {"Id": bill["Id"], "SyncToken": "7", "sparse": True, "PrivateNote": "x"})
    assert (answer.status, answer.code, answer.error["element"]) == (400, "5010", "")
    assert answer.body["Fault"]["type"] == "ValidationFault"
    assert api.get(f"bill/{bill['Id']}").body["Bill"] == bill


def test_deleted_transaction_is_told_and_gone() -> None:
    api, bill = _with_a_bill()
    answer = api.post("bill", {"Id": bill["Id"], "SyncToken": "0"}, operation="delete")
    assert answer.body["Bill"] == {"domain": "QBO", "status": "Deleted", "Id": bill["Id"]}
    assert api.get(f"bill/{bill['Id']}").code == "610"
    assert api.post("bill", {"Id": bill["Id"], "SyncToken": "0"}, operation="delete").code == "610"


@pytest.mark.parametrize("dialect", [{"operation": "void"}, {"operation": "update", "include": "void"}])
def test_void_is_understood_in_both_dialects(dialect: dict[str, str]) -> None:
    api = Api()
    invoice = api.books.invoice(api.books.customer(), "100.00")
    answer = api.post("invoice", {"Id": invoice.qbo_id, "SyncToken": "0", "sparse": True}, **dialect)
    voided = answer.body["Invoice"]
    assert (voided["TotalAmt"], voided["Balance"], voided["PrivateNote"], voided["SyncToken"]) == (0, 0, "Voided", "1")


@pytest.mark.parametrize(
    ("entity", "operation"), [("vendor", "delete"), ("bill", "void"), ("account", "void"), ("bill", "merge")]
)
def test_operation_an_entity_lacks_is_500_unsupported(entity: str, operation: str) -> None:
    answer = Api().post(entity, {"Id": "1", "SyncToken": "0"}, operation=operation)
    assert (answer.status, answer.code, answer.error["Message"]) == (400, "500", "Unsupported Operation")
    assert "element" not in answer.error


def test_include_allowduplicatedocnum_lets_a_number_be_used_twice() -> None:
    api = Api()
    body = an_invoice(api.books.customer().qbo_id, api.books.item().qbo_id, "1.00", DocNumber="A1")
    assert api.post("invoice", body).status == 200
    refused = api.post("invoice", body)
    assert refused.code == "6140"
    assert "DocNumber=A1 is assigned to TxnType=Invoice with TxnId=1" in refused.error["Detail"]
    assert api.post("invoice", body, include="allowduplicatedocnum").status == 200


def test_company_info_and_preferences_are_read_where_quickbooks_keeps_them() -> None:
    api = Api()
    info = api.get(f"companyinfo/{api.books.company.realm_id}").body["CompanyInfo"]
    assert (info["CompanyName"], info["Id"]) == ("Blue Ridge Freight Brokers LLC", "1")
    preferences = api.get("preferences").body["Preferences"]
    assert preferences["SalesFormsPrefs"]["CustomTxnNumbers"] is True
    assert api.rows("select * from CompanyInfo")[0]["CompanyName"] == info["CompanyName"]
    assert api.get("companyinfo/123").code == "610"


def test_company_info_is_updated_in_part() -> None:
    api = Api()
    renamed = {"SyncToken": "0", "sparse": True, "CompanyName": "Blue Ridge Freight"}
    assert api.post("companyinfo", renamed).body["CompanyInfo"]["CompanyName"] == "Blue Ridge Freight"


@pytest.mark.parametrize(
    "section",
    [
        {"CurrencyPrefs": {"HomeCurrency": None}},
        {"CurrencyPrefs": {"HomeCurrency": {"value": "EUR"}}},
        {"AccountingInfoPrefs": {"BookCloseDate": 5}},
        {"AccountingInfoPrefs": [1]},
        {"OtherPrefs": {"NameValue": [5]}},
        {"OtherPrefs": 5},
    ],
)
def test_preference_the_books_cannot_go_by_leaves_them_usable(section: Body) -> None:
    api = Api()
    api.post("preferences", {"SyncToken": "0", "sparse": True, **section})
    bill = api.post("bill", a_bill(api.books.vendor().qbo_id, api.books.account("5000"), "5.00"))
    assert bill.body["Bill"]["CurrencyRef"]["value"] == "USD"


def test_closing_the_books_by_preference_refuses_what_is_dated_before() -> None:
    api, bill = _with_a_bill(TxnDate="2026-01-31")
    closed = {"SyncToken": "0", "sparse": True, "AccountingInfoPrefs": {"BookCloseDate": "2026-01-31"}}
    preferences = api.post("preferences", closed).body["Preferences"]
    assert preferences["AccountingInfoPrefs"]["UseAccountNumbers"] is True
    assert api.post("bill", {"Id": bill["Id"], "SyncToken": "0"}, operation="delete").code == "6210"


@pytest.mark.parametrize("path", ["customer/1/5", "nowhere/at/all", "vendor"])
def test_unknown_address_is_500_unsupported(path: str) -> None:
    answer = Api().get(path)
    assert (answer.status, answer.code) == (400, "500")
    assert f"Could not find resource for relative : /v3/company/9130/{path}" in answer.error["Detail"]


def test_other_verbs_are_500_unsupported() -> None:
    for verb in ("PUT", "DELETE", "PATCH"):
        assert Api().send(verb, "bill/1").code == "500"


def test_unknown_entity_is_2000_and_unknown_id_610_and_odd_id_2030() -> None:
    api = Api()
    assert api.get("custmoer/1").code == "2000"
    assert api.post("custmoer", {}).code == "2000"
    assert api.get("customer/99").code == "610"
    odd = api.get("customer/1.5")
    assert (odd.code, odd.error["element"]) == ("2030", "Id")
    assert odd.error["Detail"] == "Id should be a valid number. Supplied value:1.5"
    assert "time" not in odd.body


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "2010"),
        (b"{", "2010"),
        (b'{"DisplayName":"A",}', "2010"),
        (b"[]", "2010"),
        (b'"text"', "2010"),
        (b'{"DisplayName":NaN}', "2010"),
        (b'{"DisplayName":"\\ud800"}', "2010"),
        (b'{"\\udfff":1}', "2010"),
        (b"[" * 100_000, "2010"),
        (b'{"Balance":1e999999999}', "2010"),
        (b'{"DisplayName":"caf\xe9"}', "500"),
        (b'{"BadJson":true}', "2010"),
        (b'{"DisplayName":{"a":1}}', "2010"),
        (b"{}", "6080"),
    ],
)
def test_malformed_body_is_refused_and_nothing_is_written(content: bytes, code: str) -> None:
    api = Api()
    answer = api.send("POST", "vendor", content)
    assert (answer.status, answer.code) == (400, code)
    assert api.count("select count(*) from Vendor") == 0
    assert api.books.journal == []


def test_every_missing_field_is_told_at_once() -> None:
    errors = Api().post("bill", {}).body["Fault"]["Error"]
    assert {(error["code"], error["element"]) for error in errors} == {("2020", "VendorRef"), ("2020", "Line")}


def test_bill_line_on_an_accounts_payable_account_is_6000_in_quickbooks_words() -> None:
    api = Api()
    answer = api.post("bill", a_bill(api.books.vendor().qbo_id, api.books.account("2000"), "10.00"))
    assert (answer.status, answer.code, answer.error["element"]) == (400, "6000", "")
    words = "Business Validation Error: You can't use an Accounts Payable account on the detail portion of a Bill."
    assert answer.error["Detail"] == words
    assert answer.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("fault", "status", "code", "kind"),
    [
        (token_refused("Token expired: AB01"), 401, "3200", "AUTHENTICATION"),
        (not_authorized(), 403, "3100", "SERVICE"),
        (throttled(), 429, "3001", "SERVICE"),
    ],
)
def test_the_door_refuses_in_its_own_envelope(fault: Exception, status: int, code: str, kind: str) -> None:
    api = Api()
    api.door.turned_away = fault  # type: ignore[assignment]
    answer = api.post("vendor", {"DisplayName": "A"})
    body = answer.body
    assert (answer.status, body["fault"]["type"], body["fault"]["error"][0]["code"]) == (status, kind, code)
    assert isinstance(body["time"], int)
    assert body["queryResponse"] is None
    assert body["batchItemResponse"] == []
    assert ("www-authenticate" in answer.headers) == (status == 401)
    assert api.books.journal == []


def test_a_company_that_is_not_there_is_403() -> None:
    api = Api()
    answer = api.send("GET", "../77/companyinfo/77")
    assert (answer.status, answer.body["fault"]["error"][0]["code"]) == (403, "3100")


def test_every_answer_is_noted_by_kind_and_status() -> None:
    api = Api()
    api.post("vendor", {"DisplayName": "A"})
    api.get("vendor/9")
    api.query("select * from Vendor")
    api.send("POST", "query", "select * from Vendor")
    api.batch({"operation": "create", "Vendor": {"DisplayName": "B"}})
    assert api.door.answers == [("write", 200), ("read", 400), ("read", 200), ("read", 200), ("batch", 200)]


def test_characters_beyond_latin_1_follow_the_quirk() -> None:
    lossy, strict = Api(), Api(Books(quirks=Quirks(beyond_latin_1="refuse")))
    assert lossy.post("vendor", {"DisplayName": "Öl → Łódź"}).body["Vendor"]["DisplayName"] == "Öl ? ?ód?"
    assert strict.post("vendor", {"DisplayName": "Öl → Łódź"}).code == "2040"
