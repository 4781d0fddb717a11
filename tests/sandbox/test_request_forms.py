"""The requests of clients that cannot run here, as their sources write them, are understood."""

from __future__ import annotations

import re
from urllib.parse import quote

import pytest

from sandbox.api_client import Answer, Api
from sandbox.builders import Books

_NS = 'xmlns="http://schema.intuit.com/finance/v3"'
JSON = {"Content-Type": "application/json;charset=UTF-8", "Accept": "application/json"}
XML = {"Content-Type": "text/xml", "Accept": "application/xml", "Accept-Encoding": "gzip, deflate"}


@pytest.fixture
def api() -> Api:
    return Api(Books(seed="sample"))


def _query(api: Api, form: str, statement: str) -> Answer:
    """Send a query as a client writes it: in the address, or as a body of some kind."""
    if form == "address":
        return api.at("GET", f"/v3/company/{api.books.company.realm_id}/query?query={quote(statement)}")
    if form == "form-encoded address":  # CGI.escape and URLEncoder write a blank as a plus
        return api.at(
            "GET", f"/v3/company/{api.books.company.realm_id}/query?query={quote(statement).replace('%20', '+')}"
        )
    return api.send("POST", "query", statement, {"Content-Type": form, "Accept": "application/json"})


@pytest.mark.parametrize(
    "form",
    ["address", "form-encoded address", "application/text", "text/plain", "application/text;charset=UTF-8"],
)
@pytest.mark.parametrize(
    ("statement", "ids"),
    [
        # qbo_api (Ruby) pages with MAXRESULTS before STARTPOSITION
        ("SELECT * FROM Vendor MAXRESULTS 2 STARTPOSITION 3", ["31", "32"]),
        # quickbooks-ruby pages the other way round
        ("SELECT * FROM Vendor STARTPOSITION 3 MAXRESULTS 2", ["31", "32"]),
        # PHP and .NET SDKs
        ("Select * from Vendor startposition 3 maxresults 2", ["31", "32"]),
        # taps: other spellings of entity and property, order in two words, a lowest position of 0
        (
            "SELECT * FROM vendor WHERE Metadata.LastUpdatedTime >= '2016-01-01T00:00:00Z' ORDER BY DisplayName "
            "STARTPOSITION 0 MAXRESULTS 1",
            ["56"],
        ),
        ("select * from Customer where DisplayName = 'Amy\\'s Bird Sanctuary'", ["1"]),
        ("select Id, DisplayName from Customer where Active IN (true,false) and Id in ('1', '2')", ["1", "2"]),
    ],
)
def test_a_query_is_understood_in_every_form(api: Api, form: str, statement: str, ids: list[str]) -> None:
    found = _query(api, form, statement)
    assert found.status == 200, found.text
    (rows,) = [value for value in found.body["QueryResponse"].values() if isinstance(value, list)]
    assert [row["Id"] for row in rows] == ids


def test_qbo_api_reads_before_it_updates_deactivates_and_deletes(api: Api) -> None:
    """It takes Id and SyncToken from a read, and sends deletions with nothing else, a requestid on every post."""
    made = api.send("POST", "customer", '{"DisplayName":"Doe, Jane"}', JSON, requestid="r1", minorversion="4")
    now = api.send("GET", f"customer/{made.body['Customer']['Id']}", None, JSON).body["Customer"]
    key = f'"Id":"{now["Id"]}","SyncToken":"{now["SyncToken"]}"'
    update = f'{{"DisplayName":"Doe, Jack","PrimaryPhone":{{"FreeFormNumber":"(415) 444-1234"}},{key}}}'
    changed = api.send("POST", "customer", update, JSON, requestid="r2").body["Customer"]
    assert (changed["DisplayName"], changed["SyncToken"]) == ("Doe, Jack", "1")
    gone = f'{{"Id":"{now["Id"]}","SyncToken":"1","sparse":true,"Active":false}}'
    assert api.send("POST", "customer", gone, JSON, requestid="r3").body["Customer"]["Active"] is False
    deleted = api.send("POST", "invoice", '{"Id":"129","SyncToken":"0"}', JSON, operation="delete", requestid="r4")
    assert deleted.body["Invoice"] == {"domain": "QBO", "status": "Deleted", "Id": "129"}


def test_qbo_api_uploads_with_faradays_multipart(api: Api) -> None:
    boundary = "-----------RubyMultipartPost-4f0d2a8b"
    metadata = (
        '{"AttachableRef":[{"EntityRef":{"type":"Invoice","value":"130"}}],"FileName":"n.txt",'
        '"ContentType":"text/plain"}'
    )
    parts = [
        ("file_metadata_01", "attachment.json", "application/json", metadata),
        ("file_content_01", "n.txt", "text/plain", "hello"),
    ]
    body = "".join(
        f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"; filename="{file}"\r\n'
        f"Content-Length: {len(text)}\r\nContent-Type: {kind}\r\nContent-Transfer-Encoding: binary\r\n\r\n{text}\r\n"
        for name, file, kind, text in parts
    )
    content = f"{body}--{boundary}--\r\n"
    answer = api.send("POST", "upload", content, {"Content-Type": f"multipart/form-data; boundary={boundary}"})
    (one,) = answer.body["AttachableResponse"]
    assert one["Attachable"]["AttachableRef"] == [
        {"EntityRef": {"value": "130", "type": "Invoice"}, "IncludeOnSend": False}
    ]
    assert one["Attachable"]["Size"] == 5


def test_quickbooks_ruby_writes_reads_queries_and_deletes_in_xml(api: Api) -> None:
    body = f"<Customer {_NS}><DisplayName>Rex &amp; Sons</DisplayName></Customer>"
    made = api.send("POST", "customer", f'<?xml version="1.0" encoding="utf-8"?>\n{body}', XML)
    assert made.status == 200, made.text
    assert re.search(r"<DisplayName>Rex &amp; Sons</DisplayName>", made.text)
    assert 'domain="QBO" sparse="false"' in made.text
    rows = api.send("GET", "query", None, XML, query="SELECT * FROM Customer STARTPOSITION 1 MAXRESULTS 2")
    assert re.search(r'<QueryResponse startPosition="1" maxResults="2"', rows.text)
    gone = f"<Invoice {_NS}><Id>129</Id><SyncToken>0</SyncToken></Invoice>"
    deleted = api.send("POST", "invoice", gone, XML, operation="delete")
    assert re.search(r'<Invoice[^>]* status="Deleted"', deleted.text)
    again = api.send("POST", "invoice", gone, XML, operation="delete")
    assert (again.status, re.search(r'<Fault type="ValidationFault">\s*<Error code="610"', again.text) is not None) == (
        400,
        True,
    )


def test_the_php_sdk_writes_xml_with_a_prefix_and_empty_elements(api: Api) -> None:
    body = """<?xml version="1.0" encoding="UTF-8"?>
<ns0:Vendor xmlns:ns0="http://schema.intuit.com/finance/v3"><ns0:DisplayName>Prefixed</ns0:DisplayName>
<ns0:PrimaryEmailAddr><ns0:Address>a@b.example</ns0:Address></ns0:PrimaryEmailAddr>
<ns0:TermRef>3</ns0:TermRef></ns0:Vendor>"""
    made = api.send("POST", "vendor", body, {"Content-Type": "application/xml", "Accept": "application/json"})
    assert made.status == 200, made.text
    assert made.body["Vendor"]["PrimaryEmailAddr"] == {"Address": "a@b.example"}
    assert made.body["Vendor"]["TermRef"] == {"value": "3"}


def test_both_dialects_of_void_and_ledgersyncs_nulls_are_understood(api: Api) -> None:
    sent = (
        '{"Id":null,"CurrencyRef":{"value":"USD"},"TxnDate":"2026-02-01","PrivateNote":"Memo 1",'
        '"CustomerRef":{"value":"1"},'
        '"Line":[{"Id":null,"DetailType":"SalesItemLineDetail","SalesItemLineDetail":{"ItemRef":{"value":"1"},'
        '"ClassRef":null},"Amount":1.0,"Description":"Sample Description"}]}'
    )
    made = api.send("POST", "invoice", sent, JSON).body["Invoice"]
    assert (made["TotalAmt"], made["PrivateNote"]) == (1, "Memo 1")
    key = f'{{"Id":"{made["Id"]}","SyncToken":"0"}}'
    assert api.send("POST", "invoice", key, JSON, operation="void").body["Invoice"]["TotalAmt"] == 0
    paid = '{"Id":"101","SyncToken":"0","sparse":true}'
    answer = api.send("POST", "payment", paid, JSON, operation="update", include="void")
    assert answer.body["Payment"]["TotalAmt"] == 0


def test_the_net_sdk_batches_with_options_and_words_its_changes_in_lower_case(api: Api) -> None:
    answer = api.send(
        "POST",
        "batch",
        '{"BatchItemRequest":[{"bId":"1","operation":"create","Customer":{"DisplayName":"One"}},'
        '{"bId":"2","operation":"update","optionsData":"void","Payment":{"Id":"101","SyncToken":"0","sparse":true}},'
        '{"bId":"3","Query":"select count(*) from Customer"}]}',
        JSON,
    )
    made, voided, counted = answer.body["BatchItemResponse"]
    assert made["Customer"]["DisplayName"] == "One"
    assert voided["Payment"]["PrivateNote"] == "Voided"
    assert counted["QueryResponse"] == {"totalCount": 30}
    changes = api.send("GET", "cdc", None, JSON, entities="customer,payment", changedSince="2026-03-01T00:00:00-08:00")
    customers, payments = changes.body["CDCResponse"][0]["QueryResponse"]
    assert any(each["DisplayName"] == "One" for each in customers["Customer"])
    assert [each["Id"] for each in payments["Payment"]] == ["101"]
