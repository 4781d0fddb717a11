"""What a company tells of each commit: which objects, what happened to them, and what only follows from it."""

from __future__ import annotations

from typing import Any

import pytest

from qbo_sandbox.books.changes import Change
from qbo_sandbox.books.quirks import Quirks
from qbo_sandbox.books.refusals import Refusal
from sandbox.builders import Books, ref


def told(books: Books) -> list[list[str]]:
    """Subscribe; return the list that fills with each commit's changes, `Invoice 1 Create`."""
    commits: list[list[str]] = []

    def listen(company: Any, changes: Any) -> None:
        assert company is books.company
        assert all(isinstance(change, Change) and change.moment == books.clock() for change in changes)
        commits.append([f"{change.entity} {change.qbo_id} {change.operation}" for change in changes])

    books.company.subscribers.append(listen)
    return commits


def only_direct() -> Quirks:
    return Quirks(moved_party_balance_is_told=False, moved_document_balance_is_told=False)


def test_each_write_is_told_once_for_what_it_is() -> None:
    books = Books(quirks=only_direct())
    customer, vendor = books.customer(), books.vendor()
    books.item()
    commits = told(books)
    invoice = books.invoice(customer, "10.00")
    books.company.update("Invoice", {"Id": "1", "SyncToken": "0", "sparse": True, "PrivateNote": "x"})
    books.company.void("Invoice", {"Id": "1", "SyncToken": "1"})
    bill = books.bill(vendor, "5.00")
    books.company.delete("Bill", {"Id": bill.qbo_id, "SyncToken": "0"})
    assert invoice.qbo_id == "1"
    assert commits == [
        ["Invoice 1 Create"],
        ["Invoice 1 Update"],
        ["Invoice 1 Void"],
        ["Bill 2 Create"],
        ["Bill 2 Delete"],
    ]


def test_nothing_is_told_of_a_refusal_or_of_a_change_of_nothing() -> None:
    books = Books()
    vendor = books.vendor()
    commits = told(books)
    with pytest.raises(Refusal):
        books.vendor()
    books.company.update("Vendor", {"Id": vendor.qbo_id, "SyncToken": "0", "sparse": True})
    assert commits == []


def test_a_payment_is_told_with_the_invoice_it_settles_and_the_customer_whose_balance_moves() -> None:
    books = Books()
    customer = books.customer()
    invoice = books.invoice(customer, "10.00")
    books.receive(customer, "1.00")
    commits = told(books)
    payment = books.receive(customer, "10.00", (invoice, "10.00"))
    (changes,) = commits
    assert changes[0] == f"Payment {payment.qbo_id} Create"
    assert set(changes[1:]) == {f"Invoice {invoice.qbo_id} Update", f"Customer {customer.qbo_id} Update"}


def test_an_account_that_is_posted_to_is_told_only_on_request() -> None:
    books = Books(quirks=Quirks(moved_account_balance_is_told=True, moved_party_balance_is_told=False))
    vendor = books.vendor()
    commits = told(books)
    books.bill(vendor, "5.00")
    assert set(commits[0][1:]) == {f"Account {books.account(number)} Update" for number in ("2000", "5000")}


def test_a_batch_tells_a_moved_balance_once() -> None:
    books = Books()
    vendor = books.vendor()
    commits = told(books)
    with books.company.commit():
        books.bill(vendor, "5.00")
        books.bill(vendor, "6.00")
    assert commits == [["Bill 1 Create", "Bill 2 Create", f"Vendor {vendor.qbo_id} Update"]]


@pytest.mark.parametrize(("as_delete", "word"), [(False, "Update"), (True, "Delete")])
def test_a_name_made_inactive_is_told_as_the_quirk_says(as_delete: bool, word: str) -> None:
    books = Books(quirks=Quirks(deactivation_is_told_as_delete=as_delete))
    vendor = books.vendor()
    commits = told(books)
    books.company.update("Vendor", {"Id": vendor.qbo_id, "SyncToken": "0", "sparse": True, "Active": False})
    assert commits == [[f"Vendor {vendor.qbo_id} {word}"]]


def test_a_replay_tells_nobody() -> None:
    books = Books()
    books.invoice(books.customer(), "10.00")
    replayed = books.replayed()
    assert replayed.subscribers == []
    assert ref(books.vendor())  # the live company goes on
