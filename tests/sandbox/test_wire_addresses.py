"""Addresses, verbs, ids and options as clients spell them, and the words of a refusal where there is nothing."""

from __future__ import annotations

import pytest

from sandbox.api_client import Api, a_bill, an_invoice
from sandbox.builders import Body


def _an_invoice_there() -> tuple[Api, Body]:
    api = Api()
    body = an_invoice(api.books.customer().qbo_id, api.books.item().qbo_id, "90.00")
    return api, api.post("invoice", body).body["Invoice"]


@pytest.mark.parametrize("spelling", ["invoice", "Invoice", "INVOICE", "inVoice"])
def test_an_entity_is_found_whatever_its_case(spelling: str) -> None:
    api, invoice = _an_invoice_there()
    assert api.get(f"{spelling}/{invoice['Id']}").body["Invoice"]["Id"] == invoice["Id"]
    assert api.post(spelling, {"Id": invoice["Id"], "SyncToken": "0"}, operation="delete").status == 200


@pytest.mark.parametrize("version", ["", "1", "75", "999", "abc"])
def test_any_minor_version_is_taken_and_makes_no_difference(version: str) -> None:
    api, invoice = _an_invoice_there()
    assert api.get(f"invoice/{invoice['Id']}", minorversion=version).body["Invoice"] == invoice


@pytest.mark.parametrize("verb", ["PUT", "DELETE", "PATCH", "OPTIONS"])
def test_a_verb_an_address_lacks_is_500_and_named(verb: str) -> None:
    for path in ("invoice/1", "invoice", "query", "batch"):
        found = Api().send(verb, path)
        assert (found.status, found.code) == (400, "500")
        assert found.error["Detail"] == (
            f"Operation No resource method found for {verb}, return 405 with Allow header is not supported."
        )


def test_an_object_is_not_posted_to_its_own_address() -> None:
    api, invoice = _an_invoice_there()
    found = api.post(f"invoice/{invoice['Id']}", {"SyncToken": "0"})
    assert (found.status, found.code) == (400, "500")


def test_the_words_for_an_unknown_address_are_those_recorded() -> None:
    found = Api().get("customer/1/5")
    assert found.error == {
        "Message": "Unsupported Operation",
        "Detail": "Operation Could not find resource for relative : /v3/company/9130/customer/1/5 of full path: "
        "http://qbo.test/v3/company/9130/customer/1/5 is not supported.",
        "code": "500",
    }


@pytest.mark.parametrize("realm", ["undefined", "null", "None", "<realm>"])
def test_an_address_without_a_company_id_is_an_unexpected_internal_error(realm: str) -> None:
    found = Api().at("GET", f"/v3/company/{realm}/query?query=select+*+from+Customer")
    assert (found.status, found.code) == (400, "6000")
    assert found.error["Detail"] == "Business Validation Error: Unexpected Internal Error. (-30000)"


def test_an_address_with_the_company_left_out_leads_nowhere() -> None:
    found = Api().at("POST", "/v3/company/customer?minorversion=8")
    assert (found.status, found.code) == (400, "500")
    assert found.error["Detail"].startswith("Operation Could not find resource for relative : /v3/company/customer of")
    assert "customer?minorversion=8 is not supported." in found.error["Detail"]


def test_another_company_is_403() -> None:
    assert Api().at("GET", "/v3/company/4620816365/vendor/1").status == 403


@pytest.mark.parametrize(
    ("qbo_id", "code"),
    [("1.5", "2030"), ("abc", "2030"), ("0", "610"), ("99999999999999999999", "610"), ("%20", "2030")],
)
def test_an_id_is_a_number_and_then_must_be_there(qbo_id: str, code: str) -> None:
    found = Api().get(f"customer/{qbo_id}")
    assert (found.status, found.code) == (400, code)
    assert ("time" in found.body) is (code != "2030")


@pytest.mark.parametrize(
    "spelling",
    ["allowduplicatedocnum", "allowDuplicateDocNum", "invoiceLink,allowduplicatedocnum", "x, allowduplicatedocnum"],
)
def test_options_are_a_list_in_any_case(spelling: str) -> None:
    api, _ = _an_invoice_there()
    body = an_invoice("1", "1", "5.00", DocNumber="N1")
    assert api.post("invoice", body).status == 200
    assert api.post("invoice", body).code == "6140"
    assert api.post("invoice", body, include=spelling).status == 200


def test_an_update_is_an_update_with_and_without_its_operation() -> None:
    api = Api()
    bill = api.post("bill", a_bill(api.books.vendor().qbo_id, api.books.account("5000"), "7.00")).body["Bill"]
    change = {"Id": bill["Id"], "sparse": True, "PrivateNote": "load 7"}
    assert api.post("bill", change | {"SyncToken": "0"}, operation="update").body["Bill"]["SyncToken"] == "1"
    assert api.post("bill", change | {"SyncToken": "1", "PrivateNote": "8"}).body["Bill"]["SyncToken"] == "2"
    assert api.post("bill", {"PrivateNote": "x"}, operation="update").code == "2020"


def test_null_for_an_id_makes_a_new_object() -> None:
    made = Api().post("vendor", {"Id": None, "SyncToken": None, "DisplayName": "Roadway", "PrimaryPhone": None})
    assert made.body["Vendor"]["SyncToken"] == "0"


def test_company_info_is_read_and_changed_under_the_companys_own_id() -> None:
    api = Api()
    info = api.get("companyinfo/9130").body["CompanyInfo"]
    whole = api.post("companyinfo", info | {"CompanyName": "Blue Ridge II"})
    assert whole.body["CompanyInfo"]["CompanyName"] == "Blue Ridge II"
    assert api.get("CompanyInfo/1").body["CompanyInfo"]["SyncToken"] == "1"
