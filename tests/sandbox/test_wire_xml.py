"""XML in and out: the same objects as in JSON, in the shapes of recorded answers, and none of the harm XML can do."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from qbo_sandbox.books import json_text
from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.wire.faults import not_authorized, throttled, token_refused
from qbo_sandbox.wire.xml_in import read_xml
from qbo_sandbox.wire.xml_out import as_xml
from sandbox.api_client import Answer, Api
from sandbox.builders import Books

_NS = "{http://schema.intuit.com/finance/v3}"
_XML = {"Accept": "application/xml", "Content-Type": "application/xml"}
_LINE = """<Line><Amount>{amount}</Amount><DetailType>SalesItemLineDetail</DetailType><SalesItemLineDetail>
<ItemRef>{item}</ItemRef></SalesItemLineDetail></Line>"""


def _post(api: Api, path: str, text: str, **parameters: str) -> Answer:
    return api.send("POST", path, text, _XML, **parameters)


def _tree(answer: Answer) -> Element:
    return fromstring(answer.text)


def _text(element: Element, path: str) -> str:
    found = element.find("/".join(_NS + part for part in path.split("/")))
    assert found is not None, path
    return found.text or ""


def test_an_invoice_can_be_made_read_changed_and_deleted_in_xml() -> None:
    api = Api()
    customer, item = api.books.customer("Ames & Sons").qbo_id, api.books.item().qbo_id
    lines = _LINE.format(amount="100.00", item=item) + _LINE.format(amount="25.5", item=item)
    body = f"""<?xml version="1.0" encoding="utf-8"?>
<ns0:Invoice xmlns:ns0="http://schema.intuit.com/finance/v3"><ns0:CustomerRef name="?">{customer}</ns0:CustomerRef>
{lines.replace("<", "<ns0:").replace("<ns0:/", "</ns0:")}
<ns0:CustomerMemo>Thank you</ns0:CustomerMemo><ns0:BillEmail><ns0:Address>a@ames.example</ns0:Address></ns0:BillEmail>
<ns0:ApplyTaxAfterDiscount>false</ns0:ApplyTaxAfterDiscount><ns0:DocNumber>X1</ns0:DocNumber></ns0:Invoice>"""
    made = _post(api, "invoice", body)
    assert made.status == 200, made.text
    assert made.headers["content-type"] == "application/xml;charset=utf-8"
    (invoice,) = _tree(made)
    assert (invoice.tag, invoice.attrib) == (f"{_NS}Invoice", {"domain": "QBO", "sparse": "false"})
    reference = invoice.find(f"{_NS}CustomerRef")
    assert reference is not None
    assert (reference.text, reference.attrib) == (customer, {"name": "Ames & Sons"})
    assert [child.tag for child in invoice][:3] == [f"{_NS}{name}" for name in ("Id", "SyncToken", "MetaData")]
    assert [_text(line, "Amount") for line in invoice.findall(f"{_NS}Line")] == ["100.00", "25.50", "125.50"]
    assert _text(invoice, "TotalAmt") == "125.50"
    qbo_id = _text(invoice, "Id")
    in_json = api.get(f"invoice/{qbo_id}").body["Invoice"]
    assert in_json["CustomerMemo"] == {"value": "Thank you"}
    assert in_json["BillEmail"] == {"Address": "a@ames.example"}
    assert in_json["ApplyTaxAfterDiscount"] is False
    changed = _post(
        api,
        "invoice",
        f'<Invoice sparse="true"><Id>{qbo_id}</Id><SyncToken>0</SyncToken><DocNumber>X2</DocNumber></Invoice>',
    )
    assert _text(_tree(changed), "Invoice/DocNumber") == "X2"
    assert _text(_tree(changed), "Invoice/TotalAmt") == "125.50"
    gone = _post(api, "invoice", f"<Invoice><Id>{qbo_id}</Id><SyncToken>1</SyncToken></Invoice>", operation="delete")
    (deleted,) = _tree(gone)
    assert deleted.attrib == {"domain": "QBO", "status": "Deleted"}
    assert _text(deleted, "Id") == qbo_id


def test_one_line_and_one_link_are_still_lists() -> None:
    api = Api()
    invoice = api.books.invoice(api.books.customer(), "90.00")
    payment = f"""<Payment><CustomerRef>1</CustomerRef><TotalAmt>40</TotalAmt><Line><Amount>40</Amount>
<LinkedTxn><TxnId>{invoice.qbo_id}</TxnId><TxnType>Invoice</TxnType></LinkedTxn></Line></Payment>"""
    assert _post(api, "payment", payment).status == 200
    assert str(api.books.shown(invoice)["Balance"]) == "50.00"


def test_a_query_in_xml_tells_its_place_in_attributes() -> None:
    api = Api()
    vendor = api.books.vendor()
    for _ in range(3):
        api.books.bill(vendor, "12.00")
    found = api.send("GET", "query", headers=_XML, query="select * from Bill startposition 2 maxresults 2")
    (response,) = _tree(found)
    assert response.attrib == {"startPosition": "2", "maxResults": "2", "totalCount": "3"}
    assert [child.tag for child in response] == [f"{_NS}Bill"] * 2
    (counted,) = _tree(api.send("GET", "query", headers=_XML, query="select count(*) from Bill"))
    assert (counted.attrib, len(counted)) == ({"totalCount": "3"}, 0)
    (nothing,) = _tree(api.send("GET", "query", headers=_XML, query="select * from Invoice"))
    assert (nothing.attrib, len(nothing)) == ({}, 0)


def test_a_batch_in_xml_answers_item_by_item() -> None:
    api = Api()
    batch = """<IntuitBatchRequest xmlns="http://schema.intuit.com/finance/v3">
<BatchItemRequest bId="a" operation="create"><Vendor><DisplayName>Knight &amp; Co</DisplayName></Vendor>
</BatchItemRequest>
<BatchItemRequest bId="b" operation="delete"><Invoice><Id>9</Id><SyncToken>0</SyncToken></Invoice></BatchItemRequest>
<BatchItemRequest bId="c"><Query>select * from Vendor where DisplayName = 'knight &amp; co'</Query></BatchItemRequest>
</IntuitBatchRequest>"""
    answer = _post(api, "batch", batch)
    assert answer.status == 200, answer.text
    made, refused, queried = _tree(answer)
    assert [each.attrib["bId"] for each in (made, refused, queried)] == ["a", "b", "c"]
    assert _text(made, "Vendor/DisplayName") == "Knight & Co"
    error = refused.find(f"{_NS}Fault/{_NS}Error")
    assert error is not None
    assert error.attrib == {"code": "610", "element": ""}
    assert _text(queried, "QueryResponse/Vendor/Id") == _text(made, "Vendor/Id")


def test_a_fault_in_xml_has_code_and_element_as_attributes() -> None:
    found = _post(Api(), "invoice", "<Invoice><DocNumber>1</DocNumber></Invoice>")
    assert (found.status, found.headers["content-type"]) == (400, "application/xml")
    (fault,) = _tree(found)
    assert fault.attrib == {"type": "ValidationFault"}
    assert [error.attrib for error in fault] == [
        {"code": "2020", "element": "CustomerRef"},
        {"code": "2020", "element": "Line"},
    ]
    assert _text(fault, "Error/Detail") == "Required parameter CustomerRef is missing in the request"


@pytest.mark.parametrize(
    ("fault", "status", "kind", "code", "message"),
    [
        (token_refused("Token expired: x"), 401, "AUTHENTICATION", "3200", "AuthenticationFailed; errorCode=003200"),
        (not_authorized(), 403, "SERVICE", "3100", "ApplicationAuthorizationFailed; errorCode=003100"),
        (throttled(), 429, "SERVICE", "3001", "ThrottleExceeded; errorCode=003001"),
    ],
)
def test_the_gateway_turns_away_in_xml_as_recorded(fault: Any, status: int, kind: str, code: str, message: str) -> None:
    api = Api()
    api.door.turned_away = fault
    found = api.send("GET", "vendor/1", headers={"Accept": "*/*"})
    assert (found.status, found.headers["content-type"]) == (status, "text/xml")
    (told,) = _tree(found)
    assert told.attrib == {"type": kind}
    error = told.find(f"{_NS}Error")
    assert error is not None
    assert error.attrib == {"code": code}
    assert _text(told, "Error/Message") == f"message={message}; statusCode={status}"
    assert "time" in _tree(found).attrib


def test_preferences_are_kept_as_booleans_when_they_come_in_xml() -> None:
    api = Api()
    body = """<Preferences sparse="true"><Id>1</Id><SyncToken>0</SyncToken><SalesFormsPrefs>
<CustomTxnNumbers>true</CustomTxnNumbers><AllowDeposit>true</AllowDeposit></SalesFormsPrefs></Preferences>"""
    assert _post(api, "preferences", body).status == 200
    prefs = api.get("preferences").body["Preferences"]["SalesFormsPrefs"]
    assert (prefs["CustomTxnNumbers"], prefs["AllowDeposit"]) == (True, True)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "<Invoice>",
        "not XML at all",
        '<!DOCTYPE Vendor [<!ENTITY a "x">]><Vendor><DisplayName>&a;</DisplayName></Vendor>',
        '<!DOCTYPE Vendor SYSTEM "file:///etc/passwd"><Vendor/>',
        "<Vendor><DisplayName>&nothing;</DisplayName></Vendor>",
        "<Vendor>" + "<BillAddr>" * 200 + "</BillAddr>" * 200 + "</Vendor>",
        "<Vendor><DisplayName>a</DisplayName><NoSuchField>1</NoSuchField></Vendor>",
        '<?xml version="1.0" encoding="no-such-code"?><Vendor/>',
        "<Vendor><BillAddr>text</BillAddr><PrimaryPhone><x><y/></x></PrimaryPhone></Vendor>",
    ],
)
def test_xml_that_cannot_be_read_is_2010_and_changes_nothing(text: str) -> None:
    api = Api()
    answer = api.send("POST", "vendor", text, {"Content-Type": "text/xml"})
    assert (answer.status, answer.code) == (400, "2010")
    assert len(api.books.company.table("Vendor")) == 0


def test_xml_in_bad_utf8_is_the_recorded_500_code() -> None:
    answer = Api().send(
        "POST", "vendor", b"<Vendor><DisplayName>\xff</DisplayName></Vendor>", {"Content-Type": "text/xml"}
    )
    assert (answer.status, answer.code) == (400, "500")
    assert "MalformedByteSequenceException" in answer.error["Detail"]


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=20, alphabet=st.characters(exclude_characters="\r", exclude_categories=("Cs",))))
def test_any_text_comes_out_as_xml_that_can_be_read(name: str) -> None:
    shown = as_xml(json_text.dumps({"Vendor": {"DisplayName": name, "domain": "QBO"}}))
    legal = "".join(letter if letter in "\t\n" or " " <= letter not in "\ufffe\uffff" else "\ufffd" for letter in name)
    assert (fromstring(shown)[0][0].text or "") == legal


@pytest.mark.parametrize(
    "entity", sorted(name for name, each in ENTITIES.items() if "update" in each.operations and name != "ExchangeRate")
)
def test_what_is_shown_in_xml_can_be_sent_back_as_it_is(entity: str) -> None:
    """A full update with the object as read (what the SDKs do) changes nothing, in the sample company."""
    api = Api(Books(seed="sample"))
    shown = _tree(api.send("GET", "query", headers=_XML, query=f"select * from {entity} maxresults 12"))[0]
    for each in shown:
        before = api.get(f"{entity}/{_text(each, 'Id')}").body[entity]
        text = tostring(each, encoding="unicode")
        assert read_xml(text.encode())["Id"] == before["Id"]
        again = _post(api, entity, text)
        assert again.status == 200, again.text
        after = api.get(f"{entity}/{before['Id']}").body[entity]
        assert after["SyncToken"] == before["SyncToken"]


def test_changes_and_reports_come_in_xml_too() -> None:
    api = Api()
    books = api.books
    bill = books.bill(books.vendor(), "12.00")
    gone = books.bill(books.vendor("Other Freight"), "3.00")
    api.post("bill", {"Id": gone.qbo_id, "SyncToken": "0"}, operation="delete")
    since = "2026-03-01T00:00:00-08:00"
    (response,) = _tree(api.send("GET", "cdc", headers=_XML, entities="Bill,Invoice", changedSince=since))
    bills, invoices = response
    assert (response.tag, bills.tag, len(invoices)) == (f"{_NS}CDCResponse", f"{_NS}QueryResponse", 0)
    told = {_text(each, "Id"): each.attrib.get("status") for each in bills}
    assert told == {bill.qbo_id: None, gone.qbo_id: "Deleted"}
    report = _tree(api.send("GET", "reports/TrialBalance", headers=_XML))
    assert report.tag == f"{_NS}Report"
    assert _text(report, "Header/ReportName") == "TrialBalance"
    cells = [cell.attrib["value"] for cell in report.iter(f"{_NS}ColData")]
    assert "12.00" in cells
