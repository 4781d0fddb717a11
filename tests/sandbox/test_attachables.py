"""Attachables: notes and files, what they are attached to, their bytes, and the links to those."""

from __future__ import annotations

import base64
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from qbo_sandbox.app import Options, Sandbox, create_app
from qbo_sandbox.books.contents import Contents
from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.wire import uploads
from sandbox.api_client import Answer, Api
from sandbox.builders import Body, Books, everything
from sandbox.control_client import ControlClient

PDF = b"%PDF-1.4\r\n\r\n--not a boundary\r\n\x00\xff\r\n"
BOUNDARY = "----frontier7MA4YWxk"


def part(name: str, content: bytes, kind: str = "", *, feed: str = "\r\n", more: str = "", quote: str = '"') -> bytes:
    head = [f"Content-Disposition: form-data; name={quote}{name}{quote}{more}"]
    head += [f"Content-Type: {kind}"] if kind else []
    return f"--{BOUNDARY}{feed}{feed.join(head)}{feed}{feed}".encode() + content + feed.encode()


def metadata(number: str = "01", **told: Any) -> bytes:
    return part(f"file_metadata_{number}", json.dumps(told).encode(), "application/json")


def content(content: bytes = PDF, number: str = "01", kind: str = "application/pdf", name: str = "pod.pdf") -> bytes:
    return part(f"file_content_{number}", content, kind, more=f'; filename="{name}"' if name else "")


def upload(api: Api, *parts: bytes, **parameters: str) -> Answer:
    kind = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"}
    return api.send("POST", "upload", b"".join(parts) + f"--{BOUNDARY}--\r\n".encode(), kind, **parameters)


def attached(api: Api, *parts: bytes) -> Body:
    """Upload one file that is taken; return its attachable."""
    found = upload(api, *parts)
    assert found.status == 200, found.text
    (answer,) = found.body["AttachableResponse"]
    shown: Body = answer["Attachable"]
    return shown


def fault(found: Answer, at: int = 0) -> tuple[str, str]:
    assert found.status == 200, found.text
    error = found.body["AttachableResponse"][at]["Fault"]["Error"][0]
    return error["code"], error["Detail"]


def bytes_of(api: Api, shown: Body) -> bytes:
    return bytes(api.http.get(shown["TempDownloadUri"]).content)


@pytest.fixture
def api() -> Api:
    api = Api(Books())
    api.books.invoice(api.books.customer(), "10.00")
    return api


TO_INVOICE = [{"EntityRef": {"type": "Invoice", "value": "1"}}]


def test_an_uploaded_file_is_shown_as_recorded(api: Api) -> None:
    shown = attached(
        api, metadata(AttachableRef=TO_INVOICE, FileName="bol.pdf", ContentType="application/pdf"), content()
    )
    assert list(shown) == [
        "FileName",
        "FileAccessUri",
        "TempDownloadUri",
        "Size",
        "ContentType",
        "domain",
        "sparse",
        "Id",
        "SyncToken",
        "MetaData",
        "AttachableRef",
    ]
    assert shown["FileName"] == "bol.pdf"
    assert shown["Size"] == len(PDF)
    assert len(shown["Id"]) == 19
    assert shown["FileAccessUri"] == f"/v3/company/9130/download/{shown['Id']}"
    assert shown["AttachableRef"] == [{"EntityRef": {"value": "1", "type": "Invoice"}, "IncludeOnSend": False}]
    assert shown["SyncToken"] == "0"
    assert "X-Amz-Expires=900" in shown["TempDownloadUri"]


def test_the_temporary_link_gives_the_bytes_for_fifteen_minutes(api: Api) -> None:
    shown = attached(api, content())
    link = shown["TempDownloadUri"]
    found = api.http.get(link)
    assert (found.content, found.headers["content-type"]) == (PDF, "application/pdf")
    assert "pod.pdf" in found.headers["content-disposition"]
    api.books.clock.move(minutes=15)
    assert api.http.get(link).status_code == 200
    api.books.clock.move(seconds=1)
    assert (api.http.get(link).status_code, "expired" in api.http.get(link).text) == (403, True)
    fresh = api.get(f"attachable/{shown['Id']}").body["Attachable"]
    assert bytes_of(api, fresh) == PDF


def test_a_link_is_good_for_its_file_only(api: Api) -> None:
    one, other = attached(api, content(b"one")), attached(api, content(b"other"))
    forged = one["TempDownloadUri"].replace(one["Id"], other["Id"])
    assert api.http.get(forged).status_code == 403
    assert api.http.get(one["TempDownloadUri"].partition("?")[0]).status_code == 403
    assert api.http.get(one["TempDownloadUri"].replace("/9130/", "/9131/")).status_code == 404


def test_download_tells_the_link_as_text(api: Api) -> None:
    shown = attached(api, content())
    found = api.get(f"download/{shown['Id']}")
    assert found.status == 200
    assert found.headers["content-type"].startswith("text/plain")
    assert api.http.get(found.text).content == PDF
    assert api.get("download/5").code == "610"
    assert api.get("download/x").code == "2030"
    note = api.post("attachable", {"Note": "call first"}).body["Attachable"]
    assert api.get(f"download/{note['Id']}").code == "610"


def test_several_files_come_in_pairs_and_each_is_judged_singly(api: Api) -> None:
    elsewhere = [{"EntityRef": {"type": "Estimate", "value": "75"}}]
    found = upload(
        api,
        metadata("01", AttachableRef=TO_INVOICE, FileName="one.pdf"),
        metadata("02", AttachableRef=elsewhere, FileName="two.pdf"),
        content(b"two", "02"),
        content(b"one", "01"),
        content(b"three", "03", name="three.pdf"),
    )
    one, _two, three = found.body["AttachableResponse"]
    assert bytes_of(api, one["Attachable"]) == b"one"
    assert three["Attachable"]["FileName"] == "three.pdf"
    assert fault(found, 1) == (
        "6000",
        "Business Validation Error: The entity Estimate 75 that you are trying to link does not exist. Estimate 75",
    )
    assert api.count("select count(*) from Attachable") == 2


def test_the_same_requestid_uploads_once(api: Api) -> None:
    parts = (metadata(FileName="a.pdf"), content())
    one, other = (upload(api, *parts, requestid="r-1") for _ in range(2))
    assert one.text == other.text
    assert api.count("select count(*) from Attachable") == 1


@pytest.mark.parametrize("quote", ['"', ""])
@pytest.mark.parametrize("feed", ["\r\n", "\n"])
def test_bodies_written_by_hand_are_read(api: Api, feed: str, quote: str) -> None:
    """As python-quickbooks does: a blank line ahead, bare line feeds, base64."""
    told = json.dumps({"FileName": "pod.pdf", "ContentType": "application/pdf"}).encode()
    coded = base64.encodebytes(PDF)
    head = f"Content-Transfer-Encoding: base64{feed}{feed}".encode()
    body = (
        feed.encode()
        + part("file_metadata_01", told + feed.encode(), "application/json", feed=feed, quote=quote)
        + part("file_content_01", b"", "application/pdf", feed=feed, quote=quote).removesuffix((feed * 2).encode())
        + head
        + coded
        + f"{feed}--{BOUNDARY}--{feed}".encode()
    )
    found = api.send("POST", "upload", body, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
    (answer,) = found.body["AttachableResponse"]
    assert bytes_of(api, answer["Attachable"]) == PDF


@pytest.mark.parametrize("ending", [b"", b"\r", b"\n", b"\r\n", b"\r\n\r\n", b"\n--" + BOUNDARY.encode() + b"x\n"])
def test_a_file_keeps_every_byte_up_to_its_boundary(api: Api, ending: bytes) -> None:
    shown = attached(api, content(b"begin\r\n" + ending))
    assert bytes_of(api, shown) == b"begin\r\n" + ending


def test_metadata_may_be_xml_as_quickbooks_ruby_and_the_sdks_send_it(api: Api) -> None:
    told = b"""<?xml version="1.0" encoding="utf-8"?>
        <Attachable xmlns="http://schema.intuit.com/finance/v3"><FileName>bol.pdf</FileName>
        <AttachableRef><EntityRef type="Invoice">1</EntityRef><IncludeOnSend>true</IncludeOnSend></AttachableRef>
        </Attachable>"""
    shown = attached(api, part("file_metadata_01", told, "application/xml"), content())
    assert shown["FileName"] == "bol.pdf"
    assert shown["AttachableRef"] == [{"EntityRef": {"value": "1", "type": "Invoice"}, "IncludeOnSend": True}]
    assert fault(upload(api, part("file_metadata_01", b"<Attachable>", "application/xml"), content()))[0] == "2010"


def test_a_file_is_named_by_its_metadata_or_its_part_or_its_type(api: Api) -> None:
    assert attached(api, metadata(FileName="told.pdf"), content(name="part.pdf"))["FileName"] == "told.pdf"
    assert attached(api, content(name="part.pdf"))["FileName"] == "part.pdf"
    assert attached(api, content(name=""))["FileName"] == "attachment.pdf"
    coded = part("file_content_01", PDF, "application/pdf", more="; filename*=UTF-8''%C3%A9t%C3%A9.pdf")
    assert attached(api, coded)["FileName"] == "été.pdf"
    assert attached(api, content(kind="", name="receipt.png"))["ContentType"] == "image/png"


@pytest.mark.parametrize(
    ("parts", "code"),
    [
        ([metadata(FileName="a.pdf")], "6020"),
        ([content(b"")], "6041"),
        ([content(kind="application/octet-stream")], "6041"),
        ([content(kind="", name="")], "6041"),
        ([part("file_metadata_01", b"[1]", "application/json"), content()], "6040"),
        ([part("file_metadata_01", b"{", "application/json"), content()], "6040"),
        ([part("file_metadata_01", b"\xff", "application/json"), content()], "6040"),
        ([metadata(AttachableRef=[{"EntityRef": {"type": "Term", "value": "1"}}]), content()], "6050"),
        ([metadata(AttachableRef=[{"EntityRef": {"type": "Invoice"}}]), content()], "2020"),
        ([metadata(AttachableRef=[{"EntityRef": {"type": ["Invoice"], "value": {"a": 1}}}]), content()], "6050"),
        ([metadata(Nonsense=1), content()], "2010"),
        ([metadata(AttachableRef={"EntityRef": {}}), content()], "2010"),
        ([metadata(FileName="x" * 1001), content()], "2050"),
        ([metadata(Category="Poem"), content()], "2170"),
    ],
)
def test_a_file_that_cannot_be_taken_is_a_fault_inside_200(api: Api, parts: list[bytes], code: str) -> None:
    before = everything(api.books.company)
    assert fault(upload(api, *parts))[0] == code
    assert everything(api.books.company) == before
    assert api.books.company.contents == {}


def test_a_file_above_the_limit_is_refused(api: Api, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(uploads, "LARGEST_FILE", 1000)
    assert fault(upload(api, content(b"x" * 1001)))[0] == "6030"
    monkeypatch.setattr(uploads, "LARGEST_REQUEST", 1500)
    found = upload(api, content(b"x" * 2000))
    assert (found.status, found.code) == (400, "6030")


_OTHER_FIELD = b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--'
_BROKEN_BASE64 = (
    b'--x\nContent-Disposition: form-data; name="file_content_01"\nContent-Transfer-Encoding: base64\n\n$\n--x--'
)


@pytest.mark.parametrize(
    ("kind", "body", "code"),
    [
        ("application/json", b"{}", "1050"),
        ("multipart/form-data", b"", "6041"),
        ("multipart/form-data; boundary=x", b"", "6041"),
        ("multipart/form-data; boundary=x", b"no boundary here", "6041"),
        ("multipart/form-data; boundary=x", b"--x", "6041"),
        ("multipart/form-data; boundary=x", b"--x\r\n\r\n\r\n--x--", "6020"),
        (
            "multipart/form-data; boundary=x",
            b'--x\r\nContent-Disposition: form-data; name="a"\r\n\r\nb\r\n--x--',
            "6020",
        ),
        ("multipart/form-data; boundary=x", _BROKEN_BASE64, "6041"),
        ('multipart/form-data; boundary="x', b"--x\r\n" * 500, "6041"),
    ],
)
def test_a_body_that_is_no_upload_is_refused(api: Api, kind: str, body: bytes, code: str) -> None:
    found = api.send("POST", "upload", body, {"Content-Type": kind})
    assert (found.status, found.code) == (400, code)


_PIECES = st.sampled_from(
    [
        *(f"--{BOUNDARY}".encode(), b"--", b"\r\n", b"\n", b"\r", b"\x00", b"\xff", b'"', b";", b":", b"{}", b"$"),
        *(
            b"Content-Disposition: form-data",
            b'; name="file_content_01"',
            b'; name="file_metadata_01"',
            b"Content-Type",
        ),
        *(b'; filename="a.pdf"', b": text/plain", b"Content-Transfer-Encoding: base64", b'{"FileName": "x"}', b"YQ=="),
    ]
)


@settings(max_examples=200, deadline=None)
@given(st.lists(_PIECES, max_size=25).map(b"".join))
def test_anything_uploaded_is_answered_or_refused(raw: bytes) -> None:
    api = Api(Books())
    found = api.send("POST", "upload", raw, {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}"})
    assert found.status in (200, 400)
    assert "AttachableResponse" in found.body or "Fault" in found.body


def test_octet_stream_may_be_taken_as_the_quirk_says() -> None:
    api = Api(Books(quirks=Quirks(octet_stream_is_refused=False)))
    assert bytes_of(api, attached(api, content(kind="application/octet-stream"))) == PDF


def test_a_note_is_created_updated_and_deleted_by_its_id_alone(api: Api) -> None:
    note = api.post("attachable", {"Note": "call first", "AttachableRef": TO_INVOICE}).body["Attachable"]
    assert "FileAccessUri" not in note
    changed = api.post("attachable", {"Id": note["Id"], "SyncToken": "0", "sparse": True, "Note": "called"})
    assert changed.body["Attachable"]["Note"] == "called"
    assert changed.body["Attachable"]["AttachableRef"] == note["AttachableRef"]
    found = api.post("attachable", {"Id": note["Id"]}, operation="delete")
    assert found.body["Attachable"] == {"domain": "QBO", "status": "Deleted", "Id": note["Id"]}
    assert api.get(f"attachable/{note['Id']}").code == "610"
    assert api.post("attachable", {}).code == "2020"
    assert (
        api.post("attachable", {"Note": "x", "AttachableRef": [{"EntityRef": {"type": "Bill", "value": "9"}}]}).code
        == "6000"
    )


def test_an_update_keeps_the_file_and_a_delete_ends_it(api: Api) -> None:
    shown = attached(api, content())
    asked = {"Id": shown["Id"], "SyncToken": "0", "AttachableRef": TO_INVOICE, "Note": "the POD"}
    changed = api.post("attachable", asked).body["Attachable"]
    assert (changed["FileName"], changed["Size"], changed["SyncToken"]) == ("pod.pdf", len(PDF), "1")
    assert bytes_of(api, changed) == PDF
    api.post("attachable", {"Id": shown["Id"]}, operation="delete")
    assert api.http.get(changed["TempDownloadUri"]).status_code == 404


def test_an_attachment_of_something_deleted_can_still_be_changed(api: Api) -> None:
    shown = attached(api, metadata(AttachableRef=TO_INVOICE), content())
    api.post("invoice", {"Id": "1", "SyncToken": "0"}, operation="delete")
    asked = {"Id": shown["Id"], "SyncToken": "0", "sparse": True, "Note": "kept"}
    assert api.post("attachable", asked).body["Attachable"]["Note"] == "kept"


def test_attachments_are_found_by_what_they_are_attached_to(api: Api) -> None:
    api.books.bill(api.books.vendor(), "5.00")
    both = [*TO_INVOICE, {"EntityRef": {"type": "bill", "value": "2"}}]
    one = attached(api, metadata(AttachableRef=TO_INVOICE, FileName="one.pdf"), content())
    two = attached(api, metadata(AttachableRef=both, FileName="two.pdf"), content())
    attached(api, metadata(FileName="three.pdf"), content())

    def found(where: str) -> set[str]:
        return {each["Id"] for each in api.rows(f"select * from Attachable where {where}")}

    of_invoice = "AttachableRef.EntityRef.Type = 'invoice' and AttachableRef.EntityRef.value = '1'"
    assert found(of_invoice) == {one["Id"], two["Id"]}
    assert found("AttachableRef.EntityRef.Type = 'Bill'") == {two["Id"]}
    assert found("AttachableRef.EntityRef.value in ('2', '3')") == {two["Id"]}
    assert found("FileName = 'ONE.pdf'") == {one["Id"]}
    assert len(api.rows("select * from Attachable orderby AttachableRef.EntityRef.value")) == 3


def test_change_data_capture_tells_of_attachments(api: Api) -> None:
    shown = attached(api, content())
    api.post("attachable", {"Id": shown["Id"]}, operation="delete")
    found = api.get("cdc", entities="attachable", changedSince="2026-03-02T10:00:00-08:00")
    ((gone,),) = [each["Attachable"] for each in found.body["CDCResponse"][0]["QueryResponse"]]
    assert (gone["status"], gone["Id"]) == ("Deleted", shown["Id"])


def test_a_replay_gives_attachments_back_to_the_byte() -> None:
    books = Books()
    store = Contents()
    books.company.store = store
    record = books.company.attach({"FileName": "a.pdf", "ContentType": "application/pdf"}, PDF)
    gone = books.company.attach({"FileName": "b.pdf"}, b"gone")
    books.company.delete("Attachable", {"Id": gone.qbo_id})
    books.clock.move(minutes=20)
    replayed = books.replayed()
    replayed.store = store
    assert everything(replayed) == everything(books.company)
    assert replayed.contents == books.company.contents
    assert replayed.content_of(record.qbo_id) == PDF


def test_files_outlive_a_restart(tmp_path: Path) -> None:
    data = tmp_path / "books.journal"
    links = []
    for content_sent in (PDF, None):
        sandbox = Sandbox(Options(company="brokerage", data=data))
        company = next(iter(sandbox.companies.values()))
        if content_sent is not None:
            company.attach({"FileName": "pod.pdf", "ContentType": "application/pdf"}, content_sent)
        (record,) = company.table("Attachable")
        links.append(company.content_of(record.qbo_id))
        http = TestClient(create_app(sandbox))
        assert http.get(company.temporary_link(record.qbo_id, "pod.pdf")).content == PDF
        sandbox.journal.close()
    assert links == [PDF, PDF]
    assert [each.name for each in tmp_path.iterdir() if each.is_dir()] == ["books.journal.files"]


def test_a_snapshot_brings_deleted_files_back() -> None:
    client = ControlClient()
    company = client.sandbox.companies[client.realm_id]
    record = company.attach({"FileName": "pod.pdf"}, PDF)
    client.sandbox.snapshots.take("before")
    company.delete("Attachable", {"Id": record.qbo_id})
    company.attach({"FileName": "other.pdf"}, b"other")
    client.sandbox.snapshots.restore("before")
    assert company.content_of(record.qbo_id) == PDF
    assert len(company.table("Attachable")) == 1


def test_changing_an_attachment_spoils_no_kept_text(api: Api) -> None:
    record = api.books.company.find("Invoice", "1")
    assert record is not None
    api.books.company.text(record)
    version = record.text_version
    shown = attached(api, content())
    api.post("attachable", {"Id": shown["Id"], "SyncToken": "0", "Note": "x"})
    assert version == api.books.company._names_version


def test_what_is_attached_to_one_of_many_transactions_is_found_at_once() -> None:
    books = Books()
    vendor = books.vendor()
    bills = [books.bill(vendor, "1.00").qbo_id for _ in range(300)]
    for bill in bills:
        books.create("Attachable", {"Note": "POD", "AttachableRef": [{"EntityRef": {"type": "Bill", "value": bill}}]})
    table = books.company.table("Attachable")
    assert len(table.with_value("AttachableRef.EntityRef.value", bills[7])) == 1
    (record,) = table.with_value("AttachableRef.EntityRef.value", bills[7])
    body = {"Id": record.qbo_id, "SyncToken": "0", "Note": "moved"}
    books.company.update("Attachable", body)
    assert table.with_value("AttachableRef.EntityRef.value", bills[7]) == []
