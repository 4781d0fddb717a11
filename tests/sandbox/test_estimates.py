"""An estimate posts nothing; the invoice made from it closes it, and both say so."""

from __future__ import annotations

from decimal import Decimal

import pytest

from qbo_sandbox.books.refusals import Refusal
from qbo_sandbox.books.store import Record
from sandbox.builders import Body, Books, ref, sales_line


def _estimate(books: Books, customer: Record, amount: str = "60.00", **more: object) -> Record:
    line = sales_line(books.item().qbo_id, amount)
    return books.create("Estimate", {"CustomerRef": ref(customer), "Line": [line], **more})


def _to(estimate: Record) -> list[Body]:
    return [{"TxnId": estimate.qbo_id, "TxnType": "Estimate"}]


def _sparse(record: Record, books: Books, **change: object) -> Body:
    current = books.company.find(record.entity, record.qbo_id)
    assert current is not None
    return {"Id": record.qbo_id, "SyncToken": str(current.sync_token), "sparse": True, **change}


def test_estimate_posts_nothing_and_is_pending() -> None:
    books = Books()
    customer = books.customer()
    shown = books.shown(_estimate(books, customer, ExpirationDate="2026-04-01", DocNumber="E-1"))
    assert shown["TxnStatus"] == "Pending"
    assert shown["TotalAmt"] == Decimal("60.00")
    assert "Balance" not in shown
    assert "LinkedTxn" not in shown
    assert books.shown(customer)["Balance"] == 0
    assert books.balance_of("1100") == 0


def test_estimate_shows_its_fields_in_quickbooks_order() -> None:
    books = Books()
    item = books.item().qbo_id
    discount = {"PercentBased": True, "DiscountPercent": 10}
    lines = [sales_line(item, "35.00"), {"DetailType": "DiscountLineDetail", "DiscountLineDetail": discount}]
    body = {"CustomerRef": ref(books.customer()), "Line": lines, "ExpirationDate": "2026-04-01", "DocNumber": "E-1"}
    shown = books.shown(books.create("Estimate", body))
    assert list(shown) == [
        *("ExpirationDate", "domain", "sparse", "Id", "SyncToken", "MetaData", "DocNumber", "TxnDate", "CurrencyRef"),
        *("TxnStatus", "Line", "TxnTaxDetail", "CustomerRef", "TotalAmt", "ApplyTaxAfterDiscount", "PrintStatus"),
        "EmailStatus",
    ]
    assert [line["DetailType"] for line in shown["Line"]] == [
        "SalesItemLineDetail",
        "SubTotalLineDetail",
        "DiscountLineDetail",
    ]
    assert shown["TotalAmt"] == Decimal("31.50")


def test_invoice_made_from_an_estimate_closes_it_and_both_show_the_link() -> None:
    books = Books()
    customer = books.customer()
    estimate = _estimate(books, customer)
    invoice = books.invoice(customer, "60.00", LinkedTxn=_to(estimate))
    assert books.shown(invoice)["LinkedTxn"] == _to(estimate)
    shown = books.shown(estimate)
    assert shown["TxnStatus"] == "Closed"
    assert shown["LinkedTxn"] == [{"TxnId": invoice.qbo_id, "TxnType": "Invoice"}]
    books.receive(customer, "60.00", (invoice, "60.00"))
    assert [link["TxnType"] for link in books.shown(invoice)["LinkedTxn"]] == ["Estimate", "Payment"]
    assert books.shown(invoice)["Balance"] == 0


def test_estimate_is_pending_again_without_its_invoice() -> None:
    books = Books()
    customer = books.customer()
    estimate = _estimate(books, customer)
    invoice = books.invoice(customer, "60.00", LinkedTxn=_to(estimate))
    books.company.delete("Invoice", {"Id": invoice.qbo_id, "SyncToken": "0"})
    assert books.shown(estimate)["TxnStatus"] == "Pending"
    assert "LinkedTxn" not in books.shown(estimate)


def test_invoice_lets_go_of_an_estimate_that_is_deleted() -> None:
    books = Books()
    customer = books.customer()
    estimate = _estimate(books, customer)
    invoice = books.invoice(customer, "60.00", LinkedTxn=_to(estimate))
    books.company.delete("Estimate", _sparse(estimate, books))
    assert books.shown(invoice)["LinkedTxn"] == []
    assert books.shown(invoice)["Balance"] == Decimal("60.00")


def test_link_to_an_estimate_stays_when_the_invoice_is_edited() -> None:
    books = Books()
    customer = books.customer()
    estimate = _estimate(books, customer)
    invoice = books.invoice(customer, "60.00", LinkedTxn=_to(estimate))
    books.company.update("Invoice", _sparse(invoice, books, PrivateNote="load 7"))
    assert books.shown(invoice)["LinkedTxn"] == _to(estimate)
    books.company.update("Invoice", _sparse(invoice, books, LinkedTxn=[]))
    assert books.shown(estimate)["TxnStatus"] == "Pending"


@pytest.mark.parametrize("status", ["Accepted", "Rejected", "Closed"])
def test_estimate_takes_the_status_a_client_gives_it(status: str) -> None:
    books = Books()
    estimate = _estimate(books, books.customer())
    books.company.update("Estimate", _sparse(estimate, books, TxnStatus=status, AcceptedBy="Dana"))
    assert books.shown(estimate)["TxnStatus"] == status
    with pytest.raises(Refusal, match="2170"):
        books.company.update("Estimate", _sparse(estimate, books, TxnStatus="Maybe"))


def test_estimate_of_another_customer_or_none_cannot_be_billed() -> None:
    books = Books()
    estimate = _estimate(books, books.customer())
    other = books.customer("Other")
    with pytest.raises(Refusal, match="620"):
        books.invoice(other, "60.00", LinkedTxn=_to(estimate))
    with pytest.raises(Refusal, match="no longer available"):
        books.invoice(other, "60.00", LinkedTxn=[{"TxnId": "999", "TxnType": "Estimate"}])
    assert books.shown(estimate)["TxnStatus"] == "Pending"
