"""Replaying a journal gives the company back to the byte, answers remembered under a requestid included."""

from __future__ import annotations

from qbo_sandbox.books.entities import ENTITIES
from sandbox.builders import Books, account_line, everything, journal_line, ref, sales_line


def _a_busy_month() -> Books:
    books = Books()
    company = books.company
    customer, vendor = books.customer(), books.vendor("Öresund Haulage", TermRef={"value": "3"})
    invoice = books.invoice(customer, "1000.00", "80.00", DocNumber="1001")
    books.clock.move(minutes=7)
    bill = books.bill(vendor, "700.00", "-20.00", DocNumber="A1")
    doomed = books.bill(vendor, "55.00")
    memo = books.create(
        "CreditMemo",
        {"CustomerRef": ref(customer), "Line": [sales_line(books.item().qbo_id, "30.00", Qty=3, UnitPrice=10)]},
    )
    credit = books.create(
        "VendorCredit", {"VendorRef": ref(vendor), "Line": [account_line(books.account("5090"), "9")]}
    )
    books.clock.move(days=1)
    books.receive(customer, "500.00", (invoice, "530.00"), (memo, "30.00"))
    books.pay_bill(vendor, "671.00", (bill, "680.00"), (credit, "9.00"))
    books.pay_bill(vendor, "55.00", (doomed, "55.00"))
    named = {"Type": "Vendor", "EntityRef": ref(vendor)}
    lines = [
        journal_line(books.account("2000"), "Debit", "4.00", Entity=named),
        journal_line(books.account("6100"), "Credit", "4.00"),
    ]
    books.create("JournalEntry", {"Line": lines})
    books.clock.move(hours=3)
    company.update("Vendor", {"Id": vendor.qbo_id, "SyncToken": "0", "sparse": True, "DisplayName": "Oresund"})
    company.update("Invoice", {"Id": invoice.qbo_id, "SyncToken": "0", "sparse": True, "PrivateNote": "checked"})
    company.delete("Bill", {"Id": doomed.qbo_id, "SyncToken": "0"})
    old = books.customer("Gone Away Inc")
    company.update("Customer", {"Id": old.qbo_id, "SyncToken": "0", "sparse": True, "Active": False})
    with company.commit() as commit:
        made = books.invoice(customer, "12.00")
        commit.remember("req-1", 200, ['{"Invoice":', len(commit.objects) - 1, ',"time":"t"}'], "print")
    company.void("Invoice", {"Id": made.qbo_id, "SyncToken": "0"})
    return books


def test_replayed_journal_gives_every_object_to_the_byte() -> None:
    books = _a_busy_month()
    assert everything(books.replayed()) == everything(books.company)


def test_replayed_journal_keeps_the_order_of_changes() -> None:
    books = _a_busy_month()
    replayed = books.replayed()
    for name in ENTITIES:
        live = [record.qbo_id for record in books.company.table(name).newest_first()]
        assert [record.qbo_id for record in replayed.table(name).newest_first()] == live


def test_replayed_journal_keeps_the_answer_under_its_request_id() -> None:
    books = _a_busy_month()
    answer = books.company.remembered("req-1")
    assert answer is not None
    assert '"DisplayName"' not in answer.text
    assert '"TotalAmt":12.00' in answer.text
    assert books.replayed().remembered("req-1") == answer
    assert books.replayed().remembered("req-2") is None


def test_life_goes_on_the_same_after_a_replay() -> None:
    """Ids, SyncTokens, no-change updates and balances continue as they would have."""
    books = _a_busy_month()
    replayed = books.replayed()
    replayed._record = lambda record: None
    for company in (books.company, replayed):
        company.create("Vendor", {"DisplayName": "After the restart"})
        company.update("Bill", {"Id": "2", "SyncToken": "0", "sparse": True, "DocNumber": "A1"})
        company.update("Invoice", {"Id": "1", "SyncToken": "1", "sparse": True, "PrivateNote": "checked"})
        company.update("Invoice", {"Id": "1", "SyncToken": "1", "sparse": True, "DueDate": "2026-05-05"})
    assert everything(replayed) == everything(books.company)
    bill, invoice = replayed.find("Bill", "2"), replayed.find("Invoice", "1")
    assert bill is not None
    assert bill.sync_token == 0
    assert invoice is not None
    assert invoice.sync_token == 2


def test_every_change_is_recorded_exactly_once() -> None:
    books = Books()
    books.customer()
    assert len(books.journal) == 1
    with books.company.commit():
        books.vendor("One")
        books.vendor("Two")
    assert len(books.journal) == 2
