"""Every form QuickBooks prints and e-mails, in the sample company."""

from __future__ import annotations

import pytest

from qbo_sandbox.books.entities import ENTITIES
from qbo_sandbox.books.mailing import FORMS
from sandbox.api_client import Api
from sandbox.builders import Body, Books, account_line, everything, sales_line


def _made(api: Api, entity: str) -> Body:
    books = api.books
    customer, vendor, item = books.customer().qbo_id, books.vendor().qbo_id, books.item().qbo_id
    sale = {"CustomerRef": {"value": customer}, "Line": [sales_line(item, "41.50")]}
    bodies: dict[str, Body] = {
        "Payment": {"CustomerRef": {"value": customer}, "TotalAmt": "41.50"},
        "PurchaseOrder": {"VendorRef": {"value": vendor}, "Line": [account_line(books.account("5000"), "41.50")]},
        "RefundReceipt": sale | {"DepositToAccountRef": {"value": books.account("1010")}},
    }
    made = api.post(entity, bodies.get(entity, sale))
    assert made.status == 200, made.text
    shown = made.body[entity]
    assert isinstance(shown, dict)
    return shown


@pytest.mark.parametrize("entity", sorted(FORMS & set(ENTITIES)))
def test_every_form_is_drawn_and_sent_and_stays_itself(entity: str) -> None:
    api = Api(Books())
    form = _made(api, entity)
    path = f"{entity.lower()}/{form['Id']}"
    paper = api.http.get(f"/v3/company/9130/{path}/pdf").content
    assert b"41.50" in paper
    sent = api.send("POST", f"{path}/send", b"", {"Content-Type": "application/octet-stream"}, sendTo="a@b.example")
    assert sent.status == 200, sent.text
    unmoved = {"EmailStatus", "BillEmail", "POEmail", "DeliveryInfo", "MetaData"}
    shown = sent.body[entity]
    assert {name: value for name, value in shown.items() if name not in unmoved} == {
        name: value for name, value in form.items() if name not in unmoved
    }
    if "EmailStatus" in ENTITIES[entity].fields:
        assert shown["EmailStatus"] == "EmailSent"
    assert everything(api.books.replayed()) == everything(api.books.company)
    assert api.books.company.trial_balance() == 0
