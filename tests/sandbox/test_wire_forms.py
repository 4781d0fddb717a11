"""Forms on paper and by e-mail."""

from __future__ import annotations

import pytest

from qbo_sandbox.books.quirks import Quirks
from sandbox.api_client import Answer, Api, an_invoice
from sandbox.builders import Body, Books, everything

_EMPTY = {"Content-Type": "application/octet-stream"}


def _with_an_invoice(books: Books | None = None, **more: object) -> tuple[Api, Body]:
    api = Api(books)
    address = {"Line1": "12 Mill St.", "City": "Salem", "CountrySubDivisionCode": "OR", "PostalCode": "97301"}
    customer = api.books.customer("Knight & Sons <Freight>", BillAddr=address)
    body = an_invoice(customer.qbo_id, api.books.item().qbo_id, "1234.50", DocNumber="INV-7", **more)
    made = api.post("invoice", body)
    assert made.status == 200, made.text
    return api, made.body["Invoice"]


def _send(api: Api, path: str, **parameters: str) -> Answer:
    return api.send("POST", f"{path}/send", b"", _EMPTY, **parameters)


def _pdf(api: Api, path: str, accept: str = "application/pdf") -> bytes:
    url = f"/v3/company/9130/{path}/pdf"
    found = api.http.get(url, headers={"Accept": accept})
    assert (found.status_code, found.headers["content-type"]) == (200, "application/pdf"), found.text
    return found.content


@pytest.mark.parametrize("accept", ["application/pdf", "*/*", "application/json"])
def test_an_invoice_as_a_pdf_shows_who_owes_whom_what(accept: str) -> None:
    api, invoice = _with_an_invoice(CustomerMemo={"value": "Thank you (truly)"})
    paper = _pdf(api, f"invoice/{invoice['Id']}", accept)
    assert paper.startswith(b"%PDF-")
    assert paper.rstrip().endswith(b"%%EOF")
    for words in (b"INVOICE", b"INV-7", b"Knight", b"Linehaul", b"1,234.50", b"12 Mill St.", b"Blue", b"(truly\\)"):
        assert words in paper, words
    assert paper == _pdf(api, f"invoice/{invoice['Id']}")


def test_a_long_invoice_goes_on_to_another_page() -> None:
    api, invoice = _with_an_invoice()
    lines = [invoice["Line"][0] | {"Id": None, "Description": f"Stop {number}"} for number in range(90)]
    assert api.post("invoice", invoice | {"Line": lines, "sparse": True}).status == 200
    paper = _pdf(api, f"invoice/{invoice['Id']}")
    assert b"(Stop 89)" in paper
    assert b"/Count 3" in paper or b"/Count 4" in paper


def test_other_forms_have_a_pdf_and_lists_have_none() -> None:
    api, invoice = _with_an_invoice()
    settles = [{"Amount": "100", "LinkedTxn": [{"TxnId": invoice["Id"], "TxnType": "Invoice"}]}]
    payment = api.post("payment", {"CustomerRef": {"value": "1"}, "TotalAmt": "150", "Line": settles}).body["Payment"]
    paper = _pdf(api, f"payment/{payment['Id']}")
    assert b"RECEIPT" in paper
    assert b"50.00" in paper
    memo = api.post("creditmemo", an_invoice("1", "1", "20.00")).body["CreditMemo"]
    assert b"CREDIT" in _pdf(api, f"creditmemo/{memo['Id']}")
    assert api.get("customer/1/pdf").code == "500"
    assert api.get("invoice/99/pdf").code == "610"
    assert api.get("invoice/x/pdf").code == "2030"


def test_a_sent_invoice_shows_that_it_was_sent_and_to_whom() -> None:
    api, invoice = _with_an_invoice()
    api.books.clock.move(minutes=5)
    sent = _send(api, f"invoice/{invoice['Id']}", sendTo="ap@knight.example")
    assert sent.status == 200, sent.text
    shown = sent.body["Invoice"]
    assert (shown["EmailStatus"], shown["BillEmail"]) == ("EmailSent", {"Address": "ap@knight.example"})
    assert shown["DeliveryInfo"] == {"DeliveryType": "Email", "DeliveryTime": "2026-03-02T10:05:00-08:00"}
    assert shown["SyncToken"] == invoice["SyncToken"]
    assert shown["MetaData"]["LastUpdatedTime"] == "2026-03-02T10:05:00-08:00"
    assert api.get(f"invoice/{invoice['Id']}").body["Invoice"] == shown
    assert everything(api.books.replayed()) == everything(api.books.company)
    again = _send(api, f"invoice/{invoice['Id']}")
    assert again.body["Invoice"]["BillEmail"] == {"Address": "ap@knight.example"}


def test_a_form_without_an_address_is_6420_and_a_bad_address_2210() -> None:
    api, invoice = _with_an_invoice()
    assert _send(api, f"invoice/{invoice['Id']}").code == "6420"
    bad = _send(api, f"invoice/{invoice['Id']}", sendTo="nobody")
    assert (bad.code, bad.error["element"]) == ("2210", "BillEmail")
    assert api.get(f"invoice/{invoice['Id']}").body["Invoice"] == invoice


def test_a_send_that_says_json_looks_for_the_address_in_its_body() -> None:
    api, invoice = _with_an_invoice(BillEmail={"Address": "ap@knight.example"})
    refused = api.send("POST", f"invoice/{invoice['Id']}/send", b"", {"Content-Type": "application/json"})
    assert refused.error["Detail"] == "Required parameter DeliveryAddress.Address is missing in the request"
    assert _send(api, f"invoice/{invoice['Id']}").status == 200


def test_a_payment_goes_to_its_customers_address() -> None:
    api, _ = _with_an_invoice()
    api.post("customer", {"Id": "1", "SyncToken": "0", "sparse": True, "PrimaryEmailAddr": {"Address": "a@b.example"}})
    payment = api.post("payment", {"CustomerRef": {"value": "1"}, "TotalAmt": "150"}).body["Payment"]
    assert _send(api, f"payment/{payment['Id']}").body["Payment"]["Id"] == payment["Id"]


def test_a_requestid_sends_once() -> None:
    api, invoice = _with_an_invoice()
    path = f"invoice/{invoice['Id']}"
    first = _send(api, path, sendTo="a@b.example", requestid="r1")
    api.books.clock.move(minutes=5)
    assert _send(api, path, sendTo="a@b.example", requestid="r1").text == first.text
    assert _send(api, path, sendTo="a@b.example", requestid="r2").text != first.text


def test_only_so_many_mails_go_out_a_day() -> None:
    api, invoice = _with_an_invoice(Books(quirks=Quirks(mails_a_day=2)))
    path = f"invoice/{invoice['Id']}"
    assert [_send(api, path, sendTo="a@b.example").status for _ in range(3)] == [200, 200, 429]
    api.books.clock.move(hours=25)
    assert _send(api, path, sendTo="a@b.example").status == 200


def test_only_forms_are_sent() -> None:
    api, _ = _with_an_invoice()
    bill = api.books.bill(api.books.vendor(), "5.00")
    assert _send(api, f"bill/{bill.qbo_id}", sendTo="a@b.example").code == "500"
    assert api.get(f"bill/{bill.qbo_id}/send").code == "500"
