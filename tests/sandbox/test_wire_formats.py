"""Which format an answer comes in, which bodies are read, and the headers around them."""

from __future__ import annotations

import gzip
import zlib
from decimal import Decimal

import pytest

from qbo_sandbox.books import json_text
from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.wire.bodies import LARGEST
from sandbox.api_client import Api, an_invoice
from sandbox.builders import Books

_VENDOR = '{"DisplayName":"Roadway"}'


@pytest.mark.parametrize(
    ("accept", "parameters", "expected"),
    [
        ("application/json", {}, "json"),
        ("application/json;charset=UTF-8", {}, "json"),
        ("APPLICATION/JSON", {}, "json"),
        ("application/json, text/plain, */*", {}, "json"),
        ("text/json", {}, "json"),
        ("*/*", {}, "xml"),
        ("", {}, "xml"),
        ("application/xml", {}, "xml"),
        ("text/xml, application/json;q=0.5", {}, "xml"),
        ("application/xml;q=0.4, application/json;q=0.9", {}, "json"),
        ("application/json;q=0, */*", {}, "xml"),
        ("text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", {}, "xml"),
        ("nonsense;;q=x", {}, "xml"),
        ("*/*", {"format": "json"}, "json"),
        ("application/json", {"format": "xml"}, "xml"),
        ("application/json", {"format": "pdf"}, "json"),
    ],
)
def test_json_comes_to_who_asks_for_it_and_xml_to_all_others(
    accept: str, parameters: dict[str, str], expected: str
) -> None:
    found = Api().send("GET", "companyinfo/9130", headers={"Accept": accept}, **parameters)
    assert found.headers["content-type"] == f"application/{expected};charset=utf-8"
    assert found.text[0] == ("{" if expected == "json" else "<")


def test_answers_carry_the_headers_of_quickbooks() -> None:
    api = Api()
    found = api.get("companyinfo/9130")
    assert found.headers["intuit_tid"].startswith("1-")
    assert found.headers["qbo-version"]
    assert found.headers["service-time"].startswith("total=")
    assert found.headers["cache-control"] == "max-age=0, no-cache, no-store, must-revalidate, private"
    assert found.headers["intuit_tid"] != api.get("companyinfo/9130").headers["intuit_tid"]
    assert api.get("vendor/99").headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    "kind", ["application/json", "application/json; charset=utf-8", "text/json", "", "application/text"]
)
def test_a_body_in_json_is_read_under_the_types_clients_send_it_as(kind: str) -> None:
    assert Api().send("POST", "vendor", _VENDOR, {"Content-Type": kind}).status == 200


@pytest.mark.parametrize(
    "kind",
    ["application/x-www-form-urlencoded", "multipart/form-data; boundary=x", "text/html", "image/png", "text/csv"],
)
def test_a_body_of_another_type_is_not_consumed(kind: str) -> None:
    found = Api().send("POST", "vendor", _VENDOR, {"Content-Type": kind})
    assert (found.status, found.code) == (400, "500")
    assert found.error["Detail"] == "Operation Cannot consume content type is not supported."
    documented = Api(Books(quirks=Quirks(wrong_content_type_is_1050=True)))
    assert documented.send("POST", "vendor", _VENDOR, {"Content-Type": kind}).code == "1050"


@pytest.mark.parametrize(
    ("coding", "packed"),
    [("gzip", gzip.compress(_VENDOR.encode(), mtime=0)), ("deflate", zlib.compress(_VENDOR.encode()))],
)
def test_a_packed_body_is_read(coding: str, packed: bytes) -> None:
    api = Api()
    assert api.send("POST", "vendor", packed, {"Content-Encoding": coding}).status == 200
    assert api.send("POST", "vendor", b"not packed", {"Content-Encoding": coding}).status == 400


def test_a_body_beyond_all_measure_is_413_packed_or_not() -> None:
    api = Api()
    huge = b'{"DisplayName":"' + b"x" * LARGEST + b'"}'
    assert api.send("POST", "vendor", huge).status == 413
    assert api.send("POST", "vendor", gzip.compress(huge), {"Content-Encoding": "gzip"}).status == 413
    assert api.send("POST", "query", huge).status == 413
    assert len(api.books.company.table("Vendor")) == 0


@pytest.mark.parametrize(
    "content",
    [
        "[" * 100_000,
        '{"a":' * 100_000,
        '{"DisplayName":"x","Balance":' + "9" * 5000 + "}",
        '{"DisplayName":"x","Balance":1e999999999}',
        '{"DisplayName":"x","Balance":NaN}',
        '{"DisplayName":"\\ud800"}',
        "\ufeff[]",
        "null",
        "",
        '{"DisplayName":"x"} trailing',
    ],
)
def test_json_that_cannot_be_read_is_2010_and_changes_nothing(content: str) -> None:
    api = Api()
    found = api.send("POST", "vendor", content, {"Content-Type": "application/json"})
    assert (found.status, found.code) == (400, "2010"), found.text
    assert len(api.books.company.table("Vendor")) == 0


def test_a_byte_order_mark_before_json_is_overlooked() -> None:
    found = Api().send("POST", "vendor", "\ufeff" + _VENDOR)
    assert found.body["Vendor"]["DisplayName"] == "Roadway"
    assert json_text.loads(found.text)


@pytest.mark.parametrize("deep", [101, 500, 900, 990])
def test_json_nested_too_deep_to_be_shown_again_is_2010(deep: int) -> None:
    api = Api()
    nested = '{"a":' * deep + "1" + "}" * deep
    found = api.send("POST", "vendor", f'{{"DisplayName":"Roadway","OtherContactInfo":{nested}}}')
    assert (found.status, found.code) == (400, "2010")
    assert len(api.books.company.table("Vendor")) == 0


@pytest.mark.parametrize("number", ["1e999999", "-1e999999", "1e-999999", "0x10", "1_000", "٣", "Infinity", "NaN", ""])
def test_a_number_as_text_must_look_like_one(number: str) -> None:
    api = Api()
    customer, item = api.books.customer().qbo_id, api.books.item().qbo_id
    for name in ("Qty", "UnitPrice"):
        body = an_invoice(customer, item, "90.00")
        body["Line"][0]["SalesItemLineDetail"] |= {"Qty": "1", "UnitPrice": "90", name: number}
        found = api.post("invoice", body)
        assert found.status == (200 if number == "" else 400), found.text


@pytest.mark.parametrize("number", ["1e30", "99999999999999999999", "-1e20"])
def test_numbers_beyond_any_amount_are_refused_before_they_are_multiplied(number: str) -> None:
    api = Api()
    body = an_invoice(api.books.customer().qbo_id, api.books.item().qbo_id, "90.00")
    body["Line"][0]["SalesItemLineDetail"] |= {"Qty": Decimal(number), "UnitPrice": Decimal(number)}
    assert api.post("invoice", body).code == "2240"
